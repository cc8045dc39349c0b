"""What is measured: indicators, targets with their sites, closing statements and quoted figures."""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from creo.programme.rules.base import Code, Item, Plain, Reference, Required, Text
from creo.programme.rules.marked import Steps


class Indicator(Item):
    """A measure: official when the source prints it, a proposal when we do. Never mixed."""

    kind: ClassVar[str] = "indicator"
    title: Required
    bound_to: Reference
    printed_under: Reference | None = None
    unit: Required
    numerator: Text = ""
    denominator: Text = ""
    window: Text = ""
    evidence: Text = ""

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return self.bound_to

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found.append((("bound_to",), self.bound_to))
        if self.printed_under is not None:
            found.append((("printed_under",), self.printed_under))
        return found


class Slot(Item):
    """The place of the indicators of a result or product; empty when the source has none."""

    kind: ClassVar[str] = "slot"
    title: Required
    of: Reference
    official: tuple[Code, ...] = ()
    proposals: tuple[Code, ...] = ()

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return self.of

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found.append((("of",), self.of))
        found += [(("official", position), f"indicator:{code}") for position, code in enumerate(self.official)]
        found += [(("proposals", position), f"indicator:{code}") for position, code in enumerate(self.proposals)]
        return found


class Site(Item):
    """A place where a target is delivered: the printed name, and the facility and ubigeo (INEI) it stands for."""

    kind: ClassVar[str] = "site"
    printed: Required
    facility: Text | None = None
    department: Required
    ubigeo: Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}(\d{2})?)?$")]


class Target(Item):
    """A physical target. Without year it cannot be compared; without split only the total is reported."""

    kind: ClassVar[str] = "target"
    title: Required
    product: Code
    value: Annotated[int, Field(ge=0)]
    unit: Required
    year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    split: dict[str, Annotated[int, Field(ge=0)]] | None = None
    sites: tuple[Site, ...] = ()

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return f"product:{self.product}"

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found.append((("product",), f"product:{self.product}"))
        return found


class Conclusion(Item):
    """A closing statement of the source."""

    kind: ClassVar[str] = "conclusion"
    printed: Required


class Comparison(Plain):
    """A public figure to read beside a figure of the source."""

    title: Required
    value: Decimal
    period: Required
    source: Required


class Figure(Item):
    """A number quoted by the source, kept as a reference value and never used as data."""

    kind: ClassVar[str] = "figure"
    title: Required
    value: Decimal
    unit: Required
    comparisons: tuple[Comparison, ...] = ()
