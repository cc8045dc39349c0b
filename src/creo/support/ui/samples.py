"""Made-up, neutral data for the components page: no real site, person or figure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __

from creo.kernel.citations import Citation
from creo.kernel.verdicts import Outcome, Reason, Verdict
from creo.support.ui import formats, icons, sample_figures, tokens
from creo.support.ui.parts import Cell, Column, Comparison, Event, Fact, Link, Node, Row, Step

DAY = sample_figures.DAY


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=__("Nombre del grupo"), help_text=__("Como se verá en los listados."), max_length=60)
    start = forms.DateField(label=__("Fecha de inicio"), widget=forms.DateInput(attrs={"type": "date"}))
    site = forms.ChoiceField(label=__("Sede"), choices=[("", __("Elija una sede")), ("a", "Sede A"), ("b", "Sede B")])
    mode = forms.ChoiceField(
        label=__("Modalidad"), widget=forms.RadioSelect, choices=[("p", __("Presencial")), ("d", __("A distancia"))]
    )
    file = forms.FileField(label=__("Archivo"), required=False, help_text=__("CSV o XLSX, hasta 20 MB."))
    notes = forms.CharField(label=__("Observaciones"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    confirmed = forms.BooleanField(label=__("Revisé los datos con la persona responsable"))


class SampleFilters(forms.Form):
    """A row of filters."""

    q = forms.CharField(label=__("Buscar"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    site = forms.ChoiceField(
        label=__("Sede"), required=False, choices=[("", __("Todas")), ("a", "Sede A"), ("b", "Sede B")]
    )
    state = forms.ChoiceField(
        label=__("Estado"), required=False, choices=[("", __("Todos")), ("yes", __("Cumple")), ("no", __("No cumple"))]
    )


def verdict() -> Verdict:
    """An undecided verdict with one reason of each outcome, and a nested one."""
    source = Citation("programa", lines=(30, 270))
    nested = (
        Reason("c1", _("Condición uno"), Outcome.NOT_MET, _("no figura")),
        Reason("c2", _("Condición dos"), Outcome.UNKNOWN, _("sin inciso")),
    )
    either = Reason(
        "c",
        _("Una de dos condiciones"),
        Outcome.UNKNOWN,
        _("falta el inciso"),
        Citation("Código Penal", "art. 189"),
        _("pedir copia de la resolución"),
        "Registro",
        children=nested,
    )
    turning = date(2039, 2, 2)
    met = (
        Reason("a", _("Primer criterio"), Outcome.MET, _("un solo episodio"), source),
        Reason("b", _("18 a 34 años"), Outcome.MET, formats.years(22), source, changes_on=turning),
    )
    return Verdict(Outcome.UNKNOWN, (*met, either), changes_on=turning, provisional=True)


def progress() -> dict[str, Any]:
    """A background work half way."""
    return {"title": _("Corrida nacional"), "done": 51840, "total": 103717, "state": "running", "seconds_left": 74}


def _table() -> dict[str, Any]:
    columns = [
        Column(_("Sede"), sort_url="?orden=sede", sorted="ascending"),
        Column(_("Personas"), "number", sort_url="?orden=personas"),
        Column(_("Avance"), "percent"),
        Column(_("Costo"), "soles"),
        Column(_("Corte"), "day"),
        Column(_("Estado"), "state"),
    ]
    first = Cell("Sede A", url="#tabla", note=_("Región Norte"))
    rows = [
        Row([first, 1210, 0.875, "48120.5", DAY, Outcome.MET], strong=True),
        Row(["Sede B", 50, 0.125, "1234.50", DAY, Cell("unknown", word=_("Por decidir"))], state="unknown"),
        Row(["Sede C", None, None, None, DAY, Outcome.NOT_MET], state=Outcome.NOT_MET),
    ]
    return {"columns": columns, "rows": rows, "footer": [_("Total"), 1260, None, "49355", None, None]}


def _invalid_form() -> SampleForm:
    typed = {"name": "", "start": "31/31/2026", "site": "", "notes": _("Texto ya escrito")}
    form = SampleForm(typed, auto_id="mal_%s")
    form.is_valid()
    return form


def _tree() -> list[Node]:
    def product(number: int, active: bool = False) -> Node:
        activities = [Node(f"{_('Actividad')} {number}.{i}", kicker=_("Actividad"), url="#arbol") for i in (1, 2)]
        label = _("Producto %(number)s con un nombre de dos líneas") % {"number": number}
        return Node(label, _("Producto"), "#arbol", active=active, children=activities)

    label = _("Resultado específico que se quiere lograr")
    return [Node(label, _("Resultado"), "#arbol", children=[product(1), product(2, True), product(3)])]


def _lists() -> dict[str, Any]:
    waiting, arrival, before = _("Evaluación registrada"), _("Ingreso"), _("Permanencia anterior")
    rule = Citation("programa", lines=(30,))
    return {
        "events": [
            Event(DAY, waiting, _("Resultado por decidir."), state="unknown", badge=_("Por decidir")),
            Event(date(2026, 3, 14), arrival, state="info", url="#linea", source=_("Acta de ingreso")),
            Event(date(2024, 1, 8), before, until=date(2024, 9, 30)),
        ],
        "comparisons": [
            Comparison(_("Edad"), "18-29", "18-34", True, _("Rige el texto del diseño."), rule),
            Comparison(_("Meta"), 1210, 1210),
        ],
        "stale": {
            "changes": [
                {
                    "words": _("Delito principal corregido"),
                    "actor": _("Registro de muestra"),
                    "at": datetime(2026, 11, 23, 15, tzinfo=UTC),
                }
            ],
            "rows": [Comparison(_("Delito"), _("Hurto"), _("Robo"), True)],
        },
        "steps": [
            Step(_("Subir"), "done"),
            Step(_("Revisar"), "error", _("3 filas con error")),
            Step(_("Aplicar"), "current"),
            Step(_("Confirmar")),
        ],
        "tabs": [
            Link(_("Resumen"), "#", True),
            Link(_("Historia"), "#linea", badge=3),
            Link(_("Documentos"), "#formularios"),
        ],
        "facts": [
            Fact(_("Código"), "P-0000000"),
            Fact(_("Nacimiento"), date(2004, 5, 2), "day"),
            Fact(_("Identidad"), _("Provisional"), state="unknown"),
            Fact(_("Costo"), "1234.5", "soles", note=_("al corte")),
        ],
        "badges": [{"state": "yes", "word": _("Cumple")}, {"state": "unknown", "word": _("Identidad provisional")}],
        "band_items": ["P-0000000", formats.years(22), "Sede A"],
        "tree": _tree(),
    }


def _colours() -> dict[str, Any]:
    themes = ("light", "dark")
    return {
        "colours": {theme: sorted(tokens.palette(theme).items()) for theme in themes},
        "contrasts": {
            theme: [[c.front, c.back, round(c.ratio, 1), c.least, c.enough] for c in tokens.contrasts(theme)]
            for theme in themes
        },
        "contrast_columns": [
            Column(_("Delante")),
            Column(_("Detrás")),
            Column(_("Contraste"), "decimal"),
            Column(_("Mínimo"), "decimal"),
            Column(_("Cumple AA"), "state"),
        ],
    }


def context() -> dict[str, Any]:
    """Everything `ui/estilo.html` shows."""
    negative = Reason("x", _("Edad"), Outcome.NOT_MET, formats.years(41), Citation("programa", lines=(30,)))
    return {
        **_lists(),
        **_colours(),
        "trail": [Link(_("Inicio"), "/"), Link(_("Ayuda"))],
        "icons": sorted(icons.PATHS),
        "verdict": verdict(),
        "verdict_no": Verdict(Outcome.NOT_MET, (negative,)),
        "table": _table(),
        "filters": SampleFilters({"q": "", "site": "a", "state": ""}, auto_id="filtro_%s"),
        "exports": [Link("XLSX", "#tabla"), Link("CSV", "#tabla")],
        "form": SampleForm(),
        "invalid_form": _invalid_form(),
        "link_errors": [{"text": _("Fila 12, columna «fecha»: el día 31 no existe en junio"), "href": "#tabla"}],
        "progress": progress(),
        "figures": sample_figures.figures(),
        "map": sample_figures.map_figure(),
        "spark": sample_figures.sparkline(),
        "as_of": DAY,
    }
