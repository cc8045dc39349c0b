"""Recidivist and habitual: recorded as a court declared them (CP arts. 46-B and 46-C), never worked out here."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_day, check_reason, person_for_update
from creo.register.commands.law_mandates import check_after_birth, check_court, episode_for_update, place_of
from creo.register.models import JudicialStatus
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound


@ledger.command(permission=Permission.EDIT_PEOPLE)
def declare_judicial_status(
    *,
    by: Reader,
    person_code: str,
    kind: str,
    declared: bool,
    court: str,
    case_number: str,
    on: date,
    reason: str,
    today: date,
    episode: int | None = None,
) -> int:
    """Records that a court declared somebody recidivist or habitual, or expressly not, and returns its key."""
    person, custody = episode_for_update(by, person_code, episode)
    refusals = Refusals()
    check_reason(refusals, reason)
    check_court(refusals, court, case_number)
    if kind not in set(rules.JudicialKind):
        refusals.add(_("La condición [%(value)s] no está en la lista.") % {"value": kind}, "kind")
    check_day(refusals, "on", on, today, None, "")
    check_after_birth(refusals, person, "on", on)
    if JudicialStatus.objects.filter(
        custody=custody, kind=kind, case_number=case_number.strip(), ended_on=None
    ).exists():
        refusals.add(_("Ese expediente ya tiene una declaración vigente: déjela antes sin efecto."), "case_number")
    refusals.raise_if_any()
    made = JudicialStatus.objects.create(
        custody=custody,
        kind=kind,
        declared=declared,
        court=court.strip(),
        case_number=case_number.strip(),
        declared_on=on,
    )
    ledger.record(
        act="register.judicial_status_declared",
        subject=("person", person.code),
        place=place_of(custody),
        reason=reason,
        after={
            "declaration": made.pk,
            "kind": kind,
            "declared": declared,
            "court": made.court,
            "case": made.case_number,
            "on": on.isoformat(),
        },
    )
    return made.pk


@ledger.command(permission=Permission.EDIT_PEOPLE)
def end_judicial_status(
    *, by: Reader, person_code: str, declaration_id: int, on: date, reason: str, today: date
) -> None:
    """Records that a declaration was left without effect since a day."""
    person = person_for_update(by, person_code)
    row = (
        JudicialStatus.objects.select_related("custody__facility")
        .filter(pk=declaration_id, custody__person=person)
        .first()
    )
    if row is None:
        raise NotFound
    refusals = Refusals()
    check_reason(refusals, reason)
    if row.ended_on is not None:
        refusals.add(_("Esa declaración ya no rige."), "declaration")
    check_day(refusals, "on", on, today, row.declared_on, _("a la declaración"))
    refusals.raise_if_any()
    row.ended_on, row.end_reason = on, reason
    row.save(update_fields=["ended_on", "end_reason"])
    ledger.record(
        act="register.judicial_status_ended",
        subject=("person", person.code),
        place=place_of(row.custody),
        reason=reason,
        before={"declaration": row.pk, "kind": row.kind, "declared": row.declared},
        after={"ended_on": on.isoformat()},
    )
