"""The list of proposals, its files, and one proposal with the form to decide it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.announcements.places import place_names
from creo.support.approvals import commands, queries, rules, tables
from creo.support.approvals.acts import LEVEL_WORDS, act_words, wired
from creo.support.approvals.forms import DecisionForm, FiltersForm
from creo.support.approvals.queries import Sheet
from creo.support.approvals.rules import State
from creo.support.asking import answer, sent
from creo.support.exports import answers as exports
from creo.support.exports.listings import CSV, XLSX, Listing
from creo.support.pages import page
from creo.support.refusals import Forbidden
from creo.support.signin.fresh import is_fresh, prove_again
from creo.support.ui import formats
from creo.support.ui.parts import Column, Event, Fact, Link, Row, Step


@page(permission=None)
def listing(request: HttpRequest) -> HttpResponse:
    """What waits for the reader's decision, what they proposed, and all of their scope."""
    reader, today = staff(request), clock.today()
    places = place_names(reader)
    form = FiltersForm(request.GET, places)
    filters = form.wanted()
    found = queries.proposals_page(reader, filters, today, request.GET.get("cursor", ""))
    total = queries.proposals_count(reader, filters, today)
    context = {
        "form": form,
        "found": found,
        "columns": tables.columns(),
        "rows": tables.table(found.rows, places, today),
        "count_text": ngettext("%(count)s propuesta", "%(count)s propuestas", total) % {"count": formats.number(total)},
        "clear_url": reverse("approvals:list") if request.GET else "",
        "export_urls": _exports(request),
        "filtered": bool(form.in_words()),
        "delegations_url": reverse("approvals:delegations"),
    }
    return render(request, "approvals/list.html", context)


@page(Permission.EXPORT)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list whole, as a file; taking it out is an act."""
    return exports.answer(request, kind, "approvals.proposals")


def proposals_list(reader: Reader, query: QueryDict) -> Listing:
    """The proposals to hand out, by the query of their page."""
    today, places = clock.today(), place_names(reader)
    form = FiltersForm(query, places)
    filters = form.wanted()
    return Listing(
        act="approvals.exported",
        subject=("list", "aprobaciones"),
        name=f"aprobaciones-{today:%Y%m%d}",
        title=_("Aprobaciones"),
        columns=tables.columns(whole=True),
        rows=lambda: (
            tables.table([row], places, today, whole=True)[0] for row in queries.proposals_rows(reader, filters, today)
        ),
        count=queries.proposals_count(reader, filters, today),
        filters=form.in_words(),
    )


@page(permission=None)
def proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One proposal: what would change, its tiers and history; for who decides now, the form."""
    reader, today = staff(request), clock.today()
    typed = sent(request)
    if typed is not None and not is_fresh(request):
        # No approval on a session where nobody proved a moment ago who is there (security.md section 7).
        return prove_again(request)
    # Read before the form: what the form carries is what this page shows.
    shown = queries.sheet(reader, proposal_id, today)
    form = DecisionForm(typed, initial={"seen": shown.revision.digest, "tier": shown.proposal.tier})

    def act(asked: Any) -> None:
        made = commands.decide(by=reader, proposal_id=proposal_id, today=today, **asked)
        say = messages.warning if asked["decision"] == "approved" and made.state == State.RETURNED else messages.success
        say(request, _outcome(made.state, asked["decision"]))

    def show(status: int) -> HttpResponse:
        return _shown(request, queries.sheet(reader, proposal_id, today) if typed is not None else shown, form, status)

    return answer(request, form, act, show, back=reverse("approvals:proposal", args=[proposal_id]))


def reader_of(request: Any) -> Reader:
    """The reader at the places of the page's permission; the middleware put it on the request."""
    found: Reader = request.reader
    return found


def at_hour(at: datetime) -> str:
    """The hour in Lima, for histories where the order within a day matters."""
    return f"{at.astimezone(clock.LIMA):%H:%M}"


def staff(request: HttpRequest) -> Reader:
    """Whoever holds a role: their whole reader, for each tier narrows it to the places of its own permission."""
    reader: Reader = getattr(request, "whole_reader", None) or reader_of(request)
    if not reader.scopes:
        raise Forbidden(_("Su usuario no tiene un rol vigente. Pídalo a quien administra los accesos."))
    return reader


def _outcome(state: str, decision: str) -> str:
    if state == State.APPROVED:
        return _("Quedó aprobada y ejecutada.")
    if state == State.PROPOSED:
        return _("Su aprobación quedó registrada: sigue el nivel siguiente.")
    if state == State.REJECTED:
        return _("Quedó rechazada.")
    if decision == "approved":
        return _("No pudo ejecutarse: volvió a quien la propuso, con las razones.")
    return _("Volvió a quien la propuso para que la corrija.")


def _shown(request: HttpRequest, sheet: Sheet, form: DecisionForm, status: int) -> HttpResponse:
    reader, today = staff(request), clock.today()
    row = sheet.proposal
    place = place_names(reader).get(row.place, row.place) or _("Nacional")
    mine = row.made_by_id == reader.user_id
    context: dict[str, Any] = {
        "proposal": row,
        "title": act_words(row.act),
        "lead_text": _("N.º %(number)s · %(about)s · %(place)s")
        % {"number": row.pk, "about": row.subject_code, "place": place},
        "state": tables.state(row, today),
        "facts": _facts(sheet, place),
        "text": sheet.revision.text,
        "columns": [Column(_("Qué")), Column(_("Hoy")), Column(_("Propuesto"))],
        "rows": [Row(list(each), strong=each[1] != each[2]) for each in sheet.revision.rows],
        "steps": _steps(sheet),
        "history": _history(sheet),
        "form": form,
        "decides": sheet.authority is not None and sheet.intact,
        "prove_url": "" if is_fresh(request) else prove_again(request).url,
        "intact": sheet.intact,
        "for_whom": sheet.authority.delegator if sheet.authority else "",
        "why_not": _why_not(sheet, mine=mine),
        "mine": mine and row.closed_at is None,
        "revise_url": _revise_url(sheet),
        "trail": [Link(_("Aprobaciones"), reverse("approvals:list"))],
    }
    return render(request, "approvals/proposal.html", context, status=status)


