"""Acts of the register of incidents: reporting, following each step, contacts, reminders, documents."""

from creo.support.incidents.commands.contacts import set_contact
from creo.support.incidents.commands.following import (
    Assessment,
    add_evidence,
    add_measure,
    annul,
    assess,
    close,
    correct,
    notify,
)
from creo.support.incidents.commands.reminding import remind_due
from creo.support.incidents.commands.reporting import Report, record_document, report

__all__ = [
    "Assessment",
    "Report",
    "add_evidence",
    "add_measure",
    "annul",
    "assess",
    "close",
    "correct",
    "notify",
    "record_document",
    "remind_due",
    "report",
    "set_contact",
]
