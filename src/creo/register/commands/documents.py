"""The documents of a personal file: added, replaced by a newer version, withdrawn, opened; all of it in the ledger.

The bytes come first and the row after (`creo.support.files`): the file is streamed, looked at and on disk before the
transaction begins, so that no upload holds the database, and a crash between them leaves a file that nobody sees.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_reason, person_for_update
from creo.register.commands.sheets import DOCUMENT_SHEETS, OPENED, look
from creo.register.models import Custody, Document, Person
from creo.register.queries.documents import (
    DocumentRow,
    PersonHeading,
    document,
    known_hashes,
    require_class,
    uploaded_between,
)
from creo.register.queries.scope import person_in_scope
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, system
from creo.support.files import limits, storage
from creo.support.jobs.commands import JobHandle
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody sends: the file as it comes, and what it is. `custody_number` None: of no episode in particular."""

    filename: str
    pieces: Iterable[bytes]
    title: str = ""
    dated_on: date | None = None
    custody_number: int | None = None


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A verified file, ready to be sent; whoever sends it closes it."""

    file: BinaryIO
    label: str
    media: str


def add_document(*, by: Reader, person_code: str, kind: str, upload: Upload, today: date) -> int:
    """Adds a document to a person's file and returns its key.

    Refused with every reason: kind, date, episode, size, content, quota. Forbidden for a class the actor may not open.
    """
    _may_write(by, _access(kind))
    person = person_in_scope(by, person_code)
    kept = _kept(by, upload, _checked(person, upload, today), _access(kind))
    return _add(by=by, person_code=person.code, kind=kind, upload=upload, kept=kept)


@ledger.command(permission=Permission.EDIT_FILES)
def _add(*, by: Reader, person_code: str, kind: str, upload: Upload, kept: storage.Kept) -> int:
    person = person_for_update(by, person_code)
    row = _new(by, person, kind, upload, kept)
    row.save()
    _record("register.document_added", person, row, kept)
    return row.pk


def replace_document(
    *, by: Reader, person_code: str, document_id: int, upload: Upload, reason: str, today: date
) -> int:
    """Puts a corrected version in the place of a document; the earlier one stays, marked. Returns the new key.

    Refused with every reason, also when the document was already replaced or withdrawn.
    """
    by.require(Permission.EDIT_FILES)
    head, present = document(by, person_code, document_id)
    person = person_in_scope(by, head.code)
    refusals = _checked(person, upload, today)
    check_reason(refusals, reason)
    _check_in_force(refusals, present.in_force)
    kept = _kept(by, upload, refusals, present.access)
    return _replace(by=by, person_code=head.code, document_id=document_id, upload=upload, kept=kept, reason=reason)


@ledger.command(permission=Permission.EDIT_FILES)
def _replace(*, by: Reader, person_code: str, document_id: int, upload: Upload, kept: storage.Kept, reason: str) -> int:
    person = person_for_update(by, person_code)
    present = _present(person, document_id)
    refusals = Refusals()
    _check_in_force(refusals, present.withdrawn_on is None and not hasattr(present, "replaced_by"))
    refusals.raise_if_any()
    row = _new(by, person, present.kind, upload, kept)
    row.replaces, row.version = present, present.version + 1
    row.title = upload.title.strip() or present.title
    row.corrects = reason.strip()
    row.save()
    _record("register.document_replaced", person, row, kept, reason, {"document": present.pk, "sha256": present.sha256})
    return row.pk


@ledger.command(permission=Permission.EDIT_FILES)
def withdraw_document(*, by: Reader, person_code: str, document_id: int, reason: str, today: date) -> None:
    """Takes a document out of force: it is of somebody else or does not belong here. It stays, with the reason."""
    person = person_for_update(by, person_code)
    row = _present(person, document_id)
    require_class(by, row.access)
    refusals = Refusals()
    check_reason(refusals, reason)
    _check_in_force(refusals, row.withdrawn_on is None and not hasattr(row, "replaced_by"))
    refusals.raise_if_any()
    row.withdrawn_on, row.withdrawn_reason = today, reason.strip()
    row.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    ledger.record(
        act="register.document_withdrawn",
        subject=("person", person.code),
        place=row.place,
        reason=_open_reason(row, reason),
        before={"document": row.pk, "kind": row.kind, "sha256": row.sha256},
        after={"withdrawn_on": today.isoformat()},
    )


def open_document(*, by: Reader, person_code: str, document_id: int, purpose: str = "") -> OpenedDocument:
    """A document's file, verified against its hash; the look is in the ledger.

    Refused when the file is gone or changed: that too is in the ledger. Health and assessment open for a
    purpose alone, given here or in force. Forbidden for a class closed to the reader.
    """
    head, row = document(by, person_code, document_id)
    try:
        file = storage.open_checked(row.sha256)
    except storage.Altered:
        _look(by=by, head=head, row=row, altered=True, purpose=purpose)
        raise
    try:
        _look(by=by, head=head, row=row, altered=False, purpose=purpose)
    except Exception:
        file.close()
        raise
    return OpenedDocument(file, row.label, row.media)


@ledger.command(permission=Permission.VIEW_PEOPLE)
def look_at_document(*, by: Reader, person_code: str, document_id: int, purpose: str = "") -> None:
    """Records a look at what is told of a document of health or assessment; nothing for a general one.

    Refused without a purpose, given or in force; NotFound and Forbidden as `queries.document`.
    """
    head, row = document(by, person_code, document_id)
    if row.access in DOCUMENT_SHEETS:
        _record_look(by, head, row, act="register.document_viewed", purpose=purpose)
    else:
        ledger.nothing_to_do("los documentos generales se abren con la ficha")


@ledger.command(permission=Permission.VIEW_PEOPLE)
def _look(*, by: Reader, head: PersonHeading, row: DocumentRow, altered: bool, purpose: str) -> None:
    act = "register.document_found_altered" if altered else OPENED
    if row.access in DOCUMENT_SHEETS:
        _record_look(by, head, row, act=act, purpose=purpose)
    else:
        ledger.record(act=act, subject=("person", head.code), place=row.place, after=_looked_at(row))


def _record_look(by: Reader, head: PersonHeading, row: DocumentRow, *, act: str, purpose: str) -> None:
    sheet = DOCUMENT_SHEETS[rules.DocumentAccess(row.access)]
    look(by=by, code=head.code, sheet=sheet, place=row.place, purpose=purpose, act=act, after=_looked_at(row))


def _looked_at(row: DocumentRow) -> dict[str, object]:
    return {"document": row.id, "kind": row.kind, "access": row.access, "sha256": row.sha256}


@ledger.command(permission=Permission.EDIT_FILES)
def sweep_files(*, by: Reader) -> int:
    """Removes uploaded files that no document names, a day after they came; returns how many."""
    if by.roles != ("system",):
        raise Forbidden(_("Solo el sistema retira archivos sin ficha."))
    removed = storage.sweep(known_hashes())
    if removed:
        ledger.record(act="register.files_swept", subject=("files", "uploads"), after={"removed": removed})
    else:
        ledger.nothing_to_do("no hay archivos sin ficha")
    return removed


def perform_sweep_files(job: JobHandle) -> dict[str, Any]:
    """The daily sweep, in the worker. The system does it under its own name."""
    job.progress(0, 0, _("Buscando archivos sin ficha"))
    return {"removed": sweep_files(by=system("retiro de archivos"))}


def _access(kind: str) -> str:
    found = rules.document_kinds().get(kind)
    if found is None:
        message = _("El tipo de documento [%(value)s] no está en la lista.") % {"value": kind}
        raise Refused(message, fields={"kind": message})
    return found.access


def _may_write(by: Reader, access: str) -> None:
    by.require(Permission.EDIT_FILES)
    require_class(by, access)


def _checked(person: Person, upload: Upload, today: date) -> Refusals:
    """Every reason against what was typed, before the file is looked at."""
    refusals = Refusals()
    if upload.dated_on is not None and upload.dated_on > today:
        refusals.add(_("La fecha del documento es posterior al día de hoy."), "dated_on")
    if len(upload.title.strip()) > 160:
        refusals.add(_("El título lleva hasta 160 letras."), "title")
    if upload.custody_number is not None and _custody(person, upload.custody_number) is None:
        refusals.add(_("La persona no tiene ese episodio."), "custody")
    return refusals


def _kept(by: Reader, upload: Upload, refusals: Refusals, access: str) -> storage.Kept:
    """The file on disk, sealed when it tells of health or assessment; nothing stays when anything was refused."""
    sealed = access != rules.DocumentAccess.GENERAL
    try:
        with storage.incoming(upload.filename, upload.pieces, sealed=sealed) as arrived:
            limits.check_day(_used_today(by), arrived.kept.size)
            refusals.raise_if_any()
            return arrived.keep()
    except Refused as refusal:
        if refusals.messages and refusal.messages == refusals.messages:
            raise
        for message in refusal.messages:
            refusals.add(message, "file")
        raise Refused(refusals.messages, fields=refusals.fields) from refusal


def _used_today(by: Reader) -> int:
    midnight = clock.now().astimezone(clock.LIMA).replace(hour=0, minute=0, second=0, microsecond=0)
    return uploaded_between(by.user_id, midnight, midnight + dt.timedelta(days=1))


def _custody(person: Person, number: int) -> Custody | None:
    return Custody.objects.filter(person=person, number=number).first()


def _new(by: Reader, person: Person, kind: str, upload: Upload, kept: storage.Kept) -> Document:
    found = rules.document_kinds()[kind]
    return Document(
        person=person,
        custody=_custody(person, upload.custody_number) if upload.custody_number is not None else None,
        kind=kind,
        access=found.access,
        title=upload.title.strip() or found.title[:160],
        dated_on=upload.dated_on,
        sha256=kept.sha256,
        size=kept.size,
        media=kept.media,
        label=kept.label,
        place=place_of(person),
        uploaded_by_id=by.user_id,
        uploaded_by=by.name,
        uploaded_at=clock.now(),
    )


def place_of(person: Person) -> str:
    """The code of the prison that holds somebody; empty outside custody."""
    held = Custody.objects.select_related("facility").filter(person_id=person.pk, released_on=None).first()
    return held.facility.code if held is not None and held.facility is not None else ""


def _present(person: Person, document_id: int) -> Document:
    found = Document.objects.filter(person=person, pk=document_id).first()
    if found is None:
        raise NotFound
    return found


def _check_in_force(refusals: Refusals, in_force: bool) -> None:
    if not in_force:
        refusals.add(_("Esta versión ya no rige: abra la vigente."))


def _open_reason(row: Document, reason: str) -> str:
    """A reason as the ledger keeps it: of health and assessments it stays sealed in the document alone."""
    return reason if row.access == rules.DocumentAccess.GENERAL else ""


def _record(
    act: str,
    person: Person,
    row: Document,
    kept: storage.Kept,
    reason: str = "",
    before: dict[str, object] | None = None,
) -> None:
    """The entry of a document. Its title stays out: a title may tell what its class protects."""
    ledger.record(
        act=act,
        subject=("person", person.code),
        place=row.place,
        reason=_open_reason(row, reason),
        before=before,
        after={
            "document": row.pk,
            "kind": row.kind,
            "access": row.access,
            "version": row.version,
            "sha256": row.sha256,
            "sent_sha256": kept.sent_sha256,
            "size": row.size,
        },
    )
