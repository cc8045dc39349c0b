"""Where people are and since when: movements, absences, releases and dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from creo.kernel.citations import Citation
from creo.register.models import Custody, Identity, Movement
from creo.register.quality.held import Held, among_held, held_by_place, held_places
from creo.register.quality.people import HELD, REGISTRY
from creo.register.quality.settings import days, limits
from creo.register.quality.subjects import PERSON
from creo.register.rules import ABSENCE_WORDS, ABSENCES, MovementKind, ReleaseKind
from creo.register.rules.stays import EXITS
from creo.support.accounts.permissions import Permission
from creo.support.quality.checks import Check, Detail, Finding, shared
from creo.support.quality.rules import Severity

HISTORY = Citation("Reglamento del Código de Ejecución Penal", "art. 45", note="Hoja penológica: ingresos y traslados.")
_ARRIVALS = frozenset({MovementKind.ADMISSION, MovementKind.TRANSFER})


class Course(NamedTuple):
    """What the live movements of an open episode say: it begins with an admission, the place, the last movement."""

    admitted: bool
    place: int
    last: str
    on: date


def courses() -> dict[int, Course]:
    """The open episodes with movements, followed as `rules.follow` does: one pass in the order of the movements."""
    return shared(("register.courses",), lambda: dict(_followed()))


def _followed() -> Iterator[tuple[int, Course]]:
    open_now = Custody.objects.filter(released_on=None).values("id")
    rows = Movement.objects.filter(custody_id__in=open_now, annulled=False).order_by("custody_id", "sequence")
    fields = ("custody_id", "kind", "on", "from_facility_id", "to_facility_id")
    present, course = 0, Course(False, 0, "", date.min)
    for custody, kind, on, origin, to in rows.values_list(*fields).iterator(chunk_size=5000):
        if custody != present:
            if present:
                yield present, course
            present = custody
            admitted = kind == MovementKind.ADMISSION
            course = Course(admitted, (to if admitted else origin) or 0, kind, on)
        place = course.place
        if kind in _ARRIVALS or (kind == MovementKind.RETURN and to is not None):
            place = to or 0
        course = Course(course.admitted, place, kind, on)
    if present:
        yield present, course


def _no_movement(row: Held, as_of: date) -> Detail | None:
    found = courses().get(row.custody)
    return None if found is not None and found.admitted else {"admitted": row.admitted_on.isoformat()}


def _disagrees(row: Held, as_of: date) -> Detail | None:
    found = courses().get(row.custody)
    if found is None:
        return None
    if found.last in EXITS:
        return {"what": "exit", "on": found.on.isoformat()}
    if found.place != row.facility:
        return {"what": "place", "on": found.on.isoformat()}
    away = found.last if found.last in ABSENCES else ""
    if away != row.absence or (away and found.on != row.absent_since):
        return {"what": "absence", "on": found.on.isoformat()}
    return None


def _overdue(row: Held, as_of: date) -> Detail | None:
    if not row.absence or row.absent_since is None:
        return None
    away = (as_of - row.absent_since).days
    if away <= days(f"absence_{row.absence}", as_of):
        return None
    return {"kind": row.absence, "since": row.absent_since.isoformat(), "days": away}


def without_exit(as_of: date) -> Iterator[Finding]:
    """Episodes closed without a movement that closes them: on paper the person may still be away or inside."""
    exits = Movement.objects.filter(custody_id=OuterRef("id"), kind__in=sorted(EXITS), annulled=False)
    closed = Custody.objects.filter(released_on__lte=as_of).exclude(release_kind=ReleaseKind.ANNULLED.value)
    rows = closed.filter(~Exists(exits)).order_by("id")
    for code, number, on in rows.values_list("person__code", "number", "released_on").iterator():
        yield Finding(code, "", {"episode": number, "on": str(on)})


_OVERLAPS = """
SELECT p.code, a.number, b.number
  FROM register_custody a
  JOIN register_custody b ON b.person_id = a.person_id AND b.number > a.number
  JOIN register_person p ON p.id = a.person_id
 WHERE (a.released_on IS NULL OR a.released_on > a.admitted_on AND a.released_on > b.admitted_on)
   AND (b.released_on IS NULL OR b.released_on > b.admitted_on AND b.released_on > a.admitted_on)
 ORDER BY p.id, a.number, b.number