def _facts(sheet: Sheet, place: str) -> list[Fact]:
    row = sheet.proposal
    last = _("Último día para corregir") if row.state == State.RETURNED else _("Último día para decidir")
    return [
        Fact(_("Propuesta por"), row.made_by.name, note=formats.moment(row.made_at)),
        Fact(_("Rige en"), place),
        Fact(_("Revisión"), row.revision, kind="number"),
        Fact(last, row.due_on, kind="day") if row.closed_at is None else Fact(_("Cerrada"), row.closed_at, "moment"),
        *([Fact(_("Por qué se cerró"), row.close_reason)] if row.close_reason else []),
        Fact(_("Huella de lo que se decide"), sheet.revision.digest[:16], note=_("SHA-256, primeras 16 cifras")),
    ]


def _steps(sheet: Sheet) -> list[Step]:
    """The tiers in order, each with who decided it or who may."""
    row, done = sheet.proposal, {each.tier: each for each in sheet.current}
    found = []
    for number, tier in enumerate(sheet.tiers, 1):
        level = _(LEVEL_WORDS[tier.level])
        decision = done.get(number)
        label = _("Nivel %(number)s") % {"number": number}
        if decision is not None:
            words = _(rules.KIND_WORDS[rules.Kind(decision.kind)])
            state = "done" if decision.kind == rules.Kind.APPROVED else "error"
            found.append(Step(label, state, note=f"{words}: {_who(decision)}"))
        else:
            now = row.state == State.PROPOSED and row.tier == number
            note = _("%(level)s, hasta el %(day)s") % {"level": level, "day": formats.day(row.due_on)} if now else level
            found.append(Step(label, "current" if now else "todo", note=note))
    return found


def _who(decision: Any) -> str:
    if decision.on_behalf_of is None:
        return str(decision.decided_by.name)
    return _("%(who)s, por delegación de %(whom)s") % {
        "who": decision.decided_by.name,
        "whom": decision.on_behalf_of.name,
    }


def _history(sheet: Sheet) -> list[Event]:
    """Everything that happened, newest first."""
    row, who = sheet.proposal, sheet.proposal.made_by.name
    events: list[tuple[Any, Event]] = []
    for made in sheet.revisions:
        title = _("Se propuso") if made.number == 1 else _("Se corrigió: revisión %(number)s") % {"number": made.number}
        events.append(
            (
                made.made_at,
                Event(made.made_at, f"{at_hour(made.made_at)} · {title} · {who}", text=made.text, state="info"),
            )
        )
    for each in sheet.decisions:
        kind = rules.Kind(each.kind)
        title = _("Nivel %(tier)s, revisión %(revision)s: %(what)s") % {
            "tier": each.tier,
            "revision": each.revision.number,
            "what": _(rules.KIND_WORDS[kind]),
        }
        void = each.revision_id != sheet.revision.pk and kind is rules.Kind.APPROVED
        text = _("Sin efecto: la propuesta cambió después.") if void else each.reason
        sign = "neutral" if void else tables.KIND_SIGNS[kind]
        events.append(
            (
                each.decided_at,
                Event(each.decided_at, f"{at_hour(each.decided_at)} · {title} · {_who(each)}", text=text, state=sign),
            )
        )
    if row.state in (State.WITHDRAWN, State.LAPSED):
        words = _(rules.STATE_WORDS[State(row.state)])
        events.append((row.closed_at, Event(row.closed_at, words, text=row.close_reason)))
    return [event for _at, event in sorted(events, key=lambda pair: pair[0], reverse=True)]


def _why_not(sheet: Sheet, *, mine: bool) -> str:
    """Why the reader sees no form while the proposal waits for a decision."""
    if sheet.proposal.state != State.PROPOSED or (sheet.authority is not None and sheet.intact):
        return ""
    if not sheet.intact:
        return _("Lo guardado no coincide con la huella de lo propuesto. Avise a quien audita el sistema.")
    if sheet.overdue:
        return _("El plazo para decidirla venció.")
    if mine:
        return _("Usted la propuso: la decide otra persona.")
    if sheet.decided_already:
        return _(
            "Usted, o alguien en su lugar, ya decidió un nivel de esta propuesta: el que sigue es de otra persona."
        )
    return _("El nivel presente lo decide otra persona.")


def _revise_url(sheet: Sheet) -> str:
    how = wired().get(sheet.proposal.act)
    if how is None or not how.revise_view:
        return reverse("approvals:revise", args=[sheet.proposal.pk])
    return f"{reverse(how.revise_view, args=[sheet.proposal.subject_code])}?propuesta={sheet.proposal.pk}"


def _exports(request: HttpRequest) -> list[Link]:
    if not staff(request).can(Permission.EXPORT):
        return []
    kept = request.GET.copy()
    kept.pop("cursor", None)
    asked = f"?{kept.urlencode()}" if kept else ""
    return [Link(kind.upper(), reverse("approvals:export", args=[kind]) + asked) for kind in (CSV, XLSX)]
