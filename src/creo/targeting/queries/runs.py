"""Runs and their counts. Whoever sees some prisons sees the counts of those and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from creo.kernel.criteria import Criteria, parse_criteria
from creo.programme.queries import programmes
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage
from creo.targeting import engine, rules
from creo.targeting.models import TargetingRun
from creo.targeting.queries.inputs import FACILITY, NATION, REGION, held_places
from creo.territory import queries as territory

Places = Sequence[territory.FacilityRef]
_ORDER = Keyset("targeting.runs", ("-id",))
LIST_FIELDS = (
    "id", "scope_kind", "scope_code", "as_of", "programme", "design_version", "design_digest", "variant", "rule__title",
    "inputs_hash", "people", "eligible", "undecided", "not_eligible", "started_by", "created_at", "duration_ms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the list of runs; the counts are those of the whole run."""

    number: int
    scope_kind: str
    scope_code: str
    as_of: date
    programme: str
    version: int
    digest: str
    variant: str
    design_title: str
    inputs_hash: str
    people: int
    eligible: int
    undecided: int
    not_eligible: int
    started_by: str
    created_at: datetime
    duration_ms: int


@dataclass(frozen=True)
class Run:
    """A run as its pages show it: the rule it asked, what its kept facts mean, and the counts the reader may see."""

    row: RunRow
    rule: rules.Ruleset
    meanings: tuple[engine.FrozenColumn, ...]
    criteria_codes: tuple[str, ...]
    answers_hash: str
    totals: Totals
    comparisons: Mapping[str, Mapping[str, Any]]
    allowed: frozenset[int] | None

    @cached_property
    def criteria(self) -> Criteria:
        """The criteria of the run; kept rules are not checked again against today's facts."""
        return parse_criteria(self.rule.items)


@dataclass(frozen=True)
class Totals:
    """Counts of a run over the prisons a reader may see; every method sums over those."""

    data: Mapping[str, Any]
    places: tuple[int, ...]

    @property
    def facilities(self) -> tuple[int, ...]:
        """Keys of the prisons seen; 0 is "not recorded"."""
        return tuple(self.data["facilities"][place] for place in self.places)

    def outcomes(self) -> dict[str, int]:
        """People by answer."""
        return {
            rules.result_of(outcome).value: sum(sum(self._cells(place)[outcome::3]) for place in self.places)
            for outcome in range(3)
        }

    def by_facility(self) -> dict[int, tuple[int, int, int]]:
        """Not eligible, undecided and eligible people of each prison."""
        found = {}
        for place in self.places:
            cells = self._cells(place)
            found[self.data["facilities"][place]] = (sum(cells[0::3]), sum(cells[1::3]), sum(cells[2::3]))
        return found

    def funnel(self) -> list[int]:
        """Everybody, then who meets the criteria one after another."""
        return self._summed("funnel", self.data["steps"])

    def grid(self) -> dict[str, list[tuple[int, int, int]]]:
        """For each offence family, (not eligible, undecided, eligible) by age band; "no birth date" last."""
        cells = [sum(values) for values in zip(*(self._cells(place) for place in self.places), strict=True)]
        families: Sequence[str] = self.data["families"]
        width = len(rules.AGE_BANDS) + 1
        if not cells:
            cells = [0] * (len(families) * width * 3)
        found: dict[str, list[tuple[int, int, int]]] = {}
        for index, family in enumerate(families):
            start = index * width * 3
            triples = [cells[start + 3 * band : start + 3 * band + 3] for band in range(width)]
            found[family] = [(first, second, third) for first, second, third in triples]
        return found

    def gaps(self) -> list[tuple[str, str, int, int]]:
        """Undecided people by (criterion, fact) not known: how many, and how many lack nothing else; most first."""
        names = self.gap_names
        missing, only = self._summed("missing", len(names)), self._summed("only", len(names))
        rows = [
            (code, fact, count, alone) for (code, fact), count, alone in zip(names, missing, only, strict=True) if count
        ]
        return sorted(rows, key=lambda row: -row[2])

    def gaps_by_facility(self) -> dict[int, list[int]]:
        """The counts of `gaps` for each prison, in the order of `gap_names`."""
        return {self.data["facilities"][place]: self.data["missing"][place] for place in self.places}

    @property
    def gap_names(self) -> list[tuple[str, str]]:
        """(criterion, fact) pairs in the order kept."""
        return [(str(code), str(fact)) for code, fact in self.data["gaps"]]

    def exclusions(self) -> list[tuple[str, int, int]]:
        """Each exclusion: people who meet every criterion and are left out by it, or held back by missing data."""
        codes: Sequence[str] = self.data["exclusions"]
        excluded, held_back = self._summed("excluded", len(codes)), self._summed("held_back", len(codes))
        return list(zip(codes, excluded, held_back, strict=True))

    def compared(self, data: Mapping[str, Any]) -> dict[str, int]:
        """The sums of a comparison kept with the run."""
        return {name: sum(values[place] for place in self.places) for name, values in data.items()}

    def compared_by_facility(self, data: Mapping[str, Any]) -> dict[int, dict[str, int]]:
        """The same by prison."""
        return {
            self.data["facilities"][place]: {name: values[place] for name, values in data.items()}
            for place in self.places
        }

    def _cells(self, place: int) -> Sequence[int]:
        cells: Sequence[int] = self.data["cells"][place]
        return cells

    def _summed(self, name: str, width: int) -> list[int]:
        rows = [self.data[name][place] for place in self.places]
        return [sum(values) for values in zip(*rows, strict=True)] if rows else [0] * width


