"""The versions of the design: their list, one of them, and two side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.programme import queries, rules
from creo.programme.forms import CompareForm
from creo.programme.pages import shared
from creo.programme.pages.shared import View
from creo.programme.queries import VersionRow
from creo.support.accounts.permissions import Permission
from creo.support.ledger.queries import history
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Comparison, Event, Fact, Link, Row

STATES = {"draft": "unknown", "in_force": "yes", "retired": "neutral", "discarded": "neutral"}


@page(permission=Permission.VIEW_PROGRAMME)
def versions(request: HttpRequest) -> HttpResponse:
    """Every version, newest first, and two to compare."""
    rows = queries.versions(request.reader)
    options = [(row.number, f"v{row.number} · {row.title}") for row in rows]
    context = {
        "columns": [
            Column(_("Versión")),
            Column(_("Estado"), "state"),
            Column(_("Rige desde"), "day"),
            Column(_("Hasta antes de"), "day"),
            Column(_("Preparó")),
            Column(_("Aprobó")),
        ],
        "rows": [_row(row) for row in rows],
        "form": CompareForm(_pair(rows), options) if len(rows) > 1 else None,
        "can_edit": request.reader.can(Permission.EDIT_DESIGN),
        "has_rows": bool(rows),
    }
    return render(request, "programme/versions.html", context)


def _pair(rows: list[VersionRow]) -> dict[str, int]:
    """The design in force against the newest of the others."""
    ruling = next((row.number for row in rows if row.status == "in_force"), rows[-1].number)
    other = next((row.number for row in rows if row.number != ruling), ruling)
    return {"a": ruling, "b": other}


def _row(row: VersionRow) -> Row:
    name = Cell(f"v{row.number} · {row.title}", url=reverse("programme:version", args=[row.number]), note=_origin(row))
    return Row(
        [
            name,
            Cell(STATES[row.status], kind="state", word=shared.status_word(row.status)),
            row.valid_from,
            row.valid_to,
            Cell(row.author_name, note=formats.day(row.created_at)),
            Cell(row.approved_by or None, note=formats.day(row.approved_at) if row.approved_at else ""),
        ],
        strong=row.status == "in_force",
    )


def _origin(row: VersionRow) -> str:
    if row.based_on:
        return _("Parte de la v%(number)s") % {"number": row.based_on}
    return _("Cargada de los archivos del diseño")


@page(permission=Permission.VIEW_PROGRAMME)
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: its life, what it changes of the one it comes from, what to know of it, and what can be done."""
    row = queries.version(request.reader, number)
    design = queries.design(request.reader, row)
    base = queries.version(request.reader, row.based_on) if row.based_on else None
    report = rules.check(design)
    figures = report.as_json()
    can_edit = request.reader.can(Permission.EDIT_DESIGN)
    can_approve = request.reader.can(Permission.APPROVE_DESIGN)
    context = shared.context(
        View(row, chosen=True),
        row=row,
        base=base,
        trail=[Link(_("Versiones del diseño"), reverse("programme:versions"))],
        facts=_facts(row),
        changes=changes_table(queries.compare(request.reader, base, row)) if base else [],
        change_columns=change_columns(),
        figures=figures,
        targets=[(code, value) for code, value in figures["targets"].items()],
        levels=" · ".join(f"{code} {count}" for code, count in figures["articulation"].items()),
        findings=_findings(report),
        finding_columns=[Column(_("Tipo"), "state"), Column(_("Qué"))],
        history=[
            Event(
                entry.at, _act(entry.act), f"{entry.actor}{': ' + entry.reason if entry.reason else ''}", state="info"
            )
            for entry in history(("design", f"{row.programme}/{row.number}"))
        ],
        can_edit=can_edit and row.is_draft,
        can_approve=can_approve and row.is_draft and row.author_id != request.reader.user_id,
        is_own=row.is_draft and can_approve and row.author_id == request.reader.user_id,
        can_retire=can_approve and row.status == "in_force",
    )
    return render(request, "programme/version.html", context)


