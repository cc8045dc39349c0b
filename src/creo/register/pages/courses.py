"""How a person's course is shown: each movement in words, the absences as spans, and what can be done next."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.queries import CustodyRow, MovementRow, PersonFile
from creo.register.rules import MovementKind
from creo.support.ui import formats
from creo.support.ui.parts import Event, Link
from creo.support.ui.templatetags.ui import icon

ICONS = {
    MovementKind.ADMISSION: "plus",
    MovementKind.TRANSFER: "arrow-right",
    MovementKind.ESCORT: "office",
    MovementKind.HOSPITAL: "hospital",
    MovementKind.EXIT_PERMIT: "calendar",
    MovementKind.RETURN: "undo",
    MovementKind.RELEASE: "logout",
    MovementKind.ESCAPE: "alert",
}
STATES = {
    MovementKind.ADMISSION: "info",
    MovementKind.RELEASE: "info",
    MovementKind.ESCAPE: "no",
}
HOSPITAL_WAY, COURT_WAY, PERMIT_WAY = "hospital", "diligencia", "permiso"


def hour(moment: object) -> str:
    """An hour of a movement, empty where nobody recorded it."""
    return f"{moment:%H:%M}" if moment is not None else ""


def movement_title(movement: MovementRow) -> str:
    """A movement in words: «Egreso: Pena cumplida», «Salida a hospital»."""
    kind = MovementKind(movement.kind)
    if kind is MovementKind.ADMISSION and movement.detail:
        return _(rules.ENTRY_WORDS[movement.detail])
    words = _(rules.MOVEMENT_WORDS[kind])
    if kind is MovementKind.RELEASE and movement.detail:
        return _("%(movement)s: %(kind)s") % {"movement": words, "kind": _(rules.RELEASE_WORDS[movement.detail])}
    return words


def course_events(custody: CustodyRow) -> list[Event]:
    """The movements of an episode, the newest first; an absence is drawn over the days it lasted."""
    ends = _ends(custody)
    return [_event(movement, custody, ends.get(movement.sequence)) for movement in reversed(custody.movements)]


def _ends(custody: CustodyRow) -> dict[int, MovementRow]:
    """What ended each absence of an episode, by the number of the departure."""
    ends: dict[int, MovementRow] = {}
    away = 0
    for movement in custody.movements:
        if movement.annulled:
            continue
        if away:
            ends[away] = movement
        away = movement.sequence if movement.kind in rules.ABSENCES else 0
    return ends


def _event(movement: MovementRow, custody: CustodyRow, end: MovementRow | None) -> Event:
    kind = MovementKind(movement.kind)
    title = format_html("{} {}", icon(ICONS[kind]), movement_title(movement))
    text = ". ".join(part for part in (_places(movement), _hours(movement), movement.note) if part)
    if movement.annulled:
        why = _("Motivo de la anulación: %(reason)s") % {"reason": movement.annul_reason}
        return Event(
            movement.on, format_html("<s>{}</s>", title), format_html("<s>{}</s>. {}", text, why), badge=_("Anulado")
        )
    away = kind in rules.ABSENCES and end is None and custody.released_on is None
    return Event(
        movement.on,
        title,
        text,
        until=end.on if end is not None and end.on != movement.on else None,
        state="unknown" if away else STATES.get(kind, "neutral"),
        badge=_("Sigue fuera") if away else _("Registrado tarde") if movement.late else "",
    )


def _places(movement: MovementRow) -> str:
    nowhere = _("establecimiento sin registrar")
    origin, target = movement.from_name or nowhere, movement.to_name or nowhere
    match MovementKind(movement.kind):
        case MovementKind.ADMISSION | MovementKind.RETURN:
            return _("A %(place)s") % {"place": target}
        case MovementKind.TRANSFER:
            return _("De %(origin)s a %(target)s") % {"origin": origin, "target": target}
        case MovementKind.RELEASE | MovementKind.ESCAPE:
            return _("De %(place)s") % {"place": origin}
        case MovementKind.ESCORT | MovementKind.HOSPITAL | MovementKind.EXIT_PERMIT:
            return _("De %(origin)s a %(target)s") % {
                "origin": origin,
                "target": movement.destination or _("destino sin registrar"),
            }


def _hours(movement: MovementRow) -> str:
    said = [_("%(hour)s h") % {"hour": hour(movement.at)}] if movement.at is not None else []
    if movement.due is not None:
        said.append(_("Debe volver el %(moment)s") % {"moment": local_moment(movement.due)})
    return ". ".join(said)


def local_moment(moment: datetime) -> str:
    """A day and an hour on Lima's clock, as they were recorded."""
    return f"{formats.day(moment)}, {moment:%H:%M}"


def standing_badges(held: CustodyRow, now: datetime) -> list[dict[str, str]]:
    """Where somebody in custody stands: present, away since a day, or away longer than permitted.

    `now` is the hour on Lima's clock, without zone.
    """
    if not held.absence:
        return [{"state": "info", "word": _("En custodia")}]
    words = {"why": _(rules.ABSENCE_WORDS[held.absence]), "day": formats.day(held.absent_since)}
    badges = [{"state": "unknown", "word": _("%(why)s desde el %(day)s") % words}]
    due = due_back(held)
    if due is not None and due < now:
        badges.append({"state": "no", "word": _("Permiso vencido")})
    return badges


def due_back(held: CustodyRow) -> datetime | None:
    """When somebody who is away must be back; None without a term."""
    last = next((move for move in reversed(held.movements) if not move.annulled), None)
    return last.due if last is not None and held.absence else None


def next_acts(file: PersonFile) -> list[Link]:
    """The movements that can be recorded now, as links to their forms; the first one is what is expected."""
    possible = file.possible
    admit = reverse("register:admit")
    offered = [
        (MovementKind.RETURN, _("Registrar el retorno"), _address("return", file)),
        (MovementKind.TRANSFER, _("Traslado"), _address("transfer", file)),
        (MovementKind.ESCORT, _("Salida a diligencia"), _address("leave", file, COURT_WAY)),
        (MovementKind.HOSPITAL, _("Salida a hospital"), _address("leave", file, HOSPITAL_WAY)),
        (MovementKind.EXIT_PERMIT, _("Permiso de salida"), _address("leave", file, PERMIT_WAY)),
        (MovementKind.RELEASE, _("Egreso"), _address("release", file)),
        (MovementKind.ESCAPE, _("Fuga"), _address("escape", file)),
    ]
    acts = [Link(label, url) for kind, label, url in offered if kind in possible]
    if MovementKind.ADMISSION in possible:
        ended = next((row.release_kind for row in file.custodies if not row.annulled), "")
        acts += _entries(f"{admit}?persona={file.code}", ended, any(not row.annulled for row in file.custodies))
    if file.last_movement is not None:
        acts.append(Link(_("Anular el último movimiento"), _address("annul", file)))
    return acts


def _entries(address: str, ended: str, returning: bool) -> list[Link]:
    """The ways of coming in again, by how the last episode ended."""
    if ended == rules.ReleaseKind.ESCAPE:
        recapture = Link(_("Registrar la recaptura"), f"{address}&por={rules.EntryKind.RECAPTURE}")
        return [recapture, Link(_("Registrar un nuevo ingreso"), address)]
    acts = [Link(_("Registrar un nuevo ingreso"), address)]
    if returning:
        acts.append(Link(_("Ingreso por revocatoria"), f"{address}&por={rules.EntryKind.REVOCATION}"))
    return acts


def _address(view: str, file: PersonFile, *more: str) -> str:
    return reverse(f"register:{view}", args=(file.code, *more))
