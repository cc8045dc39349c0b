"""What must hold between the items of a design, told with the file and line of the item that breaks it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from creo.kernel.criteria import ArticleRange, CriteriaError, parse_test
from creo.programme.rules.base import Origin
from creo.programme.rules.chain import ExpectedCount, Header
from creo.programme.rules.delivery import Articulation
from creo.programme.rules.design import PLACEHOLDER, Design, resolve_test
from creo.programme.rules.entries import Entry
from creo.programme.rules.errors import DesignError
from creo.programme.rules.marked import Marks, Steps
from creo.programme.rules.measures import Target
from creo.programme.rules.notes import AgeRange, Table
from creo.programme.rules.population import AgeBand, Criterion, OffenceFamily


@dataclass(frozen=True)
class Draft:
    """A design being read: what could be read of it, the references its files declare, and where everything is."""

    design: Design
    declared: frozenset[str]
    marks: Marks
    complete: bool
    source_lines: int | None
    original: dict[Steps, Steps]

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every readable item."""
        return tuple(self.design.entries())

    @cached_property
    def known(self) -> frozenset[str]:
        """References that may be used: readable items, and those whose own error is told already."""
        return self.declared | {entry.ref for entry in self.entries}

    def error(self, entry: Entry, field: Steps, problem: str, expected: str) -> DesignError:
        """An error at a field of an item."""
        head = self.original.get(entry.steps[:2], entry.steps[:2])
        place = self.marks.find((*head, *entry.steps[2:], *field))
        name = "/".join([str(entry.steps[0]), entry.code, *(str(step) for step in field)])
        return DesignError(place.file, place.line, name, problem, expected)


type Check = Callable[[Draft], Iterator[DesignError]]


def integrity_errors(draft: Draft) -> list[DesignError]:
    """Everything that does not hold, in no particular order."""
    return [error for check in _CHECKS for error in check(draft)]


def _repeated(draft: Draft) -> Iterator[DesignError]:
    times = Counter(entry.ref for entry in draft.entries)
    seen: set[str] = set()
    for entry in draft.entries:
        if times[entry.ref] > 1 and entry.ref in seen:
            yield draft.error(entry, ("code",), f"el código «{entry.code}» está repetido", "un código distinto")
        seen.add(entry.ref)


def _references(draft: Draft) -> Iterator[DesignError]:
    for entry in draft.entries:
        for steps, ref in entry.item.references():
            if ref not in draft.known:
                yield draft.error(entry, steps, f"«{ref}» no existe en el diseño", _candidates(draft, ref))


def _candidates(draft: Draft, ref: str) -> str:
    kind = ref.partition(":")[0]
    same = sorted(known for known in draft.known if known.startswith(f"{kind}:"))
    if not same:
        return "una referencia a un elemento existente"
    return "una de: " + ", ".join(same[:8]) + ("…" if len(same) > 8 else "")


def _lines(draft: Draft) -> Iterator[DesignError]:
    last = draft.source_lines
    if last is None:
        return
    for entry in draft.entries:
        item = entry.item
        cited: list[tuple[Steps, tuple[int, ...]]] = [(("lines",), item.lines)]
        if isinstance(item, AgeRange):
            cited += [(("attachments", n, "lines"), part.lines) for n, part in enumerate(item.attachments)]
        for steps, lines in cited:
            outside = [line for line in lines if not 1 <= line <= last]
            if outside:
                numbers = ", ".join(str(line) for line in outside[:5])
                yield draft.error(entry, steps, f"la fuente no tiene la línea {numbers}", f"líneas entre 1 y {last}")


def _ages(draft: Draft) -> Iterator[DesignError]:
    for entry in draft.entries:
        item = entry.item
        if isinstance(item, AgeBand | AgeRange) and item.min > item.max:
            problem = f"la edad mínima ({item.min}) es mayor que la máxima ({item.max})"
            yield draft.error(entry, ("min",), problem, "mínimo ≤ máximo, en años cumplidos")


def _treatments(draft: Draft) -> Iterator[DesignError]:
    for entry in draft.entries:
        item = entry.item
        if item.printed and item.treated and not item.contradictions and item.origin is not Origin.INHERITED:
            problem = "el texto tratado no dice qué contradicción lo explica"
            yield draft.error(entry, ("treated",), problem, "el campo contradictions con al menos un código")


def _parameters(draft: Draft) -> Iterator[DesignError]:
    words = {"band": "edad", "target": "meta"}
    pairs = [ref.split(":", 1) for ref in draft.known]
    names = {f"{words[kind]}:{code}" for kind, code in pairs if kind in words}
    expected = "uno de: " + ", ".join("{" + name + "}" for name in sorted(names)) if names else "ningún parámetro"
    for entry in draft.entries:
        for field in ("treated", "title"):
            for name in PLACEHOLDER.findall(getattr(entry.item, field)):
                if name not in names:
                    yield draft.error(entry, (field,), f"no existe el parámetro {{{name}}}", expected)


