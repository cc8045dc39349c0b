"""What a worker does again and again beside its jobs: deliver announcements, start daily work, take back lost jobs.

A thread of the worker, not a process of its own: one thing to start and to stop, and no second copy of the program in
memory. It holds its own connection, takes no lock while there is nothing to do, and no fault ends it. Several workers
may run it at once: each task is safe against the others by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.cache import caches
from django.db import close_old_connections, connections

log = logging.getLogger("creo.rounds")
TICK_SECONDS = 0.25
BEAT_SECONDS = 10
KEEP_SECONDS = 24 * 3600
BEAT = "worker-beat"


@dataclass
class Task:
    """Something done every so many seconds. `do` gets a function that says whether to go on."""

    name: str
    every: float
    do: Callable[[Callable[[], bool]], object]
    due: float = 0.0


class Rounds(threading.Thread):
    """Does its tasks until it is told to stop; each at once when it starts."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__(name="creo-rounds", daemon=True)
        self.tasks = tasks
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Goes round until `stop`."""
        try:
            while self._going():
                close_old_connections()
                for task in self.tasks:
                    self._do(task)
                self._stop_asked.wait(TICK_SECONDS)
        finally:
            connections.close_all()

    def stop(self, timeout: float = 10) -> None:
        """Asks the thread to end after what it is doing, and waits. What is cut short is rolled back."""
        self._stop_asked.set()
        self.join(timeout)

    def _going(self) -> bool:
        return not self._stop_asked.is_set()

    def _do(self, task: Task) -> None:
        if not self._going() or time.monotonic() < task.due:
            return
        try:
            task.do(self._going)
        except Exception:
            # A locked or lost database, or a fault of ours: said in the log, tried again at the next round.
            log.exception("round %s failed", task.name)
            connections.close_all()
        task.due = time.monotonic() + task.every


def beat(_going: Callable[[], bool]) -> None:
    """Says that a worker is alive, where web and worker both look."""
    caches["progress"].set(BEAT, time.time(), KEEP_SECONDS)


def last_beat() -> float | None:
    """When a worker last said that it is alive (epoch seconds); None when none has in a day."""
    found: float | None = caches["progress"].get(BEAT)
    return found
