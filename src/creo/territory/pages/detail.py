"""The page of one facility: how full it is by the rule, its capacity in time, its pavilions, its other names."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.pages import page
from creo.support.ui import charts, formats
from creo.support.ui.parts import Cell, Column, Fact, Figure, Link, Row
from creo.territory import queries, reports, rules
from creo.territory.queries import FacilityDetail, FigureRow, PavilionRow


@page(permission=Permission.VIEW_TERRITORY)
def facility(request: HttpRequest, code: str) -> HttpResponse:
    """One facility as of today; editing links only for those who may."""
    found = queries.facility(request.reader, code, clock.today())
    latest = found.figures[0] if found.figures else None
    can_edit = request.reader.can(Permission.EDIT_TERRITORY)
    context: dict[str, Any] = {
        "facility": found,
        "trail": [Link(_("Establecimientos"), reverse("territory:facilities"))],
        "latest": latest,
        "verdict": rules.within_limit(latest.occupancy.verdict) if latest else None,
        "facts": _facts(found, latest),
        "notes": _notes(found, latest),
        "badges": _badges(found, latest),
        "figure": _history(found) if len(found.figures) > 1 else None,
        "capacity_columns": [
            Column(_("Desde"), "day"),
            Column(_("Hasta"), "day"),
            Column(_("Plazas"), "number"),
            Column(_("Fuente")),
        ],
        "capacity_rows": _capacities(found),
        "figure_columns": _figure_columns(),
        "figure_rows": [_figure(row) for row in found.figures],
        "pavilion_columns": _pavilion_columns(can_edit),
        "pavilion_rows": [_pavilion(found, row, can_edit) for row in found.pavilions],
        "can_edit": can_edit,
    }
    return render(request, "territory/facility.html", context)


def _facts(found: FacilityDetail, latest: FigureRow | None) -> list[Fact]:
    unknown = _("sin dato publicado")
    codes = _("INEI %(inei)s · RENIEC %(reniec)s") % {"inei": found.district, "reniec": found.district_reniec}
    kind = latest.type if latest else None
    office = reverse("territory:facilities", query={"oficina": found.office})
    return [
        Fact(_("Código"), found.code),
        Fact(_("Oficina regional"), found.office_name, url=office),
        Fact(_("Departamento"), found.department_name, url=reverse("territory:department", args=[found.department])),
        Fact(_("Provincia"), found.province_name or unknown),
        Fact(_("Distrito"), found.district_name or unknown, note=codes if found.district else ""),
        Fact(_("Alberga"), reports.sex_word(found.sex) or unknown),
        Fact(_("Tipo"), kind.letter if kind else unknown, note=kind.printed if kind else ""),
        Fact(_("Apertura"), found.opened or unknown, kind="day" if found.opened else "text"),
        Fact(_("Censo 2016"), ", ".join(found.census_codes) or unknown),
        Fact(_("Otro nombre"), ", ".join(found.other_names) or "—"),
    ]


def _notes(found: FacilityDetail, latest: FigureRow | None) -> list[str]:
    """Where the facts come from, and how what is doubtful was treated."""
    notes = []
    if found.place_printed:
        notes.append(
            _("Lugar impreso: «%(place)s». %(source)s.") % {"place": found.place_printed, "source": found.place_source}
        )
    if found.sex:
        notes.append(
            _("«Alberga» se lee de las cifras por sexo y no es una designación legal. %(source)s.")
            % {"source": found.sex_source}
        )
    if latest and latest.type:
        citation = latest.type.citation
        notes.append(_("Tipo: %(label)s. %(note)s") % {"label": citation.label(), "note": citation.note})
    return notes


def _badges(found: FacilityDetail, latest: FigureRow | None) -> list[dict[str, str]]:
    badges = []
    if latest:
        outcome = latest.occupancy.overcrowded
        badges.append({"state": reports.STATES[outcome], "word": reports.crowding_word(outcome)})
    if found.is_demonstration:
        badges.append({"state": "info", "word": _("Demostración")})
    if found.closed:
        badges.append({"state": "neutral", "word": _("Cerrado el %(day)s") % {"day": formats.day(found.closed)}})
    return badges


def _capacities(found: FacilityDetail) -> list[Row]:
    return [
        Row(
            [
                row.valid_from,
                row.valid_to if row.valid_to else Cell(_("vigente"), kind="text"),
                row.places,
                row.source,
            ],
            strong=row.valid_to is None,
        )
        for row in found.capacities
    ]


def _figure_columns() -> list[Column]:
    return [
        Column(_("Mes"), "month"),
        Column(_("Población"), "number"),
        Column(_("Procesados"), "number"),
        Column(_("Sentenciados"), "number"),
        Column(_("Hombres"), "number"),
        Column(_("Mujeres"), "number"),
        Column(_("Plazas del mes"), "number"),
        Column(_("Exceso"), "percent"),
        Column(_("Hacinamiento"), "state"),
    ]


def _figure(row: FigureRow) -> Row:
    return Row(
        [
            row.month,
            row.population,
            row.processed,
            row.sentenced,
            row.men,
            row.women,
            row.occupancy.capacity,
            reports.share(row.occupancy),
            reports.crowding_cell(row.occupancy.overcrowded),
        ]
    )


def _history(found: FacilityDetail) -> Figure:
    """Published people beside places, month by month."""
    rows = list(reversed(found.figures))
    latest = rows[-1]
    title = _("%(people)s personas en %(places)s plazas en %(month)s") % {
        "people": formats.number(latest.population),
        "places": formats.number(latest.occupancy.capacity),
        "month": formats.month(latest.month),
    }
    series: dict[str, list[int | None]] = {
        _("Plazas"): [row.occupancy.capacity for row in rows],
        _("Población"): [row.population for row in rows],
    }
    svg = charts.grouped_bars(
        [formats.month(row.month) for row in rows],
        series,
        title=title,
        desc=_("Plazas y población publicada en cada informe disponible."),
        key="historia",
    )
    columns = [Column(_("Mes"), "month"), Column(_("Plazas"), "number"), Column(_("Población"), "number")]
    lines = [[row.month, row.occupancy.capacity, row.population] for row in rows]
    note = _("Solo los informes disponibles; los meses no son consecutivos.")
    return Figure(title, svg, columns, lines, source=latest.source, note=note)


def _pavilion_columns(can_edit: bool) -> list[Column]:
    columns = [
        Column(_("Pabellón")),
        Column(_("Nombre")),
        Column(_("Plazas"), "number"),
        Column(_("Desde"), "day"),
        Column(_("Hasta"), "day"),
        Column(_("Origen")),
    ]
    return [*columns, Column(_("Acción"))] if can_edit else columns


def _pavilion(found: FacilityDetail, row: PavilionRow, can_edit: bool) -> Row:
    origin = Cell("info", kind="state", word=_("Demostración")) if row.is_demonstration else Cell(_("Registrado"))
    until = row.valid_to if row.valid_to else Cell(_("abierto"), kind="text")
    cells: list[object] = [row.code, row.name, row.capacity, row.valid_from, until, origin]
    if can_edit:
        url = reverse("territory:close_pavilion", args=[found.code, row.code]) if row.valid_to is None else ""
        cells.append(
            Cell(_("Cerrar"), url=url, label=_("Cerrar el pabellón %(code)s") % {"code": row.code}) if url else ""
        )
    return Row(cells)
