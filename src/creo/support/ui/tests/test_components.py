"""Every component prints what it is given, escapes it, and never shows a state by colour alone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from creo.kernel.citations import Citation
from creo.kernel.verdicts import Outcome, Reason, Verdict
from creo.support.ui import samples
from creo.support.ui.parts import Cell, Column, Comparison, Event, Fact, Figure, Link, Node, Row, Step
from creo.support.ui.templatetags import ui

HOSTILE = "<img src=x onerror=alert(1)>\"'"
DAY = date(2026, 11, 23)


def show(component: str, **context: Any) -> str:
    return render_to_string(f"ui/components/{component}.html", context)


def words(html: str) -> str:
    """The text a person reads, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u202f", " ").strip()


def tag(source: str, request: object = None, **context: Any) -> str:
    context |= {"request": request} if request else {}
    return Template("{% load ui %}" + source).render(Context(context))


# ---------- badge, note, verdict ----------


@pytest.mark.parametrize(
    ("given", "css", "text"),
    [
        (Outcome.MET, "tag-yes", "✓ Cumple"),
        (Outcome.NOT_MET, "tag-no", "✕ No cumple"),
        (Outcome.UNKNOWN, "tag-unknown", "? Sin dato"),
        (True, "tag-yes", "✓ Cumple"),
        (False, "tag-no", "✕ No cumple"),
        (None, "tag-unknown", "? Sin dato"),
        ("met", "tag-yes", "✓ Cumple"),
        ("info", "tag-info", "i Nota"),
    ],
)
def test_a_badge_has_its_sign_and_its_word(given: object, css: str, text: str) -> None:
    html = show("badge", state=given)
    assert css in html
    assert words(html) == text


def test_a_badge_takes_another_word_and_escapes_it() -> None:
    assert words(show("badge", state="unknown", word="Por decidir")) == "? Por decidir"
    assert "<img" not in show("badge", state="yes", word=HOSTILE)


def test_a_state_nobody_knows_fails_with_its_name() -> None:
    with pytest.raises(ValueError, match=r"\[verde\]"):
        ui.state("verde")
    with pytest.raises(ValueError, match=r"\[3\]"):
        ui.state(3)


def test_a_note_without_state_is_information_and_a_not_met_outcome_is_a_no() -> None:
    assert "note-info" in show("note", text="x")
    assert "note-no" in show("note", state=Outcome.NOT_MET, text="x")
    assert "<img" not in show("note", title=HOSTILE, text=HOSTILE, url="/x/", url_label=HOSTILE)


def test_a_verdict_tells_every_reason_with_its_source_and_what_to_do() -> None:
    text = words(show("verdict", verdict=samples.verdict(), title="¿Por qué?", as_of=DAY, unknown_word="por decidir"))
    for part in (
        "¿Por qué?",
        "i Provisional",
        "✓ Cumple Primer criterio — un solo episodio Fuente: Programa, líneas 30 y 270",
        "cambia el 02 feb 2039",
        "? Sin dato Una de dos condiciones — falta el inciso Fuente: Código Penal, art. 189",
        "Qué hacer: pedir copia de la resolución",
        "responsable: Registro",
        "✕ No cumple Condición uno",
        "Evaluado al 23 nov 2026. Si ningún dato cambia antes, el resultado cambia el 02 feb 2039.",
    ):
        assert part in text.replace("\xa0", " "), part


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [(Outcome.MET, "elegible"), (Outcome.NOT_MET, "no elegible"), (Outcome.UNKNOWN, "pendiente")],
)
def test_a_verdict_says_its_result_in_the_words_of_the_page(outcome: Outcome, expected: str) -> None:
    verdict = Verdict(outcome, (Reason("a", "Edad", outcome),))
    html = show("verdict", verdict=verdict, yes_word="elegible", no_word="no elegible", unknown_word="pendiente")
    assert f"Resultado: {expected}." in words(html)


def test_a_frozen_verdict_reads_like_a_living_one() -> None:
    frozen = {
        "outcome": 0,
        "changes_on": "2039-02-02",
        "reasons": [
            {
                "title": HOSTILE,
                "outcome": "not_met",
                "fact": HOSTILE,
                "citation": {"source": "programa", "locator": "", "lines": [30, 270]},
                "changes_on": None,
            }
        ],
    }
    html = show("verdict", verdict=frozen)
    assert "<img" not in html
    assert "Fuente: Programa, líneas 30 y 270" in words(html)
    assert "cambia el 02 feb 2039" in words(html).replace("\xa0", " ")


