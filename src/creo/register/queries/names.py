"""The other names of a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from creo.register import rules
from creo.register.models import Alias
from creo.register.queries.scope import person_in_scope
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader


@dataclass(frozen=True, slots=True)
class AliasRow:
    """An alias; open while `valid_to` is None. `kind` is one of rules.AliasKind."""

    id: int
    kind: str
    given_names: str
    first_surname: str
    second_surname: str
    nickname: str
    source: str
    valid_from: date
    valid_to: date | None

    @property
    def name(self) -> str:
        """As the register lists names, surnames first; the nickname in its quotes."""
        if self.nickname:
            return f"«{self.nickname}»"
        return rules.full_name(self.given_names, self.first_surname, self.second_surname)


def aliases(reader: Reader, code: str) -> list[AliasRow]:
    """A person's aliases, open ones first, newest first; those of merged duplicates too. NotFound outside the scope."""
    reader.require(Permission.VIEW_PEOPLE)
    person = person_in_scope(reader, code, reading=True)
    rows = Alias.objects.filter(Q(person=person) | Q(person__merged_into=person))
    return [
        AliasRow(
            id=row.pk,
            kind=row.kind,
            given_names=row.given_names,
            first_surname=row.first_surname,
            second_surname=row.second_surname,
            nickname=row.nickname,
            source=row.source,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in rows.order_by(F("valid_to").desc(nulls_first=True), "-valid_from", "-pk")
    ]
