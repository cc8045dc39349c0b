"""What every item of a design has. Nothing in this package knows any particular programme.

The shape follows the "contenidos mínimos de un programa presupuestal" (Anexo 2 of the Ministry of Economy): identity,
problem, population, results, products, activities, product sheets, operating models, territorial articulation,
indicators and targets; to them we add where each text comes from and what it contradicts.
"""

import re
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from creo.kernel.citations import PROGRAMME, Citation
from creo.programme.rules.marked import Steps

CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
REFERENCE = r"^[a-z_]+:[A-Za-z0-9][A-Za-z0-9._-]*$"
_RUN = re.compile(r"(\d{1,6})\s*-\s*(\d{1,6})\Z")

type Code = Annotated[str, StringConstraints(pattern=CODE, max_length=60)]
type Reference = Annotated[str, StringConstraints(pattern=REFERENCE, max_length=90)]
type Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
type Required = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


def _expand_lines(value: object) -> object:
    """`[30, "79-83"]` becomes every line number, sorted and once each; anything else is left for pydantic to refuse."""
    if not isinstance(value, list | tuple):
        return value
    numbers: set[int] = set()
    for part in value:
        if isinstance(part, bool) or not isinstance(part, int | str):
            raise ValueError(f"«{part}» no es una línea")
        if isinstance(part, int):
            numbers.add(part)
            continue
        run = _RUN.match(part)
        if run is None or int(run[1]) > int(run[2]):
            raise ValueError(f"«{part}» no es un número de línea ni un tramo como «79-83»")
        numbers.update(range(int(run[1]), int(run[2]) + 1))
    return tuple(sorted(numbers))


type Lines = Annotated[tuple[int, ...], BeforeValidator(_expand_lines)]


class Plain(BaseModel):
    """Closed and unchanging data: an unknown field is an error, a text is never read as a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Source(Plain):
    """A source other than the programme document: an instrument, a report, our own study."""

    source: Required
    locator: Text = ""
    note: Text = ""


class Origin(StrEnum):
    """Who says it: the printed source, our treatment of it, a neighbour item, the law, or a proposal of ours."""

    SOURCE = "source"
    TREATED = "treated"
    INHERITED = "inherited"
    LAW = "law"
    PROPOSAL = "proposal"


class Item(Plain):
    """A piece of the design: what was printed, how it is treated, the lines it comes from, what it contradicts."""

    kind: ClassVar[str]
    code: Code
    title: Text = ""
    label: Text = ""
    printed: Text = ""
    treated: Text = ""
    lines: Lines = ()
    cites: tuple[Source, ...] = ()
    contradictions: tuple[Code, ...] = ()
    origin: Origin = Origin.SOURCE
    note: Text = ""

    @property
    def owner(self) -> str:
        """The reference of the item this one hangs from; empty at the top."""
        return ""

    def references(self) -> list[tuple[Steps, str]]:
        """Every reference this item makes, with the steps to the field that makes it."""
        found: list[tuple[Steps, str]] = [
            (("contradictions", position), f"contradiction:{code}") for position, code in enumerate(self.contradictions)
        ]
        return found

    @property
    def name(self) -> str:
        """The shortest text that says what this is."""
        return self.title or self.label or self.treated or self.printed or self.code

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Where the item comes from; empty only when nothing was cited."""
        own = (Citation(PROGRAMME, lines=self.lines),) if self.lines else ()
        return own + tuple(Citation(cite.source, cite.locator, note=cite.note) for cite in self.cites)
