"""The list of facilities as a table and as files, and the map of how full the prisons of each department are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.kernel.verdicts import Outcome
from creo.support.ui import formats
from creo.support.ui.map import peru_map
from creo.support.ui.parts import Cell, Column, Figure, Row
from creo.territory import rules
from creo.territory.queries import FacilityRow, Totals, totals

# Classes of the map, in people per 100 places; 120 is where overcrowding begins (20 % over capacity).
BREAKS = (100, 120, 200, 300)
STATES = {Outcome.MET: "no", Outcome.NOT_MET: "yes", Outcome.UNKNOWN: "unknown"}


def crowding_word(outcome: Outcome) -> str:
    """Overcrowded or not, in words; the badge's colour comes from STATES (overcrowded is the bad one)."""
    words = {
        Outcome.MET: _("Hacinado"),
        Outcome.NOT_MET: _("No hacinado"),
        Outcome.UNKNOWN: _("Sin dato"),
    }
    return words[outcome]


def crowding_cell(outcome: Outcome) -> Cell:
    """The badge of overcrowding as a table cell."""
    return Cell(STATES[outcome], kind="state", word=crowding_word(outcome))


def sex_word(sex: str | None) -> str:
    """Who a prison holds, in words; nothing for unknown."""
    return _(rules.SexHeld(sex).word) if sex else ""


def share(occupancy: rules.Occupancy) -> Decimal | None:
    """Excess over capacity as a share, for the per cent format."""
    return None if occupancy.percent is None else occupancy.percent / 100


def list_columns(*, with_department: bool = True) -> list[Column]:
    """Columns of the list of prisons."""
    return [
        Column(_("Establecimiento")),
        Column(_("Oficina")),
        *([Column(_("Departamento"))] if with_department else []),
        Column(_("Alberga")),
        Column(_("Plazas"), "number"),
        Column(_("Población"), "number"),
        Column(_("Exceso"), "percent"),
        Column(_("Hacinamiento"), "state"),
        Column(_("Tipo")),
    ]


def list_rows(rows: Iterable[FacilityRow], *, with_department: bool = True) -> list[Row]:
    """Rows of the list, each leading to its facility."""
    return [
        Row(
            [
                Cell(row.name, url=reverse("territory:facility", args=[row.code])),
                row.office_short,
                *([_department(row)] if with_department else []),
                sex_word(row.sex) or None,
                row.capacity,
                row.population,
                share(row.occupancy),
                crowding_cell(row.occupancy.overcrowded),
                row.type.letter if row.type else None,
            ]
        )
        for row in rows
    ]


def _department(row: FacilityRow) -> Cell:
    return Cell(row.department_name, url=reverse("territory:department", args=[row.department]))


def export_columns() -> list[Column]:
    """Headings of the exported file; codes stay text."""
    return [
        Column(_("Código")),
        Column(_("Establecimiento")),
        Column(_("Código de oficina regional")),
        Column(_("Oficina regional")),
        Column(_("Ubigeo INEI del departamento")),
        Column(_("Departamento")),
        Column(_("Alberga")),
        Column(_("Plazas"), "number"),
        Column(_("Población publicada"), "number"),
        Column(_("Mes de la población"), "month"),
        Column(_("Plazas de ese mes"), "number"),
        Column(_("Sobrepoblación"), "number"),
        Column(_("Sobrepoblación (% de las plazas)"), "decimal"),
        Column(_("Hacinamiento")),
        Column(_("Tipo (ROF art. 66)")),
        Column(_("Demostración")),
    ]


def export_rows(rows: Iterable[FacilityRow]) -> list[list[object]]:
    """One row per facility; what is unknown stays empty, never zero."""
    return [
        [
            row.code,
            row.name,
            row.office,
            row.office_name,
            row.department,
            row.department_name,
            sex_word(row.sex) or None,
            row.capacity,
            row.population,
            row.month,
            row.occupancy.capacity,
            row.occupancy.excess,
            row.occupancy.percent,
            crowding_word(row.occupancy.overcrowded),
            row.type.letter if row.type else None,
            _("Sí") if row.is_demonstration else _("No"),
        ]
        for row in rows
    ]


def export_facts(rows: Sequence[FacilityRow], filters: str, on: date) -> list[tuple[str, object]]:
    """What the first sheet of the workbook tells: when, which filters, how many, and where the figures come from."""
    months = [row.month for row in rows if row.month]
    return [
        (_("Fecha"), on),
        (_("Filtros"), filters or _("ninguno")),
        (_("Establecimientos"), len(rows)),
        (_("Fuente"), _source(max(months) if months else None)),
        (_("Hacinamiento"), _("Población publicada que supera en más del umbral vigente las plazas de su mismo mes.")),
    ]


def finding(found: Totals) -> str:
    """What the list says in one line: how many prisons are overcrowded."""
    return ngettext(
        "%(crowded)s de %(all)s penal está hacinado",
        "%(crowded)s de %(all)s penales están hacinados",
        found.facilities,
    ) % {"crowded": formats.number(found.overcrowded), "all": formats.number(found.facilities)}


def density_map(rows: Sequence[FacilityRow]) -> Figure:
    """People held per 100 places in the prisons of each department, where both are published."""
    groups: dict[str, list[FacilityRow]] = {}
    for row in rows:
        groups.setdefault(row.department, []).append(row)
    lines, values, links = [], {}, {}
    for code, members in sorted(groups.items()):
        sums = totals(members)
        whole = sums.capacity and not sums.without_capacity and not sums.without_population
        density = round(sums.population * 100 / sums.capacity) if whole else None
        values[code] = density
        links[code] = reverse("territory:department", args=[code])
        lines.append(
            [Cell(members[0].department_name, url=links[code]), len(members), sums.capacity, sums.population, density]
        )
    title = finding(totals(rows))
    unit = _("personas por 100 plazas")
    svg = peru_map(
        values,
        title=title,
        desc=_("Mapa del Perú: personas por cada 100 plazas en los penales de cada departamento."),
        key="territorio",
        links=links,
        unit=unit,
        breaks=BREAKS,
    )
    columns = [
        Column(_("Departamento")),
        Column(_("Penales"), "number"),
        Column(_("Plazas"), "number"),
        Column(_("Población publicada"), "number"),
        Column(_("Personas por 100 plazas"), "number"),
    ]
    months = [row.month for row in rows if row.month]
    return Figure(
        title=title,
        svg=svg,
        columns=columns,
        rows=lines,
        source=_source(max(months) if months else None),
        note=_("Por encima de 120 personas por 100 plazas hay hacinamiento. Rayado: sin penales en esta lista."),
    )


def _source(month: date | None) -> str:
    if month is None:
        return ""
    return _("INPE, población publicada de %(month)s; no es la población del registro") % {
        "month": formats.month(month)
    }
