"""Keys: made with an end, never more than a key may hold, revoked from the next call on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Scope
from creo.support.accounts.tests.factories import reader_as
from creo.support.api import commands, queries
from creo.support.api.models import ApiKey, RememberedCall
from creo.support.api.tests.factories import TODAY, make_key
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00Z", tick=False):
        yield


def test_the_text_of_a_key_is_stored_nowhere() -> None:
    _id, text = make_key()
    row = ApiKey.objects.get()
    assert text not in str([getattr(row, field.attname) for field in ApiKey._meta.concrete_fields])
    assert text not in str(list(Entry.objects.values()))
    assert text.split("_", 2)[2] not in str(list(Entry.objects.values()))


def test_a_key_reads_with_its_permissions_and_its_place_and_no_more() -> None:
    _id, text = make_key(Permission.VIEW_PEOPLE, scope=("facility", "EP-PIURA"))
    key = queries.key_for(text, TODAY)
    assert key is not None
    reader = queries.reader_of(key)
    assert reader.permissions == {Permission.VIEW_PEOPLE}
    assert [(scope.kind, scope.code) for scope in reader.scopes] == [("facility", "EP-PIURA")]
    assert not reader.national


def test_a_row_changed_by_hand_gives_no_permission_that_keys_cannot_hold() -> None:
    _id, text = make_key()
    ApiKey.objects.update(permissions=[permission.value for permission in Permission])
    key = queries.key_for(text, TODAY)
    assert key is not None
    assert queries.reader_of(key).permissions == set(queries.GRANTABLE)


@pytest.mark.parametrize("permission", sorted(set(Permission) - set(queries.GRANTABLE)))
def test_no_key_is_made_with_a_permission_outside_the_list(permission: Permission) -> None:
    with pytest.raises(Refused) as refusal:
        make_key(permission)
    assert "permissions" in refusal.value.fields


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"institution": " "}, "institution"),
        ({"purpose": ""}, "purpose"),
        ({"permissions": []}, "permissions"),
        ({"scope_kind": "nation", "scope_code": "EP-PIURA"}, "scope_code"),
        ({"scope_kind": "facility", "scope_code": ""}, "scope_code"),
        ({"scope_kind": "planet", "scope_code": "X"}, "scope_code"),
        ({"expires_on": TODAY}, "expires_on"),
        ({"expires_on": TODAY + timedelta(days=367)}, "expires_on"),
    ],
)
def test_a_key_is_refused_beside_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        make_key(**wrong)
    assert list(refusal.value.fields) == [field]
    assert not ApiKey.objects.exists()


def test_only_who_manages_access_makes_sees_and_revokes_keys() -> None:
    key_id, _text = make_key()
    for role in ("registry", "auditor", "planner", "technical_lead"):
        reader = reader_as(role)
        with pytest.raises(Forbidden):
            queries.keys(reader, TODAY)
        with pytest.raises(Forbidden):
            commands.revoke_key(by=reader, key_id=key_id, reason="x")
    assert queries.keys(reader_as("administrator"), TODAY)[0].state == "in_force"


def test_a_revoked_key_opens_nothing_from_the_next_call_on() -> None:
    key_id, text = make_key()
    commands.revoke_key(by=reader_as("administrator"), key_id=key_id, reason="Fin del convenio")
    assert queries.key_for(text, TODAY) is None
    assert queries.key(reader_as("administrator"), key_id, TODAY).state == "revoked"


def test_a_key_is_not_revoked_without_a_reason_nor_twice() -> None:
    key_id, text = make_key()
    admin = reader_as("administrator")
    with pytest.raises(Refused):
        commands.revoke_key(by=admin, key_id=key_id, reason=" ")
    assert queries.key_for(text, TODAY) is not None
    commands.revoke_key(by=admin, key_id=key_id, reason="Se perdió")
    commands.revoke_key(by=admin, key_id=key_id, reason="Otra vez")
    assert Entry.objects.filter(act="api.key_revoked").count() == 1
    with pytest.raises(NotFound):
        commands.revoke_key(by=admin, key_id=key_id + 9, reason="No existe")


def test_a_key_ends_on_its_day() -> None:
    _id, text = make_key(expires_on=date(2026, 12, 1))
    assert queries.key_for(text, date(2026, 11, 30)) is not None
    assert queries.key_for(text, date(2026, 12, 1)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope_kind": "facility", "scope_code": ""},
        {"scope_kind": "nation", "scope_code": "X"},
        {"institution": ""},
        {"revoked_reason": "sin fecha"},
        {"digest": ""},
    ],
)
def test_the_table_refuses_a_key_that_makes_no_sense(wrong: dict[str, str]) -> None:
    make_key()
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.update(**wrong)


def test_the_table_remembers_a_call_once() -> None:
    key_id, _text = make_key()
    values = {"api_key_id": key_id, "key": "acto-0001", "fingerprint": "f" * 64, "at": "2026-11-23T15:00:00Z"}
    RememberedCall.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        RememberedCall.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        RememberedCall.objects.create(**{**values, "key": ""})


def test_who_manages_the_access_of_one_prison_neither_sees_nor_makes_keys() -> None:
    """A key may open the whole country: to make one is an act of the whole country."""
    key_id, _text = make_key()
    local = reader_as("administrator", Scope("facility", "EP-PIURA"))
    asked = {
        "institution": "X",
        "purpose": "Y",
        "permissions": ["view_people"],
        "scope_kind": "nation",
        "scope_code": "",
        "expires_on": date(2027, 1, 1),
        "today": TODAY,
    }
    for act in (
        lambda: queries.keys(local, TODAY),
        lambda: queries.key(local, key_id, TODAY),
        lambda: commands.create_key(by=local, **asked),
        lambda: commands.revoke_key(by=local, key_id=key_id, reason="Z"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert ApiKey.objects.filter(revoked_at=None).count() == 1
