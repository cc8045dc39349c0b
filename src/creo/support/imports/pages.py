"""Pages of the staged import: the list, the upload, and each file with its state, its errors and what may be done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from creo.support.accounts.permissions import Permission
from creo.support.asking import ask, sent
from creo.support.exports.answers import as_file
from creo.support.exports.listings import CSV
from creo.support.imports import commands, difference_pages, queries
from creo.support.imports.forms import PREFIX, CancelForm, UploadForm
from creo.support.imports.kinds import ImportKind, Mappable, Option, kinds, mapping_for
from creo.support.imports.lifecycle import settled_state
from creo.support.jobs import progress
from creo.support.pages import page
from creo.support.refusals import Forbidden, Refused
from creo.support.tables import export_csv
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link, Step

STATES: dict[str, str] = {
    "uploaded": "neutral",
    "checking": "info",
    "checked": "yes",
    "applying": "info",
    "applied": "yes",
    "refused": "no",
    "cancelled": "neutral",
}


def state_word(state: str) -> str:
    """A state in words."""
    return {
        "uploaded": _("Subido, sin revisar"),
        "checking": _("En revisión"),
        "checked": _("Listo para aplicar"),
        "applying": _("Aplicándose"),
        "applied": _("Aplicado"),
        "refused": _("Con errores"),
        "cancelled": _("Anulado"),
    }[state]


@page(Permission.IMPORT_REGISTER)
def batches(request: HttpRequest) -> HttpResponse:
    """The files sent, newest first."""
    found = queries.batches(request.reader, request.GET.get("cursor", ""))
    titles = {code: kind.title for code, kind in kinds().items()}
    columns = [
        Column(_("Archivo")),
        Column(_("Qué contiene")),
        Column(_("Estado"), "state"),
        Column(_("Filas"), "number"),
        Column(_("Errores"), "number"),
        Column(_("Subido por")),
        Column(_("Subido el"), "moment"),
    ]
    rows = [
        [
            Cell(batch.filename, url=reverse("imports:detail", args=[batch.pk])),
            titles.get(batch.kind, batch.kind),
            Cell(STATES[batch.state], word=state_word(batch.state)),
            batch.rows_total if batch.checked_at else None,
            batch.errors_total if batch.checked_at and not batch.summary.get("messages") else None,
            batch.uploaded_by,
            batch.uploaded_at,
        ]
        for batch in found.rows
    ]
    return render(request, "imports/list.html", {"columns": columns, "rows": rows, "found": found})


@page(Permission.IMPORT_REGISTER)
def upload(request: HttpRequest) -> HttpResponse:
    """The form to send a file; what it refuses is said beside the field, and nothing is kept."""
    kind, open_kinds = _kind(request)
    form = UploadForm(kind, sent(request), request.FILES or None)

    def act(typed: Any) -> str:
        batch = commands.stage(
            by=request.reader,
            kind=kind.code,
            mapping=typed["mapping"],
            filename=typed["file"].name or "",
            content=typed["file"].chunks(),
            options=form.answers(),
        )
        commands.request_check(by=request.reader, batch_id=batch.pk)
        return reverse("imports:detail", args=[batch.pk])

    tabs = [Link(str(each.title), f"?tipo={each.code}", each is kind) for each in open_kinds]
    return ask(
        request,
        form,
        act,
        title=_("Subir un archivo"),
        lead=str(kind.title),
        button=_("Subir y revisar"),
        back=reverse("imports:list"),
        trail=_trail(),
        names={option.name: PREFIX + option.name for option in kind.options()},
        template="imports/new.html",
        tabs=tabs if len(tabs) > 1 else [],
        steps=_steps("uploading"),
    )


@page(Permission.IMPORT_REGISTER)
def detail(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One file: where it is, what was found, and the next step. `?parte=barra` answers only the bar."""
    batch = queries.batch(request.reader, batch_id)
    job = queries.latest_job(batch)
    state = settled_state(batch)
    working = state in ("checking", "applying")
    if request.GET.get("parte") == "barra" and not working:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("imports:detail", args=[batch_id])
        return response
    context: dict[str, Any] = {"batch": batch, "state": state, "job": job, "working": working}
    if working and job is not None:
        context["progress"] = progress.read(job.pk)
    if request.GET.get("parte") == "barra":
        return render(request, "imports/detail.html#bar", context)
    kind = kinds()[batch.kind]
    context |= {
        "state_badge": STATES[state],
        "state_word": state_word(state),
        "steps": _steps(state),
        "facts": _facts(batch, kind),
        "stopped": job.error.splitlines() if job is not None and job.state == "failed" and not working else [],
        "cancel_form": CancelForm(),
        "difference_columns": [Column(_("Clase")), Column(_("Diferencias"), "number")],
        "difference_rows": difference_pages.counted(batch, kind),
        "choices": batch.summary.get("choices", 0),
        "mappable": isinstance(kind, Mappable) and state in ("uploaded", "checked", "refused"),
        "trail": _trail(),
    }
    context |= _found(batch)
    if batch.errors_total:
        context |= _errors(request, batch_id)
    return render(request, "imports/detail.html", context)


