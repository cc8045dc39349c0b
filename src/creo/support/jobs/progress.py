"""Progress of running work, kept beside the database.

A job's own transaction hides its rows until the end (and on SQLite locks the file), so the bar cannot be a row: it is
an entry of the "progress" cache, a folder shared by web and worker. Losing it loses a bar, never a fact.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.cache import caches

KEEP_SECONDS = 24 * 3600
EVERY_SECONDS = 0.4
ALIVE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows done of a total (0 = not known yet), what is being done, and seconds left (None = not known yet)."""

    done: int = 0
    total: int = 0
    note: str = ""
    seconds_left: int | None = None
    beat: float = 0.0

    @property
    def known_total(self) -> int | None:
        """The total, None while it is not known."""
        return self.total or None

    @property
    def percent(self) -> int | None:
        """0-100, None while the total is unknown."""
        return min(100, round(100 * self.done / self.total)) if self.total else None


Report = Callable[[int, int, str], None]


def silent(done: int, total: int, note: str = "") -> None:
    """A report that nobody watches."""


def read(job_id: int) -> Progress:
    """The last progress written for a job; empty when there is none."""
    stored = caches["progress"].get(str(job_id))
    return Progress(*stored) if stored else Progress()


class Reporter:
    """Writes a job's progress a few times a second at most, however often it is called."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self._started = time.monotonic()
        self._last = 0.0
        self._note = ""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Reports rows done; always writes the first, the last and every change of note."""
        moment = time.monotonic()
        if note == self._note and done < total and moment - self._last < EVERY_SECONDS:
            return
        if note != self._note:
            self._note, self._started = note, moment
        self._last = moment
        elapsed = moment - self._started
        left = round(elapsed * (total - done) / done) if done and total and elapsed > 1 else None
        caches["progress"].set(str(self.job_id), (done, total, note, left, time.time()), KEEP_SECONDS)


@contextmanager
def alive(job_id: int) -> Iterator[None]:
    """While it lasts, says every few seconds that the job's worker lives, also during work that reports nothing.

    So that nobody takes back a long job whose worker is well.
    """
    ended = threading.Event()

    def say() -> None:
        while not ended.wait(ALIVE_SECONDS):
            caches["progress"].set(_alive_key(job_id), time.time(), KEEP_SECONDS)

    heart = threading.Thread(target=say, name=f"creo-job-{job_id}", daemon=True)
    caches["progress"].set(_alive_key(job_id), time.time(), KEEP_SECONDS)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join(timeout=5)


def last_sign(job_id: int) -> float:
    """When the job's worker last gave a sign of life (epoch seconds); 0 when it never did."""
    return max(read(job_id).beat, caches["progress"].get(_alive_key(job_id)) or 0.0)


def _alive_key(job_id: int) -> str:
    return f"alive-{job_id}"
