"""Acts of looking. Chapters use `record_look` (or `look`) and `state_purpose`; the worker, `watch`."""

from creo.support.looking.commands.alerts import decide_alert, set_canary, withdraw_canary
from creo.support.looking.commands.emergencies import open_emergency, review_emergency
from creo.support.looking.commands.files import tell_looks, write_looks
from creo.support.looking.commands.purposes import look, record_look, state_purpose
from creo.support.looking.commands.watching import Round, watch

__all__ = [
    "Round",
    "decide_alert",
    "look",
    "open_emergency",
    "record_look",
    "review_emergency",
    "set_canary",
    "state_purpose",
    "tell_looks",
    "watch",
    "withdraw_canary",
    "write_looks",
]
