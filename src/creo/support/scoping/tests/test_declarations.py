"""Every table says whose its rows are and how protected each field is; what is missing or wrong is named.

ASVS v5.0.0-14.1.1 (security.md 14.1.1): a model field without a class fails the build.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps

from creo.kernel.access import ACCESS_WORDS, Access
from creo.support.accounts.models import RoleGrant
from creo.support.announcements.models import InboxItem
from creo.support.scoping import registry
from creo.support.scoping.checks import every_table_is_declared
from creo.support.scoping.declaring import Actor, Facility, Nobody, Person, PlaceCode, Table, way_words
from creo.support.scoping.registry import Declared, declared, faults, table_of

STAFF = Actor("Personal del INPE: los ve quien administra los accesos.")
FIELDS = "id user role scope_kind scope_code valid_from valid_to"


def problems(table: Table | None, model: Any = RoleGrant) -> str:
    """What the checks say of a table declared so."""
    each = Declared(apps.get_app_config(model._meta.app_label), model, table)
    return " ".join(registry._problems(each, table)) if table else ""


def test_every_table_and_every_field_of_ours_is_declared() -> None:
    assert list(faults()) == []
    assert every_table_is_declared() == []
    assert len(declared()) > 40


def test_a_good_declaration_has_no_problem() -> None:
    declared_fields = " ".join(Declared(apps.get_app_config("accounts"), RoleGrant, None).fields)
    assert problems(Table("RoleGrant", STAFF, confidential=declared_fields)) == ""


WRONG = (
    (Table("RoleGrant", STAFF, confidential="id"), "without a protection class"),
    (Table("RoleGrant", STAFF, confidential=f"{FIELDS} invented"), "do not exist: invented"),
    (Table("RoleGrant", STAFF, confidential=FIELDS, health="role"), "more than one class: role"),
    (Table("RoleGrant", confidential=FIELDS), "does not say how its rows reach a place"),
    (Table("RoleGrant", Nobody("Nada que nadie deba proteger aquí."), confidential=FIELDS), "no way to a place"),
    (Table("RoleGrant", Actor("corta"), confidential=FIELDS), "says no reason"),
    (Table("RoleGrant", STAFF, PlaceCode("scope_code"), confidential=FIELDS), "says that it has none"),
    (Table("RoleGrant", Person("user"), confidential=FIELDS), "leads to accounts.User, not to register.Person"),
    (Table("RoleGrant", Facility("nowhere"), confidential=FIELDS), "has no 'nowhere'"),
)


@pytest.mark.parametrize(("table", "words"), WRONG, ids=[words for _table, words in WRONG])
def test_a_wrong_declaration_is_named(table: Table, words: str) -> None:
    assert words in problems(table)


def test_a_table_that_nobody_declared_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    real = registry._tables
    monkeypatch.setattr(registry, "_tables", lambda app: tuple(each for each in real(app) if each.model != "InboxItem"))
    registry.declared.cache_clear()
    try:
        found = every_table_is_declared()
        assert [error.id for error in found] == ["scoping.E001"]
        assert "announcements.InboxItem has no Table" in found[0].msg
        with pytest.raises(KeyError, match="InboxItem"):
            table_of(InboxItem)
    finally:
        registry.declared.cache_clear()


def test_a_declaration_of_a_table_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real = registry._tables
    gone = Table("Gone", STAFF, confidential="id")
    monkeypatch.setattr(registry, "_tables", lambda app: (*real(app), gone) if app.label == "accounts" else real(app))
    assert ("accounts", "protection.py declares Gone, which is no table of this slice.") in list(faults())


def test_health_and_law_are_not_mistaken_for_ordinary_data() -> None:
    fact = table_of(apps.get_model("register.ProtectedFact"))
    assert {fact.classes[name] for name in ("kind", "said")} == {Access.HEALTH}
    assert set(table_of(apps.get_model("register.Sentence")).classes.values()) == {Access.LEGAL}
    assert table_of(apps.get_model("targeting.Enrolment")).classes["verdict"] is Access.ASSESSMENT


def test_every_table_about_people_has_a_wall_behind_it() -> None:
    for each in declared():
        names = {
            field.related_model._meta.label for field in each.model._meta.local_concrete_fields if field.is_relation
        }
        if {"register.Person", "register.Custody"} & names:
            assert each.table is not None
            assert each.table.walled, each.model._meta.label


def test_every_class_and_every_way_has_its_words() -> None:
    assert set(ACCESS_WORDS) == set(Access)
    for way in (Person("person"), Person("", known=True), Facility("facility"), PlaceCode("place"), STAFF):
        assert len(way_words(way)) > 10