@page(Permission.IMPORT_REGISTER)
@require_POST
def check(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Queues the check again."""
    commands.request_check(by=request.reader, batch_id=batch_id)
    return _to(batch_id)


@page(Permission.IMPORT_REGISTER)
@require_POST
def apply(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Queues the application: all or nothing."""
    commands.request_apply(by=request.reader, batch_id=batch_id)
    return _to(batch_id)


@page(Permission.IMPORT_REGISTER)
@require_POST
def cancel(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Gives the file up, with a reason."""
    commands.cancel(by=request.reader, batch_id=batch_id, reason=request.POST.get("reason", ""))
    return _to(batch_id)


@page(Permission.IMPORT_REGISTER)
def errors_file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The errors of a file as CSV, to correct them beside it; the download leaves a line in the ledger."""
    columns = [_("Fila"), _("Columna"), _("Valor"), _("Qué se espera"), _("Descarga")]
    rows = queries.error_rows(request.reader, batch_id)
    mark = commands.note_download(by=request.reader, batch_id=batch_id)
    content = export_csv(columns, ((*row, mark.number) for row in rows))
    return as_file(content, f"errores-importacion-{batch_id}-{mark.number}.csv", CSV)


def _kind(request: HttpRequest) -> tuple[ImportKind, list[ImportKind]]:
    open_kinds = [kind for kind in kinds().values() if request.reader.can(kind.permission)]
    if not open_kinds:
        raise Forbidden(_("Su rol no permite importar."))
    wanted = request.GET.get("tipo", "")
    return next((kind for kind in open_kinds if kind.code == wanted), open_kinds[0]), open_kinds


def _to(batch_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("imports:detail", args=[batch_id]))


def _trail() -> list[Link]:
    return [Link(_("Importaciones"), reverse("imports:list"))]


def _steps(state: str) -> list[Step]:
    """Subir > revisar > aplicar, each as it stands."""
    marks = {
        "uploading": ("current", "todo", "todo"),
        "uploaded": ("done", "current", "todo"),
        "checking": ("done", "current", "todo"),
        "refused": ("done", "error", "todo"),
        "checked": ("done", "done", "current"),
        "applying": ("done", "done", "current"),
        "applied": ("done", "done", "done"),
        "cancelled": ("done", "todo", "todo"),
    }[state]
    labels = (_("Subir"), _("Revisar"), _("Aplicar"))
    return [Step(label, mark) for label, mark in zip(labels, marks, strict=True)]


def _facts(batch: Any, kind: ImportKind) -> list[Fact]:
    names = {option.name: option for option in kind.options()}
    facts = [
        Fact(_("Qué contiene"), str(kind.title)),
        Fact(_("Formato de origen"), _mapping_title(kind, batch.mapping)),
        Fact(_("Tamaño"), _("%(size)s KB") % {"size": formats.number(-(-batch.size // 1024))}),
        Fact(_("Subido por"), batch.uploaded_by, note=formats.moment(batch.uploaded_at)),
        Fact(_("Huella (SHA-256)"), batch.sha256[:16] + "…"),
    ]
    facts += [_answer(names.get(name), name, value) for name, value in batch.options.items()]
    if batch.summary.get("source"):
        facts.append(Fact(_("Cómo se leyó"), batch.summary["source"]))
    if batch.applied_at:
        facts.append(Fact(_("Aplicado el"), batch.applied_at, kind="moment"))
    return facts


def _answer(option: Option | None, name: str, value: str) -> Fact:
    if option is None:
        return Fact(name, value)
    shown = dict(option.choices).get(value, value)
    return Fact(str(option.label), str(shown), kind="day" if option.kind == "date" else "text")


def _mapping_title(kind: ImportKind, code: str) -> str:
    try:
        return mapping_for(kind, code).title
    except Refused:
        return code  # a format that existed when the file was sent


def _found(batch: Any) -> dict[str, Any]:
    """What the check left: lines for people, columns nobody reads, the first rows as they would be written."""
    summary = batch.summary
    return {
        "lines": summary.get("lines", []),
        "messages_found": summary.get("messages", []),
        "unused": summary.get("unused", []),
        "bad_rows": summary.get("bad_rows", 0),
        "kind_rows": [[column or _("Toda la fila"), *rest] for column, *rest in summary.get("error_kinds", [])],
        "preview_columns": [Column(name) for name in summary.get("preview_columns", [])],
        "preview": summary.get("preview", []),
    }


def _errors(request: HttpRequest, batch_id: int) -> dict[str, Any]:
    found = queries.errors(request.reader, batch_id, request.GET.get("cursor", ""))
    columns = [Column(_("Fila"), "number"), Column(_("Columna")), Column(_("Valor")), Column(_("Qué se espera"))]
    rows = [[error.row, error.column or _("Toda la fila"), error.value or None, error.message] for error in found.rows]
    kind_columns = [Column(_("Columna")), Column(_("Qué se espera")), Column(_("Celdas"), "number")]
    return {"error_columns": columns, "error_rows": rows, "errors": found, "kind_columns": kind_columns}
