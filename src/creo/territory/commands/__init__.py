"""Writes of places: the reference tables, dated capacity with its source, pavilions and offices that open and close.

History is added to, never rewritten: a new capacity ends the one before it on its first day.
"""

from creo.territory.commands.capacity import change_capacity
from creo.territory.commands.offices import open_community_office
from creo.territory.commands.pavilions import close_pavilion, open_pavilion
from creo.territory.commands.reference import LoadReport, load_reference

__all__ = [
    "LoadReport",
    "change_capacity",
    "close_pavilion",
    "load_reference",
    "open_community_office",
    "open_pavilion",
]
