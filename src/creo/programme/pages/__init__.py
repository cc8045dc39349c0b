"""Pages of the programme: one function each."""

from creo.programme.pages.chain import chain
from creo.programme.pages.content import models, population
from creo.programme.pages.drafts import discard, edit, edit_item, new_draft, put_in_force, retire
from creo.programme.pages.measures import articulation, indicators, targets
from creo.programme.pages.notes import contradictions, source
from creo.programme.pages.sheets import activity, product
from creo.programme.pages.tables import document, table, table_file, tables
from creo.programme.pages.versions import compare, version, versions

__all__ = [
    "activity",
    "articulation",
    "chain",
    "compare",
    "contradictions",
    "discard",
    "document",
    "edit",
    "edit_item",
    "indicators",
    "models",
    "new_draft",
    "population",
    "product",
    "put_in_force",
    "retire",
    "source",
    "table",
    "table_file",
    "tables",
    "targets",
    "version",
    "versions",
]
