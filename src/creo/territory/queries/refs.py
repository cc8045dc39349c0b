"""Which facilities a reader may see, and how another chapter finds one by code, alias or name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from creo.support.accounts.readers import NATION, Reader
from creo.support.refusals import NotFound
from creo.territory import rules
from creo.territory.models import Facility, FacilityAlias

REGION = "region"
FACILITY = "facility"


@dataclass(frozen=True, slots=True)
class FacilityRef:
    """What other chapters keep of a facility: its key, code and name, and where it is."""

    id: int
    code: str
    name: str
    kind: str
    office: str
    department: str
    sex: str | None


def in_scope(reader: Reader) -> QuerySet[Facility]:
    """The facilities inside the reader's places, unsorted; no place, no rows."""
    if reader.national:
        return Facility.objects.all()
    regions = [scope.code for scope in reader.scopes if scope.kind == REGION]
    codes = [scope.code for scope in reader.scopes if scope.kind == FACILITY]
    if not regions and not codes:
        return Facility.objects.none()
    return Facility.objects.filter(Q(regional_office__code__in=regions) | Q(code__in=codes))


def within(reader: Reader, place: Facility) -> bool:
    """The same of one facility that is here already, with its office. No query."""
    return any(
        scope.kind == NATION
        or (scope.kind == REGION and scope.code == place.regional_office.code)
        or (scope.kind == FACILITY and scope.code == place.code)
        for scope in reader.scopes
    )


def facility_ids(reader: Reader) -> frozenset[int] | None:
    """Keys of the facilities the reader may see: None is the whole nation, an empty set is nothing at all.

    One query of at most a few dozen keys, none for the nation, asked once a reader (one request, one job).
    """
    if reader.national:
        return None
    return reader.once("territory.facility_ids", lambda: frozenset(in_scope(reader).values_list("id", flat=True)))


def facility_refs(reader: Reader, *, kind: str = Facility.Kind.PRISON) -> tuple[FacilityRef, ...]:
    """Every facility of a kind in the reader's scope, by name: for choices in forms and labels in lists."""
    return tuple(_refs(in_scope(reader).filter(kind=kind)))


def by_code(reader: Reader, code: str) -> FacilityRef:
    """One facility by our own code. NotFound outside the scope, as if it did not exist."""
    found = next(iter(_refs(in_scope(reader).filter(code=code))), None)
    if found is None:
        raise NotFound
    return found


class FacilityLookup:
    """Finds facilities by code, alias or name for a whole file, with the queries of one."""

    def __init__(self, refs: Mapping[str, FacilityRef], index: rules.NameIndex) -> None:
        self._refs = refs
        self._index = index

    def find(self, text: str) -> FacilityRef | None:
        """The one facility a text names, or None when there is none or more than one."""
        code = self._index.find(text).code
        return self._refs[code] if code else None

    def candidates(self, text: str) -> tuple[FacilityRef, ...]:
        """The facilities an ambiguous text may mean: for the message that asks which."""
        return tuple(self._refs[code] for code in self._index.find(text).candidates)


def facility_lookup(reader: Reader) -> FacilityLookup:
    """A lookup over the reader's facilities of every kind. Two queries, whatever the number of rows to resolve."""
    refs = {ref.code: ref for ref in _refs(in_scope(reader))}
    names = [(ref.code, ref.name) for ref in refs.values()]
    codes: list[tuple[str, str]] = []
    aliases = FacilityAlias.objects.filter(facility__in=in_scope(reader).values("id"))
    for scheme, alias, code in aliases.values_list("scheme", "code", "facility__code"):
        (names if scheme == FacilityAlias.Scheme.NAME else codes).append((code, alias))
    return FacilityLookup(refs, rules.NameIndex(names, codes))


def resolve_facility(reader: Reader, text: str) -> FacilityRef | None:
    """One facility from what somebody typed: our code, a census code, its name in any spelling; None when in doubt."""
    return facility_lookup(reader).find(text)


def _refs(rows: QuerySet[Facility]) -> list[FacilityRef]:
    fields = ("id", "code", "name", "kind", "regional_office__code", "department__ubigeo", "sex")
    return [FacilityRef(*row) for row in rows.order_by("name", "id").values_list(*fields)]
