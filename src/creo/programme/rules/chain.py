"""Identity and logic of a programme: cover, levels, problem, results, products, activities, responsibles."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from creo.programme.rules.base import Code, Item, Origin, Plain, Reference, Required, Text
from creo.programme.rules.marked import Steps


class ProgrammeSource(Plain):
    """The document the design was read from, and how many lines it has."""

    title: Required
    lines: Annotated[int, Field(gt=0, le=100_000)]
    note: Text = ""


class Header(Item):
    """The version itself: number, state and validity. The end of validity is the first day outside."""

    kind: ClassVar[str] = "design"
    title: Required
    number: Annotated[int, Field(gt=0, le=10_000)]
    status: Literal["draft", "in_force", "retired"]
    valid_from: date
    valid_to: date | None = None
    language: Required
    source: ProgrammeSource


class Level(Item):
    """A level of government of the territorial articulation."""

    kind: ClassVar[str] = "level"
    title: Required


class ExpectedCount(Item):
    """How many items of something the source shows; the loader counts and refuses a different number."""

    kind: ClassVar[str] = "count"
    title: Required
    counts: Annotated[
        str,
        StringConstraints(
            pattern=r"^(product|activity|sheet|model|articulation\.[A-Z]{2}"
            r"|activity\.[A-Za-z0-9._-]+)$"
        ),
    ]
    expected: Annotated[int, Field(ge=0)]


class Organisation(Item):
    """An institution or organ, as data: names and dependences change by law."""

    kind: ClassVar[str] = "organisation"
    title: Required
    part_of: Code | None = None
    successor: Text = ""

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        if self.part_of is not None:
            found.append((("part_of",), f"organisation:{self.part_of}"))
        return found


class Identity(Item):
    """One line of the cover. `holder` is a person's name and is never in the files: the operator loads it."""

    kind: ClassVar[str] = "identity"
    title: Required
    organisation: Code | None = None
    personal: bool = False
    holder: None = None

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        if self.organisation is not None:
            found.append((("organisation",), f"organisation:{self.organisation}"))
        return found


class Problem(Item):
    """The problem the programme exists for."""

    kind: ClassVar[str] = "problem"
    title: Required


class Mention(Item):
    """Another place of the source that prints the same item with other words."""

    kind: ClassVar[str] = "mention"
    printed: Required


class Outcome(Item):
    """A result: final (the programme contributes to it) or specific (the programme answers for it)."""

    kind: ClassVar[str] = "outcome"
    title: Required
    level: Literal["final", "specific"]
    parent: Code | None = None
    mentions: tuple[Mention, ...] = ()

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return f"outcome:{self.parent}" if self.parent else ""

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        if self.parent is not None:
            found.append((("parent",), f"outcome:{self.parent}"))
        return found


class Product(Item):
    """A set of goods and services delivered to a person."""

    kind: ClassVar[str] = "product"
    title: Required
    short: Text = ""
    printed: Required
    parent: Code
    mentions: tuple[Mention, ...] = ()

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return f"outcome:{self.parent}"

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found.append((("parent",), f"outcome:{self.parent}"))
        return found


class Unit(Plain):
    """A unit of measure and who says it."""

    text: Required
    origin: Origin = Origin.SOURCE
    contradictions: tuple[Code, ...] = ()


class Activity(Item):
    """What is done to deliver a product."""

    kind: ClassVar[str] = "activity"
    title: Required
    printed: Required
    product: Code
    assigned_by: Text = ""
    unit: Unit | None = None

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return f"product:{self.product}"

    def references(self) -> list[tuple[Steps, str]]:
        """Its product and the contradictions of its unit."""
        found = super().references()
        found.append((("product",), f"product:{self.product}"))
        codes = self.unit.contradictions if self.unit else ()
        found += [(("unit", "contradictions", n), f"contradiction:{code}") for n, code in enumerate(codes)]
        return found


class Responsible(Item):
    """The unit that answers for a product or an activity."""

    kind: ClassVar[str] = "responsible"
    title: Required
    of: Reference
    organisation: Code

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return self.of

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found.append((("of",), self.of))
        found.append((("organisation",), f"organisation:{self.organisation}"))
        return found
