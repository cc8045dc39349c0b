"""Answers given again after the register changed, and the enrolments that a board must look at then."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.asking import answer
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import page, positive_int
from creo.support.ui import formats
from creo.support.ui.parts import Link
from creo.targeting import commands, queries, reports, rules
from creo.targeting.forms import EndForm, ReevaluationsForm


@page(permission=Permission.VIEW_TARGETING)
def reevaluations(request: HttpRequest) -> HttpResponse:
    """Who was evaluated again and why, newest first; the address keeps the filters."""
    reader: Reader = request.reader
    form = ReevaluationsForm(request.GET, queries.held_places(reader))
    filters = form.wanted()
    found = queries.reevaluations_page(reader, filters, request.GET.get("cursor", ""))
    named = reader.can(Permission.VIEW_PEOPLE)
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    kinds = reports.TYPES if reader.can(Permission.EXPORT) else ()
    context = {
        "form": form,
        "found": found,
        "columns": reports.reevaluation_columns(named=named),
        "rows": reports.reevaluation_rows(found.rows, named=named),
        "count_text": _("%(count)s reevaluaciones")
        % {"count": formats.number(queries.reevaluations_count(reader, filters))},
        "clear_url": reverse("targeting:reevaluations") if request.GET else "",
        "export_urls": [
            Link(kind.upper(), reverse("targeting:export_reevaluations", args=[kind]) + asked) for kind in kinds
        ],
        "trail": [Link(_("Focalización"), reverse("targeting:latest"))],
    }
    return render(request, "targeting/reevaluations.html", context)


@page(permission=Permission.EXPORT)
def export_reevaluations(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list whole, as a file."""
    return exports.answer(request, kind, "targeting.reevaluations")


def reevaluations_list(reader: Reader, query: QueryDict) -> Listing:
    """Re-evaluations to hand out, by the query of their page."""
    form = ReevaluationsForm(query, queries.held_places(reader))
    filters = form.wanted()
    return reports.reevaluation_listing(
        lambda: queries.reevaluations_rows(reader, filters),
        queries.reevaluations_count(reader, filters),
        named=reader.can(Permission.VIEW_PEOPLE),
        filters=form.in_words(),
        on=clock.today(),
    )


@page(permission=Permission.VIEW_TARGETING)
def enrolment(request: HttpRequest, code: str) -> HttpResponse:
    """A person's enrolments, for who holds them and for who enrolled them: what changed, and their end."""
    return _enrolment(request, code)


@page(permission=Permission.ENROL)
def end_enrolment(request: HttpRequest, code: str) -> HttpResponse:
    """Ends one open enrolment; refused, the same page says every reason."""
    here = reverse("targeting:enrolment", args=[code])
    if request.method != "POST":
        return HttpResponseRedirect(here)
    chosen = positive_int(request.POST.get("enrolment"), _("inscripción"))
    form = EndForm(request.POST)

    def act(typed: Any) -> None:
        commands.end_enrolment(by=request.reader, person_code=code, enrolment_id=chosen, **typed)

    def show(status: int) -> HttpResponse:
        return _enrolment(request, code, chosen=chosen, form=form, status=status)

    return answer(request, form, act, show, back=here, done=_("La salida quedó registrada."))


def _enrolment(
    request: HttpRequest, code: str, *, chosen: int | None = None, form: EndForm | None = None, status: int = 200
) -> HttpResponse:
    reader: Reader = request.reader
    today = clock.today()
    rows = queries.enrolments_seen(reader, code, today)
    frozen = {item.id: item for item in queries.history(reader, rows[0].code if rows else code)}
    may_end = reader.can(Permission.ENROL)
    parts: list[dict[str, Any]] = []
    for row in rows:
        ends = row.ended_on is None and may_end
        own = form if form is not None and row.id == chosen else EndForm(initial={"on": today})
        parts.append(
            {
                "row": row,
                "detail": frozen.get(row.id),
                "signals": reports.signals(row),
                "form": own if ends else None,
            }
        )
    context = {
        "code": rows[0].code if rows else code,
        "name": rows[0].name if rows else "",
        "parts": parts,
        "exit_source": rules.EXIT_SOURCE,
        "person_url": reverse("targeting:person", args=[code]) if queries.held_code(reader, code) else "",
        "trail": [Link(_("Intervenidos"), reverse("targeting:enrolments"))],
    }
    return render(request, "targeting/enrolment.html", context, status=status)
