"""How long and how often: the figures of sign-in (NIST SP 800-63B; OWASP ASVS 5.0.0, chapters 6 and 7)."""

from __future__ import annotations

from datetime import timedelta

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader

# A session ends after this long without use, and after this long in any case (v5.0.0-7.3.1, 7.3.2).
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
# The last use is written down this often, not at each click.
TOUCH = timedelta(minutes=1)
# What is dangerous asks again who is there when the last proof is older (v5.0.0-7.5.3).
FRESH = timedelta(minutes=5)

# Wrong tries of one name at one address before it waits (v5.0.0-6.3.1).
TRIES = 10
COOL_OFF = timedelta(minutes=15)
# Wrong tries of one name at all addresses together before new addresses wait; those it signed in from lately do not,
# or anybody could shut out the true person.
SPREAD_TRIES = 50
KNOWN_ADDRESS = timedelta(days=90)

# A password somebody else has seen: to be changed at its first use, and useless after this (v5.0.0-6.4.1).
FIRST_PASSWORD = timedelta(hours=72)
FIRST_PASSWORD_GROUPS = 4
PASSWORD_MAX = 128

# What a second factor proves, weakest first.
NO_FACTOR, CODE, PASSKEY = "", "code", "passkey"

# All else is health, law, targets or control of the house: it needs a second factor. A permission of tomorrow does too.
HARMLESS = frozenset({Permission.VIEW_PROGRAMME, Permission.VIEW_TERRITORY, Permission.VIEW_QUALITY})
# Who controls access and evidence is worth phishing for: a code can be phished, a passkey cannot (v5.0.0-6.3.3).
UNPHISHABLE = frozenset({Permission.MANAGE_ACCESS, Permission.MANAGE_KEYS, Permission.VERIFY_LEDGER})


def factor_needed(reader: Reader) -> str:
    """The weakest second factor that a reader's permissions ask for; NO_FACTOR when none does."""
    if reader.permissions & UNPHISHABLE:
        return PASSKEY
    return CODE if reader.permissions - HARMLESS else NO_FACTOR


def enough(held: str, needed: str) -> bool:
    """True when a factor that was shown is at least as strong as the one needed."""
    order = (NO_FACTOR, CODE, PASSKEY)
    return order.index(held) >= order.index(needed)
