"""Who the programme is for: populations, age bands, offence families, criteria, exclusions, words."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field, JsonValue

from creo.programme.rules.base import Item, Reference, Required
from creo.programme.rules.marked import Steps


class Statement(Item):
    """A population the programme speaks of: potential, target, eligible, intervened, beneficiary."""

    kind: ClassVar[str] = "population"
    title: Required


class AgeBand(Item):
    """Ages in completed years, both ends included, on the day of enrolment."""

    kind: ClassVar[str] = "band"
    title: Required
    min: Annotated[int, Field(ge=0, le=120)]
    max: Annotated[int, Field(ge=0, le=120)]
    applies_to: Reference

    @property
    def words(self) -> str:
        """The band as people write it: "18 a 34 años"."""
        return f"{self.min} a {self.max} años"

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from."""
        return self.applies_to

    def references(self) -> list[tuple[Steps, str]]:
        """The base references and those of its own fields."""
        found = super().references()
        found.append((("applies_to",), self.applies_to))
        return found


class OffenceFamily(Item):
    """A family of offences and the articles of the Penal Code that make it, valid between two dates."""

    kind: ClassVar[str] = "family"
    title: Required
    articles: Annotated[tuple[Required, ...], Field(min_length=1)]
    valid_from: date
    valid_to: date | None = None


class Criterion(Item):
    """A rule of the programme as data, in the format of `creo.kernel.criteria` plus `age_band` and `family`."""

    kind: ClassVar[str] = "criterion"
    title: Required
    test: dict[str, JsonValue]
    missing: Required
    responsible: Required
    active: bool = True
    valid_from: date | None = None
    valid_to: date | None = None


class Exclusion(Criterion):
    """A criterion that takes people out although the population includes them; it can be off."""

    kind: ClassVar[str] = "exclusion"


class Term(Item):
    """A word of the source that needs a meaning."""

    kind: ClassVar[str] = "term"
    title: Required
    meaning: Required
    aliases: tuple[Required, ...] = ()
