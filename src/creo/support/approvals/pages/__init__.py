"""Pages of approvals."""

from creo.support.approvals.pages.acting import delegations, end_delegation, new_delegation, revise, withdraw
from creo.support.approvals.pages.looking import export, listing, proposal

__all__ = [
    "delegations",
    "end_delegation",
    "export",
    "listing",
    "new_delegation",
    "proposal",
    "revise",
    "withdraw",
]
