"""A person nobody of Piura may know: a canary word in every text that is kept of them, wherever it may lie.

`plant()` makes the person in a prison of another office with a row in every table about people, and then writes a word
of their own in every free text of those rows. A page, file or answer that holds one of the words has leaked it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from django.db import DatabaseError, models, transaction

from creo.register.rules import ProtectedValue
from creo.support.scoping.declaring import Person
from creo.support.scoping.registry import declared

WORD = "KANARI"
TODAY = date(2026, 11, 23)
# Codes of a list, dates and hashes are no free text; a code of our own is looked for as it is.
SHORTEST = 20


@dataclass
class Canary:
    """The planted person: what to look for, where it was written, and the keys of rows to ask for by address."""

    code: str
    person_id: int
    words: dict[str, str] = field(default_factory=dict)
    document_number: str = "48151623"
    keys: dict[str, Any] = field(default_factory=dict)

    def found_in(self, text: str) -> list[str]:
        """Where the words found in a text were written; the code and the document number count as words."""
        plain = text.casefold()
        seen = [place for place, word in self.words.items() if word.casefold() in plain]
        seen += ["Person.code"] * (self.code.casefold() in plain)
        return seen + ["Identity.document_number"] * (self.document_number in plain)


def plant(facility: Any, *, number: int = 9_000_001) -> Canary:
    """The person, held in a prison, with a row in every table about people and a word in every text of them."""
    from creo.register.tests import factories as register

    who = register.person(number)
    canary = Canary(who.code, who.pk)
    register.identity(
        who, given_names="Nadie", first_surname="Oculta", document_number=canary.document_number, sex="female"
    )
    stay = register.custody(who, facility)
    _rows(who, stay, facility)
    numbers = count(1)
    for model, row in _about(who.pk):
        for text in _free_texts(model):
            word = f"{WORD}{next(numbers):03d}"
            try:
                with transaction.atomic():
                    _write(model, row, text, word)
            except (DatabaseError, TypeError, ValueError):
                continue  # a constraint of this row wants another text there
            canary.words[f"{model.__name__}.{text}"] = word
    for model, row in _about(who.pk):
        canary.keys.setdefault(model.__name__, row.pk)
    return canary


def _write(model: type[models.Model], row: Any, text: str, word: str) -> None:
    """Encrypted columns are written with their row; a row whose key holds the text, by its table."""
    if text == "said":
        row.fact = _spoken(word)
        row.save(update_fields=[text])
    elif isinstance(row.pk, tuple):
        model._base_manager.filter(pk=row.pk).update(**{text: word})
    else:
        setattr(row, text, word)
        row.save(update_fields=[text])


def _spoken(language: str) -> ProtectedValue:
    """An answer that holds a word."""
    return ProtectedValue("language", "yes", language)


def _rows(who: Any, stay: Any, facility: Any) -> None:
    """A row of every kind about the person that the demonstration would give them."""
    from creo.register import models as register
    from creo.targeting import models as targeting

    now = "2026-11-20T15:00:00Z"
    register.PersonReference.objects.create(person=who, source="canario", reference="C-1")
    register.Statement.objects.create(person=who, source="canario", kind="dicho", answer="dicho")
    register.Alias.objects.create(person=who, kind="nickname", nickname="Canario", source="x", valid_from=TODAY)
    register.ProtectedFact.objects.create(
        person=who, fact=_spoken("Quechua"), valid_from=TODAY, source="x", recorded_by="x", recorded_at=now
    )
    register.BiometricReference.objects.create(
        person=who, system="x", kind="right_thumb", reference="C-9", recorded_by="x", recorded_at=now
    )
    document = register.Document.objects.create(
        person=who, kind="mandate", access="general", title="x", sha256="c" * 64, size=9, media="pdf", label="x",
        uploaded_by="x", uploaded_at=now,
    )  # fmt: skip
    register.RightsRequest.objects.create(
        person=who, year=2026, number=9_001, kind="rectification", asker="person", what="x", evidence=document,
        received_on=TODAY, due_on=date(2026, 12, 20),
    )  # fmt: skip
    register.LegalStatusPeriod.objects.create(
        custody=stay, status="sentenced", valid_from=date(2026, 1, 1), valid_to=TODAY, source="x"
    )
    register.DetentionMandate.objects.create(
        custody=stay, kind="preventive", court="x", case_number="x", received_on=TODAY
    )
    targeting.Enrolment.objects.create(
        person=who, facility=facility, enrolled_on=TODAY, programme="creo", design_version=1, design_digest="d",
        verdict={}, decided_by="x", decided_at=now,
    )  # fmt: skip


def _about(person_id: int) -> Iterator[tuple[type[models.Model], Any]]:
    """Every stored row about a person, by the declared ways."""
    for each in declared():
        for way in each.table.ways if each.table else ():
            if not isinstance(way, Person):
                continue
            found = each.model._base_manager.filter(**{f"{way.path}__pk" if way.path else "pk": person_id})
            for row in found:
                yield each.model, row


def _free_texts(model: type[models.Model]) -> list[str]:
    """Texts that people type: wide enough for a word, and no list of codes behind them."""
    kinds = (models.CharField, models.TextField)
    coded = {"code", "document_number", "sha256", "programme", "design_digest", "place"}
    return [
        item.name
        for item in model._meta.local_concrete_fields
        if isinstance(item, kinds)
        and not item.is_relation
        and item.name not in coded
        and (item.max_length or SHORTEST) >= SHORTEST
    ]
