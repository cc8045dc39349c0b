"""What we say about the source: age ranges, contradictions, facts, other readings, tables to print again."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue

from creo.programme.rules.base import Item, Lines, Plain, Reference, Required, Text
from creo.programme.rules.marked import Steps


class Attachment(Plain):
    """Where an age range is printed and on what."""

    lines: Lines
    refs: tuple[Reference, ...] = ()
    text: Required


class AgeRange(Item):
    """An age range as it appears in the source, with every place that prints it."""

    kind: ClassVar[str] = "range"
    min: Annotated[int, Field(ge=0, le=120)]
    max: Annotated[int, Field(ge=0, le=120)]
    attachments: Annotated[tuple[Attachment, ...], Field(min_length=1)]

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its attachments."""
        found = super().references()
        for place, attachment in enumerate(self.attachments):
            found += [(("attachments", place, "refs", n), ref) for n, ref in enumerate(attachment.refs)]
        return found


class Severity(StrEnum):
    """H changes who is counted or what is measured; M a process or a report; L wording only."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


class Contradiction(Item):
    """A contradiction or gap of the source and the treatment chosen."""

    kind: ClassVar[str] = "contradiction"
    severity: Severity
    statement: Required
    treatment: Required
    applies_to: tuple[Reference, ...] = ()

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found += [(("applies_to", position), code) for position, code in enumerate(self.applies_to)]
        return found


class Fact(Item):
    """A fact of the source and the items that represent it."""

    kind: ClassVar[str] = "fact"
    text: Required
    represented_by: tuple[Reference, ...] = ()
    unbound_reason: Text = ""


class VariantChange(Plain):
    """One value that a variant sets; the path is the one `diff` prints."""

    path: Required
    value: JsonValue


class Variant(Item):
    """Another reading of the source, kept ready and not active."""

    kind: ClassVar[str] = "variant"
    title: Required
    changes: Annotated[tuple[VariantChange, ...], Field(min_length=1)]


class TableRow(Plain):
    """A row of a printed table. A cell is a text, or `@reference` (`/part` after it) to an item of the design."""

    cells: Annotated[tuple[Text, ...], Field(min_length=1)]
    form: Literal["both", "printed", "treated"] = "both"


class Table(Item):
    """A table of the source, laid out so that it can be printed again from the items."""

    kind: ClassVar[str] = "table"
    title: Required
    columns: Annotated[tuple[Text, ...], Field(min_length=1)]
    rows: Annotated[tuple[TableRow, ...], Field(min_length=1)]
