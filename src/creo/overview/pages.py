"""Pages that cross chapters: one call to a query, one template."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.overview import queries
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.ledger import queries as ledger_queries
from creo.support.pages import page, positive_int
from creo.support.ui import charts
from creo.support.ui.map import peru_map
from creo.support.ui.parts import Cell, Column, Figure, Row

ENTRIES = 50


@page(permission=None)
def today(request: HttpRequest) -> HttpResponse:
    """What is due for the reader, in order; nothing else."""
    items = [
        {
            "text": due.text,
            "url": reverse(due.view, args=due.args) + due.parameters,
            "state": due.state,
            "note": due.note,
        }
        for due in queries.due(request.reader, clock.today())
    ]
    return render(request, "overview/today.html", {"items": items, "day": clock.today()})


@page(permission=None)
def search(request: HttpRequest) -> HttpResponse:
    """What a text finds among people, prisons and the programme."""
    text = " ".join(request.GET.get("q", "").split())[:120]
    found = queries.search(request.reader, text, clock.today()) if len(text) >= 2 else None
    people_url = ""
    if request.reader.can(Permission.VIEW_PEOPLE):
        state = {"custodia": "everybody"} if request.reader.national else {}
        people_url = f"{reverse('register:people')}?{urlencode({'q': text} | state)}"
    return render(request, "overview/search.html", {"text": text, "found": found, "people_url": people_url})


@page(permission=Permission.VIEW_TERRITORY)
def nation(request: HttpRequest) -> HttpResponse:
    """Every prison in scope: who is there, what the last run says, how many are enrolled."""
    board = queries.board(request.reader, clock.today())
    has_run = board.run is not None
    context = {
        "board": board,
        "figure": _map(board) if has_run else None,
        "crowding": _crowding(board),
        "columns": _columns(),
        "rows": [_row(row) for row in board.rows],
        "totals": {name: board.total(name) for name in ("people", "eligible", "undecided", "enrolled")},
        "capacity": sum(row.facility.capacity or 0 for row in board.rows),
        "has_run": has_run,
    }
    return render(request, "overview/nation.html", context)


def _columns() -> list[Column]:
    return [
        Column(_("Establecimiento")),
        Column(_("Oficina regional")),
        Column(_("Capacidad"), "number"),
        Column(_("En custodia"), "number"),
        Column(_("Elegibles"), "number"),
        Column(_("Por decidir"), "number"),
        Column(_("Intervenidos"), "number"),
    ]


def _row(row: queries.PlaceRow) -> Row:
    facility = row.facility
    return Row(
        [
            Cell(facility.name, url=reverse("territory:facility", args=(facility.code,))),
            facility.office_name,
            facility.capacity,
            row.people,
            row.eligible,
            row.undecided,
            row.enrolled,
        ]
    )


def _map(board: queries.Board) -> Figure:
    values = board.by_department("eligible")
    names = {row.facility.department: row.facility.department_name for row in board.rows}
    top = max(values, key=lambda code: values[code] or 0, default="")
    title = _("%(name)s reúne más personas elegibles que ningún otro departamento") % {"name": names.get(top, "")}
    svg = peru_map(
        values,
        title=title,
        desc=_("Mapa del Perú por departamentos según el número de personas elegibles de la última corrida."),
        key="elegibles",
        links={code: reverse("territory:department", args=(code,)) for code in values},
        unit=_("personas"),
    )
    rows = [[names[code], values[code]] for code in sorted(values, key=lambda code: -(values[code] or 0))]
    return Figure(
        title=title,
        svg=svg,
        columns=[Column(_("Departamento")), Column(_("Elegibles"), "number")],
        rows=rows,
        source=_("Última corrida de focalización"),
        cutoff=board.run.row.as_of if board.run else None,
    )


def _crowding(board: queries.Board) -> Figure | None:
    """The fullest prisons by people in custody for each place of capacity."""
    known = [row for row in board.rows if row.people and row.facility.capacity]
    if not known:
        return None
    ranked = sorted(known, key=lambda row: -row.people / row.facility.capacity)[:10]  # type: ignore[operator]
    shares = [(row.facility.name, round(100 * (row.people or 0) / (row.facility.capacity or 1))) for row in ranked]
    title = _("%(name)s aloja %(share)d personas por cada 100 plazas") % {"name": shares[0][0], "share": shares[0][1]}
    return Figure(
        title=title,
        svg=charts.bars(
            shares,
            title=title,
            desc=_("Los diez establecimientos con más personas en custodia por cada 100 plazas de su capacidad."),
            key="ocupacion",
        ),
        columns=[Column(_("Establecimiento")), Column(_("Personas por 100 plazas"), "number")],
        rows=[list(share) for share in shares],
        source=_("Última corrida de focalización y capacidad vigente"),
        cutoff=board.run.row.as_of if board.run else None,
    )


@page(permission=Permission.VIEW_LEDGER)
def ledger(request: HttpRequest) -> HttpResponse:
    """The record of acts, newest first, narrowed by act or subject."""
    act, subject = request.GET.get("act", "").strip()[:80], request.GET.get("subject", "").strip()[:80]
    before = positive_int(request.GET.get("cursor"), "cursor")
    found = ledger_queries.entries(request.reader, act=act, subject_code=subject, before_id=before, limit=ENTRIES + 1)
    entries = found[:ENTRIES]
    fields = [
        {"name": "act", "label": _("Acto (empieza con)"), "kind": "search", "value": act, "placeholder": "register."},
        {"name": "subject", "label": _("Código"), "kind": "search", "value": subject, "placeholder": "P-0000001"},
    ]
    context = {
        "columns": _entry_columns(),
        "rows": [_entry_row(entry) for entry in entries],
        "fields": fields,
        "next_cursor": entries[-1].pk if len(found) > ENTRIES else None,
        "clear_url": reverse("overview:ledger") if act or subject else "",
    }
    return render(request, "overview/ledger.html", context)


@page(permission=Permission.VIEW_PEOPLE)
def person_acts(request: HttpRequest, code: str) -> HttpResponse:
    """Every act on one person, newest first."""
    found = queries.person_code(request.reader, code)
    entries = ledger_queries.history(("person", found))
    context = {"code": found, "columns": _entry_columns(), "rows": [_entry_row(entry) for entry in entries]}
    return render(request, "overview/person_acts.html", context)


def _entry_columns() -> list[Column]:
    return [
        Column(_("Momento"), "moment"),
        Column(_("Quién")),
        Column(_("Acto")),
        Column(_("Sobre")),
        Column(_("Lugar")),
        Column(_("Motivo")),
        Column(_("Antes y después")),
    ]


def _entry_row(entry: ledger_queries.Entry) -> Row:
    return Row(
        [
            entry.at,
            entry.actor,
            entry.act,
            f"{entry.subject_kind} {entry.subject_code}",
            entry.place or None,
            entry.reason or None,
            _change(entry.before, entry.after),
        ]
    )


def _change(before: dict[str, object] | None, after: dict[str, object] | None) -> str | None:
    """Each field that the act wrote, in words: "birth_date: 2001-02-03 → 2001-03-02"."""
    names = list(dict.fromkeys([*(before or {}), *(after or {})]))
    parts = []
    for name in names[:12]:
        old, new = (before or {}).get(name), (after or {}).get(name)
        parts.append(f"{name}: {old} → {new}" if before and name in before else f"{name}: {new}")
    return "; ".join(parts)[:400] or None
