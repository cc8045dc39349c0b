"""The life of a version: loaded from files or drafted, put in force by a second person, retired, discarded."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from creo.programme import rules
from creo.programme.commands.storing import store
from creo.programme.models import BudgetProgramme, DesignVersion
from creo.programme.queries.versioned import record_of
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.support.versions import confirm

Status = DesignVersion.Status
MAX_TITLE = 200


@ledger.command(permission=Permission.EDIT_DESIGN)
def load_design(*, by: Reader, design: rules.Design, reason: str = "") -> int:
    """Stores a design read from files and returns its number; the same one again changes nothing.

    A design in force supersedes the one that ruled, from its own `valid_from`. Refused when its number is taken by
    another content: a version that was loaded never changes, a correction takes the next number.
    """
    header = design.design
    if header.status != "in_force":
        raise Refused(_("Solo se cargan diseños en vigencia: un borrador se crea dentro del sistema."))
    programme = _programme(header.code, _name_of(design))
    known = programme.versions.filter(number=header.number).first()
    if known is not None:
        if known.digest == design.digest and known.origin == DesignVersion.Origin.FILES:
            ledger.nothing_to_do(f"el diseño {header.code} v{header.number} ya está cargado")
            return int(known.number)
        raise Refused(
            _("La versión %(number)s ya existe con otro contenido: dé al archivo el número %(next)s.")
            % {"number": header.number, "next": _last_number(programme) + 1}
        )
    superseded = _supersede(programme, header.valid_from)
    version = DesignVersion.objects.create(
        programme=programme,
        number=header.number,
        title=design.fill(header.title),
        status=Status.IN_FORCE,
        origin=DesignVersion.Origin.FILES,
        valid_from=header.valid_from,
        valid_to=header.valid_to,
        document={},
        author_id=by.user_id,
        author_name=by.name,
        created_at=clock.now(),
    )
    store(version, design)
    after = {"number": version.number, "digest": version.digest, "supersedes": superseded}
    _record("programme.design_loaded", version, reason=reason, after=after)
    return int(version.number)


@ledger.command(permission=Permission.EDIT_DESIGN)
def start_draft(
    *, by: Reader, based_on: int, title: str = "", variant: str = "", programme: str = "", reason: str = ""
) -> int:
    """Opens a draft that says what another version says, or one of its alternative readings; returns its number.

    Refused for an alternative that does not exist. NotFound when the version does not.
    """
    source = locked(based_on, programme)
    design = rules.design_from_document(source.document)
    if variant:
        if f"variant:{variant}" not in design.index:
            raise Refused(_("No hay una lectura alternativa «%(code)s».") % {"code": variant})
        title = title or design.find(f"variant:{variant}").title
        design = rules.apply_changes(design, rules.variant_changes(design, variant))
    number = _last_number(source.programme) + 1
    title = (title.strip() or _("Borrador %(number)s") % {"number": number})[:MAX_TITLE]
    version = DesignVersion.objects.create(
        programme=source.programme,
        number=number,
        title=title,
        status=Status.DRAFT,
        origin=DesignVersion.Origin.DRAFT,
        document={},
        based_on=source,
        author_id=by.user_id,
        author_name=by.name,
        created_at=clock.now(),
    )
    store(version, _with_header(design, title=title, number=number, status="draft"))
    after = {"based_on": source.number, "variant": variant, "digest": version.digest}
    _record("programme.draft_started", version, reason=reason, after=after)
    return number


@ledger.command(permission=Permission.APPROVE_DESIGN)
def put_in_force(*, by: Reader, number: int, valid_from: date, programme: str = "", reason: str = "") -> None:
    """Makes a draft the design that rules from a day on; the one that ruled is retired that day.

    Refused to its own author, to the system (a person answers for it), without changes, or from a day that is not
    later than the start of the design in force: what ruled a day is history.
    """
    version = locked(number, programme)
    _require_draft(version)
    if by.user_id is None:
        raise Refused(_("Una persona debe poner en vigencia el diseño: el sistema no aprueba."))
    if by.user_id == version.author_id:
        raise Refused(_("Usted preparó este borrador: debe ponerlo en vigencia otra persona."))
    if version.based_on and version.based_on.digest == version.digest:
        raise Refused(_("El borrador dice lo mismo que la versión de la que parte: no hay nada que aprobar."))
    superseded = _supersede(version.programme, valid_from)
    version.status, version.valid_from = Status.IN_FORCE, valid_from
    version.approved_by_id, version.approved_at = by.user_id, clock.now()
    version.save(update_fields=["status", "valid_from", "approved_by", "approved_at"])
    design = rules.design_from_document(version.document)
    store(version, _with_header(design, status="in_force", valid_from=valid_from.isoformat()))
    after = {"valid_from": valid_from.isoformat(), "supersedes": superseded, "digest": version.digest}
    _record("programme.design_put_in_force", version, reason=reason, before={"status": "draft"}, after=after)


@ledger.command(permission=Permission.APPROVE_DESIGN)
def retire(*, by: Reader, number: int, on: date, programme: str = "", reason: str) -> None:
    """Ends the design in force on a day without another in its place. Refused without a reason or before its start."""
    version = locked(number, programme)
    if version.status != Status.IN_FORCE:
        raise Refused(_("Solo se retira el diseño en vigencia."))
    if not reason.strip():
        raise Refused(_("Indique por qué se retira."), fields={"reason": _("Escriba el motivo.")})
    _end(version, on)
    _record("programme.design_retired", version, reason=reason, after={"valid_to": on.isoformat()})


@ledger.command(permission=Permission.EDIT_DESIGN)
def discard_draft(*, by: Reader, number: int, programme: str = "", reason: str = "") -> None:
    """Closes a draft for good; it stays readable and its number is not used again."""
    version = locked(number, programme)
    _require_draft(version)
    version.status = Status.DISCARDED
    version.save(update_fields=["status"])
    _record("programme.draft_discarded", version, reason=reason, before={"status": "draft"}, after={})


def locked(number: int, programme: str) -> DesignVersion:
    """The version, locked with its programme until the transaction ends. NotFound when there is none."""
    programmes = BudgetProgramme.objects.select_for_update().order_by("id")
    chosen = (programmes.filter(code=programme) if programme else programmes).first()
    if chosen is None:
        raise NotFound
    version = chosen.versions.select_related("programme", "based_on").filter(number=number).first()
    if version is None:
        raise NotFound
    confirm(record_of(chosen.code, number))
    return version


def _require_draft(version: DesignVersion) -> None:
    if version.status != Status.DRAFT:
        raise Refused(_("La versión %(number)s no es un borrador: ya no se cambia.") % {"number": version.number})


def _programme(code: str, title: str) -> BudgetProgramme:
    programme, _created = BudgetProgramme.objects.select_for_update().get_or_create(
        code=code, defaults={"title": title}
    )
    return programme


def _name_of(design: rules.Design) -> str:
    name = next((item for item in design.identity if item.code == "name"), None)
    return design.fill(name.treated) or name.printed if name else design.fill(design.design.title)


def _last_number(programme: BudgetProgramme) -> int:
    return int(programme.versions.aggregate(last=Max("number"))["last"] or 0)


def _supersede(programme: BudgetProgramme, valid_from: date) -> int | None:
    """Ends the design in force when another begins, and returns its number; None when none ruled."""
    current = programme.versions.filter(status=Status.IN_FORCE).first()
    if current is None:
        last = programme.versions.filter(status=Status.RETIRED).aggregate(last=Max("valid_to"))["last"]
        if last is not None and valid_from < last:
            raise Refused(_("Hasta el %(day)s rigió otro diseño.") % {"day": last.strftime("%d/%m/%Y")})
        return None
    _end(current, valid_from)
    return int(current.number)


def _end(version: DesignVersion, on: date) -> None:
    assert version.valid_from is not None
    if on <= version.valid_from:
        raise Refused(
            _("El diseño en vigencia rige desde el %(day)s: indique un día posterior.")
            % {"day": version.valid_from.strftime("%d/%m/%Y")},
            fields={"valid_from": _("Debe ser posterior al inicio del diseño en vigencia.")},
        )
    if version.valid_to is None or on < version.valid_to:
        version.valid_to = on
    version.status = Status.RETIRED
    version.save(update_fields=["status", "valid_to"])


def _with_header(design: rules.Design, **fields: Any) -> rules.Design:
    header = {**design.document()["design"], **fields}  # type: ignore[dict-item]  # the header is always a mapping
    if fields.get("status") == "draft":
        header.pop("valid_to", None)
    return rules.design_from_document({**design.document(), "design": header})


def _record(act: str, version: DesignVersion, **entry: Any) -> None:
    ledger.record(act=act, subject=("design", f"{version.programme.code}/{version.number}"), **entry)
