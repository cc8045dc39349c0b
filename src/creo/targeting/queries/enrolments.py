"""Who is or was in the programme ("intervened", C-09), with what has happened to them since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from creo.kernel.citations import Citation
from creo.kernel.periods import completed_years
from creo.kernel.verdicts import Outcome, Reason, Verdict
from creo.register import rules as register_rules
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.tables import Keyset, TablePage
from creo.targeting import rules
from creo.targeting.models import Enrolment
from creo.targeting.queries.explaining import Explanation
from creo.territory import queries as territory

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
    version: int
    decided_by: str
    age: int | None
    aged_out: bool
    held: bool
    away: str
    ended_on: date | None
    exit_reason: str
    exit_note: str


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
    """A page of enrolments, newest first. One query. Refused for an altered cursor."""
    found = _ORDER.page(_values(_filtered(reader, filters)), cursor)
    named = reader.can(Permission.VIEW_PEOPLE)
    return TablePage([_row(values, as_of, named) for values in found.rows], found.next_cursor, found.prev_cursor)


def enrolments_rows(reader: Reader, filters: EnrolmentFilters, as_of: date) -> Iterator[EnrolmentRow]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    named = reader.can(Permission.VIEW_PEOPLE)
    for values in _values(_filtered(reader, filters)).order_by("-id").iterator(chunk_size=5000):
        yield _row(values, as_of, named)


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


def verdict_data(verdict: Verdict, facts: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """A verdict with the facts it saw, as plain data to freeze; `verdict_from` gives the verdict back."""
    return {
        "as_of": as_of.isoformat(),
        "outcome": int(verdict.outcome),
        "provisional": verdict.provisional,
        "changes_on": _day_text(verdict.changes_on),
        "facts": {name: _day_text(value) if isinstance(value, date) else value for name, value in facts.items()},
        "reasons": [_reason_data(reason) for reason in verdict.reasons],
    }


def verdict_from(data: Mapping[str, Any]) -> Verdict:
    """The verdict that `verdict_data` froze."""
    return Verdict(
        Outcome(data["outcome"]),
        tuple(_reason_from(reason) for reason in data["reasons"]),
        _day(data["changes_on"]),
        data["provisional"],
    )


def _reason_data(reason: Reason) -> dict[str, Any]:
    cited = reason.citation
    return {
        "code": reason.code,
        "title": reason.title,
        "outcome": int(reason.outcome),
        "fact": reason.fact,
        "citation": [cited.source, cited.locator, list(cited.lines), cited.note] if cited else None,
        "action": reason.action,
        "responsible": reason.responsible,
        "changes_on": _day_text(reason.changes_on),
    }


def _reason_from(data: Mapping[str, Any]) -> Reason:
    cited = data["citation"]
    return Reason(
        code=data["code"],
        title=data["title"],
        outcome=Outcome(data["outcome"]),
        fact=data["fact"],
        citation=Citation(cited[0], cited[1], tuple(cited[2]), cited[3]) if cited else None,
        action=data["action"],
        responsible=data["responsible"],
        changes_on=_day(data["changes_on"]),
    )


def _day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


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
    "id", "person_id", "facility__code", "facility__name", "enrolled_on", "design_version", "decided_by", "ended_on",
    "exit_reason", "exit_note", "max_age", "known__birth_date", "held__id", "held__facility__code",
    "held__facility__name", *_NAMES,
)  # fmt: skip


def _values(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment, dict[str, Any]]:
    """Enrolments with the person's present identity and open episode."""
    return rows.annotate(
        known=FilteredRelation("person__identities", condition=Q(person__identities__valid_to=None)),
        held=FilteredRelation("person__custodies", condition=Q(person__custodies__released_on=None)),
    ).values(*_FIELDS)


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
