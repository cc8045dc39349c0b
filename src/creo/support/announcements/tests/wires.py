"""A wiring for tests: acts that are announced, reactions that count what they did and fail when they are told to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, system
from creo.support.announcements.models import Delivery
from creo.support.announcements.news import News, reaction
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Entry

MOVED, RENAMED, SILENT = "test.moved", "test.renamed", "test.silent"
BY = system("prueba")
# What the next calls of `counts` raise, by subject.
TROUBLE: dict[str, list[BaseException]] = {}


@ledger.command(permission=None)
def act(*, by: Reader, codes: Iterable[str], act: str = MOVED, place: str = "EP-PIURA") -> None:
    """One act on each of some people, as a chapter's command would write it."""
    ledger.record_many(
        {"act": act, "subject": ("person", code), "place": place, "after": {"n": n}} for n, code in enumerate(codes)
    )


@reaction(title="Cuenta lo ocurrido", owner=Permission.ENROL)
def counts(news: News) -> None:
    """Writes one effect, which no constraint keeps from being doubled; fails after having written when told to."""
    _effect(by=BY, news=news, name="counts")
    waiting = TROUBLE.get(news.subject_code)
    if waiting:
        raise waiting.pop(0)


@reaction(title="También lo cuenta", owner=Permission.MANAGE_ACCESS)
def counts_too(news: News) -> None:
    """A second reaction to the same act."""
    _effect(by=BY, news=news, name="counts_too")


@ledger.command(permission=None)
def _effect(*, by: Reader, news: News, name: str) -> None:
    ledger.record(
        act="test.effect",
        subject=(news.subject_kind, news.subject_code),
        reason=name,
        after={"entry": news.entry_id, "act": news.act, "n": news.after.get("n")},
    )


COUNTS, COUNTS_TOO = f"{__name__}.counts", f"{__name__}.counts_too"
REACTIONS = {MOVED: (COUNTS,), RENAMED: (COUNTS, COUNTS_TOO)}
ACT_WORDS = {MOVED: "Traslado de prueba", RENAMED: "Cambio de nombre"}


def effects(name: str = "counts") -> list[tuple[str, int]]:
    """Subject and announced entry of each effect of a reaction, in the order they were written."""
    rows = Entry.objects.filter(act="test.effect", reason=name).order_by("id")
    return [(row.subject_code, row.after["entry"]) for row in rows]


def announced(act: str = MOVED) -> list[tuple[str, int]]:
    """Subject and key of each announced entry, in the order of the acts."""
    return list(Entry.objects.filter(act=act).order_by("id").values_list("subject_code", "id"))


def states() -> dict[str, Any]:
    """State of each delivery by subject and reaction; for subjects with one announcement."""
    return {
        f"{row.subject_code} {row.reaction.rsplit('.', 1)[1]}": row.state for row in Delivery.objects.order_by("id")
    }
