"""Synthetic national population: plain data in, plain data out, no database."""

from creo.register.engine.columns import Custodies, CustodyOffences, Identities, Movements, Persons
from creo.register.engine.margins import Cell, MarginReport, report
from creo.register.engine.matching_measure import measure
from creo.register.engine.population import Population, population

__all__ = [
    "Cell",
    "Custodies",
    "CustodyOffences",
    "Identities",
    "MarginReport",
    "Movements",
    "Persons",
    "Population",
    "measure",
    "population",
    "report",
]
