"""How far a synthetic population is from INPE's tables: every cell, published and generated, in percentage points.

Measured on the finished tables as a reader of the register would, not on the quotas they were made from. What the
register does not know counts in a cell of its own, «Sin dato», which INPE does not print.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from creo.register.engine.days import Days
from creo.register.engine.names import Texts
from creo.register.engine.population import Population
from creo.register.engine.streams import Flags, Integers
from creo.register.engine.tables import ADMISSIONS, BANDS, Tables, load

TOLERANCE_POINTS = 0.5
UNKNOWN = "Sin dato"
SEXES, STATUSES = ("Hombres", "Mujeres"), ("Procesados", "Sentenciados")

JANUARY_2026 = "INPE, enero de 2026"
JANUARY_2017 = "INPE, población por número de ingresos y delito, enero de 2017 (actos contra el pudor: julio de 2017)"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; shares are parts of the whole named in the report, from 0 to 1."""

    label: str
    published: int
    generated: int
    published_share: float
    generated_share: float

    @property
    def deviation_points(self) -> float:
        """Generated minus published share, in percentage points."""
        return 100.0 * (self.generated_share - self.published_share)


@dataclass(frozen=True, slots=True)
class MarginReport:
    """One published table beside the generated one."""

    margin: str
    title: str
    source: str
    cells: tuple[Cell, ...]

    @property
    def max_deviation_points(self) -> float:
        """The largest distance of any cell, in percentage points."""
        return max((abs(cell.deviation_points) for cell in self.cells), default=0.0)

    @property
    def within(self) -> bool:
        """True when every cell is within half a point."""
        return self.max_deviation_points <= TOLERANCE_POINTS


_Axis = tuple[Sequence[str], Integers]
"""The labels of a list, and the place in it of each person in custody."""


@dataclass(frozen=True, slots=True, eq=False)
class _Inside:
    """People in custody by their place in each list of labels; the last place of each list is «no data»."""

    prison: Integers
    sex: Integers
    status: Integers
    offence: Integers
    """Row of INPE's table of offences."""
    code: Texts
    attempt: Flags
    band: Integers
    admissions: Integers
    foreign: Flags


def report(population: Population) -> list[MarginReport]:
    """Every published table that the population is held to, with each cell's deviation."""
    tables, inside = load(), _inside(population)
    return [*_people_margins(tables, inside), *_offence_margins(tables, inside), *_admission_margins(tables, inside)]


def _inside(population: Population) -> _Inside:
    tables, custodies, identities = load(), population.custodies, population.identities
    rows = np.flatnonzero(np.isnat(custodies.released_on))
    person = custodies.person[rows] - 1
    code, attempt = _main_offences(population, rows)
    printed = {row.key: place for place, row in enumerate(tables.offence_rows)}
    keys = zip(code.tolist(), attempt.tolist(), strict=True)
    offence = [len(printed) if not key[0] else printed.get(key, printed[None]) for key in keys]
    admissions = np.bincount(custodies.person - 1)[person]
    return _Inside(
        prison=_places([prison.name for prison in tables.prisons], custodies.facility[rows]),
        sex=_places(["male", "female"], identities.sex[person]),
        status=_places(["unsentenced", "sentenced"], custodies.legal_status[rows]),
        offence=np.array(offence),
        code=code,
        attempt=attempt,
        band=_bands(identities.birth_date[person], np.datetime64(population.as_of)),
        admissions=np.minimum(admissions, len(ADMISSIONS)) - 1,
        foreign=np.asarray(identities.nationality[person] != "PE"),
    )


def _main_offences(population: Population, rows: Integers) -> tuple[Texts, Flags]:
    offences = population.custody_offences
    main = np.flatnonzero(offences.is_main)
    code = np.full(len(population.custodies), "", dtype=object)
    attempt = np.zeros(len(population.custodies), dtype=bool)
    code[offences.custody[main] - 1] = offences.offence[main]
    attempt[offences.custody[main] - 1] = np.equal(offences.attempt[main], True)
    return code[rows], attempt[rows]


def _places(labels: Sequence[str], values: Texts) -> Integers:
    known = {label: place for place, label in enumerate(labels)}
    return np.array([known.get(value, len(labels)) for value in values.tolist()])


def _bands(births: Days, as_of: np.datetime64) -> Integers:
    """Age band of each birth date, counting completed years from month and day."""
    known = ~np.isnat(births)
    born = np.where(known, births, as_of)

    def month_and_day(days: Days) -> Integers:
        months = days.astype("datetime64[M]")
        month = months.astype(np.int64) % 12
        return np.asarray(month * 100 + (days - months.astype("datetime64[D]")).astype(np.int64))

    today = np.array([as_of])
    years = today.astype("datetime64[Y]").astype(np.int64) - born.astype("datetime64[Y]").astype(np.int64)
    years -= month_and_day(today) < month_and_day(born)
    first = np.array([int(label.rstrip("+").split("-")[0]) for label in BANDS])
    return np.where(known, np.searchsorted(first, years, side="right") - 1, len(BANDS))


