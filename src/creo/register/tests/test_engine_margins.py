"""The published tables: hit exactly by the quotas, and within half a point by the population with its flaws."""

import time
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from creo.register.engine import Population, population, report
from creo.register.engine.margins import UNKNOWN, MarginReport
from creo.register.engine.quotas import profile_index, quotas
from creo.register.engine.tables import load

AS_OF = date(2026, 1, 31)


@cache
def small() -> Population:
    return population(5, AS_OF, 0.05)


def by_name(made: Population) -> dict[str, MarginReport]:
    return {margin.margin: margin for margin in report(made)}


def test_full_size_quotas_are_the_published_cells() -> None:
    tables, wanted = load(), quotas(load())
    place = profile_index(tables)
    assert wanted.prisons.tolist() == [list(prison.counts) for prison in tables.prisons]
    for row in tables.offence_rows:
        mine = (
            [place[row.key]] if row.key else [i for i, entry in enumerate(tables.profiles) if entry.persons is not None]
        )
        cells = wanted.cells[mine].sum(axis=0)
        assert cells.sum(axis=1).tolist() == list(row.ages)
        assert cells.sum(axis=0).tolist() == [row.unsentenced, row.sentenced]
    assert wanted.admissions.sum(axis=0).tolist() == list(tables.totals["admissions"].values())
    assert wanted.admissions.sum(axis=1).tolist() == wanted.cells.sum(axis=(1, 2)).tolist()
    assert wanted.foreigners.sum(axis=0).tolist() == [5_515, 420]
    printed = {prison.name: prison.foreigners for prison in tables.prisons if prison.foreigners is not None}
    assert {
        tables.prisons[i].name: int(n) for i, n in enumerate(wanted.foreigners.sum(axis=1))
    }.items() >= printed.items()


@pytest.mark.parametrize("scale", [0.005, 0.013, 0.25, 2.0])
def test_quotas_of_another_size_still_agree_with_each_other(scale: float) -> None:
    wanted = quotas(load(), scale)
    assert wanted.people == round(103_717 * scale)
    assert wanted.prisons.sum() == wanted.admissions.sum() == wanted.people
    assert wanted.cells.sum(axis=(0, 1)).tolist() == [
        int(wanted.prisons[:, :2].sum()), int(wanted.prisons[:, 2:].sum()),
    ]  # fmt: skip
    assert (wanted.admissions >= 0).all() and (wanted.cells >= 0).all() and (wanted.prisons >= 0).all()


def test_a_small_nation_keeps_the_shape_of_the_large_one() -> None:
    margins = by_name(small())
    for name in ("prison", "sex", "legal_status", "offence", "age", "offence_age", "offence_status", "admissions"):
        assert margins[name].within, (name, margins[name].max_deviation_points)


def test_published_shares_of_each_table_are_parts_of_one_whole() -> None:
    for name, margin in by_name(small()).items():
        if name != "first_admission_by_offence":
            assert sum(cell.published_share for cell in margin.cells) == pytest.approx(1.0)
            assert sum(cell.generated_share for cell in margin.cells) == pytest.approx(1.0)


def test_what_the_register_does_not_know_counts_apart() -> None:
    margins, made = by_name(small()), small()
    for name, flaw in (("age", "missing_birth_date"), ("sex", "missing_sex"), ("offence", "missing_main_offence")):
        cell = next(cell for cell in margins[name].cells if cell.label == UNKNOWN)
        assert (cell.published, cell.generated) == (0, len(made.defects[flaw])), name


def test_a_population_moved_to_one_prison_is_found_out() -> None:
    made = small()
    moved = made.custodies.facility.copy()
    moved[np.flatnonzero(moved == "E.P. de Piura")] = "E.P. de Lurigancho"
    margins = by_name(replace(made, custodies=replace(made.custodies, facility=moved)))
    assert not margins["prison"].within
    assert margins["prison"].max_deviation_points == pytest.approx(100 * 4_444 / 103_717, abs=0.1)
    assert margins["age"].within


def test_a_population_a_year_older_is_found_out() -> None:
    made = small()
    older = replace(made.identities, birth_date=made.identities.birth_date - np.timedelta64(366, "D"))
    margins = by_name(replace(made, identities=older))
    assert not margins["age"].within and not margins["offence_age"].within


def test_another_offence_is_found_out() -> None:
    made = small()
    offence = made.custody_offences.offence.copy()
    offence[offence == "CP-298"] = "CP-189"
    margins = by_name(replace(made, custody_offences=replace(made.custody_offences, offence=offence)))
    assert not margins["offence"].within


def test_one_more_admission_each_is_found_out() -> None:
    made = small()
    person = made.custodies.person.copy()
    person[: len(person) // 2] = person[len(person) // 2 : 2 * (len(person) // 2)]
    margins = by_name(replace(made, custodies=replace(made.custodies, person=person)))
    assert not margins["admissions"].within and not margins["first_admission_by_offence"].within


@pytest.mark.national
def test_the_whole_nation_is_exact_where_published_and_ready_in_time() -> None:
    started = time.process_time()
    made = population(2026, AS_OF)
    seconds = time.process_time() - started
    held = np.isnat(made.custodies.released_on)
    assert (int(held.sum()), int((~held).sum())) == (103_717, 200_000)
    assert len(set(made.custodies.facility[held].tolist())) == 69
    assert len(made.defects["minors"]) == 102
    margins = by_name(made)
    assert {name: margin.max_deviation_points for name, margin in margins.items() if not margin.within} == {}
    for exact in ("prison", "legal_status", "foreigners_by_prison", "admissions"):
        assert margins[exact].max_deviation_points == 0.0, exact
    assert seconds < 12.0
