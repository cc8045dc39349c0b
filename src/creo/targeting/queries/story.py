"""What the programme knows of one person: their enrolments and the answers given again, read together."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, CharField, DateField, F, IntegerField, Q, QuerySet, Value

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.news import act_words
from creo.targeting import rules
from creo.targeting.models import Enrolment, Reevaluation
from creo.targeting.queries.enrolments import EnrolmentDetail
from creo.targeting.queries.reevaluations import ReevaluationRow
from creo.targeting.queries.verdicts import verdict_from

SHOWN = 20
_COLUMNS = (
    "record", "id", "whose", "place", "place_name", "day", "programme", "design_version", "design_digest", "verdict",
    "who", "moment", "said", "ended_on", "exit_reason", "exit_note", "ended_by", "answer", "before", "held",
)  # fmt: skip
_ENROLMENT, _AGAIN = "enrolment", "again"


def story(reader: Reader, code: str) -> tuple[list[EnrolmentDetail], list[ReevaluationRow]]:
    """A person's enrolments and latest re-evaluations, those of merged duplicates too, newest first. One query.

    The caller has checked that the reader may see the person.
    """
    reader.require(Permission.VIEW_TARGETING)
    whose = Q(person_id=code) | Q(person__merged_into__code=code)
    rows = list(_enrolments(whose).union(_reevaluations(whose), all=True))
    found = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    enrolled = [_detail(row) for row in found if row["record"] == _ENROLMENT]
    again = [row for row in found if row["record"] == _AGAIN]
    again.sort(key=lambda row: -row["id"])
    enrolled.sort(key=lambda item: (item.enrolled_on, item.id), reverse=True)
    return enrolled, [_row(row) for row in again[:SHOWN]]


def _enrolments(whose: Q) -> QuerySet[Enrolment, Any]:
    rows = Enrolment.objects.filter(whose).annotate(
        record=Value(_ENROLMENT, CharField()),
        whose=F("person_id"),
        place=F("facility__code"),
        place_name=F("facility__name"),
        day=F("enrolled_on"),
        who=F("decided_by"),
        moment=F("decided_at"),
        said=F("reason"),
        answer=F("outcome"),
        before=Value(None, IntegerField()),
        held=Value(True, BooleanField()),
    )
    return rows.order_by().values_list(*_COLUMNS)


def _reevaluations(whose: Q) -> QuerySet[Reevaluation, Any]:
    nothing = Value("", CharField())
    rows = Reevaluation.objects.filter(whose).annotate(
        record=Value(_AGAIN, CharField()),
        whose=F("person_id"),
        place=F("facility__code"),
        place_name=F("facility__name"),
        day=F("as_of"),
        who=nothing,
        moment=F("made_at"),
        said=F("cause_act"),
        ended_on=Value(None, DateField()),
        exit_reason=nothing,
        exit_note=nothing,
        ended_by=nothing,
        answer=F("outcome"),
        before=F("previous"),
        held=F("in_custody"),
    )
    return rows.order_by().values_list(*_COLUMNS)


def _detail(row: dict[str, Any]) -> EnrolmentDetail:
    return EnrolmentDetail(
        id=row["id"],
        facility_name=row["place_name"],
        enrolled_on=row["day"],
        programme=row["programme"],
        version=row["design_version"],
        digest=row["design_digest"],
        verdict=verdict_from(row["verdict"]),
        facts=row["verdict"]["facts"],
        decided_by=row["who"],
        decided_at=row["moment"],
        reason=row["said"],
        ended_on=row["ended_on"],
        exit_reason=row["exit_reason"],
        exit_note=row["exit_note"],
        ended_by=row["ended_by"],
    )


def _row(row: dict[str, Any]) -> ReevaluationRow:
    return ReevaluationRow(
        code=row["whose"],
        name="",
        facility=row["place"] or "",
        facility_name=row["place_name"] or "",
        as_of=row["day"],
        made_at=row["moment"],
        version=row["design_version"],
        in_custody=row["held"],
        result=rules.result_of(row["answer"]),
        previous=None if row["before"] is None else rules.result_of(row["before"]),
        cause=act_words(row["said"]),
        verdict=verdict_from(row["verdict"]),
    )
