"""The tables of approvals, on pages and in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.approvals import rules
from creo.support.approvals.acts import act_words
from creo.support.approvals.models import Delegation, Proposal
from creo.support.approvals.rules import Kind, State
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Row

SIGNS = {
    State.PROPOSED: "unknown",
    State.RETURNED: "info",
    State.APPROVED: "yes",
    State.REJECTED: "no",
    State.WITHDRAWN: "neutral",
    State.LAPSED: "neutral",
}
KIND_SIGNS = {Kind.APPROVED: "yes", Kind.RETURNED: "info", Kind.REJECTED: "no", Kind.FAILED: "unknown"}


def columns(*, whole: bool = False) -> list[Column]:
    """Columns of the proposals; `whole` with what only a file has room for."""
    return [
        Column(_("Propuesta")),
        Column(_("Estado"), "state"),
        Column(_("Nivel")),
        Column(_("Plazo"), "day"),
        Column(_("Establecimiento")),
        Column(_("Propuesta por")),
        *([Column(_("Sobre")), Column(_("Propuesta el"), "moment")] if whole else []),
    ]


def table(rows: Iterable[Proposal], places: Mapping[str, str], today: date, *, whole: bool = False) -> list[Row]:
    """Proposals, each leading to its page."""
    made = []
    for row in rows:
        name = _("N.º %(number)s: %(act)s") % {"number": row.pk, "act": act_words(row.act)}
        url = reverse("approvals:proposal", args=[row.pk])
        cells = [
            Cell(name, url=url, note="" if whole else row.subject_code),
            state(row, today),
            formats.NO_BREAK.join((_("%(tier)s de %(tiers)s") % {"tier": row.tier, "tiers": row.tiers}).split()),
            row.due_on if row.closed_at is None else None,
            places.get(row.place, row.place) or _("Nacional"),
            Cell(row.made_by.name, note="" if whole else formats.moment(row.made_at)),
            *([row.subject_code, row.made_at] if whole else []),
        ]
        made.append(Row(cells))
    return made


def state(row: Proposal, today: date) -> Cell:
    """Sign and word of a proposal's state; what is open past its last day says so."""
    now = State(row.state)
    if now in rules.OPEN and row.due_on < today:
        return Cell("no", kind="state", word=_("Plazo vencido"))
    return Cell(SIGNS[now], kind="state", word=_(rules.STATE_WORDS[now]))


def delegation_columns() -> list[Column]:
    """Columns of the delegations."""
    return [
        Column(_("Acto y nivel")),
        Column(_("Delega")),
        Column(_("Decide en su lugar")),
        Column(_("Desde"), "day"),
        Column(_("Hasta"), "day"),
        Column(_("Motivo")),
        Column(_("Estado"), "state"),
        Column(_("Qué hacer")),
    ]


def delegation_table(rows: Iterable[Delegation], user_id: int | None, today: date) -> list[Row]:
    """Delegations; those of the reader that still hold lead to where they are ended."""
    found = []
    for row in rows:
        alive = row.ended_on is None and row.valid_to > today
        title = _("%(act)s, nivel %(tier)s") % {"act": act_words(row.act), "tier": row.tier}
        url = reverse("approvals:end_delegation", args=[row.pk]) if alive and row.delegator_id == user_id else ""
        found.append(
            Row(
                [
                    title,
                    row.delegator.name,
                    row.delegate.name,
                    row.valid_from,
                    row.valid_to,
                    row.reason,
                    delegation_state(row, today),
                    Cell(_("Terminar"), url=url, label=_("Terminar la delegación de %(act)s") % {"act": title})
                    if url
                    else None,
                ]
            )
        )
    return found


def delegation_state(row: Delegation, today: date) -> Cell:
    """Sign and word of a delegation on a day."""
    if row.ended_on is not None:
        return Cell("neutral", kind="state", word=_("Terminada: %(why)s") % {"why": row.end_reason})
    if row.valid_to <= today:
        return Cell("neutral", kind="state", word=_("Venció"))
    if row.valid_from > today:
        return Cell("info", kind="state", word=_("Todavía no empieza"))
    return Cell("yes", kind="state", word=_("Vigente"))
