"""Designs side by side: the small table of ages, the readings, and the people who move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from creo.support.ui import charts
from creo.support.ui.parts import Cell, Column, Figure, Row
from creo.targeting import rules
from creo.targeting.queries import DRAFT, IN_FORCE, Compared, Mover, Reading, Run
from creo.targeting.reports.figures import source_of
from creo.targeting.reports.tables import code_cell
from creo.territory.queries import FacilityRef


def ages_rows(run: Run) -> tuple[list[Column], list[Row]]:
    """«¿Y si cambia la edad?»: the run's rule and the readings kept with it."""
    columns = [
        Column(_("Diseño")),
        Column(_("Elegibles"), "number"),
        Column(_("Entran"), "number"),
        Column(_("Salen"), "number"),
    ]
    base = run.totals.outcomes()[rules.Result.ELIGIBLE.value]
    word = _("%(title)s (esta corrida)") if run.row.variant else _("%(title)s (vigente)")
    rows = [Row([word % {"title": rule_name(run.rule)}, base, None, None], strong=True)]
    for code, kept in run.comparisons.items():
        sums = run.totals.compared(kept["counts"])
        address = reverse("targeting:compare", query={"run": run.row.number, "reading": code})
        rows.append(Row([Cell(kept["title"], url=address), sums["eligible"], sums["enter"], sums["leave"]]))
    return columns, rows


def rule_name(rule: rules.Ruleset) -> str:
    """A rule in a few words: its ages when it asks for them, else its title."""
    return _("%(low)s a %(high)s años") % {"low": rule.ages[0], "high": rule.ages[1]} if rule.ages else rule.title


def readings_rows(
    run: Run, readings: Sequence[Reading], compared: Sequence[Compared], chosen: str
) -> tuple[list[Column], list[Row]]:
    """Every reading with its sums; the chosen one is marked, the one in force is strong."""
    columns = [
        Column(_("Lectura")),
        Column(_("Edad")),
        Column(_("Elegibles"), "number"),
        Column(_("Por decidir"), "number"),
        Column(_("Entran"), "number"),
        Column(_("Salen"), "number"),
    ]
    kinds = {DRAFT: _("borrador")}
    rows = []
    for reading, found in zip(readings, compared, strict=True):
        address = reverse("targeting:compare", query={"run": run.row.number, "reading": reading.key})
        moves = (None, None) if reading.rule == run.rule else (found.total("enter"), found.total("leave"))
        rows.append(
            Row(
                [
                    Cell(_reading_title(reading), url=address, note=kinds.get(reading.kind, "")),
                    _ages_cell(reading.rule),
                    found.total("eligible"),
                    found.total("undecided"),
                    *moves,
                ],
                strong=reading.kind == IN_FORCE,
                state="info" if reading.key == chosen else "",
            )
        )
    return columns, rows


def readings_figure(run: Run, readings: Sequence[Reading], compared: Sequence[Compared]) -> Figure:
    """Eligible people under each reading."""
    rows = [
        (_reading_title(reading), found.total("eligible")) for reading, found in zip(readings, compared, strict=True)
    ]
    most = max(rows, key=lambda row: row[1])
    return Figure(
        title=_("Elegibles según la lectura"),
        svg=charts.bars(
            rows,
            title=_("«%(name)s» deja más personas elegibles") % {"name": most[0]},
            desc=_("Personas elegibles de la misma población y el mismo día con cada lectura del diseño."),
            key=f"readings-{run.row.number}",
            highlight=[rows[0][0]],
        ),
        columns=[Column(_("Lectura")), Column(_("Elegibles"), "number")],
        rows=[list(row) for row in rows],
        source=source_of(run),
        cutoff=run.row.as_of,
    )


def place_rows(
    run: Run, reading: Reading, found: Compared, refs: Sequence[FacilityRef]
) -> tuple[list[Column], list[Row], Row]:
    """One reading prison by prison, most movement first; and the sums."""
    columns = [
        Column(_("Establecimiento")),
        Column(_("Elegibles en la corrida"), "number"),
        Column(_("Con la lectura"), "number"),
        Column(_("Entran"), "number"),
        Column(_("Salen"), "number"),
    ]
    names: Mapping[int, FacilityRef] = {ref.id: ref for ref in refs}
    rows = []
    for key, yes, enter, leave in sorted(
        zip(found.facilities, found.eligible, found.enter, found.leave, strict=True), key=lambda row: -(row[2] + row[3])
    ):
        ref = names.get(key)
        first = Cell(_("Sin establecimiento registrado"))
        if ref is not None:
            query = {"run": run.row.number, "reading": reading.key, "facility": ref.code}
            first = Cell(ref.name, url=reverse("targeting:compare", query=query))
        rows.append(Row([first, yes - enter + leave, yes, enter, leave]))
    enter, leave, yes = found.total("enter"), found.total("leave"), found.total("eligible")
    return columns, rows, Row([_("Total"), yes - enter + leave, yes, enter, leave], strong=True)


def movers_columns() -> list[Column]:
    """Columns of the people who enter or leave."""
    return [
        Column(_("Código")),
        Column(_("Establecimiento")),
        Column(_("Edad"), "years"),
        Column(_("Artículo")),
        Column(_("Cambia por")),
    ]


def movers_rows(run: Run, movers: Iterable[Mover]) -> list[Row]:
    """The people who enter or leave, by code, each leading to why in the run."""
    return [
        Row(
            [
                code_cell(mover.code, reverse("targeting:person_in_run", args=[run.row.number, mover.code])),
                mover.facility_name or None,
                mover.age,
                mover.article or None,
                "; ".join(mover.because) or None,
            ]
        )
        for mover in movers
    ]


def _ages_cell(rule: rules.Ruleset) -> Cell:
    if rule.ages is None:
        return Cell(None)
    low, high = rule.ages
    return Cell(format_html('<span class="nowrap">{}–{}</span>', low, high), kind="html")


def _reading_title(reading: Reading) -> str:
    if reading.kind == IN_FORCE:
        return _("Diseño vigente, v%(number)s") % {"number": reading.rule.version}
    if reading.kind == DRAFT:
        return _("v%(number)s, %(title)s") % {"number": reading.rule.version, "title": reading.title}
    return reading.title
