"""The tables refuse what the commands never write: each constraint is tried by hand, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from creo.support import clock
from creo.support.accounts.models import User
from creo.support.approvals.models import Decision, Delegation, Proposal, Revision
from creo.support.approvals.tests.factories import TODAY, insider, person, propose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wired")]


def users(*names: str) -> list[User]:
    return [User.objects.get(pk=person(name).user_id) for name in names]


def decision(made: Proposal, decider: User, **other: Any) -> Decision:
    values: dict[str, Any] = {
        "revision": made.revisions.get(),
        "tier": 1,
        "kind": "approved",
        "made_by_id": made.made_by_id,
        "decided_by": decider,
        "digest": made.digest,
        "decided_at": clock.now(),
    }
    return Decision.objects.create(**(values | other))


def broken(work: Any) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        work()
    return str(caught.value)


def test_the_maker_is_never_the_checker_whatever_writes_the_row() -> None:
    made, (beto, carla) = propose(person("ana")), users("beto", "carla")
    ana = made.made_by
    assert "decision_maker_is_not_checker" in broken(lambda: decision(made, ana))
    assert "decision_not_for_the_maker" in broken(lambda: decision(made, beto, on_behalf_of=ana))
    assert "decision_for_somebody_else" in broken(lambda: decision(made, beto, on_behalf_of=beto))
    row = decision(made, beto)
    # The constraints hold by themselves too, with the triggers of `database_guards.py` away.
    with insider():
        rows = Decision.objects.filter(pk=row.pk)
        assert "decision_maker_is_not_checker" in broken(lambda: rows.update(decided_by=ana))
        one = Decision(
            revision=row.revision,
            tier=2,
            kind="approved",
            made_by=carla,
            decided_by=carla,
            digest="",
            decided_at=clock.now(),
        )
        assert "decision_maker_is_not_checker" in broken(lambda: Decision.objects.bulk_create([one]))


def test_a_tier_is_decided_once_and_a_person_or_their_delegator_decides_once() -> None:
    made, (beto, carla, dora) = propose(person("ana")), users("beto", "carla", "dora")
    with insider():
        decision(made, beto, on_behalf_of=carla)
        broken(lambda: decision(made, dora))  # the same tier
        broken(lambda: decision(made, beto, tier=2))  # the same hand
        broken(lambda: decision(made, carla, tier=2))  # who was decided for
        broken(lambda: decision(made, dora, tier=2, on_behalf_of=carla))  # again in the same place
        decision(made, dora, tier=2)
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("other", [{"kind": "maybe"}, {"kind": "returned"}, {"kind": "rejected", "reason": ""}])
def test_a_decision_is_of_a_known_kind_and_a_no_says_why(other: dict[str, Any]) -> None:
    made, (beto,) = propose(person("ana")), users("beto")
    broken(lambda: decision(made, beto, **other))


@pytest.mark.parametrize(
    "change",
    [
        {"state": "lost"},
        {"state": "approved"},
        {"state": "lapsed"},
        {"tier": 2},
        {"tier": 0},
        {"revision": 0},
        {"act": ""},
        {"subject_code": ""},
        {"closed_at": clock.now()},
    ],
)
def test_a_proposal_cannot_stand_where_no_rule_leads(change: dict[str, Any]) -> None:
    made = propose(person("ana"))
    broken(lambda: Proposal.objects.filter(pk=made.pk).update(**change))


def test_an_approved_proposal_stands_at_its_last_tier() -> None:
    made = propose(person("ana"), act="box.paint_thrice")
    rows = Proposal.objects.filter(pk=made.pk)
    with insider():
        assert "last_tier" in broken(lambda: rows.update(state="approved", closed_at=clock.now(), tier=2))
        rows.update(state="approved", closed_at=clock.now(), tier=3)


def test_the_same_open_proposal_and_the_same_revision_stand_once() -> None:
    made, other = propose(person("ana")), propose(person("ana"), box="C-2")
    broken(lambda: Proposal.objects.filter(pk=other.pk).update(digest=made.digest))
    revision = made.revisions.get()
    revision.pk = None
    broken(revision.save)
    broken(lambda: Revision.objects.filter(proposal=made).update(text=""))


@pytest.mark.parametrize(
    "other",
    [
        {"valid_to": TODAY},
        {"reason": ""},
        {"tier": 0},
        {"ended_on": TODAY},
        {"end_reason": "x"},
    ],
)
def test_a_delegation_ends_says_why_and_goes_to_another(other: dict[str, Any]) -> None:
    beto, carla = users("beto", "carla")
    values: dict[str, Any] = {
        "act": "box.paint",
        "tier": 1,
        "delegator": beto,
        "delegate": carla,
        "valid_from": TODAY,
        "valid_to": TODAY + timedelta(days=3),
        "reason": "Licencia",
        "made_at": clock.now(),
    }
    broken(lambda: Delegation.objects.create(**(values | other)))
    broken(lambda: Delegation.objects.create(**(values | {"delegate": beto})))
    Delegation.objects.create(**values)


def test_what_hangs_from_a_proposal_keeps_it() -> None:
    made = propose(person("ana"))
    with pytest.raises(ProtectedError):
        made.delete()
    with pytest.raises(ProtectedError):
        made.made_by.delete()
