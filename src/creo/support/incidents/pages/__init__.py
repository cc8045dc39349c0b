"""Pages of the register of incidents."""

from creo.support.incidents.pages.acting import (
    annul,
    assess,
    close,
    contacts,
    correct,
    evidence,
    measure,
    notice,
    report,
    set_contact,
)
from creo.support.incidents.pages.looking import export, incident, listing, notification

__all__ = [
    "annul",
    "assess",
    "close",
    "contacts",
    "correct",
    "evidence",
    "export",
    "incident",
    "listing",
    "measure",
    "notice",
    "notification",
    "report",
    "set_contact",
]
