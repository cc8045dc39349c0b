"""The people of a run and of a comparison as files, with what makes them checkable on their first sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from creo.support.tables import export_csv, export_xlsx
from creo.support.ui import formats
from creo.support.ui.parts import Column
from creo.targeting.queries import ENTER, EnrolmentRow, Mover, Reading, ReevaluationRow, ResultRow, Run
from creo.targeting.reports.tables import again_words, reevaluation_columns, reevaluation_rows, signals

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class ResultFile:
    """A file to keep."""

    content: bytes
    name: str
    content_type: str


def result_file(run: Run, rows: Iterable[ResultRow], kind: str, *, named: bool, filters: str) -> ResultFile:
    """The people of a run as `csv` or `xlsx`. KeyError for another kind."""
    columns = [
        Column(_("Código")),
        *([Column(_("Persona"))] if named else []),
        Column(_("Código del establecimiento")),
        Column(_("Establecimiento")),
        Column(_("Edad"), "number"),
        Column(_("Artículo")),
        Column(_("Resultado")),
        Column(_("No cumple")),
        Column(_("Sin dato")),
        Column(_("Después de la corrida")),
        Column(_("Por qué")),
    ]
    cells = (
        [
            row.code,
            *([row.name] if named else []),
            row.facility,
            row.facility_name,
            row.age,
            row.article,
            _(row.result.word),
            "; ".join(row.unmet),
            "; ".join(row.missing),
            _(row.again.result.word) if row.again else None,
            again_words(row.again) if row.again else None,
        ]
        for row in rows
    )
    return file_of(run, columns, cells, kind, name=f"focalizacion-{run.row.number}", filters=filters)


def reevaluation_file(rows: Iterable[ReevaluationRow], kind: str, *, named: bool, filters: str, on: date) -> ResultFile:
    """Re-evaluations as `csv` or `xlsx`. KeyError for another kind."""
    content_type = TYPES[kind]
    columns = reevaluation_columns(named=named)
    cells = (row.cells for row in (reevaluation_rows([found], named=named)[0] for found in rows))
    name = f"reevaluaciones-{on:%Y-%m-%d}"
    if kind == "csv":
        return ResultFile(export_csv(columns, cells), f"{name}.csv", content_type)
    facts = [(_("Fecha"), formats.day(on)), (_("Filtros"), filters or _("ninguno"))]
    return ResultFile(export_xlsx(columns, cells, title=_("Reevaluaciones"), facts=facts), f"{name}.xlsx", content_type)


def movers_file(run: Run, reading: Reading, movers: Iterable[Mover], kind: str, side: str) -> ResultFile:
    """Who enters or leaves under a reading, as `csv` or `xlsx`. KeyError for another kind."""
    columns = [
        Column(_("Código")),
        Column(_("Código del establecimiento")),
        Column(_("Establecimiento")),
        Column(_("Edad"), "number"),
        Column(_("Artículo")),
        Column(_("Cambia por")),
    ]
    cells = (
        [row.code, row.facility, row.facility_name, row.age, row.article, "; ".join(row.because)] for row in movers
    )
    word = _("entran") if side == ENTER else _("salen")
    filters = _("%(word)s con la lectura «%(title)s»") % {"word": word, "title": reading.title}
    name = f"focalizacion-{run.row.number}-{reading.key}-{word}"
    return file_of(run, columns, cells, kind, name=name, filters=filters)


def enrolment_file(rows: Iterable[EnrolmentRow], kind: str, *, named: bool, on: date) -> ResultFile:
    """The enrolled as `csv` or `xlsx`. KeyError for another kind."""
    content_type = TYPES[kind]
    columns = [
        Column(_("Código")),
        *([Column(_("Persona"))] if named else []),
        Column(_("Código del establecimiento")),
        Column(_("Establecimiento")),
        Column(_("Inscrita el"), "day"),
        Column(_("Edad"), "number"),
        Column(_("Versión del diseño"), "number"),
        Column(_("Decidió")),
        Column(_("Salió el"), "day"),
        Column(_("Motivo de la salida")),
        Column(_("Señales")),
    ]
    cells = (
        [
            row.code,
            *([row.name] if named else []),
            row.facility,
            row.facility_name,
            row.enrolled_on,
            row.age,
            row.version,
            row.decided_by,
            row.ended_on,
            row.exit_reason,
            "; ".join(signals(row)),
        ]
        for row in rows
    )
    name = f"intervenidos-{on:%Y-%m-%d}"
    if kind == "csv":
        return ResultFile(export_csv(columns, cells), f"{name}.csv", content_type)
    facts = [(_("Fecha"), formats.day(on))]
    return ResultFile(export_xlsx(columns, cells, title=_("Intervenidos"), facts=facts), f"{name}.xlsx", content_type)


def file_of(run: Run, columns: list[Column], rows: Iterable[Any], kind: str, *, name: str, filters: str) -> ResultFile:
    """A list of a run as `csv` or `xlsx`; the workbook says which run, rule and filters it comes from."""
    content_type = TYPES[kind]
    if kind == "csv":
        return ResultFile(export_csv(columns, rows), f"{name}.csv", content_type)
    facts = [
        (_("Corrida"), run.row.number),
        (_("Fecha de corte"), formats.day(run.row.as_of)),
        (_("Diseño"), f"v{run.row.version}, {run.row.design_title}"),
        (_("Huella del diseño"), run.row.digest),
        (_("Huella de lo evaluado"), run.row.inputs_hash),
        (_("Filtros"), filters or _("ninguno")),
    ]
    content = export_xlsx(columns, rows, title=_("Focalización"), facts=facts)
    return ResultFile(content, f"{name}.xlsx", content_type)