def _targets(draft: Draft) -> Iterator[DesignError]:
    for entry in draft.entries:
        item = entry.item
        if not isinstance(item, Target) or item.split is None:
            continue
        sites = {site.code for site in item.sites}
        if set(item.split) != sites:
            problem = f"el reparto nombra {', '.join(sorted(item.split)) or 'ninguna sede'}"
            yield draft.error(entry, ("split",), problem, f"las sedes {', '.join(sorted(sites)) or 'de la meta'}")
        elif sum(item.split.values()) != item.value:
            problem = f"el reparto por sede suma {sum(item.split.values())} y la meta es {item.value}"
            yield draft.error(entry, ("split",), problem, f"un reparto que sume {item.value}")


def _articles(draft: Draft) -> Iterator[DesignError]:
    for entry in draft.entries:
        if isinstance(entry.item, OffenceFamily):
            for position, text in enumerate(entry.item.articles):
                try:
                    ArticleRange.parse(text)
                except ValueError as error:
                    yield draft.error(
                        entry, ("articles", position), str(error).rstrip("."), "artículos como 298 o 185-208"
                    )


def _tests(draft: Draft) -> Iterator[DesignError]:
    reversed_ages = any(band.min > band.max for band in draft.design.age_bands)
    for entry in draft.entries:
        item = entry.item
        if not isinstance(item, Criterion) or (reversed_ages and "age_band" in str(item.test)):
            continue  # a reversed band is told once, where it is written
        try:
            parse_test(resolve_test(draft.design, item.test, date.max), item.code)
        except KeyError as error:
            section, _, code = str(error.args[0]).partition(": ")
            kind = {"age_bands": "band", "offence_families": "family"}[section]
            if f"{kind}:{code}" not in draft.known:
                yield draft.error(entry, ("test",), f"«{code}» no está en {section}", f"un código de {section}")
        except CriteriaError as error:
            yield draft.error(entry, ("test",), error.message.rstrip("."), "una prueba en el formato de criterios")


def _validity(draft: Draft) -> Iterator[DesignError]:
    for entry in draft.entries:
        item = entry.item
        if not isinstance(item, Header | OffenceFamily | Criterion) or item.valid_to is None:
            continue
        if item.valid_from is None or item.valid_to <= item.valid_from:
            problem = f"la vigencia termina el {item.valid_to} y no empieza antes"
            yield draft.error(entry, ("valid_to",), problem, "una fecha posterior a valid_from")


def _marks(draft: Draft) -> Iterator[DesignError]:
    """Every activity is articulated once levels exist, because a missing row would read as an empty one."""
    if not draft.design.levels or not draft.design.articulation:
        return
    rows = {ref.partition(":")[2] for ref in draft.known if ref.startswith("articulation:")}
    for entry in draft.entries:
        if entry.kind == "activity" and entry.code not in rows:
            yield draft.error(
                entry, (), "la actividad no está en la articulación territorial", "una fila con su código"
            )


def count_of(design: Design, what: str) -> int:
    """How many items a count names: `product`, `activity`, `activity.P1`, `articulation.GN`, or 0 when unknown."""
    kind, _, part = what.partition(".")
    if kind == "articulation":
        return sum(part in row.marks for row in design.articulation)
    if kind == "activity" and part:
        return sum(activity.product == part for activity in design.activities)
    sizes = {
        "product": len(design.products),
        "activity": len(design.activities),
        "sheet": len(design.sheets),
        "model": len(design.models),
    }
    return sizes.get(kind, 0)


def _counts(draft: Draft) -> Iterator[DesignError]:
    if not draft.complete:
        return  # an unreadable item would be told twice: once for itself, once as missing from the count
    for entry in draft.entries:
        if isinstance(entry.item, ExpectedCount):
            found = count_of(draft.design, entry.item.counts)
            if found != entry.item.expected:
                problem = f"el diseño tiene {found} ({entry.item.counts}) y la fuente {entry.item.expected}"
                yield draft.error(entry, ("expected",), problem, f"{entry.item.expected} elementos")


def _cells(draft: Draft) -> Iterator[DesignError]:
    for entry in draft.entries:
        if not isinstance(entry.item, Table):
            continue
        for number, row in enumerate(entry.item.rows):
            steps: Steps = ("rows", number, "cells")
            if len(row.cells) > len(entry.item.columns):
                problem = f"la fila tiene {len(row.cells)} celdas y la tabla {len(entry.item.columns)} columnas"
                yield draft.error(entry, steps, problem, "a lo sumo una celda por columna")
            for place, cell in enumerate(row.cells):
                problem = _cell_problem(draft, cell)
                if problem:
                    yield draft.error(
                        entry, (*steps, place), problem, "un texto o @referencia, con /parte si hace falta"
                    )


def _cell_problem(draft: Draft, cell: str) -> str:
    if not cell.startswith("@"):
        return ""
    ref, _, part = cell[1:].partition("/")
    if ref not in draft.known:
        return f"«{ref}» no existe en el diseño"
    item = next((entry.item for entry in draft.entries if entry.ref == ref), None)
    if item is None or part in ("", "label", "title"):
        return ""
    if isinstance(item, Articulation) and (part == "name" or f"level:{part}" in draft.known):
        return ""
    return f"«{ref}» no tiene la parte «{part}»"


_CHECKS: tuple[Check, ...] = (
    _repeated,
    _references,
    _lines,
    _ages,
    _treatments,
    _parameters,
    _targets,
    _articles,
    _tests,
    _validity,
    _marks,
    _counts,
    _cells,
)
