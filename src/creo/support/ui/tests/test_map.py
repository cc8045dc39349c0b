"""The map: every department, five classes, unknown hatched and never the lowest class."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from creo.support.ui.map import OUTLINES, outlines, peru_map

SVG = "{http://www.w3.org/2000/svg}"
LABELS = {"title": "Hallazgo", "desc": "Descripción", "key": "m"}


def land(svg: str) -> dict[str, ElementTree.Element]:
    """Department's title -> its path."""
    paths = ElementTree.fromstring(svg).iter(f"{SVG}path")
    return {path[0].text or "": path for path in paths if len(path)}


def legend(svg: str) -> list[str]:
    group = next(node for node in ElementTree.fromstring(svg).iter(f"{SVG}g") if node.get("class") == "c-legend")
    return ["".join(node.itertext()) for node in group.iter(f"{SVG}text")]


def everywhere() -> dict[str, int]:
    return {code: index for index, code in enumerate(outlines()["departments"], start=1)}


def test_the_outlines_are_the_25_departments_and_weigh_little() -> None:
    shapes = outlines()["departments"]
    assert sorted(shapes) == [f"{number:02d}" for number in range(1, 26)]
    assert shapes["07"]["name"] == "Callao"
    assert OUTLINES.stat().st_size <= 60_000


def test_every_department_is_drawn_once_with_its_name_and_figure() -> None:
    drawn = land(peru_map(everywhere(), unit="personas", **LABELS))
    assert len(drawn) == 25
    assert "Piura: 20 personas" in drawn


def test_classes_hold_equal_numbers_and_are_named_by_what_is_in_them() -> None:
    svg = peru_map(everywhere(), **LABELS)
    classes = [path.get("class", "").split()[-1] for path in land(svg).values()]
    assert {name: classes.count(name) for name in set(classes)} == {f"c-map-{tone}": 5 for tone in range(1, 6)}
    assert legend(svg) == ["1 a 5", "6 a 10", "11 a 15", "16 a 20", "21 a 25"]


def test_unknown_and_absent_departments_are_hatched_and_counted() -> None:
    values = everywhere() | {"16": None}
    del values["20"]
    svg = peru_map(values, **LABELS)
    drawn = land(svg)
    assert drawn["Loreto: Sin dato"].get("fill") == drawn["Piura: Sin dato"].get("fill") == "url(#m-hatch)"
    assert legend(svg)[-1] == "Sin dato (2)"


def test_zero_is_a_figure_and_has_a_class() -> None:
    svg = peru_map({"20": 0, "15": 7}, **LABELS)
    assert land(svg)["Piura: 0"].get("class") == "c-shape c-map-2"
    assert land(svg)["Lima: 7"].get("class") == "c-shape c-map-5"
    assert legend(svg) == ["0", "7", "Sin dato (23)"]


def test_own_breaks_are_honoured_at_their_edges() -> None:
    svg = peru_map({"20": 99, "15": 100, "16": 500}, breaks=[100, 500], **LABELS)
    drawn = land(svg)
    found = [drawn[name].get("class", "").split()[-1] for name in ("Piura: 99", "Lima: 100", "Loreto: 500")]
    assert found == ["c-map-1", "c-map-3", "c-map-5"]
    assert legend(svg)[:3] == ["menos de 100", "100 a menos de 500", "500 o más"]


@pytest.mark.parametrize("breaks", [[], [5, 1], [1, 1], [1, 2, 3, 4, 5]])
def test_breaks_that_make_no_classes_are_refused(breaks: list[float]) -> None:
    with pytest.raises(ValueError, match="cortes"):
        peru_map({"20": 1}, breaks=breaks, **LABELS)


@pytest.mark.parametrize("code", ["26", "1", "", "Piura"])
def test_a_code_that_is_no_department_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=rf"\[{code}\]"):
        peru_map({code: 1}, **LABELS)
    with pytest.raises(ValueError, match=rf"\[{code}\]"):
        peru_map({}, links={code: "/"}, **LABELS)


def test_linked_departments_say_their_figure_to_readers() -> None:
    root = ElementTree.fromstring(peru_map({"20": 3}, links={"20": "/territorio/20/"}, **LABELS))
    assert root.get("role") == "group"
    (link,) = root.iter(f"{SVG}a")
    assert (link.get("href"), link.get("aria-label")) == ("/territorio/20/", "Piura: 3")


def test_without_any_figure_all_is_hatched() -> None:
    svg = peru_map({}, **LABELS)
    assert {path.get("fill") for path in land(svg).values()} == {"url(#m-hatch)"}
    assert legend(svg) == ["Sin dato (25)"]


def test_english_legend() -> None:
    assert legend(peru_map({"20": 1}, breaks=[100], lang="en", **LABELS)) == [
        "under 100",
        "100 or more",
        "No data (24)",
    ]
