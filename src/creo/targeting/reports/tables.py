"""The tables of targeting pages: prisons, families by age, gaps, people, runs, enrolments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Row
from creo.targeting import rules
from creo.targeting.queries import (
    EnrolmentRow,
    ReevaluationRow,
    ResultRow,
    Run,
    RunRow,
    fact_labels,
    fact_responsibles,
    scope_name,
)
from creo.territory.queries import FacilityRef

STATES = {rules.Result.ELIGIBLE: "yes", rules.Result.UNDECIDED: "unknown", rules.Result.NOT_ELIGIBLE: "no"}


def result_cell(result: rules.Result) -> Cell:
    """The badge of an answer: colour, sign and word."""
    return Cell(STATES[result], kind="state", word=_(result.word))


def code_cell(code: str, url: str) -> Cell:
    """A person's code on one line, leading to a page."""
    return Cell(format_html('<span class="nowrap">{}</span>', code), url=url, kind="html")


def facility_rows(
    run: Run, refs: Sequence[FacilityRef], enrolled: Mapping[int, int]
) -> tuple[list[Column], list[Row], Row]:
    """People by prison and answer, most eligible first; and the row of sums."""
    columns = [
        Column(_("Establecimiento")),
        Column(_("Población"), "number"),
        Column(_("Elegibles"), "number"),
        Column(_("Por decidir"), "number"),
        Column(_("No elegibles"), "number"),
        Column(_("Intervenidos"), "number"),
    ]
    names = {ref.id: ref for ref in refs}
    answers = sorted(run.totals.by_facility().items(), key=lambda pair: -pair[1][2])
    rows = []
    for key, (no, unknown, yes) in answers:
        ref = names.get(key)
        first = _facility_cell(run, ref) if ref else Cell(_("Sin establecimiento registrado"))
        rows.append(Row([first, no + unknown + yes, yes, unknown, no, enrolled.get(key, 0)]))
    sums = [sum(counts[place] for _, counts in answers) for place in range(3)]
    total = Row([_("Total"), sum(sums), sums[2], sums[1], sums[0], sum(enrolled.values())], strong=True)
    return columns, rows, total


def _facility_cell(run: Run, ref: FacilityRef) -> Cell:
    return Cell(ref.name, url=reverse("targeting:results", args=[run.row.number], query={"facility": ref.code}))


def grid_table(run: Run) -> tuple[list[Column], list[Row]]:
    """Eligible people by offence family and age band; only bands and families with somebody."""
    grid = run.totals.grid()
    titles = dict(rules.family_titles(run.rule.families))
    bands = rules.band_titles()
    shown = [place for place in range(len(bands)) if any(cells[place][2] for cells in grid.values())]
    columns = [Column(_("Familia de delito")), *(Column(bands[place], "number") for place in shown)]
    columns.append(Column(_("Total"), "number"))
    rows = [
        Row([titles[code], *(cells[place][2] for place in shown), sum(cell[2] for cell in cells)])
        for code, cells in grid.items()
        if any(cell[2] for cell in cells)
    ]
    return columns, rows


def gap_rows(run: Run) -> tuple[list[Column], list[Row]]:
    """What is not known of undecided people, what to do and who can; each leads to those people."""
    columns = [
        Column(_("Dato que falta")),
        Column(_("Criterio")),
        Column(_("Personas"), "number"),
        Column(_("Es lo único que falta"), "number"),
        Column(_("Qué hacer")),
        Column(_("Quién puede completarlo")),
    ]
    items = {item.code: item for item in run.criteria}
    labels, owners = fact_labels(), fact_responsibles()
    rows = [
        Row(
            [
                Cell(
                    labels.get(fact, fact),
                    url=reverse(
                        "targeting:results",
                        args=[run.row.number],
                        query={"outcome": rules.Result.UNDECIDED.value, "missing": code},
                    ),
                ),
                items[code].title,
                count,
                alone,
                items[code].missing or None,
                items[code].responsible or owners.get(fact) or None,
            ]
        )
        for code, fact, count, alone in run.totals.gaps()
    ]
    return columns, rows


