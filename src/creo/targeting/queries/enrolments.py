"""Who is or was in the programme ("intervened", C-09), with what has happened to them since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, FilteredRelation, Q, QuerySet

from creo.kernel.citations import Citation
from creo.kernel.periods import completed_years
from creo.kernel.verdicts import Outcome, Reason, Verdict
from creo.register import rules as register_rules
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.targeting import rules
from creo.targeting.models import Enrolment
from creo.territory import queries as territory

PAGE = 50
OPEN, ENDED, ALL = "open", "ended", "all"


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
class EnrolmentsPage:
    """Rows newest first; cursors are None where there is no such page."""

    rows: tuple[EnrolmentRow, ...]
    next_cursor: int | None


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


def enrolled_counts(reader: Reader, as_of: date) -> dict[int, int]:
    """People enrolled on a day by prison key, in the reader's scope. One query."""
    reader.require(Permission.VIEW_TARGETING)
    rows = _scoped(reader).filter(_on(as_of)).order_by().values_list("facility_id").annotate(people=Count("id"))
    return {int(key): int(people) for key, people in rows}


def enrolments_page(
    reader: Reader, filters: EnrolmentFilters, as_of: date, *, before: int | None = None, size: int = PAGE
) -> EnrolmentsPage:
    """A page of enrolments, newest first; `before` is the last key seen. One query."""
    rows = _filtered(reader, filters)
    if before is not None:
        rows = rows.filter(id__lt=before)
    rows = rows.annotate(
        known=FilteredRelation("person__identities", condition=Q(person__identities__valid_to=None)),
        held=FilteredRelation("person__custodies", condition=Q(person__custodies__released_on=None)),
    ).order_by("-id")
    found = list(rows.values_list(*_FIELDS)[: size + 1])
    shown = found[:size]
    named = reader.can(Permission.VIEW_PEOPLE)
    return EnrolmentsPage(
        rows=tuple(_row(values, as_of, named) for values in shown),
        next_cursor=int(shown[-1][0]) if len(found) > size else None,
    )


def enrolments_count(reader: Reader, filters: EnrolmentFilters) -> int:
    """How many enrolments the filters leave. One query."""
    return _filtered(reader, filters).count()


def history(reader: Reader, person_code: str) -> list[EnrolmentDetail]:
    """A person's enrolments, newest first. The caller has checked that the reader may see the person. One query."""
    reader.require(Permission.VIEW_TARGETING)
    rows = Enrolment.objects.filter(person_id=person_code).select_related("facility").order_by("-enrolled_on", "-id")
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


_FIELDS = (
    "id", "person_id", "facility__code", "facility__name", "enrolled_on", "design_version", "decided_by", "ended_on",
    "exit_reason", "exit_note", "max_age", "known__given_names", "known__first_surname", "known__second_surname",
    "known__birth_date", "held__id", "held__facility__code", "held__facility__name",
)  # fmt: skip


def _row(values: tuple[Any, ...], as_of: date, named: bool) -> EnrolmentRow:
    (
        key, code, facility, facility_name, enrolled_on, version, decided_by, ended_on, exit_reason, exit_note, highest,
        given, first, second, born, custody, now_at, now_at_name,
    ) = values  # fmt: skip
    age = completed_years(born, as_of) if born else None
    return EnrolmentRow(
        id=key,
        code=code,
        name=register_rules.full_name(given or "", first or "", second or "") if named else "",
        facility=facility,
        facility_name=facility_name,
        enrolled_on=enrolled_on,
        version=version,
        decided_by=decided_by,
        age=age,
        aged_out=ended_on is None and rules.aged_out(born, highest, as_of),
        held=custody is not None,
        away=(now_at_name or "") if custody is not None and now_at != facility else "",
        ended_on=ended_on,
        exit_reason=rules.ExitReason(exit_reason).word if exit_reason else "",
        exit_note=exit_note,
    )
