"""Correcting and withdrawing a proposal; deciding in somebody's place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.approvals import commands, queries, rules, tables
from creo.support.approvals.acts import LEVEL_WORDS, act_words
from creo.support.approvals.forms import DelegationForm, EndForm, TextForm, WithdrawForm
from creo.support.approvals.pages.looking import staff
from creo.support.approvals.queries import Sheet
from creo.support.asking import ask, sent
from creo.support.pages import page
from creo.support.refusals import Forbidden, NotFound
from creo.support.ui import formats
from creo.support.ui.parts import Link


@page(permission=None)
def revise(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """A new revision with another foundation; acts whose content can change have a page of their own for it."""
    reader, today = staff(request), clock.today()
    sheet = _own(request, proposal_id)
    form = TextForm(sent(request), initial={"text": sheet.revision.text})

    def act(typed: Any) -> None:
        commands.revise(by=reader, proposal_id=proposal_id, text=typed["text"], today=today)

    return ask(
        request,
        form,
        act,
        title=_("Corregir la propuesta"),
        lead=_lead(sheet),
        button=_("Proponer de nuevo"),
        done=_("Quedó propuesta de nuevo: se decide desde el primer nivel."),
        **_around(sheet),
    )


@page(permission=None)
def withdraw(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Takes an open proposal back."""
    reader, today = staff(request), clock.today()
    sheet = _own(request, proposal_id)
    form = WithdrawForm(sent(request))

    def act(typed: Any) -> None:
        commands.withdraw(by=reader, proposal_id=proposal_id, reason=typed["reason"], today=today)

    return ask(
        request,
        form,
        act,
        title=_("Retirar la propuesta"),
        lead=_lead(sheet),
        button=_("Retirar la propuesta"),
        done=_("La propuesta quedó retirada; sigue siendo legible."),
        danger=True,
        **_around(sheet),
    )


@page(permission=None)
def delegations(request: HttpRequest) -> HttpResponse:
    """What the reader lent and was lent."""
    reader, today = staff(request), clock.today()
    found = queries.delegations_page(reader, request.GET.get("cursor", ""))
    context = {
        "found": found,
        "columns": tables.delegation_columns(),
        "rows": tables.delegation_table(found.rows, reader.user_id, today),
        "may_delegate": bool(queries.delegable(reader)),
        "longest": formats.number(rules.parameters().on("delegation_longest_days", today)),
        "trail": [Link(_("Aprobaciones"), reverse("approvals:list"))],
    }
    return render(request, "approvals/delegations.html", context)


@page(permission=None)
def new_delegation(request: HttpRequest) -> HttpResponse:
    """Lends a tier to another decider for a while."""
    reader, today = staff(request), clock.today()
    tiers = queries.delegable(reader)
    if not tiers:
        raise Forbidden(_("Solo se delega un nivel que usted mismo decide."))
    offered = {f"{act}#{number}": (act, number, tier) for act, number, tier in tiers}
    named = [
        (key, _("%(act)s, nivel %(tier)s (%(level)s)") % _words(act, number, tier))
        for key, (act, number, tier) in offered.items()
    ]
    people = [(user.username, user.name) for user in queries.possible_delegates(reader, today)]
    form = DelegationForm(sent(request), tiers=named, people=people, initial={"valid_from": today})

    def act(typed: Any) -> None:
        wanted, number, _tier = offered[typed.pop("what")]
        commands.delegate(by=reader, act=wanted, tier=number, today=today, **typed)

    return ask(
        request,
        form,
        act,
        title=_("Delegar un nivel"),
        lead=_("Quien decide en su lugar lo hace «por delegación», y así queda escrito."),
        button=_("Delegar"),
        done=_("La delegación quedó registrada."),
        back=reverse("approvals:delegations"),
        trail=[
            Link(_("Aprobaciones"), reverse("approvals:list")),
            Link(_("Delegaciones"), reverse("approvals:delegations")),
        ],
    )


@page(permission=None)
def end_delegation(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """Takes a delegation back before its day."""
    reader, today = staff(request), clock.today()
    found = queries.own_delegation(reader, delegation_id)
    form = EndForm(sent(request))

    def act(typed: Any) -> None:
        commands.end_delegation(by=reader, delegation_id=delegation_id, reason=typed["reason"], today=today)

    return ask(
        request,
        form,
        act,
        title=_("Terminar la delegación"),
        lead=_("%(act)s, nivel %(tier)s, a %(who)s")
        % {"act": act_words(found.act), "tier": found.tier, "who": found.delegate.name},
        button=_("Terminar la delegación"),
        done=_("La delegación terminó; lo decidido con ella queda."),
        back=reverse("approvals:delegations"),
        trail=[
            Link(_("Aprobaciones"), reverse("approvals:list")),
            Link(_("Delegaciones"), reverse("approvals:delegations")),
        ],
    )


def _own(request: HttpRequest, proposal_id: int) -> Sheet:
    """An open proposal of the reader. NotFound for another's; Forbidden words when it is closed."""
    sheet = queries.sheet(staff(request), proposal_id, clock.today())
    if sheet.proposal.made_by_id != staff(request).user_id:
        raise NotFound
    if sheet.proposal.closed_at is not None:
        raise Forbidden(_("Esta propuesta ya está cerrada: puede leerla y proponer otra."))
    return sheet


def _lead(sheet: Sheet) -> str:
    return _("N.º %(number)s: %(act)s · %(about)s") % {
        "number": sheet.proposal.pk,
        "act": act_words(sheet.proposal.act),
        "about": sheet.proposal.subject_code,
    }


def _around(sheet: Sheet) -> dict[str, Any]:
    url = reverse("approvals:proposal", args=[sheet.proposal.pk])
    number = _("Propuesta n.º %(number)s") % {"number": sheet.proposal.pk}
    return {"back": url, "trail": [Link(_("Aprobaciones"), reverse("approvals:list")), Link(number, url)]}


def _words(act: str, number: int, tier: Any) -> dict[str, object]:
    return {"act": act_words(act), "tier": number, "level": _(LEVEL_WORDS[tier.level]).lower()}