def _facts(row: VersionRow) -> list[Fact]:
    return [
        Fact(_("Estado"), shared.status_word(row.status), state=STATES[row.status]),
        Fact(_("Origen"), _origin(row)),
        Fact(_("Rige desde"), row.valid_from, "day"),
        Fact(_("Deja de regir el"), row.valid_to, "day"),
        Fact(_("Preparó"), row.author_name, note=formats.moment(row.created_at)),
        Fact(_("Aprobó"), row.approved_by or "—", note=formats.moment(row.approved_at) if row.approved_at else ""),
        Fact(_("Contenido (SHA-256)"), row.digest[:16]),
    ]


def _act(act: str) -> str:
    return {
        "programme.design_loaded": _("Cargada de los archivos"),
        "programme.draft_started": _("Borrador creado"),
        "programme.draft_changed": _("Borrador cambiado"),
        "programme.design_put_in_force": _("Puesta en vigencia"),
        "programme.design_retired": _("Retirada"),
        "programme.draft_discarded": _("Borrador descartado"),
    }[act]


def _findings(report: rules.CheckReport) -> list[Row]:
    words = {"gap": ("unknown", _("Vacío de la fuente")), "note": ("info", _("Por saber"))}
    rows = []
    for finding in report.findings:
        state, word = words[finding.severity]
        rows.append(Row([Cell(state, kind="state", word=word), finding.message]))
    return rows


def change_columns() -> list[Column]:
    """Columns of a list of changes."""
    return [Column(_("Qué cambia")), Column(_("Antes")), Column(_("Después")), Column(_("Efecto"))]


def changes_table(changes: list[rules.Change]) -> list[Row]:
    """Changes as rows."""
    return [
        Row([change.title, value_words(change.before), value_words(change.after), change.effect]) for change in changes
    ]


def value_words(value: Any) -> str:
    """A value of a change for people; what is absent is said."""
    if isinstance(value, rules.Absent) or value is None:
        return _("sin dato")
    if isinstance(value, bool):
        return _("sí") if value else _("no")
    if isinstance(value, int):
        return formats.number(value) if value > 9999 else str(value)
    if isinstance(value, list):
        return ", ".join(value_words(part) for part in value)
    if isinstance(value, dict):
        if "code" in value:
            return str(value.get("title") or value["code"])
        return ", ".join(f"{key}: {value_words(part)}" for key, part in value.items())
    return str(value)


@page(permission=Permission.VIEW_PROGRAMME)
def compare(request: HttpRequest) -> HttpResponse:
    """Two versions side by side: what changes, and every text that reads differently. NotFound for an unknown one."""
    rows = queries.versions(request.reader)
    options = [(row.number, f"v{row.number} · {row.title}") for row in rows]
    form = CompareForm(request.GET or _pair(rows) if rows else request.GET, options)
    context: dict[str, Any] = {
        "form": form,
        "trail": [Link(_("Versiones del diseño"), reverse("programme:versions"))],
        "change_columns": change_columns(),
    }
    if not form.is_valid():
        return render(request, "programme/compare.html", context, status=422)
    by_number = {row.number: row for row in rows}
    a, b = by_number[form.cleaned_data["a"]], by_number[form.cleaned_data["b"]]
    changes = queries.compare(request.reader, a, b)
    texts = queries.changed_texts(request.reader, a, b) if changes else []
    context |= {
        "a": a,
        "b": b,
        "changes": changes_table(changes),
        "texts": text_rows(texts),
        "left": f"v{a.number}",
        "right": f"v{b.number}",
    }
    return render(request, "programme/compare.html", context)


def text_rows(texts: list[tuple[queries.ItemRow, queries.ItemRow]]) -> list[Comparison]:
    """Texts that read differently, side by side; another mention of an item is told by its line and not by its text."""
    names = {old.ref: old.name for old, _new in texts if old.kind != "mention"}
    return [
        Comparison(shared.label_of(old.ref, names), old.text, new.text, citation=old.citations)
        for old, new in texts
        if old.kind != "design"
    ]
