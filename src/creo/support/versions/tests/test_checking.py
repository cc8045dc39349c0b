"""Versions: an act asked on what is no longer there is refused; looks and other records change nothing."""

from __future__ import annotations

import pytest

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.accounts.tests.factories import reader
from creo.support.ledger import commands as ledger
from creo.support.versions import Record, Stale, changes_since, confirm, current, expecting

pytestmark = pytest.mark.django_db
BY = reader(Permission.EDIT_PEOPLE, name="Beatriz")
FILE = Record("thing", "T-1", "prueba.", ("prueba.look_",))


@ledger.command(permission=None)
def act(
    *, by: Reader, code: str = "T-1", name: str = "prueba.changed", kind: str = "thing", asks: bool = False
) -> None:
    """An act on a record; `asks` as commands that lock it do."""
    if asks:
        confirm(Record(kind, code, "prueba.", ("prueba.look_",)))
    ledger.record(act=name, subject=(kind, code))


def test_a_record_that_never_changed_has_version_zero() -> None:
    assert current(FILE) == "0"


@pytest.mark.parametrize(
    "other",
    [
        {"name": "prueba.look_opened"},
        {"name": "otra.changed"},
        {"code": "T-2"},
        {"kind": "other"},
    ],
)
def test_looks_and_acts_on_something_else_change_no_version(other: dict[str, str]) -> None:
    act(by=BY)
    before = current(FILE)
    act(by=BY, **other)
    assert current(FILE) == before


def test_every_change_is_another_version_and_the_later_is_the_higher() -> None:
    seen = []
    for _ in range(4):
        act(by=BY)
        seen.append(int(current(FILE)))
    assert seen == sorted(set(seen))


def test_an_act_on_the_present_version_is_done() -> None:
    act(by=BY)
    with expecting(FILE, current(FILE)):
        act(by=BY, asks=True)


@pytest.mark.parametrize("seen", ["0", "", "abc", "-1", "99999999999999999999", "1 OR 1=1"])
def test_an_act_on_any_other_version_is_not(seen: str) -> None:
    act(by=BY)
    before = current(FILE)
    with pytest.raises(Stale), expecting(FILE, seen):
        act(by=BY)
    assert current(FILE) == before


def test_the_command_compares_again_under_its_lock() -> None:
    """What changed between the first look and the lock is found: of twelve at once one wins."""
    act(by=BY)
    with pytest.raises(Stale), expecting(FILE, current(FILE)):
        act(by=BY)  # somebody else, meanwhile
        act(by=BY, asks=True)


def test_only_the_record_that_was_asked_about_is_compared() -> None:
    act(by=BY)
    with expecting(FILE, current(FILE)):
        act(by=BY, asks=True)
        act(by=BY, code="T-2", asks=True)
        act(by=BY, asks=True)


def test_what_changed_since_is_told_with_who_and_when_newest_first() -> None:
    act(by=BY)
    seen = current(FILE)
    act(by=reader(name="Carmen"), name="prueba.b")
    act(by=reader(name="Delia"), name="prueba.c")
    assert [(each.actor, each.words) for each in changes_since(FILE, seen)] == [
        ("Delia", "prueba.c"),
        ("Carmen", "prueba.b"),
    ]
    assert changes_since(FILE, "tampered; DROP TABLE") == changes_since(FILE, "0")
