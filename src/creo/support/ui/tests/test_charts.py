"""Charts: valid SVG whatever the data, hostile text escaped, unknown never drawn as zero, equal data equal bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creo.support.ui import charts
from creo.support.ui.charts import scale

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title><script>alert('x')</script> \"&amp; \x00\x1b\ufffe"
LABELS = {"title": "Hallazgo", "desc": "Descripción", "key": "k"}


def tree(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in tree(svg).iter(f"{SVG}text")]


def rects(svg: str, css: str) -> list[ElementTree.Element]:
    return [node for node in tree(svg).iter(f"{SVG}rect") if css in node.get("class", "").split()]


def width(node: ElementTree.Element) -> float:
    return float(node.get("width", "0").rstrip("%"))


Draw = Callable[..., str]
EVERY: dict[str, Draw] = {
    "bars": lambda label, value: charts.bars([(label, value), ("b", 1)], title=label, desc=label, key="k"),
    "funnel": lambda label, value: charts.funnel([("todo", 9), (label, value)], title=label, desc=label, key="k"),
    "grouped": lambda label, value: charts.grouped_bars([label], {label: [value]}, title=label, desc=label, key="k"),
    "stacked": lambda label, value: charts.stacked([label], {label: [value]}, title=label, desc=label, key="k"),
    "lines": lambda label, value: charts.lines([label, "b"], {label: [value, 2]}, title=label, desc=label, key="k"),
    "steps": lambda label, value: charts.steps(
        {label: [(0, 1.0), (1, value or 0)]}, title=label, desc=label, key="k", x_label=label, kind="number"
    ),
    "spark": lambda label, value: charts.sparkline([value, 1], title=label, desc=label, key="k"),
}


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY.keys())
def test_hostile_text_stays_text_and_the_svg_stays_valid(draw: Draw) -> None:
    svg = draw(HOSTILE, 3)
    assert "<script" not in svg
    assert not re.search("[\x00-\x08\x1b\ufffe]", svg)
    root = tree(svg)
    assert root.find(f"{SVG}title").text.startswith("</title><script>")  # type: ignore[union-attr]
    assert not [node for node in root.iter() if node.tag.endswith("script")]


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY.keys())
@pytest.mark.parametrize("value", [0, 1, 10**30, 0.0001, None, Decimal("12.5"), float("nan"), float("inf")])
def test_every_amount_gives_a_drawing_with_finite_places_only(draw: Draw, value: object) -> None:
    svg = draw("a", value)
    tree(svg)
    assert not re.search(r"\b(nan|inf)\b", svg, re.IGNORECASE)
    assert "style=" not in svg


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY.keys())
def test_a_chart_is_an_image_named_by_its_finding_and_described(draw: Draw) -> None:
    root = tree(draw("a", 1))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "k-t k-d"
    assert [node.get("id") for node in root][:2] == ["k-t", "k-d"]


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY.keys())
def test_equal_data_give_equal_bytes(draw: Draw) -> None:
    assert draw("a", 7) == draw("a", 7)


@pytest.mark.parametrize(
    "svg",
    [
        charts.bars([], **LABELS),
        charts.funnel([], **LABELS),
        charts.grouped_bars([], {}, **LABELS),
        charts.stacked(["a"], {}, **LABELS),
        charts.lines(["a"], {"s": [None]}, **LABELS),
        charts.steps({"s": []}, **LABELS),
        charts.sparkline([None], **LABELS),
    ],
)
def test_without_data_the_chart_says_so(svg: str) -> None:
    assert texts(svg) == ["Sin datos que mostrar"]


def test_a_chart_without_a_finding_is_refused() -> None:
    with pytest.raises(ValueError, match="hallazgo"):
        charts.bars([("a", 1)], title=" ", key="k")


@pytest.mark.parametrize("key", ["", "9a", "A", "a b", 'a"onload', "a\n"])
def test_a_key_that_cannot_be_an_id_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="clave"):
        charts.bars([("a", 1)], title="t", key=key)


def test_bars_are_drawn_to_scale_with_their_figures_outside() -> None:
    svg = charts.bars([("A", 4000), ("B", 1000), ("C", 1)], **LABELS)
    assert [width(rect) for rect in rects(svg, "c-bar")] == [100, 25, 0.6]
    assert texts(svg) == ["A", "4\u202f000", "B", "1\u202f000", "C", "1"]


def test_zero_shows_its_foot_and_unknown_is_hatched() -> None:
    svg = charts.bars([("A", 10), ("Cero", 0), ("Falta", None)], **LABELS)
    assert len(rects(svg, "c-bar")) == 1
    assert len(rects(svg, "c-foot")) == 1
    hatched = rects(svg, "c-hatched")
    assert [rect.get("fill") for rect in hatched] == ["url(#k-hatch)"]
    assert texts(svg)[-2:] == ["Falta", "Sin dato"]


def test_negative_amounts_stand_left_of_zero() -> None:
    svg = charts.bars([("Entran", 100), ("Salen", -300)], **LABELS)
    enter, leave = rects(svg, "c-bar")
    assert (enter.get("x"), width(enter)) == ("75%", 25)
    assert (leave.get("x"), width(leave)) == ("0%", 75)
    assert "\u2212300" in texts(svg)


def test_a_funnel_measures_against_its_first_step_and_hatches_the_undecided() -> None:
    items = [charts.Bar("Todo", 200), charts.Bar("Elegibles", 50, "strong"), charts.Bar("Por decidir", 20, "unknown")]
    svg = charts.funnel(items, **LABELS)
    assert [width(rect) for rect in rects(svg, "c-bar")] == [100, 25]
    assert [width(rect) for rect in rects(svg, "c-hatched")] == [10]
    assert len([node for node in tree(svg).iter(f"{SVG}text") if "c-strong" in node.get("class", "")]) == 2


def test_a_funnel_of_negative_amounts_is_refused() -> None:
    with pytest.raises(ValueError, match="negativas"):
        charts.funnel([("a", -1)], **LABELS)


def test_an_unknown_bar_state_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"\[rojo\]"):
        charts.bars([charts.Bar("a", 1, "rojo")], **LABELS)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://otro.example/", "//otro.example", "data:text/html,x"])
def test_a_link_that_leaves_the_site_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="páginas propias"):
        charts.bars([charts.Bar("a", 1, url=url)], **LABELS)


def test_a_chart_with_links_is_a_group_so_that_readers_reach_them() -> None:
    root = tree(charts.bars([("a", 1), ("b", 2)], links={"a": "/x/?a=1&b=2"}, **LABELS))
    assert root.get("role") == "group"
    assert [node.get("href") for node in root.iter(f"{SVG}a")] == ["/x/?a=1&b=2"]


def test_a_long_label_is_wrapped_and_at_last_cut_with_an_ellipsis() -> None:
    svg = charts.bars([("palabra " * 40, 1)], **LABELS)
    lines = [node.text for node in tree(svg).iter(f"{SVG}tspan")]
    assert len(lines) == 3
    assert all(len(line or "") <= 24 for line in lines)
    assert (lines[-1] or "").endswith("…")


def test_soles_keep_their_cents_in_totals() -> None:
    svg = charts.stacked(["A"], {"x": [Decimal("0.10")], "y": [Decimal("0.20")]}, kind="soles", **LABELS)
    assert "S/\u00a00,30" in " ".join(texts(svg)).replace("S/ ", "S/\u00a0")


def test_a_stack_with_a_missing_part_has_no_total() -> None:
    svg = charts.stacked(["A", "B"], {"x": [10, 5], "y": [None, 5]}, **LABELS)
    assert texts(svg)[2:] == ["A", "Sin dato", "B", "10"]


def test_shares_fill_every_bar_and_amounts_only_the_greatest() -> None:
    for share, expected in ((True, [100, 100]), (False, [100, 50])):
        svg = charts.stacked(["A", "B"], {"x": [10, 5]}, share=share, **LABELS)
        pieces = [rect for rect in rects(svg, "c-piece") if rect.get("width", "").endswith("%")]
        assert [width(rect) for rect in pieces] == expected


def test_a_part_too_small_to_see_gets_a_sliver_and_the_bar_keeps_its_length() -> None:
    svg = charts.stacked(["A"], {"x": [10_000], "y": [1], "z": [0]}, share=True, **LABELS)
    large, small = (width(rect) for rect in rects(svg, "c-piece") if rect.get("width", "").endswith("%"))
    assert small > 1
    assert large + small == pytest.approx(100, abs=0.02)


def test_the_series_without_data_is_hatched_in_the_legend_and_the_bars() -> None:
    svg = charts.stacked(["A"], {"Sí": [3], "Sin dato": [1]}, **LABELS)
    assert len(rects(svg, "c-hatched")) == 2
    assert len(rects(charts.grouped_bars(["A"], {"Sin dato": [1]}, **LABELS), "c-hatched")) == 2


def test_the_undecided_are_hatched_too_and_in_english_as_well() -> None:
    assert len(rects(charts.stacked(["A"], {"Por decidir": [1]}, **LABELS), "c-hatched")) == 2
    assert len(rects(charts.stacked(["A"], {"Undecided": [1]}, lang="en", **LABELS), "c-hatched")) == 2


def test_series_that_do_not_fit_the_labels_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="«x» trae 1 valores para 2"):
        charts.lines(["a", "b"], {"x": [1]}, **LABELS)


def test_more_series_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="hasta 5"):
        charts.grouped_bars(["a"], {str(i): [1] for i in range(6)}, **LABELS)


def path(svg: str, css: str) -> str:
    found = [node.get("d", "") for node in tree(svg).iter(f"{SVG}path") if css in node.get("class", "").split()]
    return found[-1]


def test_a_line_breaks_at_a_missing_value_instead_of_bridging_it() -> None:
    assert path(charts.lines(["a", "b", "c", "d"], {"s": [1, 2, None, 4]}, **LABELS), "c-line").count("M") == 2


def test_a_value_between_two_gaps_still_shows_its_mark() -> None:
    labels = [str(i) for i in range(40)]
    values = [None] * 40
    values[20] = 5  # type: ignore[call-overload]
    svg = charts.lines(labels, {"s": values}, **LABELS)
    assert "s, 20: 5" in svg


def test_the_axis_of_counts_starts_at_zero_and_has_whole_ticks() -> None:
    figures = texts(charts.lines(["a", "b"], {"s": [1, 3]}, **LABELS))
    assert figures[1:5] == ["0", "1", "2", "3"]


def test_many_dates_leave_only_labels_that_fit_and_always_the_ends() -> None:
    labels = [f"mes {i:02d}" for i in range(48)]
    shown = [text for text in texts(charts.lines(labels, {"s": list(range(48))}, **LABELS)) if text.startswith("mes")]
    assert shown[0] == "mes 00"
    assert shown[-1] == "mes 47"
    assert len(shown) <= 10


def test_steps_hold_each_value_until_the_next_point() -> None:
    svg = charts.steps({"s": [(0, 1.0), (12, 0.5), (24, 0.25)]}, **LABELS)
    assert path(svg, "c-line-1") == "M0 0H500V100H1000V150"


def test_an_uncertainty_band_is_drawn_only_when_both_limits_are_known() -> None:
    points = [(0.0, 1.0), (1.0, 0.5)]
    assert "c-band-1" in charts.steps({"s": charts.Steps(points, points, points)}, **LABELS)
    assert "c-band-1" not in charts.steps({"s": charts.Steps(points, points)}, **LABELS)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_ticks_are_few_ordered_and_cover_the_values(values: list[float]) -> None:
    ticks = scale.nice_axis([value / 1e6 for value in values])
    span = max([0.0, *(v / 1e6 for v in values)]) - min([0.0, *(v / 1e6 for v in values)])
    assert 2 <= len(ticks) <= 7
    assert ticks == sorted(ticks)
    assert ticks[0] <= min(v / 1e6 for v in values) + span * 1e-6
    assert ticks[-1] >= max(v / 1e6 for v in values) - span * 1e-6


def test_a_yes_is_not_an_amount() -> None:
    with pytest.raises(TypeError, match="cantidad"):
        charts.bars([("a", True)], **LABELS)


def test_a_chart_alone_carries_its_style_its_size_and_no_variable() -> None:
    svg = charts.standalone(charts.funnel([("a", 2), ("b", None)], **LABELS), width=500)
    root = tree(svg)
    assert (root.get("width"), root.get("height")) == ("500", "100")
    style = root.find(f"{SVG}style")
    assert style is not None
    assert style.text is not None
    assert "var(" not in style.text
    assert ".c-tone-plain,.c-tone-strong{fill:#0b5d57}" in style.text


def test_only_a_chart_can_stand_alone() -> None:
    with pytest.raises(ValueError, match="no es un gráfico"):
        charts.standalone("<svg></svg>")


def test_english_words_and_figures_when_asked() -> None:
    svg = charts.bars([("a", 1234), ("b", None)], lang="en", **LABELS)
    assert texts(svg) == ["a", "1,234", "b", "No data"]
