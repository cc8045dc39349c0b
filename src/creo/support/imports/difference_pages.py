"""Page of what a file tells otherwise of somebody who is already there: before it is applied, and afterwards kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.imports import queries
from creo.support.imports.kinds import Comparing, ImportKind, Outcome, kinds
from creo.support.imports.models import ImportBatch
from creo.support.pages import page
from creo.support.ui.parts import Cell, Column, Link


def outcome_words() -> dict[str, str]:
    """What becomes of a difference, in words."""
    return {Outcome.APPLIES: _("Se registra al aplicar"), Outcome.CHOICE: _("Debe decidir una persona")}


def counted(batch: ImportBatch, kind: ImportKind) -> list[list[Any]]:
    """How many differences of each kind, each leading to its list."""
    found: Mapping[str, int] = batch.summary.get("differences") or {}
    address = reverse("imports:differences", args=[batch.pk])
    return [
        [Cell(words, url=f"{address}?clase={code}"), found[code]]
        for code, words in _words(kind).items()
        if found.get(code)
    ]


@page(Permission.IMPORT_REGISTER)
def differences(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The differences of a file, by kind and by what becomes of them; the address keeps the filters."""
    batch = queries.batch(request.reader, batch_id)
    kind = kinds()[batch.kind]
    asked = _asked(request.GET, kind)
    found = queries.differences(
        request.reader, batch_id, kind=asked["clase"], outcome=asked["destino"], cursor=request.GET.get("cursor", "")
    )
    columns = [
        Column(_("Persona")),
        Column(_("Clase")),
        Column(_("Dato")),
        Column(_("En el registro")),
        Column(_("En el archivo")),
        Column(_("Qué pasa"), "state"),
        Column(_("Fila"), "number"),
    ]
    words, outcomes = _words(kind), outcome_words()
    rows = [
        [
            Cell(row.subject, url=kind.subject_url(row.subject) if isinstance(kind, Comparing) else ""),
            words.get(row.kind, row.kind),
            row.field,
            row.before or None,
            row.after or None,
            Cell("yes" if row.outcome == Outcome.APPLIES else "unknown", word=outcomes[row.outcome], note=row.why),
            row.row,
        ]
        for row in found.rows
    ]
    address = reverse("imports:differences_file", args=[batch_id])
    query = request.GET.urlencode()
    context = {
        "batch": batch,
        "columns": columns,
        "rows": rows,
        "found": found,
        "filters": _filters(asked, words, outcomes),
        "clear_url": request.path if any(asked.values()) else "",
        "exports": [Link(_("Descargar (CSV)"), f"{address}?{query}" if query else address)]
        if request.reader.can(Permission.EXPORT)
        else [],
        "trail": [
            Link(_("Importaciones"), reverse("imports:list")),
            Link(batch.filename, reverse("imports:detail", args=[batch_id])),
        ],
    }
    return render(request, "imports/differences.html", context)


@page(Permission.EXPORT)
def differences_file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The differences asked for as CSV; the download leaves a line in the ledger."""
    return exports.answer(request, "csv", "imports.differences", batch_id=batch_id)


def differences_list(reader: Reader, query: QueryDict, batch_id: int) -> Listing:
    """What a file tells otherwise, to hand out by the query of its page."""
    kind = kinds()[queries.batch(reader, batch_id).kind]
    asked = _asked(query, kind)
    wanted = {"kind": asked["clase"], "outcome": asked["destino"]}
    words, outcomes = _words(kind), outcome_words()

    def lines() -> Iterator[tuple[Any, ...]]:
        for row in queries.difference_rows(reader, batch_id, **wanted):
            told = (words.get(row.kind, row.kind), row.field, row.before, row.after, outcomes[row.outcome], row.why)
            yield (row.subject, *told, row.row)

    columns = [
        _("Persona"), _("Clase"), _("Dato"), _("En el registro"), _("En el archivo"), _("Qué pasa"), _("Por qué"),
        _("Fila"),
    ]  # fmt: skip
    filters = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return Listing(
        act="imports.differences_downloaded",
        subject=("import", str(batch_id)),
        name=f"diferencias-importacion-{batch_id}",
        title=_("Diferencias de la importación"),
        columns=columns,
        rows=lines,
        count=queries.differences_count(reader, batch_id, **wanted),
        filters=filters,
        after={"filters": filters},
    )


def _words(kind: ImportKind) -> Mapping[str, str]:
    return kind.difference_words() if isinstance(kind, Comparing) else {}


def _asked(query: QueryDict, kind: ImportKind) -> dict[str, str]:
    """The filters of the address; what no list offers is left out."""
    offered = {"clase": set(_words(kind)), "destino": set(outcome_words())}
    return {name: value if (value := query.get(name, "")) in values else "" for name, values in offered.items()}


def _filters(asked: Mapping[str, str], words: Mapping[str, str], outcomes: Mapping[str, str]) -> list[dict[str, Any]]:
    lists = (("clase", _("Clase"), words), ("destino", _("Qué pasa"), outcomes))
    return [
        {
            "name": name,
            "label": label,
            "kind": "select",
            "value": asked[name],
            "options": [("", _("Todas")), *choices.items()],
        }
        for name, label, choices in lists
    ]
