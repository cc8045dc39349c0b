"""Answers given again after a person's record changed; with the runs they say which answer is the newest."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from creo.kernel.verdicts import Verdict
from creo.register import rules as register_rules
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.news import act_words
from creo.support.tables import Keyset, TablePage
from creo.targeting import rules
from creo.targeting.models import Reevaluation, TargetingResult, TargetingRun
from creo.targeting.queries.verdicts import verdict_from
from creo.territory import queries as territory

CHANGED, EVERY = "changed", "every"
# A person is looked for in this many of the latest runs: runs of one prison stand between those of the nation.
RECENT_RUNS = 20
_ORDER = Keyset("targeting.reevaluations", ("-id",))


@dataclass(frozen=True, slots=True)
class ReevaluationFilters:
    """What the list is narrowed to: only those that changed the answer or every one; one prison."""

    which: str = CHANGED
    facility: str = ""


@dataclass(frozen=True, slots=True)
class ReevaluationRow:
    """One re-evaluation. `cause` is in words; `previous` is None when nothing was known before."""

    code: str
    name: str
    facility: str
    facility_name: str
    as_of: date
    made_at: datetime
    version: int
    in_custody: bool
    result: rules.Result
    previous: rules.Result | None
    cause: str
    verdict: Verdict

    @property
    def changed(self) -> bool:
        """True when the answer is another than before."""
        return self.previous is not None and self.previous is not self.result


def told_to(reader: Reader) -> Q:
    """Re-evaluations that a reader is told of: the person's all while their prisons hold the person, as the file that
    goes with them; after a transfer or a release, those that were made while they held them. Never what came since."""
    allowed = territory.facility_ids(reader)
    if allowed is None:
        return Q()
    held_now = Q(person__custodies__released_on=None, person__custodies__facility_id__in=allowed)
    return Q(facility_id__in=allowed) | held_now


def newest_since(reader: Reader, codes: Collection[str], programme: str, since: datetime) -> dict[str, ReevaluationRow]:
    """The newest re-evaluation after a moment of some people that a reader is told of, by code. One query."""
    rows = Reevaluation.objects.filter(
        told_to(reader), programme=programme, person_id__in=list(codes), made_at__gt=since
    )
    return {row.code: row for row in map(_row, _values(rows, named=False).order_by("id"))}


def newest_of(reader: Reader, codes: Collection[str]) -> dict[tuple[str, str], ReevaluationRow]:
    """The newest re-evaluation of some people that a reader is told of, by code and programme. One query."""
    rows = _values(Reevaluation.objects.filter(told_to(reader), person_id__in=list(codes)), named=False).order_by("id")
    return {(values["person_id"], values["programme"]): _row(values) for values in rows}


def newest_answer(code: str, programme: str) -> int | None:
    """The outcome last given to somebody, by a run with the design in force or a re-evaluation; None without any.

    For the system's own acts. Three queries.
    """
    last = Reevaluation.objects.filter(programme=programme, person_id=code).order_by("-id")
    again = last.values_list("made_at", "outcome").first()
    recent = TargetingRun.objects.filter(programme=programme, variant="").order_by("-id")
    made = dict(recent.values_list("id", "created_at")[:RECENT_RUNS])
    found = TargetingResult.objects.filter(run_id__in=list(made), person__code=code).order_by("-run_id")
    run = found.values_list("run_id", "outcome").first()
    if run is None or (again is not None and again[0] > made[run[0]]):
        return again[1] if again else None
    return run[1]


def reevaluations_page(reader: Reader, filters: ReevaluationFilters, cursor: str = "") -> TablePage[ReevaluationRow]:
    """A page of re-evaluations in the reader's scope, newest first. Refused for an altered cursor."""
    named = reader.can(Permission.VIEW_PEOPLE)
    found = _ORDER.page(_values(_filtered(reader, filters), named=named), cursor)
    return TablePage([_row(values) for values in found.rows], found.next_cursor, found.prev_cursor)


def reevaluations_rows(reader: Reader, filters: ReevaluationFilters) -> Iterator[ReevaluationRow]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    rows = _values(_filtered(reader, filters), named=reader.can(Permission.VIEW_PEOPLE)).order_by("-id")
    for values in rows.iterator(chunk_size=2_000):
        yield _row(values)


def reevaluations_count(reader: Reader, filters: ReevaluationFilters) -> int:
    """How many re-evaluations the filters leave."""
    return _filtered(reader, filters).count()


_NAMES = ("known__given_names", "known__first_surname", "known__second_surname")
_FIELDS = (
    "id", "person_id", "facility__code", "facility__name", "as_of", "made_at", "design_version", "in_custody",
    "outcome", "previous", "cause_act", "verdict", "programme",
)  # fmt: skip


def _filtered(reader: Reader, filters: ReevaluationFilters) -> QuerySet[Reevaluation]:
    reader.require(Permission.VIEW_TARGETING)
    rows = Reevaluation.objects.all()
    allowed = territory.facility_ids(reader)
    if allowed is not None:
        rows = rows.filter(facility_id__in=allowed)
    if filters.facility:
        rows = rows.filter(facility__code=filters.facility)
    if filters.which == CHANGED:
        rows = rows.filter(previous__isnull=False).exclude(previous=F("outcome"))
    return rows


def _values(rows: QuerySet[Reevaluation], *, named: bool) -> QuerySet[Reevaluation, dict[str, Any]]:
    if not named:
        return rows.values(*_FIELDS)
    rows = rows.annotate(known=FilteredRelation("person__identities", condition=Q(person__identities__valid_to=None)))
    return rows.values(*_FIELDS, *_NAMES)


def _row(values: dict[str, Any]) -> ReevaluationRow:
    return ReevaluationRow(
        code=values["person_id"],
        name=register_rules.full_name(*(values[name] or "" for name in _NAMES)) if _NAMES[0] in values else "",
        facility=values["facility__code"] or "",
        facility_name=values["facility__name"] or "",
        as_of=values["as_of"],
        made_at=values["made_at"],
        version=values["design_version"],
        in_custody=values["in_custody"],
        result=rules.result_of(values["outcome"]),
        previous=None if values["previous"] is None else rules.result_of(values["previous"]),
        cause=act_words(values["cause_act"]),
        verdict=verdict_from(values["verdict"]),
    )
