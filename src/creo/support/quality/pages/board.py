"""The board: every check with its state, limits, owner and trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import page
from creo.support.quality import queries, rules, wording
from creo.support.quality.checks import Place, checks, places
from creo.support.quality.forms import BoardForm
from creo.support.quality.pages.shared import read_once, reader_of
from creo.support.quality.queries import BoardRow, LastRun
from creo.support.ui import charts, formats
from creo.support.ui.parts import Cell, Column


@dataclass(frozen=True)
class _Asked:
    """What the address asks to see."""

    form: BoardForm
    run: LastRun | None
    every: Sequence[BoardRow]
    rows: Sequence[BoardRow]
    place: str


@page(Permission.VIEW_QUALITY)
@read_once
def board(request: HttpRequest) -> HttpResponse:
    """Every check, the most urgent first, narrowed by state, owner and place."""
    reader, today = reader_of(request), clock.today()
    asked = _asked(request.GET, reader, today)
    counted = {state: sum(row.judgement.state is state for row in asked.every) for state in rules.State}
    days = _days(asked.rows)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    context = {
        "run": asked.run,
        "form": asked.form,
        "stats": [
            {
                "label": _(rules.STATE_WORDS[state]),
                "value": counted[state],
                "state": wording.LOOKS[state],
                "url": _narrowed(asked, state),
            }
            for state in rules.State
        ],
        "columns": _columns(),
        "rows": [_row(row, asked.place) for row in asked.rows],
        "history_columns": [Column(_("Revisión")), *(Column(formats.day(day), "number") for day in days)],
        "history_rows": [_history(row, days) for row in asked.rows],
        "count_text": ngettext("%(count)s revisión", "%(count)s revisiones", len(asked.rows))
        % {"count": formats.number(len(asked.rows))},
        "clear_url": reverse("quality:board") if asked.form.used else "",
        "exports": _exports(query) if reader.can(Permission.EXPORT) else [],
        "may_run": reader.can(Permission.MANAGE_QUALITY) and reader.national,
    }
    return render(request, "quality/board.html", context)


def _asked(query: QueryDict, reader: Reader, today: date) -> _Asked:
    here: Sequence[Place] = places(reader)
    owners = list(dict.fromkeys(check.owner for check in checks().values()))
    form = BoardForm(query, owners, here)
    asked = form.asked()
    run, every = queries.board(reader, today, place=asked["lugar"])
    rows = [
        row
        for row in every
        if asked["estado"] in ("", row.judgement.state) and asked["responsable"] in ("", row.check.owner)
    ]
    return _Asked(form, run, every, rows, asked["lugar"])


def _narrowed(asked: _Asked, state: rules.State) -> str:
    kept = {name: value for name, value in asked.form.asked().items() if value} | {"estado": state.value}
    return f"{reverse('quality:board')}?{urlencode(kept)}"


def _exports(query: str) -> list[dict[str, str]]:
    return [
        {"url": reverse("quality:export_board", args=(kind,)) + query, "label": label}
        for kind, label in (("xlsx", _("Descargar Excel")), ("csv", _("Descargar CSV")))
    ]


def _columns() -> list[Column]:
    return [
        Column(_("Revisión")),
        Column(_("Estado"), "state"),
        Column(_("Quedan"), "number"),
        Column(_("Exceptuados"), "number"),
        Column(_("Límites")),
        Column(_("Tendencia"), "html"),
        Column(_("Así desde"), "day"),
    ]


def _row(row: BoardRow, place: str) -> list[object]:
    url = reverse("quality:check", args=(row.check.code,)) + (f"?{urlencode({'lugar': place})}" if place else "")
    known = row.observed is not None and row.observed.ran
    share = row.judgement.rate if row.judgement.limits.kind is rules.LimitKind.RATE else None
    return [
        Cell(str(row.check.title), url=url, note=row.check.owner_title),
        Cell(wording.LOOKS[row.judgement.state], word=_(rules.STATE_WORDS[row.judgement.state])),
        Cell(
            row.observed.left if row.observed and known else None,
            note=formats.percent(share, 2) if share else "",
        ),
        row.observed.excepted if row.observed and known else None,
        wording.limits_text(row.judgement.limits),
        _spark(row),
        row.trend.since,
    ]


def _spark(row: BoardRow) -> object:
    """The small line of a check; a check without a past has none. Its numbers are in the table below the board."""
    values = [point.value for point in row.points]
    if sum(value is not None for value in values) < 2:
        return None
    return charts.sparkline(
        values,
        title=f"{row.check.title}: {wording.trend_text(row.trend)}",
        key=f"tendencia-{row.check.code.replace('_', '-')}",
    )


def _days(rows: Sequence[BoardRow]) -> list[date]:
    """One day a week, the newest last: what the small lines show, as a table that fits a page."""
    days = sorted({point.on for row in rows for point in row.points}, reverse=True)
    kept: list[date] = []
    for day in days:
        if not kept or (kept[-1] - day).days >= 7:
            kept.append(day)
    return kept[::-1]


def _history(row: BoardRow, days: Sequence[date]) -> list[object]:
    values = {point.on: point.value for point in row.points}
    return [str(row.check.title), *(values.get(day) for day in days)]


@page(Permission.EXPORT)
@read_once
def export_board(request: HttpRequest, kind: str) -> HttpResponse:
    """The board as CSV or XLSX; who took it stays in the ledger."""
    return exports.answer(request, kind, "quality.board")


def board_list(reader: Reader, query: QueryDict) -> Listing:
    """The board to hand out, by the query of its page. It tells of nobody."""
    reader.require(Permission.VIEW_QUALITY)
    today = clock.today()
    asked = _asked(query, reader, today)
    columns = [
        Column(_("Código")),
        Column(_("Revisión")),
        Column(_("Estado")),
        Column(_("Por qué")),
        Column(_("Encontrados"), "number"),
        Column(_("Exceptuados"), "number"),
        Column(_("Quedan"), "number"),
        Column(_("Revisados"), "number"),
        Column(_("Límites")),
        Column(_("Gravedad")),
        Column(_("Responsable")),
        Column(_("Tendencia")),
        Column(_("Así desde"), "day"),
    ]
    rows = [_export_row(row, today) for row in asked.rows]
    return Listing(
        act="quality.exported",
        subject=("list", "quality"),
        name=f"calidad-{today:%Y%m%d}",
        title=_("Calidad de datos"),
        columns=columns,
        rows=lambda: rows,
        count=len(rows),
        filters=asked.form.in_words(),
        personal=False,
    )


def _export_row(row: BoardRow, today: date) -> list[Any]:
    seen = row.observed if row.observed is not None and row.observed.ran else None
    return [
        row.check.code,
        str(row.check.title),
        _(rules.STATE_WORDS[row.judgement.state]),
        wording.why(row.judgement, row.observed, row.problem, today),
        seen.found if seen else None,
        seen.excepted if seen else None,
        seen.left if seen else None,
        seen.population if seen else None,
        wording.limits_text(row.judgement.limits),
        _(rules.SEVERITY_WORDS[row.check.severity]),
        row.check.owner_title,
        wording.trend_text(row.trend),
        row.trend.since,
    ]
