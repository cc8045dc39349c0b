"""Reads of the register. The reader comes first: no scope, no rows."""

from creo.register.queries.files import (
    CustodyRow,
    IdentityRow,
    MovementRow,
    OffenceRow,
    PersonFile,
    StatementRow,
    person,
)
from creo.register.queries.known import known_documents, known_episodes, known_references
from creo.register.queries.people import (
    EVERYBODY,
    HELD,
    RELEASED,
    PeopleFilters,
    PersonRow,
    people_count,
    people_page,
    people_rows,
)
from creo.register.queries.population import (
    PopulationColumns,
    PopulationCounts,
    counts,
    facility_codes_of,
    population_columns,
)
from creo.register.queries.references import CatalogueRow, is_empty, offences
from creo.register.queries.scope import person_code_in_scope
from creo.register.queries.situations import PersonFacts, facts_for

__all__ = [
    "EVERYBODY",
    "HELD",
    "RELEASED",
    "CatalogueRow",
    "CustodyRow",
    "IdentityRow",
    "MovementRow",
    "OffenceRow",
    "PeopleFilters",
    "PersonFacts",
    "PersonFile",
    "PersonRow",
    "PopulationColumns",
    "PopulationCounts",
    "StatementRow",
    "counts",
    "facility_codes_of",
    "facts_for",
    "is_empty",
    "known_documents",
    "known_episodes",
    "known_references",
    "offences",
    "people_count",
    "people_page",
    "people_rows",
    "person",
    "person_code_in_scope",
    "population_columns",
]
