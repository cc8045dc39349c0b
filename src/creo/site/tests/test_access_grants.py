"""Granting and ending roles: never to oneself, never alone when it opens much, always with place, period and reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from creo.site.tests.access_factories import NOON, TODAY, as_reader, data, who
from creo.support.accounts import commands
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import reader_for, system
from creo.support.accounts.tests.factories import grant, user
from creo.support.approvals import commands as approvals
from creo.support.approvals.models import Proposal
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.territory.tests.factories import prison

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOON, tick=False):
        prison("EP-PIURA", "E.P. de Piura")
        prison("EP-TUMBES", "E.P. de Tumbes")
        user("marta")
        yield


@pytest.fixture
def administrator() -> User:
    return who("admin", "administrator")


def held(username: str = "marta", on: date = TODAY) -> frozenset[Permission]:
    return reader_for(User.objects.get(username=username), on).permissions


def refused(by: User, **other: Any) -> Refused:
    with pytest.raises(Refused) as error:
        commands.grant_role(by=as_reader(by), data=data(**other), today=TODAY)
    assert RoleGrant.objects.filter(user__username="marta", granted_at__isnull=False).count() == 0
    assert not Proposal.objects.exists()
    return error.value


def test_a_plain_role_is_granted_at_once_and_stands_in_the_ledger(administrator: User) -> None:
    made = commands.grant_role(by=as_reader(administrator), data=data(), today=TODAY)
    assert isinstance(made, RoleGrant)
    assert Permission.VIEW_PEOPLE in held()
    assert held(on=date(2027, 11, 23)) == frozenset()
    entry = Entry.objects.get(act="accounts.role_granted")
    assert (entry.subject_code, entry.place, entry.reason) == ("marta", "EP-PIURA", "Designación")
    assert entry.after is not None and entry.after["resolution"] == "RD 1-2026"


def test_a_role_that_opens_much_waits_for_a_second_person_of_the_place(administrator: User) -> None:
    director = who("directora", "facility_director", "EP-PIURA")
    made = commands.grant_role(by=as_reader(administrator), data=data(role="health"), today=TODAY)
    assert isinstance(made, Proposal)
    assert held() == frozenset()
    with pytest.raises(Forbidden):
        approvals.decide(
            by=as_reader(administrator), proposal_id=made.pk, decision="approved", seen=made.digest, today=TODAY
        )
    approvals.decide(by=as_reader(director), proposal_id=made.pk, decision="approved", seen=made.digest, today=TODAY)
    assert Permission.VIEW_MEDICAL in held()
    assert RoleGrant.objects.get(user__username="marta").granted_by == director.name


def test_the_director_of_another_prison_agrees_to_nothing(administrator: User) -> None:
    other = who("director", "facility_director", "EP-TUMBES")
    made = commands.grant_role(by=as_reader(administrator), data=data(role="health"), today=TODAY)
    assert isinstance(made, Proposal)
    with pytest.raises((NotFound, Forbidden)):
        approvals.decide(by=as_reader(other), proposal_id=made.pk, decision="approved", seen=made.digest, today=TODAY)
    assert held() == frozenset()


def test_power_over_access_is_agreed_to_by_the_data_officer(administrator: User) -> None:
    officer = who("oficial", "data_officer")
    wanted = data(role="administrator", prison="")
    made = commands.grant_role(by=as_reader(administrator), data=wanted, today=TODAY)
    assert isinstance(made, Proposal) and made.place == ""
    approvals.decide(by=as_reader(officer), proposal_id=made.pk, decision="approved", seen=made.digest, today=TODAY)
    assert Permission.MANAGE_ACCESS in held()


def test_nobody_agrees_to_their_own_role(administrator: User) -> None:
    marta = User.objects.get(username="marta")
    grant(marta, "facility_director", "EP-PIURA")
    made = commands.grant_role(by=as_reader(administrator), data=data(role="health"), today=TODAY)
    assert isinstance(made, Proposal)
    found = approvals.decide(
        by=as_reader(marta), proposal_id=made.pk, decision="approved", seen=made.digest, today=TODAY
    )
    assert found.state == "returned"
    assert Permission.VIEW_MEDICAL not in held()


def test_what_is_approved_late_begins_when_it_is_approved(administrator: User) -> None:
    director = who("directora", "facility_director", "EP-PIURA")
    made = commands.grant_role(by=as_reader(administrator), data=data(role="health"), today=TODAY)
    assert isinstance(made, Proposal)
    later = TODAY + timedelta(days=2)
    with time_machine.travel("2026-11-25 17:00:00Z", tick=False):
        approvals.decide(
            by=as_reader(director, later), proposal_id=made.pk, decision="approved", seen=made.digest, today=later
        )
    assert RoleGrant.objects.get(user__username="marta").valid_from == later


def test_what_became_impossible_meanwhile_is_not_granted(administrator: User) -> None:
    director = who("directora", "facility_director", "EP-PIURA")
    made = commands.grant_role(by=as_reader(administrator), data=data(role="health"), today=TODAY)
    assert isinstance(made, Proposal)
    commands.disable(by=as_reader(administrator), username="marta", reason="Cese", today=TODAY)
    found = approvals.decide(
        by=as_reader(director), proposal_id=made.pk, decision="approved", seen=made.digest, today=TODAY
    )
    assert found.state == "returned"
    assert not RoleGrant.objects.filter(user__username="marta").exists()


def test_the_system_grants_the_first_administrator_alone() -> None:
    commands.grant_role(by=system(), data=data(role="administrator", prison=""), today=TODAY)
    assert Permission.MANAGE_ACCESS in held()


def test_nobody_grants_to_themselves(administrator: User) -> None:
    error = refused(administrator, username="admin", role="budget", prison="")
    assert "Nadie administra su propio acceso" in error.messages[0]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, "valid_from"),
        ({"valid_to": TODAY}, "valid_to"),
        ({"valid_to": TODAY - timedelta(days=9)}, "valid_to"),
        ({"valid_to": TODAY + timedelta(days=731)}, "valid_to"),
        ({"role": "facility_director", "valid_to": TODAY + timedelta(days=366)}, "valid_to"),
        ({"role": "emperor"}, "role"),
        ({"prison": "EP-NADA"}, "place"),
        ({"scope_kind": "region", "scope_code": "NADA", "role": "regional_office"}, "place"),
        ({"scope_kind": "galaxy"}, "place"),
        ({"scope_kind": "nation", "scope_code": "EP-PIURA"}, "place"),
        ({"role": "planner"}, "place"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 301}, "reason"),
        ({"resolution": ""}, "resolution"),
    ],
)
def test_a_grant_that_makes_no_sense_is_refused_beside_its_field(
    administrator: User, wrong: dict[str, Any], field: str
) -> None:
    assert field in refused(administrator, **wrong).fields


def test_every_reason_is_told_at_once(administrator: User) -> None:
    error = refused(administrator, valid_from=TODAY - timedelta(days=1), prison="EP-NADA", reason="", resolution="")
    assert set(error.fields) == {"valid_from", "place", "reason", "resolution"}


def test_the_same_role_twice_on_a_day_is_refused_and_a_following_period_is_not(administrator: User) -> None:
    marta = User.objects.get(username="marta")
    grant(marta, "teacher", "EP-PIURA", valid_to=TODAY + timedelta(days=30))
    assert "role" in refused(administrator).fields
    assert "role" in refused(administrator, valid_from=TODAY + timedelta(days=29)).fields
    following = data(valid_from=TODAY + timedelta(days=30))
    assert isinstance(commands.grant_role(by=as_reader(administrator), data=following, today=TODAY), RoleGrant)
    other = data(prison="EP-TUMBES")
    assert isinstance(commands.grant_role(by=as_reader(administrator), data=other, today=TODAY), RoleGrant)


def test_duties_that_watch_each_other_are_not_joined_in_one_person(administrator: User) -> None:
    marta = User.objects.get(username="marta")
    grant(marta, "gate", "EP-PIURA")
    assert "role" in refused(administrator, role="administrator", prison="").fields


def test_an_account_that_does_not_exist_or_is_disabled_gets_nothing(administrator: User) -> None:
    with pytest.raises(NotFound):
        commands.grant_role(by=as_reader(administrator), data=data("nadie"), today=TODAY)
    User.objects.filter(username="marta").update(is_active=False)
    assert "inhabilitada" in refused(administrator).messages[0]


@pytest.mark.parametrize("role", ["registry", "facility_director", "data_officer", "auditor", "technical_lead"])
def test_only_who_manages_access_grants_and_ends(role: str) -> None:
    other = who("otro", role)
    mine = grant(User.objects.get(username="marta"), "teacher", "EP-PIURA")
    with pytest.raises(Forbidden):
        commands.grant_role(by=as_reader(other), data=data(), today=TODAY)
    with pytest.raises(Forbidden):
        commands.end_grant(by=as_reader(other), grant_id=mine.pk, reason="x", today=TODAY)


def test_an_ended_role_gives_nothing_from_that_moment_and_can_be_granted_again(administrator: User) -> None:
    made = commands.grant_role(by=as_reader(administrator), data=data(), today=TODAY)
    commands.end_grant(by=as_reader(administrator), grant_id=made.pk, reason="Rotación", today=TODAY)
    assert held() == frozenset()
    entry = Entry.objects.get(act="accounts.role_ended")
    assert (entry.subject_code, entry.place, entry.reason) == ("marta", "EP-PIURA", "Rotación")
    with pytest.raises(Refused, match="ya terminó"):
        commands.end_grant(by=as_reader(administrator), grant_id=made.pk, reason="Otra vez", today=TODAY)
    commands.grant_role(by=as_reader(administrator), data=data(), today=TODAY)
    assert Permission.VIEW_PEOPLE in held()


def test_the_last_administrator_cannot_be_taken_away(administrator: User) -> None:
    second = who("segunda", "administrator")
    RoleGrant.objects.filter(user=administrator).update(valid_to=TODAY + timedelta(days=1))
    mine = RoleGrant.objects.get(user=second)
    commands.end_grant(by=as_reader(administrator), grant_id=mine.pk, reason="Cese", today=TODAY)
    with pytest.raises(Refused, match="Nadie quedaría"):
        commands.end_grant(
            by=system(), grant_id=RoleGrant.objects.get(user=administrator).pk, reason="Cese", today=TODAY
        )
    with pytest.raises(Refused, match="Nadie quedaría"):
        commands.disable(by=system(), username="admin", reason="Cese", today=TODAY)


def test_whoever_administers_a_prison_touches_nothing_beyond_it() -> None:
    local = who("local", "administrator", "EP-PIURA")
    marta = User.objects.get(username="marta")
    with pytest.raises(NotFound):
        commands.grant_role(by=as_reader(local), data=data(), today=TODAY)
    here = grant(marta, "teacher", "EP-PIURA")
    there = grant(marta, "gate", "EP-TUMBES")
    with pytest.raises(NotFound):
        commands.end_grant(by=as_reader(local), grant_id=there.pk, reason="x", today=TODAY)
    with pytest.raises(NotFound):
        commands.disable(by=as_reader(local), username="marta", reason="x", today=TODAY)
    assert "place" in refused(local, prison="EP-TUMBES", role="security").fields
    with pytest.raises(Forbidden):
        commands.make_account(by=as_reader(local), username="nueva", name="Nueva", reason="x")
    commands.end_grant(by=as_reader(local), grant_id=here.pk, reason="Rotación", today=TODAY)
    assert Permission.VIEW_PEOPLE in held()
