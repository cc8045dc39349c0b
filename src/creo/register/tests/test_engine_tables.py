"""The reference tables fit together, and the offence catalogue says what the Penal Code says."""

from dataclasses import replace

import pytest

from creo.kernel.criteria.articles import ArticleRange, article_key
from creo.register.engine.tables import BANDS, OTHERS, check, load, rows

# Ranges of the Penal Code's own table of contents (domain.md B14 for the four families of the programme).
FAMILIES = {
    "PROPERTY": ["185-208"],
    "DRUGS": ["296-302"],
    "SEXUAL_FREEDOM": ["170-178-A"],
    "LIFE_BODY_HEALTH": ["106-129"],
    "HUMAN_DIGNITY": ["129-A-129-P"],
    "FAMILY": ["139-150"],
    "LIBERTY": ["151-169"],
    "PROCURING": ["179-184"],
    "PUBLIC_SAFETY": ["273-295", "303-A-303-C"],
    "ENVIRONMENT": ["304-314-D"],
    "PUBLIC_TRANQUILLITY": ["315-318"],
    "PUBLIC_ADMINISTRATION": ["361-426"],
    "PUBLIC_FAITH": ["427-439"],
}


def test_the_published_tables_add_up_to_the_published_nation() -> None:
    tables = load()
    assert len(tables.prisons) == 69
    assert sum(sum(prison.counts) for prison in tables.prisons) == 103_717
    assert sum(prison.counts[0] + prison.counts[1] for prison in tables.prisons) == 37_924
    assert sum(row.unsentenced for row in tables.offence_rows) == 37_924
    assert sum(row.sentenced for row in tables.offence_rows) == 65_793
    assert [sum(row.ages[band] for row in tables.offence_rows) for band in range(len(BANDS))] == [
        102, 706, 7_887, 16_155, 19_145, 15_841, 13_357, 10_431, 7_590, 5_298, 7_205,
    ]  # fmt: skip
    assert all(sum(row.ages) == row.unsentenced + row.sentenced for row in tables.offence_rows)
    assert tables.totals["admissions"]["1"] == 78_576
    assert sum(tables.totals["sentence_years"].values()) == 65_793


def test_first_admission_shares_are_those_published() -> None:
    shares = {row.key: round(100 * row.counts[0] / sum(row.counts), 1) for row in load().admissions_rows}
    assert shares["CP-173", False] == 87.0
    assert shares["CP-170", False] == 86.1
    assert shares["CP-296", False] == 82.8
    assert shares["CP-108", False] == 77.0
    assert shares["CP-189", False] == 67.8
    assert shares["CP-186", False] == 50.1
    assert shares["CP-298", False] == 44.0


@pytest.mark.parametrize("offence", load().offences.values(), ids=lambda offence: offence.code)
def test_each_offence_stands_in_the_family_of_its_article(offence) -> None:
    if offence.law != "CP":
        assert offence.family in ("OTHER", "PUBLIC_TRANQUILLITY")
        return
    article_key(offence.article)
    families = [
        name for name, texts in FAMILIES.items() if any(ArticleRange.parse(t).holds(offence.article) for t in texts)
    ]
    assert families == [offence.family]


def test_validity_of_the_offences_is_a_period_and_follows_its_predecessor() -> None:
    offences = load().offences
    for offence in offences.values():
        assert offence.valid_from is not None
        assert offence.valid_to is None or offence.valid_from < offence.valid_to
        if offence.predecessor:
            assert offences[offence.predecessor].valid_from < offence.valid_from


def test_micro_dealing_is_a_drug_offence_with_its_modality() -> None:
    micro = [offence for offence in load().offences.values() if offence.article == "298"]
    assert [(entry.family, entry.modality) for entry in micro] == [("DRUGS", "microcomercialización o microproducción")]


def test_a_printed_row_bears_the_title_of_its_offence() -> None:
    tables = load()
    for row in tables.offence_rows:
        if row.key is None:
            assert row.label == OTHERS
            continue
        words = row.label.replace(" - grado tentativa", "").replace(" grado tentativa", "")
        assert words == tables.offences[row.key[0]].title
        assert row.key[1] == ("tentativa" in row.label)


def test_no_unprinted_offence_outnumbers_the_last_printed_one() -> None:
    tables = load()
    last = min(sum(row.ages) for row in tables.offence_rows if row.key)
    assert [entry.key for entry in tables.profiles if entry.persons is not None and entry.persons >= last] == []


def test_names_are_listed_once() -> None:
    given, surnames = [row["name"] for row in rows("given_names")], [row["name"] for row in rows("surnames")]
    assert len(set(given)) == len(given) > 300
    assert len(set(surnames)) == len(surnames) > 300


def test_every_assumption_says_that_it_is_one() -> None:
    for name in ("synthetic_offences", "synthetic_places", "synthetic_second_offences", "nationalities"):
        assert all(
            row["basis"].startswith(("supuesto propio", "publicado", "última parte publicada")) for row in rows(name)
        )


@pytest.mark.parametrize("delta", [1, -1])
def test_a_remainder_that_does_not_add_up_is_refused(delta: int) -> None:
    tables = load()
    first = next(place for place, entry in enumerate(tables.profiles) if entry.persons)
    profiles = list(tables.profiles)
    profiles[first] = replace(profiles[first], persons=(profiles[first].persons or 0) + delta)
    with pytest.raises(ValueError, match="shares out"):
        check(replace(tables, profiles=tuple(profiles)))


def test_a_prison_count_that_breaks_the_national_total_is_refused() -> None:
    tables = load()
    men, *others = tables.prisons[0].counts
    prisons = (replace(tables.prisons[0], counts=(men + 1, *others)), *tables.prisons[1:])
    with pytest.raises(ValueError, match="103718 people by prison"):
        check(replace(tables, prisons=prisons))


def test_a_profile_without_its_offence_is_refused() -> None:
    tables = load()
    offences = {code: entry for code, entry in tables.offences.items() if code != "CP-106"}
    with pytest.raises(ValueError, match="CP-106 is not in offences"):
        check(replace(tables, offences=offences))
