"""The tables of looking defend themselves: each constraint broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from creo.support.looking.models import Alert, Emergency, Look
from creo.support.looking.tests import factories as make
from creo.support.looking.tests.factories import NOW

pytestmark = pytest.mark.django_db
REVIEWED = {"state": "approved", "reviewed_by_id": 8, "reviewed_by": "Ana", "reviewed_at": NOW, "review_reason": "x"}
DECIDED = {"state": "explained", "decided_by_id": 8, "decided_by": "Ana", "decided_at": NOW, "reason": "x"}


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("purpose_ends_after_it_starts", lambda: make.purpose(until=NOW)),
        ("purpose_of_a_closed_class", lambda: make.purpose(access="public")),
        ("purpose_says_which", lambda: make.purpose(purpose="")),
        ("emergency_ends_after_it_starts", lambda: make.emergency(until=NOW)),
        ("emergency_says_why", lambda: make.emergency(reason="")),
        ("emergency_open_is_unreviewed", lambda: make.emergency(reviewed_by="Ana")),
        ("emergency_open_is_unreviewed", lambda: make.emergency(state="approved")),
        ("emergency_open_is_unreviewed", lambda: make.emergency(**{**REVIEWED, "review_reason": ""})),
        ("emergency_seen_by_another", lambda: make.emergency(**{**REVIEWED, "reviewed_by_id": 7})),
        ("emergency_cut_short", lambda: make.emergency(**REVIEWED, ended_at=NOW)),
        ("look_at_something", lambda: make.look(actor="")),
        ("look_sheet_has_purpose", lambda: make.look(purpose="health")),
        ("look_refused_saw_nothing", lambda: make.look(refused=True, sheet="protected", purpose="health")),
        ("canary_says_why", lambda: make.canary(reason="")),
        ("canary_withdrawn_by_somebody", lambda: make.canary(withdrawn_at=NOW)),
        ("alert_in_order", lambda: make.alert(last_at=NOW - timedelta(days=1))),
        ("alert_in_order", lambda: make.alert(count=0)),
        ("alert_open_is_undecided", lambda: make.alert(reason="x")),
        ("alert_open_is_undecided", lambda: make.alert(**{**DECIDED, "decided_by": ""})),
        ("alert_decided_by_another", lambda: make.alert(**{**DECIDED, "decided_by_id": 7})),
        ("alert_escalated_names_its_incident", lambda: make.alert(**{**DECIDED, "incident": "2026-1"})),
        ("alert_escalated_names_its_incident", lambda: make.alert(**{**DECIDED, "state": "escalated"})),
    ],
)
def test_what_makes_no_sense_does_not_enter(name: str, act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_good_rows_enter_and_a_canary_or_a_burst_only_once() -> None:
    make.purpose(), make.look(), make.look(sheet="protected", purpose="health"), make.look(refused=True)
    make.emergency(**REVIEWED), make.emergency(**{**REVIEWED, "state": "objected"}, ended_at=NOW)
    make.alert(**DECIDED), make.alert(**{**DECIDED, "state": "escalated", "incident": "2026-1"})
    make.canary(), make.canary("P-0000002"), make.canary(withdrawn_at=NOW, withdrawn_by="Ana")
    assert (Look.objects.count(), Emergency.objects.count(), Alert.objects.count()) == (3, 2, 2)
    for twice in (lambda: make.canary("P-0000002"), lambda: make.alert(key="many:7:0")):
        with pytest.raises(IntegrityError), transaction.atomic():
            twice()
