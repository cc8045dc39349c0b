"""Delivering announcements: each reaction once, in order for each subject, tried again when it fails.

Effect and mark are one transaction: a worker killed at any point leaves both or neither, so a reaction takes effect
exactly once. What fails waits, longer each time, and holds back only what comes after it for the same subject and
reaction; what is refused, or fails too often, is parked and put before a person.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.readers import system
from creo.support.announcements.commands.inbox import ask, settle
from creo.support.announcements.models import Delivery
from creo.support.announcements.news import News, act_words, reaction_owner, reaction_title
from creo.support.refusals import Refused

log = logging.getLogger("creo.announcements")
State = Delivery.State
MAX_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=5)
AT_ONCE = 100
WHO = "anuncios"


@dataclass
class Tally:
    """How many deliveries ended how."""

    done: int = 0
    waiting: int = 0
    parked: int = 0

    @property
    def total(self) -> int:
        """All that were tried."""
        return self.done + self.waiting + self.parked

    def count(self, state: str) -> None:
        """One more that ended in a state."""
        self.done += state == State.DONE
        self.waiting += state == State.WAITING
        self.parked += state == State.PARKED


def deliver_due(*, limit: int = 500, going: Callable[[], bool] = lambda: True) -> Tally:
    """Delivers what is due, oldest first, until nothing is, a limit, or `going` says stop.

    Looking for work takes no lock: on SQLite the single writer is only asked for when there is something to deliver.
    Several workers share the work: what one holds the others pass over.
    """
    tally = Tally()
    with translation.override(settings.LANGUAGE_CODE):  # what reactions write is read by everybody
        while going() and tally.total < limit:
            before = tally.total
            for key in _due(clock.now()).order_by("id").values_list("id", flat=True)[: min(AT_ONCE, limit - before)]:
                if not going():
                    break
                tally.count(deliver(key))
            if tally.total == before:
                break
    return tally


def deliver_all(limit: int = 100_000) -> Tally:
    """Delivers everything due now, also what the reactions announce in turn; for the demonstration and for tests."""
    return deliver_due(limit=limit)


def deliver(delivery_id: int) -> str:
    """Tries one delivery and returns its new state; empty when it is not due, waits its turn, or another holds it."""
    with transaction.atomic():
        row = (
            _due(clock.now())
            .filter(pk=delivery_id)
            .select_related("entry")
            .select_for_update(of=("self",), skip_locked=True)
            .first()
        )
        if row is None:
            return ""
        try:
            with transaction.atomic():  # the reaction's effects alone: undone when it fails, the failure is kept
                import_string(row.reaction)(_news(row))
        except Refused as refusal:
            _park(row, refusal.messages)
        except Exception as error:
            log.exception("delivery %s of %s to %s failed", row.pk, row.act, row.reaction)
            _fail(row, error)
        else:
            _done(row)
        return row.state


def _due(now: datetime) -> QuerySet[Delivery]:
    """What may be tried now: open, at its time, and nothing earlier open for the same reaction and subject."""
    earlier = Delivery.objects.filter(
        done_at=None,
        reaction=OuterRef("reaction"),
        subject_kind=OuterRef("subject_kind"),
        subject_code=OuterRef("subject_code"),
        entry_id__lt=OuterRef("entry_id"),
    )
    rows = Delivery.objects.filter(done_at=None, next_try_at__lte=now).exclude(state=State.PARKED)
    return rows.filter(~Exists(earlier))


def _news(row: Delivery) -> News:
    entry = row.entry
    return News(
        entry_id=entry.pk,
        act=entry.act,
        subject_kind=entry.subject_kind,
        subject_code=entry.subject_code,
        place=entry.place,
        at=entry.at,
        before=entry.before or {},
        after=entry.after or {},
    )


def _done(row: Delivery) -> None:
    if row.attempts:
        settle(by=system(WHO), topic=topic(row), subject=_subject(row), reason=_("Se entregó en un nuevo intento."))
    row.state, row.done_at, row.last_error = State.DONE, clock.now(), ""
    row.attempts += 1
    row.save(update_fields=["state", "done_at", "last_error", "attempts"])


def _fail(row: Delivery, error: Exception) -> None:
    """Waits twice as long each time; after the last try a person is asked."""
    if row.attempts + 1 >= MAX_ATTEMPTS:
        _park(row, [_("Falló %(count)d veces: %(where)s") % {"count": MAX_ATTEMPTS, "where": _where(error)}])
        return
    row.next_try_at = clock.now() + FIRST_WAIT * 2**row.attempts
    row.state, row.last_error = State.WAITING, _where(error)
    row.attempts += 1
    row.save(update_fields=["state", "next_try_at", "last_error", "attempts"])


def _park(row: Delivery, reasons: list[str]) -> None:
    """Stops trying and asks whoever the reaction names; what comes after for the same subject waits too."""
    row.state, row.last_error = State.PARKED, "\n".join(reasons)
    row.attempts += 1
    row.save(update_fields=["state", "last_error", "attempts"])
    ask(
        by=system(WHO),
        key=f"parked:{row.pk}:{row.next_try_at.timestamp():.6f}",
        topic=topic(row),
        permission=reaction_owner(row.reaction),
        place=row.place,
        subject=_subject(row),
        title=_("Un anuncio no se pudo entregar: %(act)s") % {"act": act_words(row.act)},
        text=_("«%(reaction)s» no se hizo para %(code)s. %(reasons)s Corrija la causa y reintente, o descártelo.")
        % {"reaction": reaction_title(row.reaction), "code": row.subject_code, "reasons": " ".join(reasons)},
        url=reverse("announcements:delivery", args=[row.pk]),
        entry_id=row.entry_id,
    )


def topic(row: Delivery) -> str:
    """What the inbox calls the trouble of one delivery."""
    return f"announcements.parked:{row.pk}"


def _subject(row: Delivery) -> tuple[str, str]:
    return row.subject_kind, row.subject_code


def _where(error: Exception) -> str:
    """Kind and line of a fault, without its message: a message may hold somebody's data; the server's log has it."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return f"{type(error).__name__} ({Path(last.filename).name}:{last.lineno})" if last else type(error).__name__
