"""The design of a budget programme as data: read, checked, compared, changed and printed again. Plain Python."""

from pathlib import Path

from creo.programme.rules.base import Item, Origin, Source
from creo.programme.rules.chain import (
    Activity,
    ExpectedCount,
    Header,
    Identity,
    Level,
    Mention,
    Organisation,
    Outcome,
    Problem,
    Product,
    Responsible,
)
from creo.programme.rules.checks import CheckReport, Finding, Unbound, check, levels_of_product
from creo.programme.rules.delivery import (
    Articulation,
    Catalogue,
    Deliverable,
    OperatingModel,
    Sheet,
    SheetField,
    SheetQuestion,
    Stage,
)
from creo.programme.rules.design import LIFE, SECTIONS, Design, Form
from creo.programme.rules.diffs import ABSENT, Absent, Change, PathError, apply_to_document, diff, diff_documents
from creo.programme.rules.entries import Entry
from creo.programme.rules.errors import DesignError, DesignErrors
from creo.programme.rules.loading import apply_changes, design_from_document, load_design, variant_changes
from creo.programme.rules.marked import Json
from creo.programme.rules.measures import Conclusion, Figure, Indicator, Site, Slot, Target
from creo.programme.rules.notes import AgeRange, Contradiction, Fact, Severity, Table, Variant
from creo.programme.rules.population import AgeBand, Criterion, Exclusion, OffenceFamily, Statement, Term
from creo.programme.rules.tables import (
    PrintedRow,
    PrintedTable,
    RowPair,
    pair_rows,
    print_table,
    print_tables,
    table_definitions,
)
from creo.programme.rules.wording import SECTION_NAMES

# The design that comes with the system.
SHIPPED = Path(__file__).parents[1] / "designs" / "creo"

__all__ = [
    "ABSENT",
    "LIFE",
    "SECTIONS",
    "SECTION_NAMES",
    "SHIPPED",
    "Absent",
    "Activity",
    "AgeBand",
    "AgeRange",
    "Articulation",
    "Catalogue",
    "Change",
    "CheckReport",
    "Conclusion",
    "Contradiction",
    "Criterion",
    "Deliverable",
    "Design",
    "DesignError",
    "DesignErrors",
    "Entry",
    "Exclusion",
    "ExpectedCount",
    "Fact",
    "Figure",
    "Finding",
    "Form",
    "Header",
    "Identity",
    "Indicator",
    "Item",
    "Json",
    "Level",
    "Mention",
    "OffenceFamily",
    "OperatingModel",
    "Organisation",
    "Origin",
    "Outcome",
    "PathError",
    "PrintedRow",
    "PrintedTable",
    "Problem",
    "Product",
    "Responsible",
    "RowPair",
    "Severity",
    "Sheet",
    "SheetField",
    "SheetQuestion",
    "Site",
    "Slot",
    "Source",
    "Stage",
    "Statement",
    "Table",
    "Target",
    "Term",
    "Unbound",
    "Variant",
    "apply_changes",
    "apply_to_document",
    "check",
    "design_from_document",
    "diff",
    "diff_documents",
    "levels_of_product",
    "load_design",
    "pair_rows",
    "print_table",
    "print_tables",
    "table_definitions",
    "variant_changes",
]
