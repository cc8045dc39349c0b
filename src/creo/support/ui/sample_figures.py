"""Made-up figures for the components page: every chart and the map, with their awkward cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from creo.support.ui import charts
from creo.support.ui.map import outlines, peru_map
from creo.support.ui.parts import Column, Figure

DAY = date(2026, 11, 23)
Series = dict[str, list[int | None]]


def _figure(title: str, svg: str, columns: Sequence[Column], rows: Sequence[object]) -> Figure:
    return Figure(title, svg, columns, rows, _("Datos inventados"), DAY)


def _by_label(labels: Sequence[str], series: Mapping[str, Sequence[object]]) -> list[list[object]]:
    return [[label, *(values[index] for values in series.values())] for index, label in enumerate(labels)]


def figures() -> list[Figure]:
    """Every chart once."""
    return [_funnel(), _bars(), _lines(), _grouped(), _stacked(), _steps(), _differences()]


def sparkline() -> str:
    """The small line."""
    return charts.sparkline([3, 4, 4, 6, 5, 8, 9], title=_("Sube desde julio"), key="chispa")


def _funnel() -> Figure:
    bars = [
        charts.Bar(_("Población"), 100000),
        charts.Bar(_("Primer criterio"), 76000),
        charts.Bar(_("Segundo criterio"), 31000),
        charts.Bar(_("Elegibles"), 15500, state="strong"),
        charts.Bar(_("Por decidir"), 2200, state="unknown"),
        charts.Bar(_("Intervenidos"), 120),
        charts.Bar(_("Meta"), None),
    ]
    title = _("Uno de cada seis es elegible")
    svg = charts.funnel(bars, title=title, desc=_("De la población a la intervención"), key="embudo")
    columns = [Column(_("Paso")), Column(_("Personas"), "number")]
    return _figure(title, svg, columns, [[bar.label, bar.value] for bar in bars])


def _bars() -> Figure:
    items: list[tuple[str, object]] = [
        ("Sede A", 4310),
        (_("Sede B, con un nombre bastante más largo que las otras"), 2875),
        ("Sede C", 12),
        ("Sede D", 0),
        ("Sede E", None),
    ]
    title = _("La sede A reúne más de la mitad")
    svg = charts.bars(items, title=title, desc=_("Personas por sede"), key="barras", links={"Sede A": "#graficos"})
    return _figure(title, svg, [Column(_("Sede")), Column(_("Personas"), "number")], items)


def _differences() -> Figure:
    items: list[tuple[str, object]] = [(_("Entran"), 3911), (_("Salen"), -4756), (_("Cambian de sede"), 210)]
    title = _("Salen más de los que entran")
    svg = charts.bars(items, title=title, desc=_("Cambio por diseño"), key="diferencias", unit=_("personas"))
    return _figure(title, svg, [Column(_("Cambio")), Column(_("Personas"), "number")], items)


def _lines() -> Figure:
    months = [f"{name} 2026" for name in ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago")]
    series: Series = {
        _("Inscritos"): [120, 180, 260, 240, None, 330, 410, 460],
        _("Concluyen"): [10, 40, 90, 110, 140, 170, 200, 260],
    }
    title = _("Los inscritos casi se cuadruplican en ocho meses")
    desc = _("Inscritos y concluidos por mes")
    svg = charts.lines(months, series, title=title, desc=desc, key="lineas", unit=_("personas"))
    columns = [Column(_("Mes")), *(Column(name, "number") for name in series)]
    return _figure(title, svg, columns, _by_label(months, series))


def _grouped() -> Figure:
    ages = [_("18 a 24 años"), _("25 a 29 años"), _("30 a 34 años")]
    series: Series = {_("Mujeres"): [310, 280, 190], _("Hombres"): [4200, 5100, None], _("Sin dato"): [12, 0, 4]}
    title = _("El grupo de 25 a 29 es el mayor")
    svg = charts.grouped_bars(ages, series, title=title, desc=_("Personas por edad y sexo"), key="grupos")
    columns = [Column(_("Edad")), *(Column(name, "number") for name in series)]
    return _figure(title, svg, columns, _by_label(ages, series))


def _stacked() -> Figure:
    sites = ["Sede A", "Sede B", "Sede C"]
    series: Series = {_("Procesados"): [320, 150, 90], _("Sentenciados"): [410, 300, 20], _("Sin dato"): [12, 30, 0]}
    title = _("En la sede B, cinco de cada ocho tienen sentencia")
    desc = _("Situación jurídica por sede")
    svg = charts.stacked(sites, series, title=title, desc=desc, key="apiladas", share=True)
    columns = [Column(_("Sede")), *(Column(name, "number") for name in series)]
    return _figure(title, svg, columns, _by_label(sites, series))


def _steps() -> Figure:
    treated = [(0.0, 1.0), (3.0, 0.97), (7.0, 0.93), (12.0, 0.88), (18.0, 0.84), (24.0, 0.81)]
    others = [(0.0, 1.0), (2.0, 0.95), (5.0, 0.88), (11.0, 0.79), (17.0, 0.71), (24.0, 0.66)]
    lower, upper = ([(x, y + sign * 0.06 * x / 24) for x, y in treated] for sign in (-1, 1))
    title = _("A dos años, 81 % sigue sin reingresar")
    svg = charts.steps(
        {_("Con programa"): charts.Steps(treated, lower, upper), _("Comparación"): others},
        title=title,
        desc=_("Curvas de permanencia"),
        key="escalones",
        x_label=_("Meses desde el egreso"),
    )
    columns = [Column(_("Meses"), "number"), Column(_("Con programa"), "percent")]
    return _figure(title, svg, columns, treated)


def map_figure() -> Figure:
    """A map with unknown departments."""
    names = {code: shape["name"] for code, shape in outlines()["departments"].items()}
    values: dict[str, int | None] = {code: (index * 7919) % 4000 for index, code in enumerate(names)}
    values["16"] = values["07"] = None
    title = _("Las cifras altas se juntan en la sierra sur")
    desc = _("Personas por departamento")
    svg = peru_map(values, title=title, desc=desc, key="mapa", unit=_("personas"), links={"15": "#graficos"})
    rows = [[names[code], value] for code, value in sorted(values.items())]
    return _figure(title, svg, [Column(_("Departamento")), Column(_("Personas"), "number")], rows)
