"""Where people are held: prisons over their capacity, and prisons that are closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from creo.kernel.citations import Citation
from creo.register.quality.held import held_by_place
from creo.register.quality.settings import limits
from creo.register.quality.subjects import FACILITY
from creo.support.accounts.readers import system
from creo.support.quality.checks import Check, Finding, Unseen, shared
from creo.support.quality.rules import Severity
from creo.territory import queries as territory

PRISONS = _("establecimientos")


def prisons(as_of: date) -> Mapping[str, int]:
    """One unit a prison open on the day."""
    return dict.fromkeys(_open(as_of), 1)


def _open(as_of: date) -> dict[str, int | None]:
    """Prisons open on a day with their places; None where no capacity is known."""
    return shared(
        ("register.prisons", as_of),
        lambda: {row.code: row.capacity for row in territory.facilities(system(), as_of)},
    )


def over_capacity(as_of: date) -> Iterator[Finding | Unseen]:
    """Prisons that hold more people than places; a prison with people and no known capacity cannot be looked at."""
    people = held_by_place(as_of)
    for code, places in _open(as_of).items():
        here = people.get(code, 0)
        if places is None:
            if here:
                yield Unseen(code)
        elif here > places:
            yield Finding(code, code, {"people": here, "places": places, "excess": here - places})


def closed_with_people(as_of: date) -> Iterator[Finding]:
    """Places that are not open on the day, or do not hold people, and have somebody on their roll."""
    alive = _open(as_of).keys() | _receptions(as_of)
    for code, here in held_by_place(as_of).items():
        if code and here and code not in alive:
            yield Finding(code, code, {"people": here})


def _receptions(as_of: date) -> set[str]:
    wanted = territory.FacilityFilter(kind="reception")
    return {row.code for row in territory.facilities(system(), as_of, wanted)}


CHECKS = (
    Check(
        code="place_over_capacity",
        title=_("Establecimiento sobre su capacidad"),
        explanation=_(
            "Hay más personas que plazas. No es un error de registro sino una alerta: sobre la capacidad ninguna "
            "separación que manda la ley se puede cumplir. La lista dice cuántas personas exceden."
        ),
        mend=_("Revise la capacidad registrada y su fuente; proponga traslados o la ampliación."),
        severity=Severity.HIGH,
        owner="regional_office",
        unit=PRISONS,
        subject=FACILITY,
        limits=limits("place_over_capacity"),
        find=over_capacity,
        population=prisons,
        detail_text=_("%(people)s personas en %(places)s plazas: %(excess)s de más"),
        citation=Citation("INPE, informe estadístico", "capacidad de albergue"),
        past=True,
    ),
    Check(
        code="place_closed",
        title=_("Personas en un establecimiento cerrado"),
        explanation=_(
            "Hay personas en la lista de un establecimiento que ese día no estaba abierto, o que no alberga a nadie."
        ),
        mend=_("Registre el traslado de cada persona, o corrija la fecha de cierre del establecimiento."),
        severity=Severity.HIGH,
        owner="regional_office",
        unit=PRISONS,
        subject=FACILITY,
        limits=limits("place_closed"),
        find=closed_with_people,
        population=prisons,
        detail_text=_("%(people)s personas en su lista"),
        past=True,
    ),
)
