"""Who is or was in the programme ("intervened", C-09), with what has happened to them since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import batched
from typing import Any

from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from creo.kernel.periods import completed_years
from creo.kernel.verdicts import Verdict
from creo.register import queries as register
from creo.register import rules as register_rules
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage
from creo.targeting import rules
from creo.targeting.models import Enrolment
from creo.targeting.queries.explaining import Explanation
from creo.targeting.queries.reevaluations import ReevaluationRow, newest_of
from creo.targeting.queries.verdicts import verdict_from
from creo.territory import queries as territory

CHUNK = 2_000
OPEN, ENDED, ALL = "open", "ended", "all"
_ORDER = Keyset("targeting.enrolments", ("-id",))


@dataclass(frozen=True, slots=True)
class EnrolmentFilters:
    """What the list is narrowed to. `state` is open, ended or all."""

    facility: str = ""
    state: str = OPEN


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """One enrolment. `away` says where the person is now when it is not the prison of the enrolment."""

    id: int
    code: str
    name: str
    facility: str
    facility_name: str
    enrolled_on: date
    programme: str
    version: int
    decided_by: str
    age: int | None
    aged_out: bool
    held: bool
    away: str
    ended_on: date | None
    exit_reason: str
    exit_note: str
    again: ReevaluationRow | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentDetail:
    """One person's enrolment with the verdict frozen on its day."""

    id: int
    facility_name: str
    enrolled_on: date
    programme: str
    version: int
    digest: str
    verdict: Verdict
    facts: Mapping[str, Any]
    decided_by: str
    decided_at: datetime
    reason: str
    ended_on: date | None
    exit_reason: str
    exit_note: str
    ended_by: str

    @property
    def exit_word(self) -> str:
        """The reason of the end for people; nothing while it lasts."""
        return _(rules.ExitReason(self.exit_reason).word) if self.exit_reason else ""


def enrolled_by_facility(reader: Reader, as_of: date) -> dict[int, int]:
    """People enrolled on a day by prison key, in the reader's scope. One query."""
    reader.require(Permission.VIEW_TARGETING)
    rows = _scoped(reader).filter(_on(as_of)).order_by().values_list("facility_id").annotate(people=Count("id"))
    return {int(key): int(people) for key, people in rows}


def enrolments_page(
    reader: Reader, filters: EnrolmentFilters, as_of: date, cursor: str = ""
) -> TablePage[EnrolmentRow]:
    """A page of enrolments, newest first. Two queries. Refused for an altered cursor."""
    found = _ORDER.page(_values(_filtered(reader, filters)), cursor)
    named = reader.can(Permission.VIEW_PEOPLE)
    rows = _newest(reader, [_row(values, as_of, named) for values in found.rows])
    return TablePage(rows, found.next_cursor, found.prev_cursor)


def enrolments_rows(reader: Reader, filters: EnrolmentFilters, as_of: date) -> Iterator[EnrolmentRow]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    named = reader.can(Permission.VIEW_PEOPLE)
    rows = _values(_filtered(reader, filters)).order_by("-id").iterator(chunk_size=CHUNK)
    for some in batched(rows, CHUNK, strict=False):
        yield from _newest(reader, [_row(values, as_of, named) for values in some])


def enrolments_count(reader: Reader, filters: EnrolmentFilters) -> int:
    """How many enrolments the filters leave. One query."""
    return _filtered(reader, filters).count()


def history(reader: Reader, person_code: str) -> list[EnrolmentDetail]:
    """A person's enrolments, those of merged duplicates too, newest first. One query.

    The caller has checked that the reader may see the person.
    """
    reader.require(Permission.VIEW_TARGETING)
    rows = Enrolment.objects.filter(of_person(person_code)).select_related("facility")
    rows = rows.order_by("-enrolled_on", "-id")
    return [
        EnrolmentDetail(
            id=row.pk,
            facility_name=row.facility.name,
            enrolled_on=row.enrolled_on,
            programme=row.programme,
            version=row.design_version,
            digest=row.design_digest,
            verdict=verdict_from(row.verdict),
            facts=row.verdict["facts"],
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            reason=row.reason,
            ended_on=row.ended_on,
            exit_reason=row.exit_reason,
            exit_note=row.exit_note,
            ended_by=row.ended_by,
        )
        for row in rows
    ]


def enrolments_seen(reader: Reader, person_code: str, as_of: date) -> list[EnrolmentRow]:
    """A person's enrolments that a reader may see, newest first: all for who holds the person today, else those of
    the reader's own prisons, so that who enrolled somebody can close it after they left.

    NotFound when there is none and the person is not held in the scope. Five queries at most.
    """
    reader.require(Permission.VIEW_TARGETING)
    held = held_code(reader, person_code)
    rows = Enrolment.objects.filter(of_person(held or person_code))
    if not held:
        allowed = territory.facility_ids(reader)
        rows = rows if allowed is None else rows.filter(facility_id__in=allowed)
        if not rows.exists():
            raise NotFound
    named = reader.can(Permission.VIEW_PEOPLE)
    return _newest(reader, [_row(values, as_of, named) for values in _values(rows).order_by("-enrolled_on", "-id")])


