"""One check: what it means, how it is mended, its trend, its places, and the records it points at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.exports import answers as exports
from creo.support.exports.listings import Listing
from creo.support.pages import page
from creo.support.quality import queries, rules, wording
from creo.support.quality.checks import Check, check_for, places
from creo.support.quality.forms import FindingsForm
from creo.support.quality.pages.shared import read_once, reader_of
from creo.support.quality.queries import GONE, BoardRow, FindingRow
from creo.support.ui import charts, formats
from creo.support.ui.parts import Cell, Column, Fact, Figure, Link


@page(Permission.VIEW_QUALITY)
@read_once
def check(request: HttpRequest, code: str) -> HttpResponse:
    """One check in the reader's places, with its findings when they may see such records."""
    reader, today = reader_of(request), clock.today()
    wanted = check_for(code)
    here = places(reader)
    form = FindingsForm(request.GET, here)
    filters = form.wanted()
    found = queries.check_history(reader, wanted, today, place=filters.place)
    row, names = found.row, {place.code: place.name for place in here}
    context: dict[str, Any] = {
        "check": wanted,
        "run": found.run,
        "look": wording.LOOKS[row.judgement.state],
        "word": _(rules.STATE_WORDS[row.judgement.state]),
        "why": wording.why(row.judgement, row.observed, row.problem, today),
        "facts": _facts(row, names.get(filters.place, "")),
        "figure": _figure(row, today),
        "place_columns": _place_columns(wanted),
        "place_rows": [_place_row(wanted, item) for item in queries.place_rows(reader, wanted, today)],
        "limit_columns": _limit_columns(),
        "limit_rows": [_limit_row(wanted, item) for item in queries.limit_rows(reader, code)],
        "may_limit": reader.can(Permission.MANAGE_QUALITY) and reader.national,
        "trail": [Link(_("Calidad de datos"), reverse("quality:board"))],
        "may_see": reader.can(wanted.subject.permission),
    }
    if context["may_see"]:
        context |= _findings(request, wanted, form, filters, names, today)
    return render(request, "quality/check.html", context)


def _facts(row: BoardRow, place: str) -> list[Fact]:
    seen = row.observed if row.observed is not None and row.observed.ran else None
    check = row.check
    facts = [
        Fact(_("Encontrados"), seen.found if seen else None, kind="number"),
        Fact(_("Exceptuados"), seen.excepted if seen else None, kind="number"),
        Fact(_("Revisados"), seen.population if seen else None, kind="number", note=str(check.unit)),
        Fact(_("Límites"), wording.limits_text(row.judgement.limits)),
        Fact(_("Tendencia"), wording.trend_text(row.trend)),
        Fact(_("Así desde"), row.trend.since, kind="day"),
        Fact(_("Responsable"), check.owner_title),
        Fact(_("Gravedad"), _(rules.SEVERITY_WORDS[check.severity])),
    ]
    if place:
        facts.insert(0, Fact(_("Establecimiento"), place))
    if check.citation is not None:
        facts.append(Fact(_("Sustento"), check.citation.label()))
    return facts


def _figure(row: BoardRow, today: date) -> Figure | None:
    """The findings left, day by day, beside the limits of each day; nothing to draw before two known days."""
    known = [point for point in row.points if point.value is not None]
    if len(known) < 2:
        return None
    rated = row.judgement.limits.kind is rules.LimitKind.RATE
    kind = "percent" if rated else "number"
    soft = [float(point.judgement.limits.soft) for point in row.points]
    hard = [float(point.judgement.limits.hard) for point in row.points]
    values = [float(point.measure) if point.measure is not None else None for point in row.points]
    svg = charts.lines(
        [formats.day(point.on) for point in row.points],
        {_("Quedan"): values, _("Límite de alerta"): soft, _("Límite máximo"): hard},
        title=_figure_title(row),
        desc=_("Hallazgos sin excepción en cada revisión, con los límites que regían ese día."),
        key="tendencia",
        kind=kind,
    )
    columns = [Column(_("Día"), "day"), Column(_("Quedan"), "number")]
    columns += [Column(_("Proporción"), "percent")] if rated else []
    columns += [Column(_("Límites")), Column(_("Estado"), "state")]
    rows = [_point(point, rated) for point in reversed(row.points)]
    return Figure(_figure_title(row), svg, columns, rows, source=_("Revisiones de CREO"), cutoff=row.points[-1].on)


