"""Acts in tests: somebody to admit, what is refused, and what the ledger says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from creo.register import commands, queries, rules
from creo.register.commands import Admission, IdentityData
from creo.register.models import Custody, Identity, Person
from creo.register.tests.factories import BY, TODAY
from creo.support.ledger.models import Entry
from creo.support.refusals import Refused

WHO = IdentityData("Rosa", "Quispe", "Ñaupari", date(2003, 3, 14), "female", "dni", "00000021", "", "PE")
ENTRY = Admission("EP-PIURA", date(2026, 3, 14), "Resolución 1, Juzgado de prueba")


def acts(code: str) -> list[str]:
    """What the ledger says was done to somebody, in order."""
    return list(Entry.objects.filter(subject_code=code).order_by("id").values_list("act", flat=True))


def refused(act: Callable[[], object], *words: str) -> Refused:
    """The act is refused with all of these reasons, and nothing is left of it."""
    before = (Person.objects.count(), Custody.objects.count(), Identity.objects.count(), Entry.objects.count())
    with pytest.raises(Refused) as refusal:
        act()
    text = " ".join(refusal.value.messages)
    for word in words:
        assert word in text, (word, refusal.value.messages)
    assert (Person.objects.count(), Custody.objects.count(), Identity.objects.count(), Entry.objects.count()) == before
    return refusal.value


def course_of(code: str) -> rules.Course:
    """The person's movements followed by the rule."""
    return rules.stays(queries.person(BY, code, TODAY).moves)


def admit(admission: Admission = ENTRY, identity: IdentityData | None = WHO, code: str = "", by: object = BY) -> str:
    return commands.admit(by=by, admission=admission, today=TODAY, identity=identity, person_code=code)
