"""Tables of the register. What is not recorded is null or an empty text: unknown, never a guess.

A person is not an identity (it may change and be confirmed) and not an episode of custody (there may be several).
Periods are half-open: `valid_to` and `released_on` are the first day outside, null while they last.
Foreign keys without an index of their own are served by a constraint or an index that begins with them, or by none on
purpose: a national register writes half a million movements, and nobody lists them by prison.
"""

from creo.register.models.custody import Custody, Movement
from creo.register.models.documents import Document
from creo.register.models.duplicates import DuplicatePair, Merge
from creo.register.models.law import (
    DetentionCredit,
    DetentionMandate,
    JudicialStatus,
    LegalStatusPeriod,
    Sentence,
    SentenceOffence,
)
from creo.register.models.names import Alias, NameKey, NameWord
from creo.register.models.offences import CustodyOffence, Offence, OffenceFamilyPeriod
from creo.register.models.people import Identity, Person, PersonReference, Statement
from creo.register.models.protected import BiometricReference, ProtectedFact
from creo.register.models.rights import RightsRequest

__all__ = [
    "Alias",
    "BiometricReference",
    "Custody",
    "CustodyOffence",
    "DetentionCredit",
    "DetentionMandate",
    "Document",
    "DuplicatePair",
    "Identity",
    "JudicialStatus",
    "LegalStatusPeriod",
    "Merge",
    "Movement",
    "NameKey",
    "NameWord",
    "Offence",
    "OffenceFamilyPeriod",
    "Person",
    "PersonReference",
    "ProtectedFact",
    "RightsRequest",
    "Sentence",
    "SentenceOffence",
    "Statement",
]
