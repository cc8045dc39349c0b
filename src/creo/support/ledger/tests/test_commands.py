"""A write is a command, and a command leaves its entry or leaves nothing."""

from __future__ import annotations

import pytest

from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.accounts.tests.factories import reader
from creo.support.ledger import commands as ledger
from creo.support.ledger import queries
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden

pytestmark = pytest.mark.django_db


@ledger.command(permission=Permission.EDIT_PEOPLE)
def rename(*, by: Reader, to: str, recorded: bool = True, fails: bool = False) -> str:
    """A command as chapters write them."""
    User.objects.create_user(to, to)
    if recorded:
        ledger.record(act="test.renamed", subject=("user", to), place="EP-PIURA", reason="prueba", after={"name": "Ñ"})
    if fails:
        raise RuntimeError("cae a la mitad")
    return to


EDITOR = reader(Permission.EDIT_PEOPLE, Permission.VIEW_LEDGER)


def test_an_act_and_its_entry_are_written_together() -> None:
    assert rename(by=EDITOR, to="berta") == "berta"
    entry = Entry.objects.get()
    assert (entry.actor, entry.act, entry.subject_code, entry.place) == ("Alicia", "test.renamed", "berta", "EP-PIURA")
    assert entry.after == {"name": "Ñ"}
    assert entry.before is None
    assert entry.at.tzinfo is not None


def test_a_command_without_an_entry_is_rolled_back() -> None:
    with pytest.raises(ledger.Unrecorded):
        rename(by=EDITOR, to="berta", recorded=False)
    assert not User.objects.exists()


def test_a_command_that_fails_leaves_neither_act_nor_entry() -> None:
    with pytest.raises(RuntimeError, match="a la mitad"):
        rename(by=EDITOR, to="berta", fails=True)
    assert not User.objects.exists()
    assert not Entry.objects.exists()


def test_without_permission_nothing_is_read_or_written() -> None:
    with pytest.raises(Forbidden):
        rename(by=reader(Permission.VIEW_PEOPLE), to="berta")
    assert not User.objects.exists()


def test_commands_take_names_only_and_a_reader() -> None:
    with pytest.raises(TypeError):
        rename(EDITOR, "berta")
    with pytest.raises(TypeError):
        rename(by="Alicia", to="berta")


def test_a_command_inside_another_counts_for_both() -> None:
    @ledger.command(permission=None)
    def outer(*, by: Reader) -> None:
        rename(by=by, to="berta")

    outer(by=EDITOR)
    assert Entry.objects.count() == 1


def test_nothing_to_do_is_said_and_not_silent() -> None:
    @ledger.command(permission=None)
    def idle(*, by: Reader) -> None:
        ledger.nothing_to_do("ya estaba hecho")

    idle(by=EDITOR)
    assert not Entry.objects.exists()


def test_the_ledger_is_only_written_inside_a_command() -> None:
    with pytest.raises(RuntimeError):
        ledger.record(act="test.loose", subject=("user", "x"))
    with pytest.raises(RuntimeError):
        ledger.nothing_to_do("nada")


def test_bulk_acts_write_one_entry_each() -> None:
    @ledger.command(permission=None)
    def many(*, by: Reader) -> None:
        ledger.record_many({"act": "test.many", "subject": ("n", str(n)), "after": {"n": n}} for n in range(500))

    many(by=EDITOR)
    assert Entry.objects.count() == 500
    assert Entry.objects.get(subject_code="499").after == {"n": 499}


def test_only_who_may_read_the_ledger_reads_it_newest_first() -> None:
    for name in ("ana", "berta", "carla"):
        rename(by=EDITOR, to=name)
    assert [entry.subject_code for entry in queries.entries(EDITOR, limit=2).rows] == ["carla", "berta"]
    search = queries.Search(act="test.", subject_code="ana")
    assert [entry.subject_code for entry in queries.entries(EDITOR, search).rows] == ["ana"]
    with pytest.raises(Forbidden):
        queries.entries(reader(Permission.EDIT_PEOPLE))
