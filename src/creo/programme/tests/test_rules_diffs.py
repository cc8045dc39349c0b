"""Comparing and changing designs: what a change list says, applying it gives."""

import copy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creo.programme.rules import (
    ABSENT,
    Change,
    Design,
    DesignErrors,
    PathError,
    apply_changes,
    apply_to_document,
    design_from_document,
    diff,
    diff_documents,
    load_design,
)

CREO = load_design(Path(__file__).parents[1] / "designs" / "creo")

words = st.text(alphabet="ab/~#", min_size=1, max_size=3)
scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.text(alphabet="xy", max_size=2)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words, inner, max_size=3)
        | st.lists(
            st.tuples(st.sampled_from(["A", "B", "C/d", "#orden"]), st.dictionaries(words, inner, max_size=2)),
            max_size=4,
            unique_by=lambda pair: pair[0],
        ).map(lambda pairs: [{**rest, "code": code} for code, rest in pairs])
    ),
    max_leaves=12,
)


def identical(a, b) -> bool:
    """Equality that tells true from 1."""
    return (
        repr(a) == repr(b)
        if not isinstance(a, dict | list)
        else (
            type(a) is type(b)
            and (
                (a.keys() == b.keys() and all(identical(a[k], b[k]) for k in a))
                if isinstance(a, dict)
                else (len(a) == len(b) and all(map(identical, a, b)))
            )
        )
    )


@given(documents, documents)
@settings(max_examples=300)
def test_applying_the_differences_between_two_documents_gives_the_second(a, b):
    before = copy.deepcopy(a)
    assert identical(apply_to_document(a, diff_documents(a, b)), b)
    assert identical(a, before)


@given(documents)
def test_a_document_does_not_differ_from_itself(a):
    assert diff_documents(a, copy.deepcopy(a)) == []


@st.composite
def drafts(draw) -> Design:
    """Designs that a person could make out of CREO."""
    document = CREO.document()
    band = draw(st.sampled_from(document["age_bands"]))
    band["min"], band["max"] = draw(st.tuples(st.integers(0, 40), st.integers(41, 120)))
    document["targets"][0]["value"] = draw(st.integers(0, 5000))
    if draw(st.booleans()):
        document["targets"][0]["year"] = draw(st.integers(1990, 2100))
    family = draw(st.sampled_from(document["offence_families"]))
    family["articles"] = draw(st.lists(st.sampled_from(["186", "189-A", "200-205"]), min_size=1, max_size=3))
    document["contradictions"][0]["treatment"] = draw(st.text(alphabet="abc ", min_size=3).filter(str.strip)).strip()
    if draw(st.booleans()):
        document["facts"] = draw(st.permutations(document["facts"][:5])) + document["facts"][5:]
    if draw(st.booleans()):
        document["variants"] = document["variants"][:2]
    return design_from_document(document)


@given(drafts(), drafts())
@settings(max_examples=15, deadline=None)
def test_the_changes_between_two_designs_turn_one_into_the_other(a, b):
    changes = diff(a, b)
    assert apply_changes(a, changes) == b
    stored = [Change.from_json(change.as_json()) for change in changes]
    assert stored == changes
    assert apply_changes(a, stored).digest == b.digest


def changed(path: str, value) -> Design:
    return apply_changes(CREO, [Change(path, "", None, value)])


def test_a_change_is_named_in_words_with_its_effect():
    (change,) = diff(CREO, changed("age_bands/P1/max", 29))
    assert change.path == "age_bands/P1/max"
    assert change.title == "Rangos de edad · P1: Producto 1 · edad máxima"
    assert (change.before, change.after) == (34, 29)
    assert "Quien ya está inscrito continúa" in change.effect


def test_changing_an_age_changes_every_text_that_names_it():
    draft = changed("age_bands/P4/max", 29)
    for ref in ("product:P4", "mention:P4.articulation", "sheet:P4.population", "model:P4.population"):
        assert "18 a 29 años" in draft.text(ref), ref
        assert draft.text(ref, "printed") == CREO.text(ref, "printed")
    assert "18 a 34 años" in draft.text("product:P1")


def test_a_target_can_get_its_year_and_a_split_that_adds_up():
    sites = ["LIMA", "PIURA", "HUANCAYO", "AREQUIPA", "PUCALLPA"]
    draft = apply_changes(
        CREO,
        [
            Change("targets/P4/year", "", ABSENT, 2027),
            Change("targets/P4/split", "", ABSENT, dict(zip(sites, [500, 200, 210, 200, 100], strict=True))),
        ],
    )
    assert draft.targets[0].year == 2027
    with pytest.raises(DesignErrors, match="suma 1211 y la meta es 1210"):
        apply_changes(draft, [Change("targets/P4/split/LIMA", "", 500, 501)])


def test_removing_what_others_need_is_refused():
    with pytest.raises(DesignErrors, match="«product:P1» no existe en el diseño"):
        apply_changes(CREO, [Change("products/P1", "", None, ABSENT)])


def test_reordering_is_one_change_and_is_undone_by_its_opposite():
    document = CREO.document()
    document["conclusions"].reverse()
    turned = design_from_document(document)
    (change,) = diff(CREO, turned)
    assert change.path == "conclusions/#orden"
    assert change.title == "Conclusiones · orden"
    assert apply_changes(turned, diff(turned, CREO)) == CREO


@pytest.mark.parametrize(
    "path", ["nada/P1/max", "age_bands/P9/max", "age_bands/P1/max/mas", "offence_families/PROPERTY/articles/0"]
)
def test_a_path_that_leads_nowhere_is_refused(path):
    with pytest.raises(PathError):
        apply_changes(CREO, [Change(path, "", None, 1)])


def test_an_order_that_names_other_codes_is_refused():
    with pytest.raises(PathError, match="no nombra los mismos códigos"):
        apply_to_document([{"code": "A"}, {"code": "B"}], [Change("#orden", "", None, ["A", "C"])])
