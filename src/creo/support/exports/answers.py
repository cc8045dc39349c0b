"""The one answer of every page that hands out data: at once when it is short, by the worker when it is long.

@page(Permission.EXPORT)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    return answer(request, kind, "register.people")
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.asking import ask, sent
from creo.support.exports import commands, making
from creo.support.exports.forms import AskForm
from creo.support.exports.limits import limits_on
from creo.support.exports.listings import CSV, PDF, XLSX, Listing, Mark, look_up
from creo.support.refusals import NotFound
from creo.support.ui import formats
from creo.support.ui.parts import Link


def answer(request: HttpRequest, kind: str, code: str, /, **arguments: Any) -> HttpResponse:
    """A list as CSV or XLSX with its number; a long one is asked for with its reason. 404 for another kind.

    `code` names the list in the wiring table; `arguments` are the parameters of its path.
    """
    if kind not in (CSV, XLSX):
        raise NotFound
    reader = request.reader  # type: ignore[attr-defined]  # the middleware puts it on every request
    query = request.GET.copy()
    query.pop("cursor", None)
    listing = look_up(code)(reader, query, **arguments)
    if commands.needs_worker(listing) or commands.needs_reason(listing):
        return _ask(request, listing, kind, code, query.urlencode(), arguments)
    mark = commands.hand_out_list(by=reader, listing=listing, kind=kind)
    name = f"{listing.name}-{mark.number}.{kind}"
    return as_file(making.file_of(listing, kind, mark, reader.scope_label), name, kind)


def document(content: bytes, name: str, mark: Mark) -> HttpResponse:
    """A marked PDF to keep; its number is in its name too."""
    return as_file(content, f"{name}-{mark.number}.pdf", PDF)


def as_file(content: bytes, name: str, kind: str) -> HttpResponse:
    """A made file under the name that it was given."""
    response = HttpResponse(content, content_type=making.TYPES[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _ask(
    request: HttpRequest, listing: Listing, kind: str, code: str, query: str, arguments: dict[str, Any]
) -> HttpResponse:
    limits = limits_on(clock.today())
    told = {"count": formats.number(listing.count), "hours": formats.number(limits.keep_hours), "title": listing.title}

    def act(typed: Any) -> None:
        commands.ask(
            by=request.reader,  # type: ignore[attr-defined]
            code=code,
            kind=kind,
            query=query,
            arguments=arguments,
            reason=typed["reason"],
        )

    form = AskForm(sent(request))
    form.fields["reason"].required = commands.needs_reason(listing)
    return ask(
        request,
        form,
        act,
        title=_("Pedir la descarga: %(title)s") % told,
        lead=_(
            "Son %(count)s filas. El archivo se hace mientras usted sigue con otra cosa; lo encontrará en «Mis "
            "descargas», se entrega una sola vez y vence a las %(hours)s horas."
        )
        % told,
        button=_("Pedir la descarga"),
        done=_("La descarga está en preparación."),
        back=reverse("exports:own"),
        trail=[Link(_("Mis descargas"), reverse("exports:own"))],
    )
