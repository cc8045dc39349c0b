"""Deciding in somebody's place: for whom, where, until when, and never for the maker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import reader_for
from creo.support.approvals import commands, queries
from creo.support.approvals.models import Decision, Delegation, Proposal
from creo.support.approvals.tests.factories import DONE, TODAY, decide, granted, person, propose
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wired")]
LATER = TODAY + timedelta(days=40)


def lend(by: Any, to: User, **other: Any) -> Delegation:
    values: dict[str, Any] = {
        "act": "box.paint_thrice",
        "tier": 2,
        "delegate": to.username,
        "valid_from": TODAY,
        "valid_to": TODAY + timedelta(days=10),
        "reason": "Vacaciones",
        "today": TODAY,
    }
    return commands.delegate(by=by, **(values | other))


@pytest.fixture
def staff(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A regional decider, one of another prison, both by their grants."""
    from creo.support.accounts import permissions

    role = permissions.Role("decider", "Decide", frozenset({Permission.DECIDE_PROPOSALS, Permission.EDIT_PEOPLE}), ())
    monkeypatch.setitem(permissions.ROLES, "decider", role)
    office = granted("oscar", "decider", ("region", "NORTE"))
    other = granted("sara", "decider", ("facility", "SUR-1"))
    return {"oscar": office, "sara": other, "as": lambda user: reader_for(user, TODAY)}


def test_a_delegate_decides_at_the_places_of_who_delegated_and_it_is_written_so(staff: dict[str, Any]) -> None:
    made = propose(person("ana"), act="box.paint_thrice")
    decide(person("luz", Permission.DECIDE_PROPOSALS, scope=("facility", "NORTE-1")), made)
    oscar, sara = staff["as"](staff["oscar"]), staff["as"](staff["sara"])
    with pytest.raises(NotFound):
        decide(sara, made)
    lend(oscar, staff["sara"])
    sara = staff["as"](staff["sara"])
    assert queries.waiting_count(sara, TODAY) == 1
    decide(sara, made)
    row = Decision.objects.get(tier=2)
    assert (row.decided_by_id, row.on_behalf_of_id) == (sara.user_id, oscar.user_id)
    assert Entry.objects.filter(act="approvals.tier_approved").latest("id").after["delegated_by"] == "Oscar"
    # Who was decided for has decided: neither decides another tier.
    with pytest.raises((Refused, Forbidden)):
        decide(person("oscar"), made)


def test_the_act_under_a_delegate_runs_with_the_places_lent_and_the_name_of_both(staff: dict[str, Any]) -> None:
    oscar = staff["as"](staff["oscar"])
    lend(oscar, staff["sara"], act="box.paint", tier=1)
    made = propose(person("ana"))
    made = decide(staff["as"](staff["sara"]), made)
    assert made.state == "approved"
    assert DONE[0][:2] == (staff["sara"].pk, "Sara, por delegación de Oscar")


def test_a_delegate_never_decides_for_the_maker_nor_what_they_made(staff: dict[str, Any]) -> None:
    oscar = staff["as"](staff["oscar"])
    lend(oscar, staff["sara"], act="box.paint", tier=1)
    sara = staff["as"](staff["sara"])
    with pytest.raises(Forbidden):
        decide(sara, propose(oscar))
    assert queries.waiting_count(sara, TODAY) == 0
    own = propose(sara, place="SUR-1")
    with pytest.raises(Forbidden):
        decide(sara, own)


