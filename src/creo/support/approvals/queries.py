"""Reads of proposals and delegations. The reader comes first: what is outside their sight does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import ROLES, Permission
from creo.support.accounts.queries.scoped import giving
from creo.support.accounts.readers import Reader
from creo.support.approvals import rules
from creo.support.approvals.acts import Tier, wired
from creo.support.approvals.authority import Authority, at_level, authority, waiting_for, within_sight
from creo.support.approvals.models import Decision, Delegation, Proposal, Revision
from creo.support.refusals import NotFound
from creo.support.tables import Keyset, TablePage

MINE_TO_DECIDE, MADE_BY_ME, IN_SIGHT = "decide", "made", "all"
_LIST = Keyset("approvals", ("-id",))
_DELEGATIONS = Keyset("approvals.delegations", ("-id",))


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to: whose, a state, an act, a place; empty is all."""

    whose: str = MINE_TO_DECIDE
    state: str = ""
    act: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A proposal with everything its page shows; `authority` is None when the reader does not decide it now."""

    proposal: Proposal
    revision: Revision
    revisions: list[Revision]
    decisions: list[Decision]
    tiers: tuple[Tier, ...]
    authority: Authority | None
    decided_already: bool
    overdue: bool
    intact: bool

    @property
    def current(self) -> list[Decision]:
        """The decisions on the revision that counts, by tier."""
        return [row for row in self.decisions if row.revision_id == self.revision.pk]


def visible(reader: Reader, on: date) -> QuerySet[Proposal]:
    """Proposals within a reader's sight."""
    return Proposal.objects.filter(within_sight(reader, on))


def proposals_page(reader: Reader, filters: Filters, on: date, cursor: str = "") -> TablePage[Proposal]:
    """A page of proposals, newest first."""
    return _LIST.page(_narrowed(reader, filters, on).select_related("made_by"), cursor)


def proposals_rows(reader: Reader, filters: Filters, on: date) -> Iterator[Proposal]:
    """Every row, streamed, for exports. Forbidden without the permission to export."""
    reader.require(Permission.EXPORT)
    rows = _narrowed(reader, filters, on).select_related("made_by").order_by("-id")
    return rows.iterator(chunk_size=2_000)


def proposals_count(reader: Reader, filters: Filters, on: date) -> int:
    """How many proposals the filters leave."""
    return _narrowed(reader, filters, on).count()


def waiting_count(reader: Reader, on: date) -> int:
    """How many proposals wait for a decision of the reader."""
    return proposals_count(reader, Filters(), on)


def _narrowed(reader: Reader, filters: Filters, on: date) -> QuerySet[Proposal]:
    if filters.whose == MINE_TO_DECIDE:
        rows = Proposal.objects.filter(waiting_for(reader, on), due_on__gte=on).exclude(_decided_by(reader))
    elif filters.whose == MADE_BY_ME:
        rows = Proposal.objects.filter(made_by=reader.user_id or 0)
    else:
        rows = visible(reader, on)
    for name in ("state", "act", "place"):
        value = getattr(filters, name)
        if value:
            rows = rows.filter(**{name: value})
    return rows


def _decided_by(reader: Reader) -> Q:
    """Proposals whose present revision somebody already decided at some tier."""
    mine = Q(decided_by=reader.user_id) | Q(on_behalf_of=reader.user_id)
    mine &= Q(revision__proposal=OuterRef("pk"), revision__number=OuterRef("revision"))
    return Q(Exists(Decision.objects.filter(mine)))


def sheet(reader: Reader, proposal_id: int, on: date) -> Sheet:
    """One proposal with its history. NotFound outside the reader's sight."""
    proposal = visible(reader, on).select_related("made_by").filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFound
    revisions = list(proposal.revisions.order_by("number"))
    decisions = list(
        Decision.objects.filter(revision__proposal=proposal)
        .select_related("decided_by", "on_behalf_of", "revision")
        .order_by("id")
    )
    current = revisions[-1]
    decided = any(
        row.revision_id == current.pk and reader.user_id in (row.decided_by_id, row.on_behalf_of_id)
        for row in decisions
    )
    overdue = proposal.state in rules.OPEN and proposal.due_on < on
    may = proposal.state == rules.State.PROPOSED and not overdue and not decided
    may = may and proposal.made_by_id != reader.user_id
    how = wired().get(proposal.act)
    return Sheet(
        proposal,
        current,
        revisions,
        decisions,
        how.tiers if how else (),
        authority(reader, proposal, on) if may else None,
        decided,
        overdue,
        intact(proposal, current),
    )


def intact(proposal: Proposal, revision: Revision) -> bool:
    """True when what is kept still has the fingerprint of what was proposed."""
    try:
        made = rules.fingerprint(
            act=proposal.act,
            subject=(proposal.subject_kind, proposal.subject_code),
            place=proposal.place,
            payload=revision.payload,
            rows=revision.rows,
            text=revision.text,
        )
    except ValueError:
        return False
    return made == revision.digest == proposal.digest


# Delegations ------------------------------------------------------------------------------------------------------


def delegable(reader: Reader) -> list[tuple[str, int, Tier]]:
    """Tiers that a reader decides by their own roles somewhere, and may lend: act, number, tier."""
    return [
        (act, number, tier)
        for act, how in wired().items()
        for number, tier in enumerate(how.tiers, 1)
        if at_level(reader, tier.permission, tier.level).scopes
    ]


def possible_delegates(reader: Reader, on: date) -> QuerySet[User]:
    """Other members of staff who decide proposals themselves: by a role with that permission in force on a day."""
    tiers = {tier.permission for how in wired().values() for tier in how.tiers} | {Permission.DECIDE_PROPOSALS}
    roles = [role.code for role in ROLES.values() if role.permissions & tiers]
    grants = RoleGrant.objects.filter(giving(on), user=OuterRef("pk"), role__in=roles)
    return User.objects.filter(Exists(grants), is_active=True).exclude(pk=reader.user_id or 0).order_by("name", "id")


def delegations_page(reader: Reader, cursor: str = "") -> TablePage[Delegation]:
    """Delegations that a reader gave or got, newest first; all of them for who audits the whole nation."""
    audits = at_level(reader, Permission.VIEW_LEDGER).national
    rows = Delegation.objects.select_related("delegator", "delegate")
    if not audits:
        rows = rows.filter(Q(delegator=reader.user_id or 0) | Q(delegate=reader.user_id or 0))
    return _DELEGATIONS.page(rows, cursor)


def own_delegation(reader: Reader, delegation_id: int) -> Delegation:
    """A delegation that the reader gave. NotFound for anybody else's."""
    found = (
        Delegation.objects.select_related("delegate").filter(pk=delegation_id, delegator=reader.user_id or 0).first()
    )
    if found is None:
        raise NotFound
    return found
