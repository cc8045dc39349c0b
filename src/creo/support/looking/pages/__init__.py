"""Pages of looking."""

from creo.support.looking.pages.alerts import (
    alert,
    alerts,
    alerts_list,
    canaries,
    decide,
    export_alerts,
    new_canary,
    withdraw_canary,
)
from creo.support.looking.pages.emergencies import (
    emergencies,
    emergencies_list,
    emergency,
    export_emergencies,
    open_emergency,
    review,
)
from creo.support.looking.pages.looks import export_mine, mine, mine_list

__all__ = [
    "alert",
    "alerts",
    "alerts_list",
    "canaries",
    "decide",
    "emergencies",
    "emergencies_list",
    "emergency",
    "export_alerts",
    "export_emergencies",
    "export_mine",
    "mine",
    "mine_list",
    "new_canary",
    "open_emergency",
    "review",
    "withdraw_canary",
]