def _table(
    margin: str, title: str, source: str, labels: Iterable[str], published: Iterable[int], generated: Iterable[int]
) -> MarginReport:
    """A report whose shares are parts of the column totals."""
    rows = [(label, int(paper), int(made)) for label, paper, made in zip(labels, published, generated, strict=True)]
    all_paper, all_made = sum(row[1] for row in rows), sum(row[2] for row in rows)
    cells = tuple(Cell(label, paper, made, paper / all_paper, made / all_made) for label, paper, made in rows)
    return MarginReport(margin, title, source, cells)


def _crossed(margin: str, title: str, axes: Sequence[_Axis], published: NDArray[np.int64]) -> MarginReport:
    """A report over the cross of one or more lists, each with its «no data» place, which INPE does not print."""
    shape = tuple(len(labels) + 1 for labels, _ in axes)
    flat = np.ravel_multi_index(tuple(places for _, places in axes), shape)
    labels = [" · ".join(parts) for parts in product(*((*names, UNKNOWN) for names, _ in axes))]
    paper = np.pad(published, [(0, 1)] * published.ndim).ravel()
    return _table(margin, title, JANUARY_2026, labels, paper, np.bincount(flat, minlength=len(labels)))


def _people_margins(tables: Tables, inside: _Inside) -> list[MarginReport]:
    names = [prison.name for prison in tables.prisons]
    prison, sex, status = (names, inside.prison), (SEXES, inside.sex), (STATUSES, inside.status)
    # By prison, status and sex, in the order of INPE's columns.
    counts = np.array([entry.counts for entry in tables.prisons]).reshape(len(names), 2, 2)
    return [
        _crossed("prison", "Establecimiento", [prison], counts.sum(axis=(1, 2))),
        _crossed("sex", "Sexo", [sex], counts.sum(axis=(0, 1))),
        _crossed("legal_status", "Situación jurídica", [status], counts.sum(axis=(0, 2))),
        _crossed("prison_status_sex", "Establecimiento, situación jurídica y sexo", [prison, status, sex], counts),
        _nationality(tables, inside, counts.sum(axis=(0, 1))),
        _foreigners_by_prison(tables, inside),
    ]


def _nationality(tables: Tables, inside: _Inside, people: NDArray[np.int64]) -> MarginReport:
    foreign = np.array([tables.totals["foreigners"]["men"], tables.totals["foreigners"]["women"]])
    origins = (("Extranjeros", "Peruanos"), (~inside.foreign).astype(np.int64))
    return _crossed(
        "nationality",
        "Sexo y nacionalidad",
        [(SEXES, inside.sex), origins],
        np.column_stack((foreign, people - foreign)),
    )


def _foreigners_by_prison(tables: Tables, inside: _Inside) -> MarginReport:
    """The five prisons whose foreigners INPE prints, and all the others together."""
    printed = {place: prison.foreigners for place, prison in enumerate(tables.prisons) if prison.foreigners is not None}
    made = np.bincount(inside.prison[inside.foreign], minlength=len(tables.prisons))
    total = sum(tables.totals["foreigners"].values())
    labels = [*(tables.prisons[place].name for place in printed), "Los demás establecimientos"]
    published = [*printed.values(), total - sum(printed.values())]
    generated = [*(int(made[place]) for place in printed), int(made.sum()) - sum(int(made[place]) for place in printed)]
    return _table("foreigners_by_prison", "Extranjeros por establecimiento", JANUARY_2026, labels, published, generated)


def _offence_margins(tables: Tables, inside: _Inside) -> list[MarginReport]:
    labels = [row.label for row in tables.offence_rows]
    ages = np.array([row.ages for row in tables.offence_rows])
    status = np.array([(row.unsentenced, row.sentenced) for row in tables.offence_rows])
    offence, band, state = (labels, inside.offence), (BANDS, inside.band), (STATUSES, inside.status)
    return [
        _crossed("offence", "Delito", [offence], ages.sum(axis=1)),
        _crossed("age", "Edad", [band], ages.sum(axis=0)),
        _crossed("offence_age", "Delito y edad", [offence, band], ages),
        _crossed("offence_status", "Delito y situación jurídica", [offence, state], status),
    ]


def _admission_margins(tables: Tables, inside: _Inside) -> list[MarginReport]:
    national = [tables.totals["admissions"][label] for label in ADMISSIONS]
    made = np.bincount(inside.admissions, minlength=len(ADMISSIONS))
    cells = []
    for row in tables.admissions_rows:
        mine = (inside.code == row.key[0]) & (inside.attempt == row.key[1])
        first, everybody = int((inside.admissions[mine] == 0).sum()), int(mine.sum())
        share = row.counts[0] / sum(row.counts)
        label = tables.offences[row.key[0]].title + (" - grado tentativa" if row.key[1] else "")
        cells.append(Cell(label, row.counts[0], first, share, first / everybody if everybody else share))
    return [
        _table("admissions", "Número de ingresos", JANUARY_2026, ADMISSIONS, national, made),
        MarginReport("first_admission_by_offence", "Con un solo ingreso, por delito", JANUARY_2017, tuple(cells)),
    ]
