"""How products are delivered: sheets, operating models, closed lists, territorial articulation."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from creo.programme.rules.base import Code, Item, Required, Text
from creo.programme.rules.marked import Steps


class SheetQuestion(StrEnum):
    """The nine questions every product sheet answers."""

    UNIT = "unit"
    BENEFICIARY = "beneficiary"
    POPULATION = "population"
    INTERVENTION_GOODS = "intervention_goods"
    BENEFICIARY_GOODS = "beneficiary_goods"
    PLACE = "place"
    MODALITY = "modality"
    DELIVERER = "deliverer"
    FREQUENCY = "frequency"


class SheetField(Item):
    """The answer to one of the nine questions, with the question as printed in `label`."""

    kind: ClassVar[str] = "sheet"
    title: Required
    label: Required
    printed: Required

    @property
    def question(self) -> SheetQuestion:
        """Which of the nine questions this answers."""
        return SheetQuestion(self.code)


class Deliverable(Item):
    """One good or service, for the intervened person or for the wider beneficiary."""

    kind: ClassVar[str] = "deliverable"
    printed: Required
    to: Literal["intervention", "beneficiary"]


class Sheet(Item):
    """The description of a product: nine fields and two ordered lists of goods and services."""

    kind: ClassVar[str] = "sheet"
    product: Code
    fields: tuple[SheetField, ...]
    deliverables: tuple[Deliverable, ...] = ()

    @model_validator(mode="after")
    def _nine_fields(self) -> Self:
        found = [field.code for field in self.fields]
        wanted = [question.value for question in SheetQuestion]
        if sorted(found) != sorted(wanted):
            missing = ", ".join(sorted(set(wanted) - set(found))) or "ninguno"
            extra = ", ".join(sorted(set(found) - set(wanted))) or "ninguno"
            raise ValueError(
                f"la ficha necesita los nueve campos, una vez cada uno (faltan: {missing}; sobran: {extra})"
            )
        return self

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return f"product:{self.product}"

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found.append((("product",), f"product:{self.product}"))
        return found


class ModelField(Item):
    """One answer of an operating model, with the question as printed in `label`."""

    kind: ClassVar[str] = "model"
    title: Required
    label: Required
    section: Literal["header", "I", "II", "III"]


class ModelLevel(Item):
    """The mark of a level of government in the header of an operating model."""

    kind: ClassVar[str] = "model_level"
    marked: bool

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found.append((("code",), f"level:{self.code}"))
        return found


class Stage(Item):
    """A step of the delivery process of a product."""

    kind: ClassVar[str] = "stage"
    printed: Required
    activity: Code | None = None
    evidence: Text = ""

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        if self.activity is not None:
            found.append((("activity",), f"activity:{self.activity}"))
        return found


class OperatingModel(Item):
    """How a product is delivered: header, definition (I), programming criteria (II), organisation (III)."""

    kind: ClassVar[str] = "model"
    title: Required
    product: Code
    fields: Annotated[tuple[ModelField, ...], Field(min_length=1)]
    levels: tuple[ModelLevel, ...] = ()
    stages: tuple[Stage, ...] = ()

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return f"product:{self.product}"

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found.append((("product",), f"product:{self.product}"))
        return found


class Option(Item):
    """One value of a closed list."""

    kind: ClassVar[str] = "option"
    title: Required


class Catalogue(Item):
    """A closed list that the source fixes and the rest of the system uses."""

    kind: ClassVar[str] = "catalogue"
    title: Required
    options: Annotated[tuple[Option, ...], Field(min_length=1)]


class Articulation(Item):
    """An activity by level of government: name and description as printed there, and the marks."""

    kind: ClassVar[str] = "articulation"
    printed_name: Required
    printed: Required
    marks: dict[str, Required]

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return f"activity:{self.code}"

    def references(self) -> list[tuple[Steps, str]]:
        """Its activity and the levels it marks."""
        found = super().references()
        found.append((("code",), f"activity:{self.code}"))
        found += [(("marks", level), f"level:{level}") for level in self.marks]
        return found
