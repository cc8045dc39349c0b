"""Pages of formats of origin: those there are, and the columns of an unknown file described by whoever knows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from creo.support.accounts.permissions import Permission
from creo.support.asking import ask, sent
from creo.support.imports import commands, queries, saved, storage
from creo.support.imports.forms import CancelForm, MappingForm
from creo.support.imports.kinds import Mappable, kinds
from creo.support.imports.lifecycle import settled_state, working
from creo.support.imports.reading import first_rows
from creo.support.pages import page
from creo.support.refusals import Forbidden, Refused
from creo.support.ui.parts import Cell, Column, Link

SAMPLES = 4


@page(Permission.IMPORT_REGISTER)
def formats_list(request: HttpRequest) -> HttpResponse:
    """The formats of each kind: those that come with the system and those that people saved, with their versions."""
    open_kinds = [kind for kind in kinds().values() if request.reader.can(kind.permission)]
    if not open_kinds:
        raise Forbidden(_("Su rol no permite importar."))
    wanted = request.GET.get("tipo", "")
    kind = next((each for each in open_kinds if each.code == wanted), open_kinds[0])
    columns = [
        Column(_("Formato")),
        Column(_("Versión"), "number"),
        Column(_("Estado"), "state"),
        Column(_("Guardado por")),
        Column(_("Guardado el"), "moment"),
        Column(_("Motivo")),
    ]
    rows: list[list[Any]] = [
        [each.title, None, Cell("info", word=_("Viene con el sistema")), None, None, each.description or None]
        for each in kind.mappings()
    ]
    own = saved.listed(request.reader, kind.code)
    for each in own:
        state = Cell("yes", word=_("Vigente")) if each.ended_at is None else Cell("neutral", word=_("Reemplazado"))
        rows.append([each.name, each.version, state, each.made_by, each.made_at, each.reason])
    context = {
        "kind": kind,
        "tabs": [Link(str(each.title), f"?tipo={each.code}", each is kind) for each in open_kinds],
        "columns": columns,
        "rows": rows,
        "own": [each for each in own if each.ended_at is None],
        "form": CancelForm(),
        "trail": [Link(_("Importaciones"), reverse("imports:list"))],
    }
    return render(request, "imports/formats.html", context)


@page(Permission.IMPORT_REGISTER)
@require_POST
def end_format(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """A format is offered no more, with a reason."""
    saved.end_mapping(by=request.reader, kind=kind, number=number, reason=request.POST.get("reason", ""))
    return HttpResponseRedirect(reverse("imports:formats") + f"?tipo={kind}")


@page(Permission.IMPORT_REGISTER)
def map_columns(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The columns of a file, with what they hold, and which field each one is; saving checks the file with it."""
    batch = queries.batch(request.reader, batch_id)
    kind = kinds()[batch.kind]
    if not isinstance(kind, Mappable):
        raise Forbidden(_("De este tipo de archivo no se indican las columnas."))
    if working(batch) or settled_state(batch) in ("applied", "cancelled"):
        raise Refused(_("Este archivo ya terminó o está en curso: no se cambia su formato."))
    headers, samples = first_rows(storage.open_again(batch.sha256), batch.filename, SAMPLES)
    present = saved.find(batch.kind, batch.mapping)
    known = [*([present] if present is not None else []), *kind.mappings()]
    form = MappingForm(saved.fields_of(kind), headers, known, sent(request))

    def act(typed: Any) -> None:
        kept = saved.save_mapping(
            by=request.reader,
            kind=batch.kind,
            name=typed["name"],
            rules=form.rules(),
            headers=headers,
            reason=typed["reason"],
        )
        saved.choose_mapping(by=request.reader, batch=batch, code=saved.code_of(kept))
        commands.request_check(by=request.reader, batch_id=batch.pk)

    here = reverse("imports:detail", args=[batch_id])
    return ask(
        request,
        form,
        act,
        title=_("Indicar las columnas"),
        lead=batch.filename,
        button=_("Guardar el formato y revisar"),
        back=here,
        trail=[Link(_("Importaciones"), reverse("imports:list")), Link(batch.filename, here)],
        template="imports/columns.html",
        columns=[Column(_("Columna")), *(Column(_("Fila %(n)d") % {"n": n}) for n, _row in enumerate(samples, 1))],
        samples=[[name, *(row[place] or None for row in samples)] for place, name in enumerate(headers)],
    )
