"""What people must decide: asked once, seen at its place, decided with a reason, taken back unless decided."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NOBODY, Reader, Scope, system
from creo.support.accounts.tests.factories import reader
from creo.support.announcements import commands, queries
from creo.support.announcements.models import InboxItem
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
BY = system("prueba")
BOARD = reader(Permission.ENROL, scope=Scope("facility", "EP-PIURA"), user_id=5, name="Órgano técnico")
NATION = reader(Permission.ENROL, user_id=6)


class Place:
    """A prison as the wired chapter gives it."""

    def __init__(self, code: str) -> None:
        self.code, self.name = code, code.title()


def places(reader: Reader) -> list[Place]:
    """The prisons of any regional office in these tests."""
    return [Place("EP-PIURA"), Place("EP-TUMBES")]


@pytest.fixture(autouse=True)
def _places(settings: Any) -> None:
    settings.CREO_PLACES = f"{__name__}.places"


def ask(key: str = "k", **other: Any) -> InboxItem:
    """Asks the board of Piura about somebody."""
    words = {"title": "¿Continúa?", "text": "Fue trasladada.", "url": "/focalizacion/"}
    base = {"permission": Permission.ENROL, "place": "EP-PIURA", "subject": ("person", "P-1"), "topic": "t"}
    return commands.ask(by=BY, key=key, **{**base, **words, **other})


def keys(who: Reader, **filters: str) -> list[str]:
    """What somebody sees."""
    return [row.key for row in queries.inbox_page(who, queries.InboxFilters(**filters)).rows]


def test_the_same_situation_is_asked_once() -> None:
    first = ask()
    assert ask(title="Otra vez").pk == first.pk
    assert InboxItem.objects.get().title == "¿Continúa?"
    assert list(Entry.objects.values_list("act", flat=True)) == ["inbox.opened"]


def test_an_item_is_seen_with_its_permission_at_its_place() -> None:
    ask("piura")
    ask("lima", place="EP-LIMA")
    ask("nation", place="")
    ask("other", permission=Permission.MANAGE_ACCESS)
    assert keys(BOARD) == ["piura"]
    assert keys(NATION) == ["nation", "lima", "piura"]
    assert keys(reader(Permission.ENROL, scope=Scope("region", "NORTE"))) == ["piura"]
    assert keys(reader(Permission.VIEW_PEOPLE)) == []
    assert keys(NOBODY) == []
    assert queries.inbox_count(BOARD) == 1
    with pytest.raises(NotFound):
        queries.item(BOARD, InboxItem.objects.get(key="lima").pk)


def test_a_decision_takes_it_out_of_everybodys_inbox_with_name_and_reason() -> None:
    item = ask()
    commands.decide(by=BOARD, item_id=item.pk, decision="acted", reason=" Acta 12 ")
    assert keys(BOARD) == keys(NATION) == []
    assert keys(BOARD, state="decided") == ["k"]
    item.refresh_from_db()
    assert (item.decision, item.reason, item.decided_by, item.decided_by_id) == (
        "acted",
        "Acta 12",
        "Órgano técnico",
        5,
    )
    entry = Entry.objects.get(act="inbox.decided")
    assert (entry.subject_code, entry.place, entry.reason) == ("P-1", "EP-PIURA", "Acta 12")


def test_a_decision_needs_its_reason_and_its_kind_and_says_both() -> None:
    item = ask()
    with pytest.raises(Refused) as refusal:
        commands.decide(by=BOARD, item_id=item.pk, decision="perhaps", reason=" ")
    assert set(refusal.value.fields) == {"decision", "reason"}
    with pytest.raises(Refused) as refusal:
        commands.decide(by=BOARD, item_id=item.pk, decision="acted", reason="x" * 501)
    assert set(refusal.value.fields) == {"reason"}
    assert keys(BOARD) == ["k"]


def test_the_second_of_two_who_decide_is_told_who_was_first() -> None:
    item = ask()
    commands.decide(by=BOARD, item_id=item.pk, decision="acted", reason="Acta 12")
    with pytest.raises(Refused, match="Órgano técnico lo cerró antes"):
        commands.decide(by=NATION, item_id=item.pk, decision="no_action", reason="otra")
    assert InboxItem.objects.get().decision == "acted"


@pytest.mark.parametrize(
    "who", [reader(Permission.VIEW_PEOPLE), reader(Permission.ENROL, scope=Scope("facility", "X"))]
)
def test_who_may_not_see_it_may_not_decide_it(who: Reader) -> None:
    with pytest.raises(NotFound):
        commands.decide(by=who, item_id=ask().pk, decision="acted", reason="Acta 12")


def test_neither_the_system_nor_nobody_decides_and_nobody_asks() -> None:
    item = ask()
    for who in (BY, NOBODY):
        with pytest.raises(Forbidden):
            commands.decide(by=who, item_id=item.pk, decision="acted", reason="Acta 12")
    with pytest.raises(Forbidden):
        commands.ask(
            by=NOBODY,
            key="n",
            permission=Permission.ENROL,
            place="",
            subject=("person", "P-1"),
            title="t",
            text="t",
            url="/",
        )


def test_the_system_takes_back_what_it_asked_and_never_what_a_person_decided() -> None:
    decided, kept, over = ask("decided"), ask("kept"), ask("over")
    ask("another topic", topic="u")
    ask("another person", subject=("person", "P-2"))
    commands.decide(by=BOARD, item_id=decided.pk, decision="no_action", reason="sigue")
    closed = commands.settle(by=BY, topic="t", subject=("person", "P-1"), reason="volvió", keep=[kept.key])
    assert closed == 1
    states = dict(InboxItem.objects.values_list("key", "state"))
    assert states == {
        "decided": "decided",
        "kept": "open",
        "over": "closed",
        "another topic": "open",
        "another person": "open",
    }
    over.refresh_from_db()
    assert (over.decided_by, over.decided_by_id, over.reason, over.decision) == ("prueba", None, "volvió", "")
    assert commands.settle(by=BY, topic="t", subject=("person", "P-1"), reason="volvió", keep=[kept.key]) == 0


def test_a_situation_that_is_back_is_asked_again_unless_a_person_decided_it() -> None:
    ask("closed")
    commands.settle(by=BY, topic="t", subject=("person", "P-1"), reason="volvió")
    decided = ask("decided")
    commands.decide(by=BOARD, item_id=decided.pk, decision="no_action", reason="sigue")
    ask("closed", text="Fue trasladada otra vez.")
    ask("decided")
    states = dict(InboxItem.objects.values_list("key", "state"))
    assert states == {"closed": "open", "decided": "decided"}
    item = InboxItem.objects.get(key="closed")
    assert (item.text, item.reason, item.decided_at) == ("Fue trasladada otra vez.", "", None)
    assert Entry.objects.filter(act="inbox.reopened").count() == 1


def test_the_inbox_pages_by_key_and_narrows() -> None:
    for n in range(60):
        ask(f"k{n}", subject=("person", f"P-{n}"), place="EP-PIURA" if n % 2 else "EP-TUMBES")
    page = queries.inbox_page(NATION, queries.InboxFilters())
    rest = queries.inbox_page(NATION, queries.InboxFilters(), page.next_cursor or "")
    assert [row.key for row in (*page.rows, *rest.rows)] == [f"k{n}" for n in reversed(range(60))]
    assert len(keys(NATION, place="EP-TUMBES")) == 30
    assert keys(NATION, subject="P-7") == ["k7"]
    assert queries.inbox_count(NATION, queries.InboxFilters(place="EP-TUMBES")) == 30


@pytest.mark.parametrize(
    "change",
    [
        {"state": "decided"},
        {"state": "open", "reason": "x"},
        {"state": "closed", "decided_at": "2026-11-23T12:00:00Z", "decided_by": "", "reason": "x"},
        {
            "state": "decided",
            "decided_at": "2026-11-23T12:00:00Z",
            "decided_by": "a",
            "reason": "x",
            "decision": "acted",
        },
        {
            "state": "closed",
            "decided_at": "2026-11-23T12:00:00Z",
            "decided_by": "a",
            "reason": "x",
            "decision": "acted",
        },
        {"state": "lost"},
        {"title": ""},
        {"url": ""},
    ],
)
def test_the_database_refuses_an_item_that_contradicts_itself(change: dict[str, object]) -> None:
    item = ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        InboxItem.objects.filter(pk=item.pk).update(**change)


def test_the_database_refuses_the_same_key_twice() -> None:
    item = ask()
    item.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        item.save(force_insert=True)
