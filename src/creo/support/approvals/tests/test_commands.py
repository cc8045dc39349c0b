"""Proposing, deciding, correcting, withdrawing, lapsing and delegating, with every refusal."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from creo.support import clock
from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import system
from creo.support.announcements.models import InboxItem
from creo.support.approvals import commands, queries, rules
from creo.support.approvals.models import Decision, Proposal, Revision
from creo.support.approvals.tests.factories import (
    DONE,
    FAULTS,
    STOCK,
    TODAY,
    decide,
    insider,
    person,
    propose,
)
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wired")]
LATER = TODAY + timedelta(days=40)


def said(caught: Any) -> str:
    return " ".join(caught.value.messages)


# Proposing --------------------------------------------------------------------------------------------------------


def test_what_is_proposed_is_kept_word_by_word_and_nothing_is_done_yet() -> None:
    STOCK["C-1"] = "azul"
    made = propose(person("ana"))
    kept = Revision.objects.get(proposal=made)
    assert kept.rows == [["Caja", "C-1", "C-1"], ["Color", "azul", "rojo"]]
    assert kept.digest == made.digest and queries.intact(made, kept)
    assert (made.state, made.tier, made.tiers) == ("proposed", 1, 1)
    assert made.due_on == rules.due_on(TODAY, 5)
    assert DONE == [] and STOCK == {"C-1": "azul"}
    entry = Entry.objects.get(act="approvals.proposed")
    assert (entry.subject_code, entry.place, entry.after["payload"]) == (
        str(made.pk),
        "NORTE-1",
        {"box": "C-1", "colour": "rojo"},
    )
    item = InboxItem.objects.get(topic="approvals")
    assert (item.permission, item.place, item.state) == ("decide_proposals", "NORTE-1", "open")


def test_proposing_is_refused_with_every_reason() -> None:
    ana = person("ana")
    with pytest.raises(Refused) as caught:
        STOCK["C-1"] = "rojo"
        propose(ana, text=" ")
    assert set(caught.value.fields) == {"text"} and "Nada cambiaría" in said(caught)
    STOCK.clear()
    with pytest.raises(Refused):
        propose(ana, text="x" * 2_001)
    with pytest.raises(Refused):
        propose(ana, payload={"box": "C-1", "colour": "rojo", "weight": 1.5})
    with pytest.raises(LookupError):
        propose(ana, act="box.burn")
    assert not Proposal.objects.exists()


def test_who_may_propose_is_told_by_permission_and_place() -> None:
    with pytest.raises(Forbidden):
        propose(person("ana", Permission.DECIDE_PROPOSALS))
    local = person("beto", Permission.EDIT_PEOPLE, scope=("facility", "SUR-1"))
    with pytest.raises(NotFound):
        propose(local)
    with pytest.raises(Forbidden):
        propose(local, place="")
    with pytest.raises(Forbidden):
        propose(system())
    assert propose(local, place="SUR-1").place == "SUR-1"


def test_the_same_is_proposed_once_while_it_is_open() -> None:
    ana = person("ana")
    first = propose(ana)
    with pytest.raises(Refused) as caught:
        propose(ana)
    assert f"n.º {first.pk}" in said(caught)
    commands.withdraw(by=ana, proposal_id=first.pk, reason="Era otra caja", today=TODAY)
    assert propose(ana).pk != first.pk


# Deciding ---------------------------------------------------------------------------------------------------------


def test_the_last_approval_does_exactly_what_was_seen_under_who_approved() -> None:
    made, beto = propose(person("ana")), person("beto")
    made = decide(beto, made)
    assert made.state == "approved" and made.closed_at is not None
    assert [(beto.user_id, "Beto", {"box": "C-1", "colour": "rojo"})] == DONE
    row = Decision.objects.get()
    assert (row.kind, row.decided_by_id, row.made_by_id) == ("approved", beto.user_id, made.made_by_id)
    assert Entry.objects.filter(act="approvals.approved", actor_id=beto.user_id).count() == 1
    assert InboxItem.objects.get(topic="approvals").state == "closed"


def test_nobody_decides_what_they_proposed() -> None:
    ana = person("ana")
    made = propose(ana)
    for decision in ("approved", "returned", "rejected"):
        with pytest.raises(Forbidden) as caught:
            decide(ana, made, decision)
        assert "otra persona" in caught.value.message
    with pytest.raises(Forbidden):
        decide(system(), made)
    assert not Decision.objects.exists() and DONE == []


def test_a_decision_is_on_what_was_seen_and_on_nothing_else() -> None:
    ana, beto = person("ana"), person("beto")
    made = propose(ana, act="box.paint_thrice")
    seen = made.digest
    commands.revise(by=ana, proposal_id=made.pk, text="Mejor fundado", today=TODAY)
    with pytest.raises(Refused) as caught:
        decide(beto, made, seen=seen)
    assert "cambió desde que usted la abrió" in said(caught)
    with pytest.raises(Refused):
        decide(beto, made, seen="")
    with pytest.raises(Refused) as caught:
        decide(beto, made, tier=2)
    assert "Otra persona decidió este nivel" in said(caught)
    assert not Decision.objects.exists()


def test_each_tier_is_another_person_in_order_at_its_level() -> None:
    made = propose(person("ana"), act="box.paint_thrice")
    local = person("luz", Permission.DECIDE_PROPOSALS, scope=("facility", "NORTE-1"))
    office = person("oscar", Permission.DECIDE_PROPOSALS, scope=("region", "NORTE"))
    nation = person("nora", Permission.DECIDE_PROPOSALS)
    decide(local, made)
    for wrong in (local, person("laura", Permission.DECIDE_PROPOSALS, scope=("facility", "NORTE-1"))):
        with pytest.raises((Forbidden, Refused)):
            decide(wrong, made)
    with pytest.raises(NotFound):
        decide(person("sur", Permission.DECIDE_PROPOSALS, scope=("region", "SUR")), made)
    decide(office, made)
    assert DONE == []
    with pytest.raises(Forbidden):
        decide(office, made)
    made = decide(nation, made)
    assert made.state == "approved" and DONE[0][0] == nation.user_id
    assert list(Decision.objects.order_by("tier").values_list("decided_by__username", flat=True)) == [
        "luz",
        "oscar",
        "nora",
    ]


def test_one_person_never_decides_two_tiers_even_holding_both() -> None:
    made, nora = propose(person("ana"), act="box.paint_thrice"), person("nora")
    decide(nora, made)
    with pytest.raises(Refused) as caught:
        decide(nora, made)
    assert "otro nivel" in said(caught)
    made.refresh_from_db()
    assert (made.tier, Decision.objects.count()) == (2, 1)


def test_a_no_needs_its_reason_and_a_decision_must_be_one() -> None:
    made, beto = propose(person("ana")), person("beto")
    for decision, reason, field in (
        ("returned", " ", "reason"),
        ("rejected", "", "reason"),
        ("maybe", "x", "decision"),
    ):
        with pytest.raises(Refused) as caught:
            decide(beto, made, decision, reason=reason)
        assert field in caught.value.fields
    with pytest.raises(Refused):
        decide(beto, made, "failed")
    with pytest.raises(Refused):
        decide(beto, made, reason="x" * 2_001)
    assert decide(beto, made, "rejected").state == "rejected"
    with pytest.raises(Refused) as caught:
        decide(person("carla"), made)
    assert "rechazada" in said(caught)


def test_a_change_after_an_approval_voids_it() -> None:
    ana, beto, carla = person("ana"), person("beto"), person("carla")
    made = propose(ana, act="box.paint_thrice")
    decide(beto, made)
    payload = {"box": "C-1", "colour": "verde"}
    about = ("box.paint_thrice", ("box", "C-1"))
    commands.revise(by=ana, proposal_id=made.pk, payload=payload, text="Mejor verde", today=TODAY, about=about)
    made.refresh_from_db()
    assert (made.state, made.revision, made.tier) == ("proposed", 2, 1)
    decide(carla, made)
    decide(beto, made)  # of the new revision, another tier
    made = decide(person("dora"), made)
    assert made.state == "approved" and DONE[0][2]["colour"] == "verde"
    assert Decision.objects.count() == 4


def test_what_changed_meanwhile_sends_the_proposal_back_undone() -> None:
    made = propose(person("ana"))
    STOCK["C-1"] = "negro"
    made = decide(person("beto"), made)
    assert (made.state, DONE) == ("returned", [])
    row = Decision.objects.get()
    assert row.kind == "failed" and "cambió desde que se propuso" in row.reason


@pytest.mark.parametrize("fault", [Refused(["Falta pintura", "Está cerrado"]), NotFound()])
def test_an_act_that_refuses_sends_the_proposal_back_with_its_reasons_and_leaves_nothing(fault: Exception) -> None:
    made = propose(person("ana"))
    FAULTS.append(fault)
    before = User.objects.count()
    made = decide(person("beto"), made)
    assert (made.state, made.tier) == ("returned", 1)
    assert User.objects.count() == before + 1  # beto alone; the act's own trace is gone
    row = Decision.objects.get()
    assert row.kind == "failed" and (not isinstance(fault, Refused) or row.reason == "Falta pintura\nEstá cerrado")
    FAULTS.clear()
    commands.revise(by=person("ana"), proposal_id=made.pk, text="Ya hay pintura", today=TODAY)
    assert decide(person("beto"), made).state == "approved"


def test_an_act_that_forbids_its_approver_leaves_the_proposal_as_it_was() -> None:
    made = propose(person("ana"))
    FAULTS.append(Forbidden("Su rol no permite este acto."))
    with pytest.raises(Forbidden):
        decide(person("beto"), made)
    made.refresh_from_db()
    assert made.state == "proposed" and not Decision.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"payload": {"box": "C-1", "colour": "oro"}}, {"rows": []}, {"text": "Otra cosa"}, {"digest": "0" * 64}],
)
def test_what_was_altered_behind_the_system_is_not_decided(change: dict[str, Any]) -> None:
    made = propose(person("ana"))
    with insider():
        Revision.objects.filter(proposal=made).update(**change)
    with pytest.raises(Refused) as caught:
        decide(person("beto"), made)
    assert "huella" in said(caught) and DONE == []


# Correcting, withdrawing, lapsing -------------------------------------------------------------------------------------


def test_what_came_back_is_corrected_by_its_maker_alone() -> None:
    ana, beto = person("ana"), person("beto")
    made = propose(ana)
    assert decide(beto, made, "returned", reason="Falta el informe").state == "returned"
    with pytest.raises(Refused):
        decide(beto, made)
    for act in (commands.revise, commands.withdraw):
        with pytest.raises(Forbidden):
            act(
                by=beto,
                proposal_id=made.pk,
                today=TODAY,
                **({"text": "x"} if act is commands.revise else {"reason": "x"}),
            )
    with pytest.raises(Refused) as caught:
        commands.revise(by=ana, proposal_id=made.pk, text="Está despintada", today=TODAY)
    assert "dice lo mismo" in said(caught)
    commands.revise(by=ana, proposal_id=made.pk, text="Está despintada: informe 3", today=TODAY)
    made.refresh_from_db()
    assert (made.state, made.revision, made.revisions.count()) == ("proposed", 2, 2)
    assert decide(beto, made).state == "approved"


def test_a_new_content_belongs_to_the_act_and_subject_of_its_proposal() -> None:
    ana = person("ana")
    made = propose(ana)
    payload = {"box": "C-2", "colour": "rojo"}
    for about in (
        None,
        ("box.paint", ("box", "C-2")),
        ("box.paint_thrice", ("box", "C-1")),
        ("box.paint", ("x", "C-1")),
    ):
        with pytest.raises(NotFound):
            commands.revise(by=ana, proposal_id=made.pk, payload=payload, text="x", today=TODAY, about=about)


def test_withdrawing_needs_a_reason_and_ends_it() -> None:
    ana = person("ana")
    made = propose(ana)
    with pytest.raises(Refused):
        commands.withdraw(by=ana, proposal_id=made.pk, reason=" ", today=TODAY)
    commands.withdraw(by=ana, proposal_id=made.pk, reason="Ya no", today=TODAY)
    made.refresh_from_db()
    assert (made.state, made.close_reason) == ("withdrawn", "Ya no")
    for act in (
        lambda: commands.withdraw(by=ana, proposal_id=made.pk, reason="x", today=TODAY),
        lambda: commands.revise(by=ana, proposal_id=made.pk, text="x", today=TODAY),
        lambda: decide(person("beto"), made),
    ):
        with pytest.raises(Refused) as caught:
            act()
        assert "retirada" in said(caught)


def test_what_nobody_decided_in_time_lapses_and_is_not_decided_late() -> None:
    ana = person("ana")
    made, kept = propose(ana), propose(ana, box="C-2")
    last = made.due_on
    assert commands.lapse_due(by=system(), today=last) == 0
    with pytest.raises(Refused) as caught:
        decide(person("beto"), made, today=last + timedelta(days=1))
    assert "venció" in said(caught)
    decide(person("beto"), kept, today=last)
    assert commands.lapse_due(by=system(), today=last + timedelta(days=1)) == 1
    made.refresh_from_db()
    assert made.state == "lapsed" and InboxItem.objects.filter(decided_at=None).count() == 0
    assert commands.lapse_due(by=system(), today=last + timedelta(days=1)) == 0


def test_what_came_back_lapses_too_when_nobody_corrects_it() -> None:
    ana = person("ana")
    made = decide(person("beto"), propose(ana), "returned")
    assert made.due_on == rules.due_on(TODAY, 10)
    late = made.due_on + timedelta(days=1)
    with pytest.raises(Refused):
        commands.revise(by=ana, proposal_id=made.pk, text="Tarde", today=late)
    assert commands.lapse_due(by=system(), today=late) == 1
    made.refresh_from_db()
    assert "No se corrigió" in made.close_reason


# Sight ----------------------------------------------------------------------------------------------------------------


def test_a_proposal_is_seen_by_its_maker_its_deciders_and_audit_and_by_nobody_else() -> None:
    made = propose(person("ana", Permission.EDIT_PEOPLE, scope=("facility", "NORTE-1")), act="box.paint_thrice")
    seers = {
        "ana": person("ana", Permission.EDIT_PEOPLE, scope=("facility", "NORTE-1")),
        "tier 1": person("luz", Permission.DECIDE_PROPOSALS, scope=("facility", "NORTE-1")),
        "audit": person("aud", Permission.VIEW_LEDGER),
        "audit there": person("aud", Permission.VIEW_LEDGER, scope=("facility", "NORTE-1")),
    }
    blind = {
        "next door": person("x", Permission.DECIDE_PROPOSALS, scope=("facility", "NORTE-2")),
        "audit elsewhere": person("aud", Permission.VIEW_LEDGER, scope=("region", "SUR")),
        "same prison": person("y", Permission.EDIT_PEOPLE, scope=("facility", "NORTE-1")),
        "system without user": person("z", Permission.VIEW_PEOPLE),
    }
    for who in seers.values():
        assert queries.sheet(who, made.pk, TODAY).proposal == made
    for who in blind.values():
        with pytest.raises(NotFound):
            queries.sheet(who, made.pk, TODAY)
        assert queries.proposals_count(who, queries.Filters("all"), TODAY) == 0


# The whole machine ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_a_proposal_through_any_story_stands_where_the_rules_say(seed: int) -> None:
    chance = random.Random(seed)
    ana, deciders = person("ana"), [person(f"decide-{n}") for n in range(4)]
    made = propose(ana, act="box.paint_thrice")
    now = rules.Standing()
    for step in range(25):
        event = chance.choice([*rules.Event, rules.Event.APPROVE, rules.Event.REVISE])
        if event in (rules.Event.WITHDRAW, rules.Event.LAPSE) and step < 18:
            continue
        then = rules.after(now, event, 3)
        used = set(
            Decision.objects.filter(revision__proposal=made, revision__number=now.revision).values_list(
                "decided_by_id", flat=True
            )
        )
        by = next(who for who in deciders if who.user_id not in used)
        try:
            happened = _do(event, made, ana, by, step, last=now.tier == 3)
        except Refused:
            assert then is None
            continue
        finally:
            FAULTS.clear()
        if happened:
            assert then is not None
            now = then
        made.refresh_from_db()
        assert (made.state, made.revision, made.tier) == (now.state, now.revision, now.tier)
    assert len(DONE) == (now.state == rules.State.APPROVED)
    assert not Decision.objects.filter(decided_by=ana.user_id).exists()


def _do(event: rules.Event, made: Proposal, ana: Any, by: Any, step: int, *, last: bool) -> bool:
    """Tries an event through the commands; False when it cannot be brought about here."""
    kinds = {rules.Event.APPROVE: "approved", rules.Event.RETURN: "returned", rules.Event.REJECT: "rejected"}
    if event is rules.Event.REJECT and step < 15:
        return False
    if event in kinds:
        decide(by, made, kinds[event])
    elif event is rules.Event.FAIL:
        if not last and made.state == "proposed":
            return False
        FAULTS.append(Refused("No se puede"))
        decide(by, made)
    elif event is rules.Event.REVISE:
        commands.revise(by=ana, proposal_id=made.pk, text=f"Revisión del paso {step}", today=TODAY)
    elif event is rules.Event.WITHDRAW:
        commands.withdraw(by=ana, proposal_id=made.pk, reason="Ya no", today=TODAY)
    else:
        made.refresh_from_db()
        return commands.lapse_due(by=system(), today=made.due_on + timedelta(days=1)) == 1
    return True


def test_times_come_from_the_clock() -> None:
    before = clock.now()
    assert before <= propose(person("ana")).made_at <= clock.now()