def test_a_delegation_holds_only_for_its_days_and_while_it_was_not_ended(staff: dict[str, Any]) -> None:
    made = propose(person("ana"), today=TODAY)
    given = lend(staff["as"](staff["oscar"]), staff["sara"], act="box.paint", tier=1)

    def may(day: Any) -> bool:
        return queries.waiting_count(reader_for(staff["sara"], day), day) == 1

    Proposal.objects.update(due_on=LATER)
    assert [may(TODAY - timedelta(days=1)), may(TODAY), may(TODAY + timedelta(days=10))] == [False, True, False]
    with pytest.raises(NotFound):
        commands.end_delegation(by=person("beto"), delegation_id=given.pk, reason="x", today=TODAY)
    with pytest.raises(Refused):
        commands.end_delegation(by=person("oscar"), delegation_id=given.pk, reason=" ", today=TODAY)
    commands.end_delegation(by=person("oscar"), delegation_id=given.pk, reason="Volvió", today=TODAY)
    assert not may(TODAY)
    with pytest.raises(Refused):
        commands.end_delegation(by=person("oscar"), delegation_id=given.pk, reason="x", today=TODAY)
    with pytest.raises(NotFound):
        decide(reader_for(staff["sara"], TODAY), made)


def test_a_delegation_is_worth_what_its_delegator_still_holds(staff: dict[str, Any]) -> None:
    propose(person("ana"))
    lend(staff["as"](staff["oscar"]), staff["sara"], act="box.paint", tier=1)
    staff["oscar"].grants.update(valid_to=TODAY)
    assert queries.waiting_count(staff["as"](staff["sara"]), TODAY) == 0


@pytest.mark.parametrize(
    ("change", "possible"),
    [
        ({"valid_to": TODAY}, False),
        ({"valid_to": TODAY + timedelta(days=1)}, True),
        ({"ended_on": TODAY, "ended_by": "Ana", "end_reason": "Cambió de puesto"}, False),
        ({"ended_on": TODAY + timedelta(days=1), "ended_by": "Ana", "end_reason": "Cambia de puesto"}, True),
        ({"valid_from": TODAY + timedelta(days=1)}, False),
        ({"reviewed_on": TODAY - timedelta(days=182)}, True),
        ({"reviewed_on": TODAY - timedelta(days=183)}, False),
    ],
)
def test_only_who_holds_a_deciding_role_today_can_be_lent_a_tier(
    staff: dict[str, Any], change: dict[str, Any], possible: bool
) -> None:
    oscar = staff["as"](staff["oscar"])
    staff["sara"].grants.update(**change)
    assert (staff["sara"] in queries.possible_delegates(oscar, TODAY)) is possible
    assert bool(staff["as"](staff["sara"]).scopes) is possible, "as her reader says"
    if possible:
        lend(oscar, staff["sara"])
        return
    with pytest.raises(Refused) as caught:
        lend(oscar, staff["sara"])
    assert set(caught.value.fields) == {"delegate"}


def test_delegating_is_refused_with_every_reason(staff: dict[str, Any]) -> None:
    oscar = staff["as"](staff["oscar"])
    days = timedelta(days=1)
    for other, field in (
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 401}, "reason"),
        ({"valid_from": TODAY - days}, "valid_from"),
        ({"valid_from": None}, "valid_from"),
        ({"valid_to": TODAY}, "valid_to"),
        ({"valid_to": None}, "valid_to"),
        ({"valid_to": TODAY + 61 * days}, "valid_to"),
        ({"delegate": "oscar"}, "delegate"),
        ({"delegate": "nadie"}, "delegate"),
    ):
        with pytest.raises(Refused) as caught:
            lend(oscar, staff["sara"], **other)  # type: ignore[arg-type]
        assert set(caught.value.fields) == {field}, other
    with pytest.raises(Forbidden):
        lend(oscar, staff["sara"], tier=3)  # the nation's, not his
    lend(oscar, staff["sara"])
    with pytest.raises(Refused) as caught:
        lend(oscar, staff["sara"])
    assert set(caught.value.fields) == {"valid_from"}
    # What was lent is not lent on.
    sara = staff["as"](staff["sara"])
    with pytest.raises(Forbidden):
        commands.delegate(
            by=sara,
            act="box.paint_thrice",
            tier=2,
            delegate="oscar",
            valid_from=TODAY,
            valid_to=TODAY + days,
            reason="x",
            today=TODAY,
        )
