"""Made-up, neutral data for the components page: no real site, person or figure."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from creo.kernel.citations import Citation
from creo.kernel.verdicts import Outcome, Reason, Verdict
from creo.support.ui import charts, icons, tokens
from creo.support.ui.map import outlines, peru_map
from creo.support.ui.parts import Cell, Column, Comparison, Event, Fact, Figure, Link, Node, Row, Step

DAY = date(2026, 11, 23)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nombre del grupo", help_text="Como se verá en los listados.", max_length=60)
    start = forms.DateField(label="Fecha de inicio", widget=forms.DateInput(attrs={"type": "date"}))
    site = forms.ChoiceField(label="Sede", choices=[("", "Elija una sede"), ("a", "Sede A"), ("b", "Sede B")])
    mode = forms.ChoiceField(
        label="Modalidad", widget=forms.RadioSelect, choices=[("p", "Presencial"), ("d", "A distancia")]
    )
    file = forms.FileField(label="Archivo", required=False, help_text="CSV o XLSX, hasta 20 MB.")
    notes = forms.CharField(label="Observaciones", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    confirmed = forms.BooleanField(label="Revisé los datos con la persona responsable")


class SampleFilters(forms.Form):
    """A row of filters."""

    q = forms.CharField(label="Buscar", required=False, widget=forms.TextInput(attrs={"type": "search"}))
    site = forms.ChoiceField(label="Sede", required=False, choices=[("", "Todas"), ("a", "Sede A"), ("b", "Sede B")])
    state = forms.ChoiceField(
        label="Estado", required=False, choices=[("", "Todos"), ("yes", "Cumple"), ("unknown", "Sin dato")]
    )


def verdict(outcome: Outcome = Outcome.UNKNOWN) -> Verdict:
    """A verdict with one reason of each outcome, and a nested one."""
    source = Citation("programa", lines=(30, 270))
    return Verdict(
        outcome,
        (
            Reason("a", "Primer criterio", Outcome.MET, "un solo episodio desde 14 mar 2026", source),
            Reason("b", "18 a 34 años", Outcome.MET, "22 años", source, changes_on=date(2039, 2, 2)),
            Reason(
                "c", "Una de dos condiciones", Outcome.UNKNOWN, "falta el inciso", Citation("Código Penal", "art. 189"),
                action="pedir copia de la resolución", responsible="Registro",
                children=(
                    Reason("c1", "Condición uno", Outcome.NOT_MET, "no figura"),
                    Reason("c2", "Condición dos", Outcome.UNKNOWN, "sin inciso"),
                ),
            ),
        ),
        changes_on=date(2039, 2, 2),
        provisional=True,
    )  # fmt: skip


def progress() -> dict[str, Any]:
    """A background work half way."""
    return {"title": _("Corrida nacional"), "done": 51840, "total": 103717, "state": "running", "seconds_left": 74}


def funnel_figure() -> Figure:
    """A funnel with an unknown step."""
    items = [("Población", 100000), ("Primer criterio", 76000), ("Segundo criterio", 31000), ("Elegibles", 15500)]
    bars = [charts.Bar(label, value) for label, value in items]
    bars[-1] = charts.Bar("Elegibles", 15500, state="strong")
    bars += [
        charts.Bar("Por decidir", 2200, state="unknown"),
        charts.Bar("Intervenidos", 120),
        charts.Bar("Meta", None),
    ]
    title = _("Uno de cada seis es elegible")
    return Figure(
        title=title,
        svg=charts.funnel(bars, title=title, desc=_("De la población a la intervención"), key="embudo"),
        columns=[Column(_("Paso")), Column(_("Personas"), "number")],
        rows=[[bar.label, bar.value] for bar in bars],
        source=_("Datos inventados"),
        cutoff=DAY,
    )


def figures() -> list[Figure]:
    """Every chart once."""
    return [funnel_figure(), _bars(), _lines(), _grouped(), _stacked(), _steps(), _differences()]


def _bars() -> Figure:
    items = [
        ("Sede A", 4310),
        ("Sede B, con un nombre bastante más largo que las otras", 2875),
        ("Sede C", 12),
        ("Sede D", 0),
        ("Sede E", None),
    ]
    title = _("La sede A reúne más de la mitad")
    svg = charts.bars(items, title=title, desc=_("Personas por sede"), key="barras", links={"Sede A": "#graficos"})
    return Figure(
        title,
        svg,
        [Column(_("Sede")), Column(_("Personas"), "number")],
        [list(i) for i in items],
        _("Datos inventados"),
        DAY,
    )


def _differences() -> Figure:
    items = [("Entran", 3911), ("Salen", -4756), ("Cambian de sede", 210)]
    title = _("Salen más de los que entran")
    svg = charts.bars(items, title=title, desc=_("Cambio por diseño"), key="diferencias", unit="personas")
    return Figure(
        title,
        svg,
        [Column(_("Cambio")), Column(_("Personas"), "number")],
        [list(i) for i in items],
        _("Datos inventados"),
        DAY,
    )


def _lines() -> Figure:
    months = ["ene 2026", "feb 2026", "mar 2026", "abr 2026", "may 2026", "jun 2026", "jul 2026", "ago 2026"]
    series = {
        "Inscritos": [120, 180, 260, 240, None, 330, 410, 460],
        "Concluyen": [10, 40, 90, 110, 140, 170, 200, 260],
    }
    title = _("Los inscritos se cuadruplican en ocho meses")
    rows = [[month, *values] for month, *values in zip(months, *series.values(), strict=True)]
    columns = [Column(_("Mes")), *(Column(name, "number") for name in series)]
    svg = charts.lines(
        months, series, title=title, desc=_("Inscritos y concluidos por mes"), key="lineas", unit="personas"
    )
    return Figure(title, svg, columns, rows, _("Datos inventados"), DAY)


def _ages() -> tuple[list[str], dict[str, list[int | None]]]:
    return ["18 a 24", "25 a 29", "30 a 34"], {
        "Mujeres": [310, 280, 190],
        "Hombres": [4200, 5100, None],
        "Sin dato": [12, 0, 4],
    }


def _grouped() -> Figure:
    ages, series = _ages()
    title = _("El grupo de 25 a 29 es el mayor")
    rows = [[age, *values] for age, *values in zip(ages, *series.values(), strict=True)]
    columns = [Column(_("Edad")), *(Column(name, "number") for name in series)]
    svg = charts.grouped_bars(ages, series, title=title, desc=_("Personas por edad y sexo"), key="grupos")
    return Figure(title, svg, columns, rows, _("Datos inventados"), DAY)


def _stacked() -> Figure:
    sites = ["Sede A", "Sede B", "Sede C"]
    series = {"Procesados": [320, 150, 90], "Sentenciados": [410, 300, 20], "Sin dato": [12, 30, 0]}
    title = _("En la sede B, dos de cada tres tienen sentencia")
    rows = [[site, *values] for site, *values in zip(sites, *series.values(), strict=True)]
    columns = [Column(_("Sede")), *(Column(name, "number") for name in series)]
    svg = charts.stacked(sites, series, title=title, desc=_("Situación jurídica por sede"), key="apiladas", share=True)
    return Figure(title, svg, columns, rows, _("Datos inventados"), DAY)


def _steps() -> Figure:
    with_it = [(0, 1.0), (3, 0.97), (7, 0.93), (12, 0.88), (18, 0.84), (24, 0.81)]
    without = [(0, 1.0), (2, 0.95), (5, 0.88), (11, 0.79), (17, 0.71), (24, 0.66)]
    band = charts.Steps(
        with_it, [(x, y - 0.03 * x / 24) for x, y in with_it], [(x, y + 0.03 * x / 24) for x, y in with_it]
    )
    title = _("A dos años, 81 % sigue sin reingresar")
    svg = charts.steps(
        {"Con programa": band, "Comparación": without}, title=title, desc=_("Curvas de permanencia"), key="escalones",
        x_label=_("Meses desde el egreso"),
    )  # fmt: skip
    rows = [[f"{month}", share] for month, share in with_it]
    return Figure(
        title, svg, [Column(_("Meses")), Column(_("Con programa"), "percent")], rows, _("Datos inventados"), DAY
    )


def map_figure() -> Figure:
    """A map with unknown departments."""
    names = {code: shape["name"] for code, shape in outlines()["departments"].items()}
    values: dict[str, int | None] = {code: (index * 7919) % 4000 for index, code in enumerate(names)}
    values["16"] = values["07"] = None
    title = _("Tres departamentos reúnen la mayor parte")
    svg = peru_map(
        values, title=title, desc=_("Personas por departamento"), key="mapa", unit=_("personas"), links={"15": "#mapa"}
    )
    rows = [[names[code], value] for code, value in sorted(values.items())]
    return Figure(
        title, svg, [Column(_("Departamento")), Column(_("Personas"), "number")], rows, _("Datos inventados"), DAY
    )


def _table() -> dict[str, Any]:
    columns = [
        Column(_("Sede"), sort_url="?orden=sede", sorted="ascending"),
        Column(_("Personas"), "number", sort_url="?orden=personas"),
        Column(_("Avance"), "percent"),
        Column(_("Costo"), "soles"),
        Column(_("Corte"), "day"),
        Column(_("Estado"), "state"),
    ]
    rows = [
        Row([Cell("Sede A", url="#tabla", note="Región Norte"), 1210, 0.875, "48120.5", DAY, Outcome.MET], strong=True),
        Row(["Sede B", 50, 0.125, "1234.50", DAY, Cell("unknown", word=_("Por decidir"))], state="unknown"),
        Row(["Sede C", None, None, None, DAY, Outcome.NOT_MET], state=Outcome.NOT_MET),
    ]
    return {"columns": columns, "rows": rows, "footer": [_("Total"), 1260, None, "49355", None, None]}


def _invalid_form() -> SampleForm:
    form = SampleForm({"name": "", "start": "31/31/2026", "site": "", "notes": "Texto ya escrito"}, auto_id="mal_%s")
    form.is_valid()
    return form


def _tree() -> list[Node]:
    def product(number: int, active: bool = False) -> Node:
        children = [Node(f"Actividad {number}.{i}", kicker=_("Actividad"), url="#arbol") for i in (1, 2)]
        return Node(
            f"Producto {number} con un nombre de dos líneas", _("Producto"), "#arbol", active=active, children=children
        )

    return [
        Node(
            "Resultado específico que se quiere lograr",
            _("Resultado"),
            "#arbol",
            children=[product(1), product(2, True), product(3)],
        )
    ]


def context() -> dict[str, Any]:
    """Everything `ui/estilo.html` shows."""
    return {
        "trail": [Link(_("Inicio"), "/"), Link(_("Ayuda"))],
        "icons": sorted(icons.PATHS),
        "colours": {"light": sorted(tokens.palette("light").items()), "dark": sorted(tokens.palette("dark").items())},
        "contrast_columns": [
            Column(_("Delante")), Column(_("Detrás")), Column(_("Contraste"), "decimal"), Column(_("Mínimo"), "decimal"),
            Column(_("Cumple AA"), "state"),
        ],
        "contrasts": {
            theme: [[c.front, c.back, round(c.ratio, 1), c.least, c.enough] for c in tokens.contrasts(theme)]
            for theme in ("light", "dark")
        },
        "verdict": verdict(),
        "verdict_no": Verdict(Outcome.NOT_MET, (Reason("x", "Edad", Outcome.NOT_MET, "41 años", Citation("programa", lines=(30,))),)),
        "events": [
            Event(DAY, "Evaluación registrada", "Resultado por decidir.", state="unknown", badge=_("Por decidir"), source="Corrida 12"),
            Event(date(2026, 3, 14), "Ingreso", state="info", url="#linea"),
            Event(date(2024, 1, 8), "Permanencia anterior", until=date(2024, 9, 30)),
        ],
        "table": _table(),
        "filters": SampleFilters({"q": "", "site": "a", "state": ""}),
        "exports": [Link("XLSX", "#tabla"), Link("CSV", "#tabla")],
        "form": SampleForm(),
        "invalid_form": _invalid_form(),
        "progress": progress(),
        "figures": figures(),
        "map": map_figure(),
        "spark": charts.sparkline([3, 4, 4, 6, 5, 8, 9], title=_("Sube desde julio"), key="chispa"),
        "tree": _tree(),
        "comparisons": [
            Comparison(_("Edad"), "18-29", "18-34", True, _("Rige el texto del diseño."), Citation("programa", lines=(30, 97))),
            Comparison(_("Meta"), 1210, 1210),
        ],
        "steps": [Step(_("Subir"), "done"), Step(_("Revisar"), "error", _("3 filas con error")), Step(_("Aplicar"), "current"), Step(_("Confirmar"))],
        "tabs": [Link(_("Resumen"), "#", True), Link(_("Historia"), "#linea", badge=3), Link(_("Documentos"), "#formularios")],
        "facts": [Fact(_("Código"), "P-0000000"), Fact(_("Nacimiento"), date(2004, 5, 2), "day"), Fact(_("Identidad"), _("Provisional"), state="unknown"), Fact(_("Costo"), "1234.5", "soles", note=_("al corte"))],
        "badges": [{"state": "yes", "word": _("Cumple")}, {"state": "unknown", "word": _("Identidad provisional")}],
        "band_items": ["P-0000000", "22 años", "Sede A"],
        "as_of": DAY,
        "link_errors": [{"text": _("Fila 12, columna «fecha»: el día 31 no existe en junio"), "href": "#tabla"}],
    }  # fmt: skip
