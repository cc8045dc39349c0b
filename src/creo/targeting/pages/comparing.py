"""Designs side by side: who enters, who leaves, prison by prison. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import page, positive_int
from creo.support.refusals import NotFound
from creo.support.ui.parts import Link
from creo.targeting import queries, reports
from creo.territory.queries import FacilityRef

EVERYBODY = 10_000_000


@dataclass(frozen=True)
class _Asked:
    """What the address asks to compare."""

    run: queries.Run
    refs: list[FacilityRef]
    readings: list[queries.Reading]
    chosen: queries.Reading | None
    facility: FacilityRef | None


@page(permission=Permission.VIEW_TARGETING)
def compare(request: HttpRequest) -> HttpResponse:
    """Every reading of the design over the people of a run; one of them prison by prison and person by person."""
    asked = _asked(request.reader, request.GET)
    if asked is None:
        return render(request, "targeting/empty.html", {"may_run": request.reader.can(Permission.RUN_TARGETING)})
    compared = queries.simulate(request.reader, asked.run, [found.rule for found in asked.readings])
    columns, rows = reports.readings_rows(asked.run, asked.readings, compared, asked.chosen.key if asked.chosen else "")
    context: dict[str, Any] = {
        "run": asked.run,
        "columns": columns,
        "rows": rows,
        "figure": reports.readings_figure(asked.run, asked.readings, compared),
        "chosen": asked.chosen,
        "facility": asked.facility,
        "trail": [Link(_("Focalización"), reverse("targeting:latest"))],
    }
    if asked.chosen is not None:
        context |= _chosen(request, asked, asked.chosen, compared[asked.readings.index(asked.chosen)])
    return render(request, "targeting/compare.html", context)


@page(permission=Permission.EXPORT)
def export_movers(request: HttpRequest, kind: str) -> HttpResponse:
    """Everybody who enters or leaves under a reading, as a file."""
    return exports.answer(request, kind, "targeting.movers")


def movers_list(reader: Reader, query: QueryDict) -> Listing:
    """Everybody who enters or leaves under a reading, to hand out by the query of its page."""
    reader.require(Permission.VIEW_TARGETING)
    asked = _asked(reader, query)
    if asked is None or asked.chosen is None:
        raise NotFound
    side = _side(query)
    key = asked.facility.id if asked.facility else None
    people, _more = queries.movers(reader, asked.run, asked.chosen.rule, side, facility=key, limit=EVERYBODY)
    return reports.movers_listing(asked.run, asked.chosen, people, side)


def _asked(reader: Reader, query: QueryDict) -> _Asked | None:
    number = positive_int(query.get("run"), "run")
    refs = queries.held_places(reader)
    run = queries.run(reader, number, refs) if number else queries.latest(reader, refs)
    if run is None:
        return None
    readings = queries.readings(reader, run.row.as_of, run.row.programme)
    key, place = query.get("reading", ""), query.get("facility", "")
    chosen = next((found for found in readings if found.key == key), None)
    facility = next((ref for ref in refs if ref.code == place), None)
    if (key and chosen is None) or (place and facility is None):
        raise NotFound
    return _Asked(run, refs, readings, chosen, facility)


def _chosen(request: HttpRequest, asked: _Asked, chosen: queries.Reading, found: queries.Compared) -> dict[str, Any]:
    side = _side(request.GET)
    after = positive_int(request.GET.get("after"), "after") or 0
    key = asked.facility.id if asked.facility else None
    people, more = queries.movers(request.reader, asked.run, chosen.rule, side, facility=key, after=after)
    place_columns, place_rows, place_total = reports.place_rows(asked.run, chosen, found, asked.refs)
    kept = {"run": asked.run.row.number, "reading": chosen.key}
    if asked.facility:
        kept["facility"] = asked.facility.code
    address = reverse("targeting:compare")
    return {
        "place_columns": place_columns,
        "place_rows": place_rows,
        "place_total": place_total,
        "side": side,
        "tabs": [
            Link(word, f"{address}?{_query(kept, side=name)}", active=side == name, badge=found.total(name))
            for name, word in ((queries.ENTER, _("Entran")), (queries.LEAVE, _("Salen")))
        ],
        "mover_columns": reports.movers_columns(),
        "mover_rows": reports.movers_rows(asked.run, people),
        "next_url": f"{address}?{_query(kept, side=side, after=more)}" if more else "",
        "export_urls": _exports(request, kept, side),
        "clear_url": f"{address}?{_query({**kept, 'facility': ''}, side=side)}" if asked.facility else "",
    }


def _exports(request: HttpRequest, kept: dict[str, Any], side: str) -> list[Link]:
    if not request.reader.can(Permission.EXPORT):
        return []
    return [
        Link(kind.upper(), f"{reverse('targeting:export_movers', args=[kind])}?{_query(kept, side=side)}")
        for kind in reports.TYPES
    ]


def _query(kept: dict[str, Any], **more: Any) -> str:
    from urllib.parse import urlencode

    return urlencode({name: value for name, value in {**kept, **more}.items() if value})


def _side(query: QueryDict) -> str:
    side = query.get("side") or queries.ENTER
    if side not in (queries.ENTER, queries.LEAVE):
        raise NotFound
    return side
