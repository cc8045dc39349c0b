"""Aliases of some people of the five sites: names in other documents, other names in use, nicknames; one closed."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import islice
from typing import Any

from creo.register import commands, queries
from creo.register.commands import AliasData
from creo.register.demo.context import DemoContext

# Lima, Piura, Huancayo, Arequipa and Pucallpa (programme line 186).
SITES = ("EP-LURIGANCHO", "EP-PIURA", "EP-HUANCAYO", "EP-AREQUIPA", "EP-PUCALLPA")
PEOPLE_A_SITE = 3
NICKNAMES = ("Chino", "Flaco", "Pato", "Zurdo", "Negro Lucho", "Gringo", "Chato", "Loco Beto")


def load(context: DemoContext) -> dict[str, Any]:
    """Gives each person one alias, of every kind in turn, and closes the last one; answers how many."""
    chance = random.Random(context.seed + 11)
    made = 0
    last: tuple[str, int] | None = None
    for site in SITES:
        page = queries.people_page(context.by, queries.PeopleFilters(facility=site))
        for row in islice((row for row in page.rows if row.given_names and row.first_surname), PEOPLE_A_SITE):
            alias = _alias(row, made, chance)
            key = commands.add_alias(
                by=context.by,
                person_code=row.code,
                alias=alias,
                on=context.as_of - timedelta(chance.randint(5, 90)),
                today=context.as_of,
            )
            last, made = (row.code, key), made + 1
    if last is not None:
        commands.close_alias(
            by=context.by,
            person_code=last[0],
            alias_id=last[1],
            reason="El apodo era de otra persona del mismo pabellón",
            today=context.as_of,
        )
    return {"aliases": made}


def _alias(row: queries.PersonRow, place: int, chance: random.Random) -> AliasData:
    given = row.given_names.split()[-1]
    match place % 3:
        case 0:
            return AliasData("nickname", nickname=chance.choice(NICKNAMES), source="Declaración de la persona")
        case 1 if row.second_surname != row.first_surname:
            # As another office heard it: the surnames in the other order.
            return AliasData(
                "document", row.given_names, row.second_surname, row.first_surname, source="Atestado policial"
            )
        case _:
            return AliasData("aka", given, "Guaman Condori", source="Ficha de otro establecimiento")
