"""What a lawyer or a statistician would discuss about places: codes, names, capacity, overcrowding, types of prison.

Plain Python: no database, no clock. `as_of` is always an argument.
"""

from creo.territory.rules.crowding import (
    Capacity,
    Occupancy,
    PrisonType,
    SexHeld,
    capacity_spans,
    occupancy,
    overcrowding,
    prison_type,
    sex_held,
    within_limit,
)
from creo.territory.rules.dated import Band, DatedBands, DatedPercent, Parameters, parameters, parse_parameters
from creo.territory.rules.names import Match, NameIndex, name_key
from creo.territory.rules.reference import (
    CensusCode,
    CommunityOffice,
    Office,
    Place,
    Prison,
    PublishedCapacity,
    PublishedPopulation,
    Reference,
    Source,
    TableError,
    load_reference,
    parse_reference,
)
from creo.territory.rules.ubigeo import Level, Scheme, Ubigeo, UbigeoError, parse_ubigeo

__all__ = [
    "Band",
    "Capacity",
    "CensusCode",
    "CommunityOffice",
    "DatedBands",
    "DatedPercent",
    "Level",
    "Match",
    "NameIndex",
    "Occupancy",
    "Office",
    "Parameters",
    "Place",
    "Prison",
    "PrisonType",
    "PublishedCapacity",
    "PublishedPopulation",
    "Reference",
    "Scheme",
    "SexHeld",
    "Source",
    "TableError",
    "Ubigeo",
    "UbigeoError",
    "capacity_spans",
    "load_reference",
    "name_key",
    "occupancy",
    "overcrowding",
    "parameters",
    "parse_parameters",
    "parse_reference",
    "parse_ubigeo",
    "prison_type",
    "sex_held",
    "within_limit",
]
