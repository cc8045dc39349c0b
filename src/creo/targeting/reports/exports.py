"""The people of a run and of a comparison as files, with what makes them checkable on their first sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from creo.support.exports.listings import CSV, XLSX, Listing
from creo.support.ui import formats
from creo.support.ui.parts import Column
from creo.targeting.queries import ENTER, EnrolmentRow, Mover, Reading, ReevaluationRow, ResultRow, Run
from creo.targeting.reports.tables import again_words, reevaluation_columns, reevaluation_rows, signals

TYPES = (CSV, XLSX)
ACT = "targeting.people_exported"


def result_listing(
    run: Run, rows: Callable[[], Iterable[ResultRow]], count: int, *, named: bool, filters: str
) -> Listing:
    """The people of a run to hand out."""
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
        for row in rows()
    )
    return listing_of(run, columns, lambda: cells, count, name=f"focalizacion-{run.row.number}", filters=filters)


def reevaluation_listing(
    rows: Callable[[], Iterable[ReevaluationRow]], count: int, *, named: bool, filters: str, on: date
) -> Listing:
    """Re-evaluations to hand out."""
    return Listing(
        act=ACT,
        subject=("list", "reevaluations"),
        name=f"reevaluaciones-{on:%Y-%m-%d}",
        title=_("Reevaluaciones"),
        columns=reevaluation_columns(named=named),
        rows=lambda: (reevaluation_rows([found], named=named)[0] for found in rows()),
        count=count,
        filters=filters,
        facts=((_("Fecha"), formats.day(on)),),
    )


def movers_listing(run: Run, reading: Reading, movers: Sequence[Mover], side: str) -> Listing:
    """Who enters or leaves under a reading, to hand out."""
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
    return listing_of(run, columns, lambda: cells, len(movers), name=name, filters=filters)


def enrolment_listing(
    rows: Callable[[], Iterable[EnrolmentRow]], count: int, *, named: bool, filters: str, on: date
) -> Listing:
    """The enrolled to hand out."""
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
        for row in rows()
    )
    return Listing(
        act=ACT,
        subject=("list", "enrolments"),
        name=f"intervenidos-{on:%Y-%m-%d}",
        title=_("Intervenidos"),
        columns=columns,
        rows=lambda: cells,
        count=count,
        filters=filters,
        facts=((_("Fecha"), formats.day(on)),),
    )


def listing_of(
    run: Run, columns: list[Column], rows: Callable[[], Iterable[Any]], count: int, *, name: str, filters: str
) -> Listing:
    """A list of a run; its file says which run, rule and filters it comes from."""
    facts = (
        (_("Corrida"), run.row.number),
        (_("Fecha de corte"), formats.day(run.row.as_of)),
        (_("Diseño"), f"v{run.row.version}, {run.row.design_title}"),
        (_("Huella del diseño"), run.row.digest),
        (_("Huella de lo evaluado"), run.row.inputs_hash),
    )
    return Listing(
        act=ACT,
        subject=("list", f"run-{run.row.number}"),
        name=name,
        title=_("Focalización"),
        columns=columns,
        rows=rows,
        count=count,
        filters=filters,
        facts=facts,
    )
