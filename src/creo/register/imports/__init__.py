"""Lists of people from files: the kind of import that the register gives to `support.imports`."""

from creo.register.imports.kind import KIND, RegisterImport
from creo.register.imports.movements import MOVEMENTS, MovementsImport

__all__ = ["KIND", "MOVEMENTS", "MovementsImport", "RegisterImport"]
