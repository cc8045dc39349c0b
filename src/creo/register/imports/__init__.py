"""Lists of people from files: the kind of import that the register gives to `support.imports`."""

from creo.register.imports.kind import KIND, RegisterImport

__all__ = ["KIND", "RegisterImport"]
