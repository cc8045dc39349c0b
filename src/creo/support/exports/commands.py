"""Handing out: the number first, in the same transaction as its entry in the ledger; the file after."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import making
from creo.support.exports.limits import limits_on
from creo.support.exports.listings import XLSX, Listing, Mark, listing_of
from creo.support.exports.models import HandOut
from creo.support.exports.numbers import new_number
from creo.support.jobs.commands import JobHandle
from creo.support.jobs.commands import start as start_job
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.support.secrets import vault
from creo.support.tables import MAX_XLSX_ROWS

State = HandOut.State
FOLDER = "downloads"
KIND = "exports.make"


@dataclass(frozen=True, slots=True)
class Paper:
    """What is handed out, as the ledger tells it. `act` and `subject` are the chapter's own."""

    act: str
    subject: tuple[str, str]
    title: str
    kind: str
    name: str
    place: str = ""
    filters: str = ""
    rows: int | None = None
    after: Mapping[str, object] = field(default_factory=dict)


def mark_for(by: Reader) -> Mark:
    """A mark with a new number, for a document that must be made before it is written down."""
    return Mark(new_number(), by.name, clock.now())


@ledger.command(permission=None)
def hand_out(*, by: Reader, paper: Paper, mark: Mark | None = None, reason: str = "") -> Mark:
    """Writes down that somebody takes a paper or a file, and gives its mark. The caller has checked that they may."""
    return _write(by, paper, mark or mark_for(by), reason=reason)[1]


@ledger.command(permission=Permission.EXPORT)
def hand_out_list(*, by: Reader, listing: Listing, kind: str, reason: str = "") -> Mark:
    """The same of a list that is made at once. Refused over the limits, which only the worker may pass."""
    limits = limits_on(clock.today())
    if listing.count > limits.worker_over:
        raise Refused(_("La lista es larga: pídala y descárguela cuando esté hecha."))
    return _write(by, paper_of(listing, kind), mark_for(by), reason=reason)[1]


@ledger.command(permission=Permission.EXPORT)
def ask(*, by: Reader, code: str, kind: str, query: str, arguments: Mapping[str, Any], reason: str) -> str:
    """Asks the worker for a list and returns its number; it is fetched once from «Mis descargas».

    Refused without a reason when it tells of more people than the limits allow, and for what no sheet holds.
    """
    listing = listing_of(by, code, query, arguments)
    if needs_reason(listing) and not reason.strip():
        message = _("Escriba para qué necesita una lista tan larga de personas.")
        raise Refused(message, fields={"reason": message})
    if kind == XLSX and listing.count > MAX_XLSX_ROWS:
        raise Refused(_("La lista tiene más filas de las que caben en una hoja de Excel: descárguela como CSV."))
    row, mark = _write(by, paper_of(listing, kind), mark_for(by), reason=reason, state=State.ASKED, listing=code)
    row.asked = {"query": query, "arguments": dict(arguments)}
    row.save()
    row.job_id = start_job(
        by=by, kind=KIND, title=_("Descarga: %(title)s") % {"title": listing.title}, arguments={"number": mark.number}
    ).pk
    row.save(update_fields=["job_id"])
    return mark.number


def needs_reason(listing: Listing) -> bool:
    """True for a list of people longer than anybody takes without saying why."""
    return listing.personal and listing.count > limits_on(clock.today()).reason_over


def needs_worker(listing: Listing) -> bool:
    """True for a list that takes longer than somebody waits."""
    return listing.count > limits_on(clock.today()).worker_over


def paper_of(listing: Listing, kind: str) -> Paper:
    """A list as the ledger tells it."""
    return Paper(
        listing.act, listing.subject, listing.title, kind, listing.name, listing.place, listing.filters, listing.count,
        listing.after,
    )  # fmt: skip


def perform_make(job: JobHandle) -> dict[str, Any]:
    """The worker makes a file that somebody asked for, as they may see the list now. A second run changes nothing."""
    row = HandOut.objects.filter(number=str(job.arguments["number"])).first()
    if row is None or row.actor_id != job.reader.user_id:
        raise NotFound
    if row.state != State.ASKED:
        return {"number": row.number}
    reader = job.reader.at_places_of(Permission.EXPORT)
    reader.require(Permission.EXPORT)
    listing = _listing_of(reader, row)
    job.progress(0, listing.count, _("Haciendo el archivo"))
    content = making.file_of(
        _told(listing, job), row.kind, Mark(row.number, row.actor, row.made_at), reader.scope_label
    )
    vault.write(folder(), row.number, content)
    _ready(by=reader, number=row.number, content=content, rows=listing.count)
    return {"number": row.number}


def _told(listing: Listing, job: JobHandle) -> Listing:
    """The list, telling how far it is while it is read."""
    from dataclasses import replace

    def rows() -> Any:
        for place, row in enumerate(listing.rows(), 1):
            if place % 500 == 0:
                job.progress(place, max(place, listing.count), _("Haciendo el archivo"))
            yield row

    return replace(listing, rows=rows)


