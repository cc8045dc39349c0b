"""The six-monthly review: each access stays or ends, with its reason; and the signature under all of a place.

Source: DS 016-2024-JUS art. 46 (privileges are reviewed at least every six months).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support import clock
from creo.support.accounts import rules
from creo.support.accounts.commands.common import Refusals, leaves_an_administrator
from creo.support.accounts.commands.grants import close, place_code
from creo.support.accounts.models import AccessReview, GrantReview, RoleGrant
from creo.support.accounts.permissions import ROLES, Permission
from creo.support.accounts.places import places_of
from creo.support.accounts.queries.reviews import ReviewFilters, last_signature, review_count, still_to_look
from creo.support.accounts.queries.scoped import at, within
from creo.support.accounts.readers import Reader, Scope
from creo.support.ledger import commands as ledger
from creo.support.refusals import Forbidden, NotFound, Refused

KEEP, END = GrantReview.Decision.KEEP, GrantReview.Decision.END
AT_ONCE = 500
LARGEST_KEY = 2**63 - 1


@ledger.command(permission=Permission.REVIEW_ACCESS)
def review_grants(*, by: Reader, grant_ids: Sequence[int], decision: str, reason: str, today: date) -> int:
    """Keeps or ends some accesses of the reviewer's places, all or none; returns how many.

    Kept, an access gives again what it gave, for six months more. NotFound when one is outside the places; Refused with
    every reason, also for one's own access: another reviewer looks at it.
    """
    reviewer = _person(by)
    wanted = sorted(each for each in set(grant_ids) if each <= LARGEST_KEY)
    found = RoleGrant.objects.filter(within(by), pk__in=wanted).select_related("user")
    rows = list(found.select_for_update(of=("self",)).order_by("pk"))
    if len(rows) != len(wanted) or len(wanted) != len(set(grant_ids)):
        raise NotFound
    refusals = Refusals()
    reason = refusals.text(reason, "reason", _("Escriba en qué se basa su decisión."))
    if decision not in GrantReview.Decision.values:
        refusals.add(_("Elija si los accesos se mantienen o terminan."), "decision")
    if not rows or len(rows) > AT_ONCE:
        refusals.add(_("Marque de 1 a %(most)d accesos.") % {"most": AT_ONCE}, "grants")
    if any(row.user_id == reviewer for row in rows):
        refusals.add(_("Su propio acceso lo revisa otra persona: quítelo de los marcados."), "grants")
    if any(row.state(today) in rules.OVER for row in rows):
        refusals.add(_("Uno de los accesos marcados ya terminó: vuelva a abrir la lista."), "grants")
    ending = [row.pk for row in rows if decision == END and _administers(row)]
    if ending:
        leaves_an_administrator(today, refusals, without=ending)
    refusals.raise_if_any()
    for row in rows:
        _review(row, by, reviewer, decision, reason, today)
    return len(rows)


@ledger.command(permission=Permission.REVIEW_ACCESS)
def sign_review(*, by: Reader, place: Scope, note: str, today: date) -> AccessReview:
    """Signs the review of a place: every access there was looked at, or granted, recently enough.

    NotFound for a place outside the reviewer's; Refused while an access waits for its look, or signed today already.
    """
    signer = _person(by)
    if not places_of(by).knows(place):
        raise NotFound
    refusals = Refusals()
    note = refusals.text(note, "note", _("Escriba qué deja constancia: acta, informe o su conclusión."))
    waiting = still_to_look(by, place, today)
    if waiting:
        refusals.add(
            ngettext(
                "Falta mirar %(count)d acceso de este lugar antes de firmar.",
                "Faltan mirar %(count)d accesos de este lugar antes de firmar.",
                waiting,
            )
            % {"count": waiting}
        )
    refusals.raise_if_any()
    before = last_signature(place)
    looked = GrantReview.objects.filter(at(place, "grant__"), decision=END)
    ended = looked.filter(on__gt=before.on) if before else looked
    made = AccessReview(scope_kind=place.kind, scope_code=place.code, on=today, signed_at=clock.now(), note=note)
    made.signer_id, made.ended = signer, ended.count()
    made.kept = review_count(by, ReviewFilters(place), today)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Refused(_("La revisión de este lugar ya se firmó hoy.")) from None
    ledger.record(
        act="accounts.review_signed",
        subject=("access_review", place.code or "nation"),
        place=place.code if place.kind == "facility" else "",
        reason=note,
        after={"kept": made.kept, "ended": made.ended, "place": place.code, "kind": place.kind},
    )
    return made


def _review(row: RoleGrant, by: Reader, reviewer: int, decision: str, reason: str, today: date) -> None:
    GrantReview.objects.create(grant=row, on=today, reviewer_id=reviewer, decision=decision, reason=reason)
    if decision == END:
        close(row, by, reason, today, act="accounts.access_ended_by_review")
        return
    before, row.reviewed_on = row.counted_from, today
    row.save(update_fields=["reviewed_on"])
    ledger.record(
        act="accounts.access_kept",
        subject=("user", row.user.username),
        place=place_code(row),
        reason=reason,
        before={"grant": row.pk, "role": row.role, "place": row.scope_code, "reviewed_on": before.isoformat()},
        after={"reviewed_on": today.isoformat()},
    )


def _administers(row: RoleGrant) -> bool:
    return row.role in ROLES and Permission.MANAGE_ACCESS in ROLES[row.role].permissions


def _person(by: Reader) -> int:
    if by.user_id is None:
        raise Forbidden(_("Solo una persona revisa accesos."))
    return by.user_id