def held_code(reader: Reader, person_code: str) -> str:
    """The code in force of somebody in the reader's scope today; empty outside it."""
    if not reader.can(Permission.VIEW_PEOPLE):
        return ""
    try:
        return register.person_code_in_scope(reader, person_code)
    except NotFound:
        return ""


def of_person(code: str) -> Q:
    """Enrolments of a person: under their code, or under that of a duplicate merged into it."""
    return Q(person_id=code) | Q(person__merged_into__code=code)


def applicant(found: Explanation, past: Sequence[EnrolmentDetail], *, here: bool | None) -> rules.Applicant:
    """What enrolment looks at besides the criteria; `past` is the person's `history`."""
    own = [item for item in past if item.programme == found.rule.programme]
    return rules.Applicant(
        in_custody=found.in_custody,
        here=here,
        enrolled_since=next((item.enrolled_on for item in own if item.ended_on is None), None),
        last_exit=max((item.ended_on for item in own if item.ended_on is not None), default=None),
    )


def pasts(codes: Sequence[str], programme: str) -> dict[str, tuple[date | None, date | None]]:
    """For who was enrolled before: since when they still are, and when they last left. One query."""
    found: dict[str, tuple[date | None, date | None]] = {}
    whose = Coalesce("person__merged_into__code", "person_id")
    rows = Enrolment.objects.annotate(whose=whose).filter(whose__in=codes, programme=programme).order_by("id")
    for code, start, end in rows.values_list("whose", "enrolled_on", "ended_on"):
        since, left = found.get(code, (None, None))
        if end is None:
            since = start
        elif left is None or end > left:
            left = end
        found[code] = (since, left)
    return found


def _on(as_of: date) -> Q:
    return Q(enrolled_on__lte=as_of) & (Q(ended_on=None) | Q(ended_on__gt=as_of))


def _scoped(reader: Reader) -> QuerySet[Enrolment]:
    allowed = territory.facility_ids(reader)
    return Enrolment.objects.all() if allowed is None else Enrolment.objects.filter(facility_id__in=allowed)


def _filtered(reader: Reader, filters: EnrolmentFilters) -> QuerySet[Enrolment]:
    reader.require(Permission.VIEW_TARGETING)
    rows = _scoped(reader)
    if filters.facility:
        rows = rows.filter(facility__code=filters.facility)
    if filters.state == OPEN:
        rows = rows.filter(ended_on=None)
    elif filters.state == ENDED:
        rows = rows.filter(ended_on__isnull=False)
    return rows


_NAMES = ("known__given_names", "known__first_surname", "known__second_surname")
_FIELDS = (
    "id", "person_id", "facility__code", "facility__name", "enrolled_on", "programme", "design_version", "decided_by",
    "ended_on", "exit_reason", "exit_note", "max_age", "known__birth_date", "held__id", "held__facility__code",
    "held__facility__name", *_NAMES,
)  # fmt: skip


def _values(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment, dict[str, Any]]:
    """Enrolments with the person's present identity and open episode."""
    return rows.annotate(
        known=FilteredRelation("person__identities", condition=Q(person__identities__valid_to=None)),
        held=FilteredRelation("person__custodies", condition=Q(person__custodies__released_on=None)),
    ).values(*_FIELDS)


def _newest(reader: Reader, rows: list[EnrolmentRow]) -> list[EnrolmentRow]:
    """The rows with the newest re-evaluation of those that last. One query."""
    lasting = [row.code for row in rows if row.ended_on is None]
    again = newest_of(reader, lasting) if lasting else {}
    return [replace(row, again=again.get((row.code, row.programme))) if row.ended_on is None else row for row in rows]


def _row(values: dict[str, Any], as_of: date, named: bool) -> EnrolmentRow:
    born, ended_on, exit_reason = values["known__birth_date"], values["ended_on"], values["exit_reason"]
    held = values["held__id"] is not None
    moved = held and values["held__facility__code"] != values["facility__code"]
    return EnrolmentRow(
        id=values["id"],
        code=values["person_id"],
        name=register_rules.full_name(*(values[name] or "" for name in _NAMES)) if named else "",
        facility=values["facility__code"],
        facility_name=values["facility__name"],
        enrolled_on=values["enrolled_on"],
        programme=values["programme"],
        version=values["design_version"],
        decided_by=values["decided_by"],
        age=completed_years(born, as_of) if born else None,
        aged_out=ended_on is None and rules.aged_out(born, values["max_age"], as_of),
        held=held,
        away=(values["held__facility__name"] or "") if moved else "",
        ended_on=ended_on,
        exit_reason=_(rules.ExitReason(exit_reason).word) if exit_reason else "",
        exit_note=values["exit_note"],
    )
