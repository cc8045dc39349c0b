"""Who may do what: grants give, and nothing else does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from creo.support.accounts.models import RoleGrant
from creo.support.accounts.permissions import ROLES, Permission
from creo.support.accounts.readers import NOBODY, Reader, Scope, reader_for, system
from creo.support.accounts.tests.factories import START, user
from creo.support.refusals import Forbidden

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


def test_somebody_without_grants_may_do_nothing() -> None:
    reader = reader_for(user(), DAY)
    assert not any(reader.can(permission) for permission in Permission)
    with pytest.raises(Forbidden):
        reader.require(Permission.VIEW_PROGRAMME)


def test_a_grant_gives_what_its_role_lists_and_its_place() -> None:
    reader = reader_for(user(role="treatment_body", scope_kind="facility", scope_code="EP-PIURA"), DAY)
    assert reader.permissions == ROLES["treatment_body"].permissions
    assert reader.scopes == (Scope("facility", "EP-PIURA"),)
    assert not reader.national


def test_a_grant_that_ended_or_has_not_begun_gives_nothing() -> None:
    somebody = user()
    RoleGrant.objects.create(user=somebody, role="planner", scope_kind="nation", valid_from=START, valid_to=DAY)
    RoleGrant.objects.create(user=somebody, role="auditor", scope_kind="nation", valid_from=DAY + timedelta(days=1))
    assert reader_for(somebody, DAY).permissions == frozenset()
    assert reader_for(somebody, DAY - timedelta(days=1)).can(Permission.EDIT_DESIGN)


def test_a_disabled_user_is_nobody() -> None:
    somebody = user(role="planner")
    somebody.is_active = False
    assert reader_for(somebody, DAY) is NOBODY


def test_an_unknown_role_gives_neither_permission_nor_place() -> None:
    reader = reader_for(user(role="emperor"), DAY)
    assert reader.permissions == frozenset()
    assert reader.scopes == ()


def test_a_permission_without_a_place_is_no_permission() -> None:
    assert not Reader(1, "Ana", frozenset(Permission), ()).can(Permission.VIEW_PEOPLE)


def test_the_system_acts_under_its_own_name_everywhere() -> None:
    assert system("demo").national
    assert system("demo").can(Permission.IMPORT_REGISTER)
    assert system("demo").user_id is None


@pytest.mark.parametrize(
    "fields",
    [
        {"scope_kind": "nation", "scope_code": "EP-PIURA"},
        {"scope_kind": "facility", "scope_code": ""},
        {"scope_kind": "galaxy", "scope_code": "X"},
        {"scope_kind": "nation", "valid_to": START},
    ],
)
def test_the_database_refuses_a_grant_that_makes_no_sense(fields: dict[str, object]) -> None:
    somebody = user()
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=somebody, role="planner", **({"valid_from": START} | fields))


def test_the_database_refuses_the_same_live_grant_twice() -> None:
    somebody = user(role="planner")
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=somebody, role="planner", scope_kind="nation", valid_from=START)


def test_what_is_held_at_one_place_opens_nothing_at_another() -> None:
    somebody = user(role="treatment_body", scope_kind="facility", scope_code="EP-PIURA")
    RoleGrant.objects.create(
        user=somebody, role="registry", scope_kind="facility", scope_code="EP-TUMBES", valid_from=START
    )
    whole = reader_for(somebody, DAY)
    piura, tumbes = Scope("facility", "EP-PIURA"), Scope("facility", "EP-TUMBES")
    assert whole.scopes == (piura, tumbes)
    evaluations = whole.at_places_of(Permission.VIEW_EVALUATIONS)
    assert evaluations.scopes == (piura,)
    assert evaluations.can(Permission.ENROL) and not evaluations.can(Permission.EDIT_PEOPLE)
    people = whole.at_places_of(Permission.VIEW_PEOPLE)
    assert people.scopes == (piura, tumbes)
    assert people.can(Permission.VIEW_FILES) and not people.can(Permission.VIEW_EVALUATIONS)
    nothing = whole.at_places_of(Permission.MANAGE_ACCESS)
    assert nothing.scopes == () and nothing.permissions == frozenset()


def test_what_is_held_for_the_nation_is_held_at_every_place() -> None:
    somebody = user(role="regional_office", scope_kind="nation")
    RoleGrant.objects.create(
        user=somebody, role="treatment_body", scope_kind="facility", scope_code="EP-PIURA", valid_from=START
    )
    reader = reader_for(somebody, DAY).at_places_of(Permission.ENROL)
    assert reader.scopes == (Scope("facility", "EP-PIURA"),)
    assert reader.can(Permission.EXPORT) and not reader.national


def test_a_command_acts_only_where_its_permission_is_held() -> None:
    from creo.support.ledger import commands as ledger

    somebody = user(role="treatment_body", scope_kind="facility", scope_code="EP-PIURA")
    RoleGrant.objects.create(
        user=somebody, role="registry", scope_kind="facility", scope_code="EP-TUMBES", valid_from=START
    )

    @ledger.command(permission=Permission.EDIT_PEOPLE)
    def act(*, by: Reader) -> tuple[Scope, ...]:
        ledger.record(act="accounts.demo_made", subject=("accounts", "demo"))
        return by.scopes

    assert act(by=reader_for(somebody, DAY)) == (Scope("facility", "EP-TUMBES"),)
