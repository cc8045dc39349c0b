"""What a run reads: the people of a place on a day, and the facts that criteria may name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from creo.register import facts
from creo.register import queries as register
from creo.support.accounts.readers import Reader, Scope
from creo.support.refusals import Forbidden, Refused
from creo.targeting import engine, rules
from creo.territory import queries as territory

NATION, REGION, FACILITY = "nation", "region", "facility"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run looks: the nation, a regional office or a prison. `codes` is None for everybody."""

    kind: str
    code: str
    name: str
    codes: tuple[str, ...] | None


def shapes() -> dict[str, rules.FactShape]:
    """The facts the register publishes, with what a criterion may do with each."""
    return {fact.name: rules.FactShape(fact.kind.value, fact.values) for fact in facts.FACTS}


def fact_labels() -> dict[str, str]:
    """Each published fact in words."""
    return {fact.name: str(fact.label) for fact in facts.FACTS}


def fact_responsibles() -> dict[str, str]:
    """Who can complete each published fact."""
    return {fact.name: str(fact.responsible) for fact in facts.FACTS}


def place(reader: Reader, kind: str, code: str) -> Place:
    """A place to run over. Forbidden outside the reader's scope; Refused when there is no such place."""
    if kind == NATION:
        if not reader.national:
            raise Forbidden(
                _("Una corrida nacional necesita ámbito nacional. Elija su establecimiento o su oficina regional.")
            )
        return Place(NATION, "", _("Nacional"), None)
    refs = held_places(reader)
    if kind == FACILITY:
        found = [ref for ref in refs if ref.code == code]
        name = found[0].name if found else ""
    elif kind == REGION and (reader.national or Scope(REGION, code) in reader.scopes):
        found = [ref for ref in refs if ref.office == code]
        name = _("Oficina regional %(code)s") % {"code": code}
    else:
        found, name = [], ""
    if not found:
        raise Refused(
            _("No hay establecimientos en «%(code)s» dentro de su ámbito.") % {"code": code}, fields={"place": code}
        )
    return Place(kind, code, name, tuple(ref.code for ref in found))


def held_places(reader: Reader) -> list[territory.FacilityRef]:
    """The places that hold people, in the reader's scope, by name."""
    return [ref for kind in ("prison", "reception") for ref in territory.facility_refs(reader, kind=kind)]


def offices(reader: Reader, refs: Sequence[territory.FacilityRef]) -> list[str]:
    """Codes of the regional offices whose whole the reader sees, among those of some places."""
    held = {scope.code for scope in reader.scopes if scope.kind == REGION}
    return sorted({ref.office for ref in refs if reader.national or ref.office in held})


def people_of(reader: Reader, where: Place, as_of: date) -> engine.People:
    """Everybody held in a place on a day, with every published fact. The reader's scope holds."""
    found = register.population_columns(reader, as_of, where.codes)
    return engine.People(as_of, found.person_ids, found.facility_ids, found.columns)
