"""The roles of S-135: all there, each with its reason and source, none with more than its function needs."""

from __future__ import annotations

import pytest

from creo.support.accounts.permissions import PERMISSION_WORDS, ROLES, Permission, apart
from creo.support.accounts.permissions.permission import (
    FACILITY,
    NATION,
    PEOPLES_RECORDS,
    POWER_OVER_ACCESS,
    READS_ONLY,
    REGION,
)

P = Permission
# S-135 and the organs of domain.md B3, in the words of the glossary.
WANTED = {
    "technical_lead",
    "community_lead",
    "regional_office",
    "facility_director",
    "classification_board",
    "treatment_body",
    "technical_council",
    "psychologist",
    "social_worker",
    "teacher",
    "workshop_officer",
    "security",
    "gate",
    "registry",
    "community_officer",
    "planner",
    "budget",
    "evaluator",
    "data_officer",
    "auditor",
    "administrator",
    "health",
}
# Who alone opens what is most closed; a role more in one of these lists is a decision, not a detail.
HOLDERS = {
    P.VIEW_MEDICAL: {"health"},
    P.EDIT_PROTECTED: {"health", "registry"},
    P.VIEW_PROTECTED: {"health", "registry", "treatment_body", "classification_board", "social_worker"},
    P.VIEW_EVALUATIONS: {
        "treatment_body",
        "classification_board",
        "technical_council",
        "psychologist",
        "social_worker",
    },
    P.EDIT_PEOPLE: {"registry"},
    P.IMPORT_REGISTER: {"registry"},
    P.REVIEW_DUPLICATES: {"registry"},
    P.HANDLE_RIGHTS: {"registry"},
    P.APPROVE_DESIGN: {"technical_lead"},
    P.ENROL: {"technical_lead", "treatment_body"},
    P.MANAGE_ACCESS: {"administrator"},
    P.MANAGE_KEYS: {"administrator"},
    P.REVIEW_ACCESS: {"facility_director", "data_officer"},
    P.REVIEW_LOOKS: {"facility_director", "data_officer"},
    P.MANAGE_INCIDENTS: {"data_officer"},
    P.VERIFY_LEDGER: {"auditor"},
    P.VIEW_LEDGER: {"auditor", "data_officer"},
    P.BREAK_GLASS: {"facility_director", "treatment_body", "health"},
}


def test_every_role_of_the_source_exists_and_no_other() -> None:
    assert set(ROLES) == WANTED


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.code)
def test_a_role_says_what_it_is_for_where_that_is_written_and_where_it_is_held(role: object) -> None:
    assert str(role.reason).endswith(".") and role.source  # type: ignore[attr-defined]
    assert set(role.levels) <= {NATION, REGION, FACILITY} and role.levels  # type: ignore[attr-defined]


@pytest.mark.parametrize("permission", HOLDERS)
def test_what_is_most_closed_is_held_by_those_alone_who_need_it(permission: Permission) -> None:
    assert {code for code, role in ROLES.items() if permission in role.permissions} == HOLDERS[permission]


def test_every_permission_is_held_by_some_role_and_told_in_words() -> None:
    held = frozenset().union(*(role.permissions for role in ROLES.values()))
    assert held == frozenset(Permission) == frozenset(PERMISSION_WORDS)


def test_whoever_manages_access_or_keys_never_sees_peoples_records() -> None:
    for role in ROLES.values():
        assert not (role.permissions & POWER_OVER_ACCESS and role.permissions & PEOPLES_RECORDS), role.code


def test_the_auditor_changes_nothing() -> None:
    assert ROLES["auditor"].permissions <= READS_ONLY


def test_whoever_grants_is_not_whoever_agrees() -> None:
    for role in ROLES.values():
        assert not {P.MANAGE_ACCESS, P.REVIEW_ACCESS} <= role.permissions, role.code


@pytest.mark.parametrize(
    ("one", "other", "kept_apart"),
    [
        ("administrator", "registry", True),
        ("administrator", "gate", True),
        ("administrator", "data_officer", True),
        ("administrator", "facility_director", True),
        ("auditor", "planner", True),
        ("auditor", "administrator", True),
        ("auditor", "data_officer", True),
        ("auditor", "evaluator", False),
        ("registry", "treatment_body", False),
        ("psychologist", "teacher", False),
        ("administrator", "budget", False),
    ],
)
def test_duties_that_watch_each_other_are_not_joined(one: str, other: str, kept_apart: bool) -> None:
    mine, theirs = ROLES[one].permissions, ROLES[other].permissions
    assert apart(mine, theirs) is apart(theirs, mine) is kept_apart


def test_what_opens_sensitive_data_or_accesses_needs_two_people() -> None:
    alone = {code for code, role in ROLES.items() if not role.needs_a_second_person}
    assert alone == {
        "technical_lead",
        "community_lead",
        "planner",
        "budget",
        "evaluator",
        "security",
        "gate",
        "community_officer",
        "teacher",
        "workshop_officer",
    }
