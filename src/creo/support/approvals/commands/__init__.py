"""Acts of approvals: proposing, deciding, correcting, withdrawing, lapsing, and deciding in somebody's place."""

from creo.support.approvals.commands.deciding import decide
from creo.support.approvals.commands.delegating import delegate, end_delegation
from creo.support.approvals.commands.lapsing import lapse_due
from creo.support.approvals.commands.proposing import propose, revise, withdraw

__all__ = [
    "decide",
    "delegate",
    "end_delegation",
    "lapse_due",
    "propose",
    "revise",
    "withdraw",
]