def test_several_citations_stand_on_one_line() -> None:
    both = [Citation("programa", lines=(30,)), {"source": "Código Penal", "locator": "art. 298"}]
    assert ui.citation(both) == "Programa, línea 30; Código Penal, art. 298"
    assert ui.citation(None) == ""


# ---------- table ----------

COLUMNS = [Column("Sede"), Column("Personas", "number"), Column("Estado", "state")]


def test_a_table_is_read_by_rows_on_a_phone_and_by_columns_on_a_desk() -> None:
    html = show("table", columns=COLUMNS, rows=[["A", 1210, "yes"]], caption="Sedes")
    assert '<th role="rowheader" scope="row"><span>A</span></th>' in html
    assert 'data-label="Personas" class="num"><span>1\u202f210</span>' in html
    assert 'aria-label="Sedes"' in html


def test_missing_values_are_a_dash_that_is_read_as_no_data_and_zero_stays_zero() -> None:
    html = show("table", columns=COLUMNS, rows=[["A", None, None], ["B", 0, Outcome.NOT_MET]], caption="c")
    assert html.count('<span class="visually-hidden">sin dato</span>') == 1
    assert "<span>0</span>" in html
    assert "✕" in html


def test_a_total_row_leaves_blank_what_does_not_add_up() -> None:
    html = show("table", columns=COLUMNS, rows=[["A", 1, "yes"]], footer=["Total", 1, None], caption="c")
    assert html.count("cell-blank") == 1


def test_cells_are_escaped_linked_and_annotated() -> None:
    cell = Cell(HOSTILE, url="/x/", note=HOSTILE, label="Ver la sede A")
    html = show("table", columns=COLUMNS, rows=[Row([cell, 1, "yes"], strong=True, state=Outcome.NOT_MET)], caption="c")
    assert "<img" not in html
    assert '<a href="/x/" aria-label="Ver la sede A">' in html
    assert 'class="row-strong row-state row-no"' in html


def test_html_cells_print_only_what_is_marked_safe() -> None:
    columns = [Column("x", "html")]
    assert "<img" not in show("table", columns=columns, rows=[[HOSTILE]], caption="c")
    assert 'class="tag' in show("table", columns=columns, rows=[[ui.badge("yes")]], caption="c")


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="2 celdas para 3 columnas"):
        show("table", columns=COLUMNS, rows=[["A", 1]], caption="c")


def test_a_table_without_rows_says_why() -> None:
    assert words(show("table", columns=COLUMNS, rows=[], caption="c", empty_text="Ninguna sede.")) == "Ninguna sede."


def test_a_sorted_column_says_so() -> None:
    html = show("table", columns=[Column("A", sort_url="?o=a", sorted="descending")], rows=[["x"]], caption="c")
    assert 'aria-sort="descending"' in html


# ---------- filters, pager, the present address ----------


def with_request(component: str, address: str, **context: Any) -> str:
    request = RequestFactory().get(address)
    names = " ".join(f"{name}={name}" for name in context)
    source = f'{{% include "ui/components/{component}.html" with {names} only %}}'
    from django.template import RequestContext

    return Template(source).render(RequestContext(request, context))


def test_the_pager_keeps_the_filters_in_the_address() -> None:
    html = with_request("pager", "/x/?penal=a%20b&cursor=1", next_cursor="z&1", prev_cursor="")
    assert 'href="?penal=a+b&amp;cursor=z%261"' in html
    assert "Anteriores" not in html


def test_an_only_page_has_no_pager() -> None:
    assert with_request("pager", "/x/", next_cursor="", prev_cursor=None).strip() == ""


def test_filters_keep_what_was_chosen_and_tell_what_is_filtered() -> None:
    fields = [
        {"name": "q", "label": "Buscar", "kind": "search", "value": HOSTILE},
        {"name": "sede", "label": "Sede", "kind": "select", "value": 2, "options": [("1", "A"), ("2", HOSTILE)]},
        {"name": "orden", "kind": "hidden", "value": "x"},
    ]
    html = with_request("filters", "/lista/", fields=fields, count_text="3 de 69", clear_url="?", htmx_target="#lista")
    assert "<img" not in html
    assert '<option value="2" selected>' in html
    assert 'hx-get="/lista/"' in html
    assert 'hx-target="#lista"' in html
    assert "3 de 69" in html


def test_filters_draw_a_django_form() -> None:
    html = show("filters", form=samples.SampleFilters({"q": "x", "site": "b"}))
    assert 'class="field field-search"' in html
    assert '<option value="b" selected>' in html