def _figure_title(row: BoardRow) -> str:
    return {
        rules.Direction.BETTER: _("Los hallazgos bajan"),
        rules.Direction.WORSE: _("Los hallazgos suben"),
        rules.Direction.STEADY: _("Los hallazgos no cambian"),
        rules.Direction.UNKNOWN: _("Los hallazgos en cada revisión"),
    }[row.trend.direction]


def _point(point: rules.Point, rated: bool) -> list[object]:
    state = point.judgement.state
    return [
        point.on,
        point.value,
        *([point.judgement.rate] if rated else []),
        wording.limits_text(point.judgement.limits),
        Cell(wording.LOOKS[state], word=_(rules.STATE_WORDS[state])),
    ]


def _place_columns(check: Check) -> list[Column]:
    counted = [Column(_("Revisados"), "number")] if check.population is not None else []
    return [
        Column(_("Establecimiento")),
        Column(_("Estado"), "state"),
        Column(_("Quedan"), "number"),
        Column(_("Exceptuados"), "number"),
        *counted,
    ]


def _place_row(check: Check, row: queries.PlaceRow) -> list[object]:
    state = row.judgement.state
    url = f"?{urlencode({'lugar': row.code})}" if row.name else ""
    seen = row.observed.unseen == 0
    return [
        Cell(row.name or (row.code if row.code else _("Sin establecimiento registrado")), url=url, note=row.group),
        Cell(wording.LOOKS[state], word=_(rules.STATE_WORDS[state])),
        row.observed.left if seen else None,
        row.observed.excepted if seen else None,
        *([row.observed.population if seen else None] if check.population is not None else []),
    ]


def _limit_columns() -> list[Column]:
    return [
        Column(_("Rige desde"), "day"),
        Column(_("Alerta")),
        Column(_("Máximo")),
        Column(_("Motivo")),
        Column(_("Decidido por")),
    ]


def _limit_row(check: Check, row: queries.LimitRow) -> list[object]:
    kind = check.limits.kind
    return [
        row.valid_from,
        wording.limit_text(kind, row.soft),
        wording.limit_text(kind, row.hard),
        row.reason,
        Cell(row.decided_by, note=formats.moment(row.decided_at)),
    ]


def _findings(
    request: HttpRequest,
    check: Check,
    form: FindingsForm,
    filters: queries.FindingFilters,
    names: Mapping[str, str],
    today: date,
) -> dict[str, Any]:
    """The records that the check points at, with what may be done about each."""
    reader: Reader = reader_of(request)
    found = queries.findings_page(reader, check, filters, today, request.GET.get("cursor", ""))
    whole = not (found.next_cursor or found.prev_cursor)
    count = len(found.rows) if whole else queries.findings_count(reader, check, filters, today)
    query = request.GET.copy()
    query.pop("cursor", None)
    address = f"?{query.urlencode()}" if query else ""
    exports = [
        {"url": reverse("quality:export_findings", args=(check.code, kind)) + address, "label": label}
        for kind, label in (("xlsx", _("Descargar Excel")), ("csv", _("Descargar CSV")))
    ]
    number = formats.number(count)
    return {
        "form": form,
        "columns": _columns(check, filters, reader),
        "rows": [_finding(check, row, filters, reader, names) for row in found.rows],
        "page": found,
        "count_text": ngettext("%(count)s hallazgo", "%(count)s hallazgos", count) % {"count": number},
        "clear_url": reverse("quality:check", args=(check.code,)) if form.used else "",
        "exports": exports if reader.can(Permission.EXPORT) and count else [],
    }


def _columns(check: Check, filters: queries.FindingFilters, reader: Reader) -> list[Column]:
    columns = [
        Column(str(check.subject.title)),
        Column(_("Qué se encontró")),
        Column(_("Establecimiento")),
        Column(_("Visto desde"), "day"),
    ]
    if filters.situation == GONE:
        columns.append(Column(_("Corregido el"), "day"))
    elif filters.situation != GONE and reader.can(Permission.MANAGE_QUALITY):
        columns.append(Column(_("Qué hacer"), "html"))
    elif filters.situation == queries.EXCEPTED:
        columns.append(Column(_("Excepción")))
    return columns


