"""What the pages of the board share: a list as a file."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from creo.support import clock, tables
from creo.support.accounts.readers import Reader
from creo.support.pages import download
from creo.support.quality.checks import one_reading
from creo.support.ui.parts import Column

Page = Callable[..., HttpResponse]


def read_once(view: Page) -> Page:
    """What a page reads in several parts (places, limits, runs) it reads once, and forgets when it answers."""

    @functools.wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with one_reading():
            return view(request, *args, **kwargs)

    return run


def reader_of(request: HttpRequest) -> Reader:
    """Who asks: the middleware puts them on every request."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return reader


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_file(
    reader: Reader,
    kind: str,
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    filters: str,
    count: int,
) -> HttpResponse:
    """The rows as CSV (streamed) or XLSX, with who took them and how they were narrowed."""
    filename = f"{name}-{clock.today():%Y%m%d}.{kind}"
    if kind == "csv":
        answer: Any = StreamingHttpResponse(tables.stream_csv(columns, rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{filename}"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
    facts = (
        (_("Ámbito"), reader.scope_label),
        (_("Filtros"), filters or _("Ninguno")),
        (_("Filas"), count),
        (_("Descargado por"), reader.name),
        (_("Descargado el"), clock.now()),
    )
    return download(tables.export_xlsx(columns, rows, title=title, facts=facts), filename, XLSX)