def test_a_form_can_carry_the_other_parameters_of_the_address() -> None:
    request = RequestFactory().get("/x/", {"a": ["1", "2"], "cursor": "9", "b": HOSTILE})
    html = tag('{% kept_query "cursor" %}', request=request)
    assert html.count('name="a"') == 2
    assert "cursor" not in html
    assert "<img" not in html


# ---------- forms ----------


class Sample(forms.Form):
    name = forms.CharField(label="Nombre", help_text="Como figura.")
    kind = forms.ChoiceField(label="Clase", widget=forms.RadioSelect, choices=[("a", "A"), ("b", HOSTILE)])
    note = forms.CharField(label="Nota", required=False)

    def clean(self) -> None:
        raise forms.ValidationError("Las fechas se cruzan.")


def test_a_field_ties_label_help_and_error_to_its_input() -> None:
    html = tag("{% field form.name %}", form=Sample({"name": ""}))
    assert '<label class="form-label" for="id_name">Nombre</label>' in html
    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html


def test_what_was_typed_is_not_lost() -> None:
    assert f'value="{"&lt;b&gt;"}"' in tag("{% field form.name %}", form=Sample({"name": "<b>"}))


def test_an_optional_field_says_so_and_a_required_one_does_not() -> None:
    assert "(opcional)" in tag("{% field form.note %}", form=Sample())
    assert "(opcional)" not in tag("{% field form.name %}", form=Sample())


def test_choices_are_a_group_with_a_legend() -> None:
    html = tag("{% field form.kind %}", form=Sample({"kind": "a"}))
    assert "<fieldset" in html
    assert "<legend" in html
    assert 'value="a" id="id_kind_0" checked' in html
    assert "<img" not in html


def test_the_tag_and_the_include_give_the_same() -> None:
    form = Sample({"name": ""})
    assert tag("{% field form.name %}", form=form) == show("field", field=form["name"])


def test_the_error_summary_lists_every_error_with_the_address_of_its_field() -> None:
    html = show("error_summary", form=Sample({"name": ""}), errors=[{"text": "Fila 3", "href": "#f3"}, "Suelto"])
    links = re.findall(r'<a href="(#[^"]+)">', html)
    assert links == ["#id_name", "#id_kind_0", "#f3"]
    assert "Nombre: Este campo es obligatorio." in words(html)
    assert "Las fechas se cruzan." in words(html)
    assert "Suelto" in words(html)
    assert 'role="alert"' in html


def test_without_errors_there_is_no_summary() -> None:
    assert show("error_summary", form=Sample()).strip() == ""
    assert show("error_summary", errors=[]).strip() == ""


# ---------- the rest ----------


def test_progress_tells_rows_share_and_time_left() -> None:
    html = show(
        "progress", title="Corrida", done=51840, total=103717, state="running", seconds_left=74, poll_url="/t/1/"
    )
    assert 'max="103717" value="51840"' in html
    assert "51 840 de 103 717 filas" in words(html)
    assert "faltan cerca de 1 min 14 s" in words(html).replace("\xa0", " ")
    assert "Puede cerrar esta página" in html
    assert 'hx-get="/t/1/" hx-trigger="every 1s" hx-swap="outerHTML"' in html


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_ended_work_asks_no_more(state: str) -> None:
    html = show("progress", title="x", done=1, total=2, state=state, poll_url="/t/1/")
    assert "hx-get" not in html
    assert "Puede cerrar" not in html


def test_work_of_unknown_length_shows_no_share() -> None:
    html = show("progress", title="x", done=2310, total=None, state="running")
    assert "%" not in words(html)
    assert "2 310 filas" in words(html)
    assert "<progress aria-label=" in html and "max=" not in html


def test_progress_numbers_stay_machine_readable_in_every_language() -> None:
    with translation.override("en"):
        html = show("progress", title="x", done=1500, total=3000, state="running")
    assert 'max="3000" value="1500"' in html
    assert "1,500" in html


def test_a_figure_has_finding_drawing_source_and_data() -> None:
    columns = [Column("Sede"), Column("Personas", "number")]
    figure = Figure("Hallazgo", ui.badge("yes"), columns, [["A", 1210]], Citation("programa", lines=(30,)).label(), DAY)
    html = show("figure", figure=figure, level=3)
    assert "<h3>Hallazgo</h3>" in html
    assert "Fuente: Programa, línea 30. Corte: 23 nov 2026." in words(html).replace("\xa0", " ")
    assert "1\u202f210" in html
    assert "<details>" in html


