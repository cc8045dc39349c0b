"""Pages of the territory: one function each."""

from creo.territory.pages.detail import facility
from creo.territory.pages.edits import capacity, close_pavilion, new_pavilion
from creo.territory.pages.lists import department, export, facilities, offices

__all__ = [
    "capacity",
    "close_pavilion",
    "department",
    "export",
    "facilities",
    "facility",
    "new_pavilion",
    "offices",
]