@ledger.command(permission=Permission.EXPORT)
def _ready(*, by: Reader, number: str, content: bytes, rows: int) -> None:
    until = clock.now() + timedelta(hours=limits_on(clock.today()).keep_hours)
    digest = hashlib.sha256(content).hexdigest()
    HandOut.objects.filter(number=number, state=State.ASKED).update(
        state=State.READY, expires_at=until, sha256=digest, size=len(content), rows=rows
    )
    ledger.record(
        act="exports.made",
        subject=("download", number),
        after={"sha256": digest, "size": len(content), "rows": rows, "until": until.isoformat()},
    )


def fetch(*, by: Reader, number: str) -> tuple[bytes, HandOut]:
    """The file of a download of one's own, once: then it is gone from the server."""
    content, row = _fetch(by=by, number=number)
    _forget(number)
    return content, row


@ledger.command(permission=Permission.EXPORT)
def _fetch(*, by: Reader, number: str) -> tuple[bytes, HandOut]:
    row = HandOut.objects.select_for_update().filter(number=number, actor_id=by.user_id).first()
    if row is None or by.user_id is None:
        raise NotFound
    if row.state == State.FETCHED:
        raise Refused(_("Esa descarga ya se entregó una vez y no queda copia: pídala de nuevo."))
    expired = row.expires_at is not None and row.expires_at <= clock.now()
    content = None if expired or row.state != State.READY else vault.read(folder(), number)
    if content is None:
        raise Refused(_("Esa descarga todavía no está hecha, o venció: pídala de nuevo si la necesita."))
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise Refused(_("El archivo guardado no es el que se hizo. No se entrega: avise a soporte."))
    row.state, row.fetched_at = State.FETCHED, clock.now()
    row.save(update_fields=["state", "fetched_at"])
    ledger.record(act="exports.fetched", subject=("download", number), after={"sha256": row.sha256})
    return content, row


@ledger.command(permission=Permission.EXPORT)
def sweep(*, by: Reader) -> int:
    """Takes away what nobody fetched in time, and files of no row; returns how many. Only the system does."""
    if by.roles != ("system",):
        raise Forbidden(_("Solo el sistema retira descargas vencidas."))
    now = clock.now()
    late = HandOut.objects.filter(state=State.READY, expires_at__lte=now)
    numbers = list(late.select_for_update().values_list("number", flat=True))
    HandOut.objects.filter(number__in=numbers).update(state=State.EXPIRED)
    waiting = set(HandOut.objects.filter(state__in=[State.READY, State.ASKED]).values_list("number", flat=True))
    gone = [where for where in folder().glob("*") if vault.plain_name(where.name) not in waiting]
    if not numbers and not gone:
        ledger.nothing_to_do("ninguna descarga vencida")
        return 0
    ledger.record(
        act="exports.swept", subject=("download", "expired"), after={"expired": len(numbers), "files": len(gone)}
    )
    transaction.on_commit(lambda: _unlink(gone))
    return len(numbers)


def perform_sweep(job: JobHandle) -> dict[str, Any]:
    """The daily sweep, in the worker."""
    from creo.support.accounts.readers import system

    return {"expired": sweep(by=system("retiro de descargas"))}


SWEEP_TITLE = gettext_lazy("Retiro de descargas vencidas")


def folder() -> Path:
    """Where made files wait, sealed."""
    path = Path(settings.CREO_DATA_DIR) / FOLDER
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _listing_of(reader: Reader, row: HandOut) -> Listing:
    asked: Mapping[str, Any] = row.asked or {}
    return listing_of(reader, row.listing, asked["query"], asked["arguments"])


def _unlink(places: Sequence[Path]) -> None:
    for where in places:
        where.unlink(missing_ok=True)


def _forget(number: str) -> None:
    found = vault.find(folder(), number)
    if found is not None:
        found.unlink(missing_ok=True)


def _write(
    by: Reader, paper: Paper, mark: Mark, *, reason: str, state: str = State.GIVEN, listing: str = ""
) -> tuple[HandOut, Mark]:
    if len(reason.strip()) > 400:
        raise Refused(_("El motivo lleva hasta 400 letras."), fields={"reason": _("El motivo lleva hasta 400 letras.")})
    row = HandOut(
        number=mark.number,
        made_at=mark.at,
        actor_id=by.user_id,
        actor=mark.name,
        roles=by.role_label[:300],
        scope=by.scope_label[:300],
        title=paper.title[:200],
        kind=paper.kind,
        filters=paper.filters,
        reason=reason.strip(),
        rows=paper.rows,
        act=paper.act,
        subject_kind=paper.subject[0],
        subject_code=paper.subject[1],
        filename=f"{paper.name}-{mark.number}.{paper.kind}",
        state=state,
        listing=listing,
        asked={} if listing else None,
    )
    row.save(force_insert=True)
    told = {"kind": paper.kind, **({"rows": paper.rows} if paper.rows is not None else {}), "scope": by.scope_label}
    ledger.record(
        act=paper.act,
        subject=paper.subject,
        place=paper.place,
        reason="; ".join(filter(None, (paper.filters, reason.strip()))),
        after={**told, **paper.after, "number": mark.number},
    )
    return row, mark
