"""Reads of the register. The reader comes first: no scope, no rows."""

from creo.register.queries.population import (
    PopulationColumns,
    PopulationCounts,
    counts,
    facility_codes_of,
    population_columns,
)
from creo.register.queries.situations import PersonFacts, facts_for

__all__ = [
    "PersonFacts",
    "PopulationColumns",
    "PopulationCounts",
    "counts",
    "facility_codes_of",
    "facts_for",
    "population_columns",
]