def _finding(
    check: Check, row: FindingRow, filters: queries.FindingFilters, reader: Reader, names: Mapping[str, str]
) -> list[object]:
    place = names.get(row.place) or row.place or None
    if not row.shown:
        # Since the run the record went to another place: its name belongs to that place's readers.
        who = Cell(_("Ya no está en su ámbito"))
        cells: list[object] = [who, None, place, row.first_seen_on]
    else:
        url = reverse(check.subject.view, args=(row.subject_code,))
        who = Cell(row.name, url=url, note=row.subject_code if row.name != row.subject_code else "")
        cells = [who, Cell(wording.detail(check, row.detail), note=_note(row)), place, row.first_seen_on]
    if filters.situation == GONE:
        return [*cells, row.gone_on]
    if reader.can(Permission.MANAGE_QUALITY):
        return [*cells, _actions(check, row, reader) if row.shown else None]
    if filters.situation == queries.EXCEPTED:
        return [*cells, row.exception.reason if row.exception else None]
    return cells


def _note(row: FindingRow) -> str:
    if row.exception is not None:
        return _("Exceptuado hasta el %(day)s por %(who)s: %(reason)s") % {
            "day": formats.day(row.exception.expires_on),
            "who": row.exception.granted_by,
            "reason": row.exception.reason,
        }
    if row.expired_on is not None:
        return _("Tuvo una excepción hasta el %(day)s") % {"day": formats.day(row.expired_on)}
    return ""


def _actions(check: Check, row: FindingRow, reader: Reader) -> object:
    """Links: to mend it, to accept it, to end the acceptance."""
    mend: object = ""
    if check.mend_view and (check.mend_permission is None or reader.can(check.mend_permission)):
        url = reverse(check.mend_view, args=(row.subject_code,))
        mend = format_html('<a href="{}">{}</a> · ', url, check.mend_label or _("Corregir"))
    if row.exception is not None:
        url = reverse("quality:revoke", args=(row.exception.pk,))
        return format_html('{}<a href="{}">{}</a>', mend, url, _("Revocar la excepción"))
    return format_html('{}<a href="{}">{}</a>', mend, reverse("quality:grant", args=(row.id,)), _("Exceptuar"))


@page(Permission.EXPORT)
@read_once
def export_findings(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The findings of a check as CSV or XLSX; who took them stays in the ledger."""
    return exports.answer(request, kind, "quality.findings", code=code)


def findings_list(reader: Reader, query: QueryDict, code: str) -> Listing:
    """The findings of a check to hand out, by the query of its page."""
    today, wanted, here = clock.today(), check_for(code), places(reader)
    form = FindingsForm(query, here)
    filters = form.wanted()
    count = queries.findings_count(reader, wanted, filters, today)
    columns, rows = _export(reader, wanted, filters, today, {place.code: place.name for place in here})
    return Listing(
        act="quality.exported",
        subject=("list", f"quality:{code}"),
        name=f"calidad-{code}-{today:%Y%m%d}",
        title=str(wanted.title),
        columns=columns,
        rows=lambda: rows,
        count=count,
        filters="; ".join(filter(None, (str(wanted.title), form.in_words()))),
    )


def _export(
    reader: Reader, check: Check, filters: queries.FindingFilters, today: date, names: Mapping[str, str]
) -> tuple[Sequence[Column], Any]:
    columns = [
        Column(_("Código")),
        Column(str(check.subject.title)),
        Column(_("Qué se encontró")),
        Column(_("Establecimiento")),
        Column(_("Visto desde"), "day"),
        Column(_("Visto hasta"), "day"),
        Column(_("Corregido el"), "day"),
        Column(_("Excepción hasta"), "day"),
        Column(_("Motivo de la excepción")),
    ]
    rows = (
        [
            row.subject_code if row.shown else None,
            row.name or _("Ya no está en su ámbito"),
            wording.detail(check, row.detail) if row.shown else None,
            names.get(row.place) or row.place,
            row.first_seen_on,
            row.last_seen_on,
            row.gone_on,
            row.exception.expires_on if row.exception else None,
            row.exception.reason if row.exception else None,
        ]
        for row in queries.findings_rows(reader, check, filters, today)
    )
    return columns, rows