def gap_place_rows(run: Run, refs: Sequence[FacilityRef]) -> tuple[list[Column], list[Row]]:
    """The same by prison: how many undecided people lack each fact, most first."""
    labels = fact_labels()
    names = run.totals.gap_names
    counts_of = run.totals.gaps_by_facility()
    shown = [place for place in range(len(names)) if any(row[place] for row in counts_of.values())]
    columns = [
        Column(_("Establecimiento")),
        *(Column(labels.get(names[place][1], names[place][1]), "number") for place in shown),
    ]
    found = {ref.id: ref for ref in refs}
    rows = []
    for key, counts in sorted(counts_of.items(), key=lambda pair: -sum(pair[1])):
        if not any(counts):
            continue
        ref = found.get(key)
        first = Cell(_("Sin establecimiento registrado"))
        if ref is not None:
            query = {"outcome": rules.Result.UNDECIDED.value, "facility": ref.code}
            first = Cell(ref.name, url=reverse("targeting:results", args=[run.row.number], query=query))
        rows.append(Row([first, *(counts[place] for place in shown)]))
    return columns, rows


def exclusion_rows(run: Run) -> tuple[list[Column], list[Row]]:
    """Each exclusion in force, shown as such (C-12): whom it leaves out and whom it holds back."""
    columns = [
        Column(_("Exclusión")),
        Column(_("Deja fuera"), "number"),
        Column(_("Falta el dato"), "number"),
        Column(_("Fuente")),
    ]
    items = {item.code: item for item in run.criteria}
    rows = []
    for code, left_out, held_back in run.totals.exclusions():
        citation = items[code].citation
        rows.append(Row([items[code].title, left_out, held_back, citation.label() if citation else None]))
    return columns, rows


def result_columns(result: rules.Result, *, named: bool, again: bool = False) -> list[Column]:
    """Columns of the people of a run with one answer; what that answer never has is left out.

    `again` adds what was answered after the run, when somebody of the page was evaluated again.
    """
    return [
        Column(_("Código")),
        *([Column(_("Persona"))] if named else []),
        Column(_("Establecimiento")),
        Column(_("Edad"), "years"),
        Column(_("Artículo")),
        Column(_("Resultado"), "state"),
        *([Column(_("No cumple"))] if result is rules.Result.NOT_ELIGIBLE else []),
        *([Column(_("Sin dato"))] if result is not rules.Result.ELIGIBLE else []),
        *([Column(_("Después de la corrida"), "state")] if again else []),
    ]


def result_rows(run: Run, rows: Iterable[ResultRow], *, named: bool, again: bool = False) -> list[Row]:
    """The people of a run, each leading to why."""
    return [
        Row(
            [
                code_cell(row.code, reverse("targeting:person_in_run", args=[run.row.number, row.code])),
                *([row.name or None] if named else []),
                row.facility_name or None,
                row.age,
                row.article or None,
                result_cell(row.result),
                *(["; ".join(row.unmet) or None] if row.result is rules.Result.NOT_ELIGIBLE else []),
                *(["; ".join(row.missing) or None] if row.result is not rules.Result.ELIGIBLE else []),
                *([_again(row.again)] if again else []),
            ]
        )
        for row in rows
    ]


def _again(found: ReevaluationRow | None) -> Cell | None:
    """The newest answer when it is not the run's: which, since when and why."""
    if found is None:
        return None
    return Cell(STATES[found.result], kind="state", word=_(found.result.word), note=again_words(found))


def again_words(found: ReevaluationRow) -> str:
    """When and why somebody was evaluated again: "Reevaluada el 23 nov 2026 por: traslado"."""
    words = {"day": formats.day(found.as_of), "cause": found.cause.lower()}
    return _("Reevaluada el %(day)s por: %(cause)s") % words


def reevaluation_columns(*, named: bool) -> list[Column]:
    """Columns of the list of re-evaluations."""
    return [
        Column(_("Código")),
        *([Column(_("Persona"))] if named else []),
        Column(_("Establecimiento")),
        Column(_("Reevaluada"), "moment"),
        Column(_("Por qué")),
        Column(_("Antes"), "state"),
        Column(_("Ahora"), "state"),
        Column(_("No cumple o sin dato")),
    ]