def runs(reader: Reader, refs: Places, cursor: str = "") -> TablePage[RunRow]:
    """Runs that touch the reader's places, newest first. One query. Refused for an altered cursor."""
    reader.require(Permission.VIEW_TARGETING)
    rows = TargetingRun.objects.filter(_visible(reader, refs)).values(*LIST_FIELDS)
    found = _ORDER.page(rows, cursor)
    rows_read = [RunRow(*(values[name] for name in LIST_FIELDS)) for values in found.rows]
    return TablePage(rows_read, found.next_cursor, found.prev_cursor)


def latest(reader: Reader, refs: Places, programme: str = "") -> Run | None:
    """The newest run with a design in force: the nation's if there is one. None before the first. Two queries.

    Of the first budget programme loaded unless another is named.
    """
    found = _newest(reader, refs, programme).first()
    return _run(reader, refs, found) if found else None


def latest_number(reader: Reader, programme: str = "") -> int | None:
    """The number of the same run."""
    return _newest(reader, held_places(reader), programme).values_list("id", flat=True).first()


def run(reader: Reader, number: int, refs: Places | None = None) -> Run:
    """One run with the counts the reader may see. NotFound outside the scope. One query, three without `refs`."""
    reader.require(Permission.VIEW_TARGETING)
    refs = held_places(reader) if refs is None else refs
    found = TargetingRun.objects.filter(_visible(reader, refs), pk=number).first()
    if found is None:
        raise NotFound
    return _run(reader, refs, found)


def _newest(reader: Reader, refs: Places, programme: str) -> QuerySet[TargetingRun]:
    reader.require(Permission.VIEW_TARGETING)
    code = programme or next((row.code for row in programmes(reader)), "")
    found = TargetingRun.objects.filter(_visible(reader, refs), programme=code, variant="")
    wide = Case(When(scope_kind=NATION, then=0), default=1)
    return found.order_by(wide, "-id")


def _run(reader: Reader, refs: Places, found: TargetingRun) -> Run:
    allowed = None if reader.national else frozenset(ref.id for ref in refs)
    places = tuple(place for place, key in enumerate(found.totals["facilities"]) if allowed is None or key in allowed)
    return Run(
        row=row_of(found),
        rule=rules.Ruleset.from_data(found.rule),
        meanings=tuple(engine.FrozenColumn.from_data(data) for data in found.meanings),
        criteria_codes=tuple(found.criteria_codes),
        answers_hash=found.answers_hash,
        totals=Totals(found.totals, places),
        comparisons=found.comparisons,
        allowed=allowed,
    )


def row_of(found: TargetingRun) -> RunRow:
    """The line of a run already read."""
    return RunRow(
        number=found.pk,
        scope_kind=found.scope_kind,
        scope_code=found.scope_code,
        as_of=found.as_of,
        programme=found.programme,
        version=found.design_version,
        digest=found.design_digest,
        variant=found.variant,
        design_title=found.rule["title"],
        inputs_hash=found.inputs_hash,
        people=found.people,
        eligible=found.eligible,
        undecided=found.undecided,
        not_eligible=found.not_eligible,
        started_by=found.started_by,
        created_at=found.created_at,
        duration_ms=found.duration_ms,
    )


def scope_name(row: RunRow, refs: Sequence[territory.FacilityRef] = ()) -> str:
    """Where a run looked, in words."""
    if row.scope_kind == NATION:
        return _("Nacional")
    if row.scope_kind == FACILITY:
        return next((ref.name for ref in refs if ref.code == row.scope_code), row.scope_code)
    return _("Oficina regional %(code)s") % {"code": row.scope_code}


def _visible(reader: Reader, refs: Places) -> Q:
    """National runs for everybody with a place (their own prisons' part); others where the places meet."""
    if reader.national:
        return Q()
    if not refs:
        return Q(pk__in=[])
    return (
        Q(scope_kind=NATION)
        | Q(scope_kind=REGION, scope_code__in=sorted({ref.office for ref in refs}))
        | Q(scope_kind=FACILITY, scope_code__in=sorted(ref.code for ref in refs))
    )
