"""Small reads that other parts of the register and other chapters need: the offence catalogue, known documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from creo.register import rules
from creo.register.models import Offence, Person
from creo.support.scoping.acting import beyond


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """An offence as it is chosen and listed."""

    id: int
    code: str
    law: str
    article: str
    title: str
    family: str
    modality: str
    attempt_allowed: bool
    valid_from: date | None
    valid_to: date | None

    @property
    def label(self) -> str:
        """ "art. 189 · Robo agravado"."""
        return rules.offence_label(self.law, self.article, self.title)


def is_empty() -> bool:
    """True before anybody was ever registered, anywhere in the country."""
    with beyond("si el registro está vacío"):
        return not Person.objects.exists()


def offences() -> tuple[CatalogueRow, ...]:
    """The offence catalogue as loaded, in the order of articles, the Penal Code first. The same for everyone."""
    fields = (
        "id",
        "code",
        "law",
        "article",
        "title",
        "family",
        "modality",
        "attempt_allowed",
        "valid_from",
        "valid_to",
    )
    rows = [CatalogueRow(*row) for row in Offence.objects.values_list(*fields)]
    return tuple(sorted(rows, key=lambda row: (row.law != rules.PENAL_CODE, row.law, _order(row.article), row.code)))


def _order(article: str) -> tuple[int, str]:
    number, _, letter = article.partition("-")
    return (int(number) if number.isdigit() else 0, letter)
