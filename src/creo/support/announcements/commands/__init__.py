"""Acts of announcements: delivering them, what to do with those that could not be, and the inbox."""

from creo.support.announcements.commands.delivering import Tally, deliver, deliver_all, deliver_due
from creo.support.announcements.commands.inbox import ask, decide, settle
from creo.support.announcements.commands.parked import drop, retry

__all__ = [
    "Tally",
    "ask",
    "decide",
    "deliver",
    "deliver_all",
    "deliver_due",
    "drop",
    "retry",
    "settle",
]