"""


def overlaps(as_of: date) -> Iterator[Finding]:
    """People with two episodes that share a day; an episode of no length shares none."""
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAPS)
        found = cursor.fetchall()
    places = held_places([row[0] for row in found])
    for code, first, second in found:
        yield Finding(code, places.get(code, ""), {"first": first, "second": second})


def future_dates(as_of: date) -> Iterator[Finding]:
    """Dates after the day that nobody can know yet: births, admissions, releases, movements, legal statuses."""
    custody, identity = Custody.objects.order_by("id"), Identity.objects.filter(valid_to=None).order_by("id")
    live = Movement.objects.filter(annulled=False).order_by("id")
    sources = (
        ("birth", identity.filter(birth_date__gt=as_of).values_list("person__code", "birth_date")),
        ("admission", custody.filter(admitted_on__gt=as_of).values_list("person__code", "admitted_on")),
        ("release", custody.filter(released_on__gt=as_of).values_list("person__code", "released_on")),
        ("movement", live.filter(on__gt=as_of).values_list("custody__person__code", "on")),
        ("status", custody.filter(legal_status_on__gt=as_of).values_list("person__code", "legal_status_on")),
    )
    found = [(code, what, on) for what, rows in sources for code, on in rows]
    places = held_places([row[0] for row in found])
    for code, what, on in found:
        yield Finding(code, places.get(code, ""), {"what": what, "on": str(on)})


CHECKS = (
    Check(
        code="movement_missing",
        title=_("En custodia sin movimiento de ingreso"),
        explanation=_(
            "El episodio está abierto y no tiene un ingreso que lo pruebe. Las estancias, el lugar y la cuenta de "
            "ingresos se derivan de los movimientos: sin ellos no hay de dónde."
        ),
        mend=_("Registre el ingreso con su mandato, o anule el episodio si se abrió por error."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("movement_missing"),
        find=among_held(_no_movement),
        population=held_by_place,
        detail_text=_("Episodio abierto el %(admitted)s sin movimiento de ingreso vigente"),
        citation=HISTORY,
    ),
    Check(
        code="place_disagrees",
        title=_("El lugar anotado no sale de los movimientos"),
        explanation=_(
            "El establecimiento o la ausencia que muestra el registro no es la que resulta de seguir los movimientos. "
            "Alguien puede estar en la lista de un penal donde no está."
        ),
        mend=_("Abra la línea de tiempo de la persona y registre el movimiento que falta, o anule el que sobra."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("place_disagrees"),
        find=among_held(_disagrees),
        population=held_by_place,
        detail_text=_("No coincide %(what)s con el último movimiento, del %(on)s"),
        words={"place": _("el establecimiento"), "absence": _("la ausencia"), "exit": _("que siga en custodia")},
        citation=HISTORY,
    ),
    Check(
        code="absence_overdue",
        title=_("Ausencia sin retorno"),
        explanation=_(
            "Alguien salió a una diligencia, a un hospital o con permiso y pasado el plazo no consta su retorno. O "
            "volvió y nadie lo registró, o no volvió."
        ),
        mend=_("Confirme con el establecimiento dónde está la persona y registre el retorno, la prórroga o la fuga."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=HELD,
        subject=PERSON,
        limits=limits("absence_overdue"),
        find=among_held(_overdue),
        population=held_by_place,
        detail_text=_("%(kind)s desde el %(since)s: %(days)s días"),
        words={kind: _(ABSENCE_WORDS[kind]) for kind in ABSENCE_WORDS},
        citation=Citation("Código de Ejecución Penal (TUO)", "art. 48", note="El permiso de salida, hasta 72 horas."),
    ),
    Check(
        code="released_without_exit",
        title=_("Egreso sin movimiento que lo pruebe"),
        explanation=_(
            "El episodio está cerrado y ningún egreso ni fuga lo cierra: por sus movimientos la persona sigue dentro, "
            "o ausente por una diligencia de la que no volvió."
        ),
        mend=_("Registre el egreso con la orden de libertad, o anule el cierre."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=_("episodios cerrados"),
        subject=PERSON,
        limits=limits("released_without_exit"),
        find=without_exit,
        detail_text=_("El episodio %(episode)s se cerró el %(on)s sin movimiento de egreso"),
        citation=HISTORY,
    ),
    Check(
        code="episodes_overlap",
        title=_("Dos episodios a la vez"),
        explanation=_(
            "La misma persona aparece en dos episodios de custodia que comparten días, o con dos abiertos. Nadie está "
            "en custodia dos veces: su cuenta de ingresos y sus días están mal."
        ),
        mend=_("Corrija la fecha del egreso o del ingreso, o anule el episodio que no existió."),
        severity=Severity.HIGH,
        owner=REGISTRY,
        unit=_("personas registradas"),
        subject=PERSON,
        limits=limits("episodes_overlap"),
        find=overlaps,
        detail_text=_("Los episodios %(first)s y %(second)s comparten días"),
        citation=HISTORY,
    ),
    Check(
        code="dates_in_future",
        title=_("Fechas en el futuro"),
        explanation=_(
            "Un nacimiento, un ingreso, un egreso, un movimiento o una situación jurídica lleva una fecha que todavía "
            "no llega. Suele ser un dígito cambiado o el reloj de otro sistema."
        ),
        mend=_("Corrija la fecha con el documento que la sustenta."),
        severity=Severity.MEDIUM,
        owner=REGISTRY,
        unit=_("personas registradas"),
        subject=PERSON,
        limits=limits("dates_in_future"),
        find=future_dates,
        detail_text=_("%(what)s con fecha del %(on)s"),
        words={
            "birth": _("Nacimiento"),
            "admission": _("Ingreso"),
            "release": _("Egreso"),
            "movement": _("Movimiento"),
            "status": _("Situación jurídica"),
        },
        mend_view="register:correct_identity",
        mend_permission=Permission.EDIT_PEOPLE,
        mend_label=_("Corregir la identidad"),
    ),
)