def reevaluation_rows(rows: Iterable[ReevaluationRow], *, named: bool) -> list[Row]:
    """Re-evaluations, each leading to the person."""
    return [
        Row(
            [
                code_cell(row.code, reverse("targeting:person", args=[row.code])),
                *([row.name or None] if named else []),
                row.facility_name or None,
                row.made_at,
                row.cause,
                result_cell(row.previous) if row.previous is not None else None,
                result_cell(row.result),
                "; ".join(reason.title for reason in (*row.verdict.failed, *row.verdict.missing)) or None,
            ]
        )
        for row in rows
    ]


def run_columns() -> list[Column]:
    """Columns of the list of runs."""
    return [
        Column(_("Corrida")),
        Column(_("Ámbito")),
        Column(_("Al"), "day"),
        Column(_("Diseño")),
        Column(_("Población"), "number"),
        Column(_("Elegibles"), "number"),
        Column(_("Por decidir"), "number"),
        Column(_("Hecha por")),
        Column(_("Cuándo"), "moment"),
    ]


def run_rows(rows: Iterable[RunRow], refs: Sequence[FacilityRef]) -> list[Row]:
    """Runs, newest first, each leading to its board."""
    return [
        Row(
            [
                Cell(f"N.º {row.number}", url=reverse("targeting:run", args=[row.number])),
                scope_name(row, refs),
                row.as_of,
                _("v%(version)s, %(title)s") % {"version": row.version, "title": row.design_title},
                row.people,
                row.eligible,
                row.undecided,
                row.started_by,
                row.created_at,
            ]
        )
        for row in rows
    ]


def run_facts(run: Run) -> list[Fact]:
    """What makes a run reproducible."""
    row = run.row
    return [
        Fact(_("Corrida"), f"N.º {row.number}"),
        Fact(_("Fecha de corte"), row.as_of, kind="day"),
        Fact(_("Diseño"), _("v%(version)s, %(title)s") % {"version": row.version, "title": row.design_title}),
        Fact(_("Huella del diseño"), row.digest[:12], note=_("SHA-256, primeros 12 caracteres")),
        Fact(_("Huella de lo evaluado"), row.inputs_hash[:12], note=_("criterios, personas, datos y fecha")),
        Fact(_("Huella de las respuestas"), run.answers_hash[:12]),
        Fact(_("Hecha por"), row.started_by),
        Fact(_("Cuándo"), row.created_at, kind="moment"),
        Fact(_("Duración"), f"{formats.number(row.duration_ms)} ms"),
    ]


def enrolment_columns(*, named: bool) -> list[Column]:
    """Columns of the enrolled."""
    return [
        Column(_("Código")),
        *([Column(_("Persona"))] if named else []),
        Column(_("Establecimiento")),
        Column(_("Inscrita el"), "day"),
        Column(_("Edad"), "years"),
        Column(_("Decidió")),
        Column(_("Estado"), "state"),
        Column(_("Señales")),
    ]


def enrolment_rows(rows: Iterable[EnrolmentRow], *, named: bool) -> list[Row]:
    """The enrolled, each leading to their verdict."""
    return [
        Row(
            [
                code_cell(row.code, reverse("targeting:person", args=[row.code])),
                *([row.name or None] if named else []),
                row.facility_name,
                Cell(row.enrolled_on, note=_("diseño v%(number)s") % {"number": row.version}),
                row.age,
                row.decided_by,
                Cell("yes", kind="state", word=_("Intervenida"))
                if row.ended_on is None
                else Cell("neutral", kind="state", word=_("Salió")),
                "; ".join(signals(row)) or None,
            ]
        )
        for row in rows
    ]


def signals(row: EnrolmentRow) -> list[str]:
    """What has changed since the enrolment, in words."""
    found = []
    if row.ended_on is not None:
        found.append(_("%(why)s, el %(day)s") % {"why": row.exit_reason, "day": formats.day(row.ended_on)})
    if row.aged_out:
        found.append(_("Superó la edad; continúa inscrita"))
    if row.ended_on is None and not row.held:
        found.append(_("Ya no está en custodia"))
    if row.ended_on is None and row.away:
        found.append(_("Está en %(place)s") % {"place": row.away})
    if row.again is not None and row.ended_on is None and row.again.result is not rules.Result.ELIGIBLE:
        found.append(f"{_(row.again.result.word)}. {again_words(row.again)}")
    return found
