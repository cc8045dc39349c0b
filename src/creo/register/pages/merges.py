"""Joining two records: the preview, the act, its history and its undoing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.register import commands, queries, rules
from creo.register.commands import MergePreview
from creo.register.forms.duplicates import MergeForm, UndoForm
from creo.register.pages.answering import person_trail
from creo.register.pages.documents import band_items
from creo.register.pages.duplicates import list_trail, pair_cells, pair_columns, warn_of_duplicates
from creo.register.queries import MergeRow, PairRow
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import answer, ask, sent
from creo.support.pages import page
from creo.support.refusals import NotFound, Refused
from creo.support.ui.parts import Cell, Column, Link

_FATES = {rules.Fate.REPOINTED: "yes", rules.Fate.CLOSED: "info", rules.Fate.REFUSED: "no"}


@page(Permission.REVIEW_DUPLICATES)
def duplicate_merge(request: HttpRequest, pair_id: int) -> HttpResponse:
    """What joining the two would do to each record, which one goes on (`?queda=`), and the act."""
    row = queries.pair(request.reader, pair_id)
    if row.state == rules.PairState.MERGED:
        return HttpResponseRedirect(reverse("register:duplicate", args=(row.id,)))
    kept, gone = _chosen(request, row)
    preview = commands.preview_merge(by=request.reader, duplicate_code=gone, into_code=kept, today=clock.today())
    form = MergeForm(sent(request), initial={"queda": kept, "visto": preview.digest})

    def act(typed: Any) -> str:
        _merge(request, typed, kept, gone)
        messages.success(request, _("Las dos fichas son ahora una: %(code)s.") % {"code": kept})
        return _after(request, kept)

    def show(status: int) -> HttpResponse:
        return render(request, "register/duplicate_merge.html", _context(row, kept, gone, preview, form), status=status)

    return answer(request, form, act, show, back=reverse("register:duplicate", args=(row.id,)))


def _chosen(request: HttpRequest, row: PairRow) -> tuple[str, str]:
    """The code that goes on and the one that is joined: as asked, or the confirmed one, or the older."""
    codes = [row.first.code, row.second.code]
    asked = request.POST.get("queda") or request.GET.get("queda", "")
    if asked and asked not in codes:
        raise Refused(_("La ficha [%(code)s] no es de esta pareja.") % {"code": asked})
    kept = asked or rules.survivor_first([(side.code, side.confirmed) for side in (row.first, row.second)])[0]
    return kept, codes[1 - codes.index(kept)]


def _merge(request: HttpRequest, typed: Any, kept: str, gone: str) -> None:
    commands.merge_people(
        by=request.reader,
        duplicate_code=gone,
        into_code=kept,
        reason=typed["reason"],
        today=clock.today(),
        seen=typed["visto"],
    )


def _after(request: HttpRequest, code: str) -> str:
    """The record that goes on, compared again with everybody; or the list when it is not in the reader's sight."""
    try:
        queries.person_code_in_scope(request.reader, code)
    except NotFound:
        return reverse("register:duplicates")
    warn_of_duplicates(request, code)
    return reverse("register:person", args=(code,))


def _context(row: PairRow, kept: str, gone: str, preview: MergePreview, form: MergeForm) -> dict[str, Any]:
    address = reverse("register:duplicate", args=(row.id,))
    sides = {side.code: side for side in (row.first, row.second)}
    if form.is_bound:
        # The page shows the preview as it is now: the next try carries its digest.
        form.data = {**form.data.dict(), "visto": preview.digest, "queda": kept}  # type: ignore[attr-defined]
    return {
        "pair": row,
        "form": form,
        "kept": sides[kept],
        "gone": sides[gone],
        "swap_url": f"?queda={gone}",
        "refused": preview.refused,
        "columns": [Column(_("Registro")), Column(_("Cuál")), Column(_("Qué pasa"), "state"), Column(_("Por qué"))],
        "rows": [
            [item.what, item.which, Cell(_FATES[item.fate], word=_(rules.FATE_WORDS[item.fate])), item.why or None]
            for item in preview.dependents
        ],
        "back_url": address,
        "trail": [*list_trail(), Link(f"{row.first.code} · {row.second.code}", address)],
    }


# History --------------------------------------------------------------------------------------------------------------


@page(Permission.REVIEW_DUPLICATES)
def merges(request: HttpRequest) -> HttpResponse:
    """The merges of the reader's scope, the newest first, with what can be undone."""
    found = queries.merges_page(request.reader, request.GET.get("cursor", ""))
    context = {
        "columns": merge_columns(),
        "rows": [merge_cells(row) for row in found.rows],
        "page": found,
        "trail": list_trail(),
    }
    return render(request, "register/merges.html", context)


def merge_columns() -> list[Column]:
    """The columns of a list of merges."""
    return [
        Column(_("Ficha unida")),
        Column(_("Pasó a")),
        Column(_("Cuándo"), "moment"),
        Column(_("Quién")),
        Column(_("Motivo")),
        Column(_("Estado"), "state"),
        Column(_("Deshacer")),
    ]


def merge_cells(row: MergeRow) -> list[object]:
    """One merge as a line of a list."""
    state = Cell("yes", word=_("Vigente")) if row.lasts else Cell("neutral", word=_("Deshecha"))
    undo: Cell | None = None
    if row.lasts:
        label = _("Deshacer la unión de %(code)s") % {"code": row.duplicate}
        undo = Cell(_("Deshacer…"), url=reverse("register:merge_undo", args=(row.id,)), label=label)
    why = row.reason if row.lasts else f"{row.reason} → {row.undone_reason}"
    return [
        Cell(row.duplicate_name, note=row.duplicate),
        Cell(row.into_name, url=reverse("register:person", args=(row.into,)), note=row.into),
        row.at,
        row.by if row.lasts else f"{row.by}; {row.undone_by}",
        why,
        state,
        undo,
    ]


@page(Permission.REVIEW_DUPLICATES)
def merge_undo(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Gives a merged record back; what stops it is said before the form."""
    row = queries.merge(request.reader, merge_id)
    obstacles = commands.unmerge_obstacles(by=request.reader, merge_id=merge_id, today=clock.today())
    form = UndoForm(sent(request))

    def act(typed: Any) -> None:
        code = commands.unmerge_people(
            by=request.reader, merge_id=merge_id, reason=typed["reason"], today=clock.today()
        )
        messages.success(request, _("La unión se deshizo: %(code)s es otra vez una ficha.") % {"code": code})

    history = Link(_("Uniones"), reverse("register:merges"))
    return ask(
        request,
        form,
        act,
        title=_("Deshacer una unión"),
        lead=f"{row.duplicate_name} ({row.duplicate}) → {row.into_name} ({row.into})",
        button=_("Deshacer la unión"),
        back=history.url,
        trail=[*list_trail(), history],
        template="register/merge_undo.html",
        merge=row,
        obstacles=obstacles,
    )


@page(Permission.REVIEW_DUPLICATES)
def person_duplicates(request: HttpRequest, code: str) -> HttpResponse:
    """Every pair in which somebody is or was, and the merges that led to their record."""
    found = queries.person_duplicates(request.reader, code)
    head = found.heading
    if head.code != code:
        return HttpResponseRedirect(reverse("register:person_duplicates", args=(head.code,)))
    context = {
        "head": head,
        "band_items": band_items(head),
        "columns": pair_columns(),
        "rows": [pair_cells(row) for row in found.pairs],
        "merge_columns": merge_columns(),
        "merge_rows": [merge_cells(row) for row in found.merges],
        "trail": person_trail(head),
    }
    return render(request, "register/person_duplicates.html", context)
