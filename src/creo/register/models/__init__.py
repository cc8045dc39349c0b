"""Tables of the register. What is not recorded is null or an empty text: unknown, never a guess.

A person is not an identity (it may change and be confirmed) and not an episode of custody (there may be several).
Periods are half-open: `valid_to` and `released_on` are the first day outside, null while they last.
Foreign keys without an index of their own are served by a constraint or an index that begins with them, or by none on
purpose: a national register writes half a million movements, and nobody lists them by prison.
"""

from creo.register.models.custody import Custody, Movement
from creo.register.models.offences import CustodyOffence, Offence
from creo.register.models.people import Identity, Person, PersonReference, Statement

__all__ = [
    "Custody",
    "CustodyOffence",
    "Identity",
    "Movement",
    "Offence",
    "Person",
    "PersonReference",
    "Statement",
]
