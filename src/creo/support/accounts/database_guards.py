"""What the database itself refuses of the review of accesses: who looked and who signed stays.

Source: DS 016-2024-JUS art. 46.
"""

from __future__ import annotations

from creo.support.ledger.guards import Guard

APPEND_ONLY = ("accounts_grantreview", "accounts_accessreview")
GUARDS: tuple[Guard, ...] = ()