def test_a_figure_never_prints_markup_that_is_not_a_chart() -> None:
    assert "<img" not in show("figure", figure=Figure("t", HOSTILE, [Column("a")], [["x"]]))


def test_a_stat_without_value_is_a_dash_and_a_state_has_its_sign() -> None:
    assert "—" in show("stat", label="Meta", value=None)
    assert "? falta un dato" in words(show("stat", label="x", value=2200, state="unknown", note="falta un dato"))
    assert "is-no" in show("stat", label="x", value=1, state=Outcome.NOT_MET)
    assert 'class="stat"' in show("stat", label="x", value=1)


def test_the_other_parts_print_their_items_escaped() -> None:
    parts = {
        "timeline": {"events": [Event(DAY, HOSTILE, HOSTILE, state="no", source=HOSTILE, url="/x/", badge=HOSTILE)]},
        "tabs": {"items": [Link(HOSTILE, "/x/", True, 3)], "label": HOSTILE},
        "card": {"title": HOSTILE, "text": HOSTILE, "badge_word": HOSTILE, "facts": [Fact(HOSTILE, HOSTILE)]},
        "facts": {
            "items": [Fact(HOSTILE, HOSTILE, note=HOSTILE), Fact("a", HOSTILE, url="/x/"), Fact("b", "c", state=0)]
        },
        "band": {"title": HOSTILE, "items": [HOSTILE], "badges": [{"state": "yes", "word": HOSTILE}]},
        "compare": {"rows": [Comparison(HOSTILE, HOSTILE, 1210, True, HOSTILE, HOSTILE)], "left_title": HOSTILE},
        "steps": {"items": [Step(HOSTILE, "current", HOSTILE, "/x/")], "label": HOSTILE},
        "tree": {"nodes": [Node(HOSTILE, HOSTILE, "/x/", 0, HOSTILE, children=[Node(HOSTILE)])], "label": HOSTILE},
        "empty": {"title": HOSTILE, "text": HOSTILE, "url": "/x/", "url_label": HOSTILE},
    }
    for component, context in parts.items():
        html = show(component, **context)
        assert "<img" not in html, component
        assert "&lt;img" in html, component


def test_the_present_tab_step_and_box_are_told_to_readers() -> None:
    assert 'aria-current="page"' in show("tabs", items=[Link("a", "/", True)], label="x")
    html = show("steps", items=[Step("a", "done"), Step("b", "current"), Step("c")], label="x")
    assert html.count('aria-current="step"') == 1
    assert "(hecho)" in html and "(pendiente)" in html
    assert 'aria-current="true"' in show("tree", nodes=[Node("a", url="/", active=True)], label="x")


def test_a_comparison_marks_only_the_rows_that_differ() -> None:
    rows = [Comparison("Edad", "18-29", "18-34", True), Comparison("Meta", 1210, 1210)]
    html = show("compare", rows=rows)
    assert html.count("? Difiere") + words(html).count("? Difiere") >= 1
    assert html.count("compare-diff") == 1


def test_items_may_be_dicts() -> None:
    assert "Ingreso" in show("timeline", events=[{"date": "2026-03-14", "title": "Ingreso"}])
    assert "Subir" in show("steps", items=[{"label": "Subir"}], label="x")
    assert "1\u202f210" in show("facts", items=[{"label": "Meta", "value": 1210, "kind": "number"}])


def test_an_icon_is_silent_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in ui.icon("search")
    assert 'role="img" aria-label="Buscar"' in ui.icon("search", "Buscar")
    with pytest.raises(KeyError):
        ui.icon("inventado")


def test_a_stale_form_says_who_changed_what_and_shows_both_values() -> None:
    changes = [{"words": "Delito principal", "actor": HOSTILE, "at": datetime(2026, 11, 23, 15, 0, tzinfo=UTC)}]
    html = show("stale", changes=changes, rows=[Comparison("Nombre", "Rosa", "Rosaura", True)])
    assert "<img" not in html and 'role="alert"' in html
    text = words(html)
    assert "No se guardó nada" in text and "Delito principal" in text
    assert "Usted escribió" in text and "Rosaura" in text
    assert "Ahora dice" not in show("stale", changes=changes, rows=[])


def test_every_component_file_is_rendered_by_these_tests() -> None:
    from pathlib import Path

    here = Path(__file__).read_text(encoding="utf-8")
    folder = Path(samples.__file__).parent / "templates" / "ui" / "components"
    inner = {"cell", "reasons", "tree_nodes"}
    untested = [path.stem for path in folder.glob("*.html") if f'"{path.stem}"' not in here]
    assert set(untested) - inner == set()
