"""What happens during an episode: transfers, its end, the offence and the legal status that the court changes."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.admissions import check_offences, check_status
from creo.register.commands.common import (
    Refusals,
    any_facility,
    check_day,
    check_reason,
    offence_by_code,
    open_custody,
    person_for_update,
)
from creo.register.models import Custody, CustodyOffence, Movement, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused


@ledger.command(permission=Permission.EDIT_PEOPLE)
def transfer(
    *, by: Reader, person_code: str, from_facility: str, to_facility: str, on: date, reason: str, today: date
) -> None:
    """Moves somebody to another prison. The actor holds the prison of origin in scope; the destination may be any.

    Refused with every reason: not held, held elsewhere, same prison, a day before the last movement or in the future.
    """
    person, custody = _held(by, person_code)
    refusals = Refusals()
    check_reason(refusals, reason)
    here = custody.facility.code if custody.facility is not None else ""
    if here and here != from_facility:
        refusals.add(_("La persona no está en ese establecimiento, sino en otro."), "from_facility")
    target = any_facility(to_facility)
    if target is None:
        refusals.add(_("El establecimiento [%(code)s] no existe.") % {"code": to_facility}, "to_facility")
    elif target.code == here:
        refusals.add(_("La persona ya está en ese establecimiento."), "to_facility")
    elif target.kind == "community_office":
        refusals.add(_("Un establecimiento de Medio Libre no recibe traslados."), "to_facility")
    last = _last_movement(custody)
    check_day(refusals, "on", on, today, last.on, _("el último movimiento"))
    refusals.raise_if_any()
    assert target is not None  # refused above
    Movement.objects.create(
        custody=custody,
        sequence=last.sequence + 1,
        kind=rules.MovementKind.TRANSFER.value,
        on=on,
        from_facility_id=custody.facility_id,
        to_facility_id=target.id,
    )
    custody.facility_id = target.id
    custody.save(update_fields=["facility"])
    ledger.record(
        act="register.person_transferred",
        subject=("person", person.code),
        place=target.code,
        reason=reason,
        before={"facility": here},
        after={"facility": target.code, "on": on.isoformat()},
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def release(*, by: Reader, person_code: str, on: date, kind: str, reason: str, today: date) -> None:
    """Ends the open episode; `reason` is the release order. A death in custody is a release of kind death."""
    person, custody = _held(by, person_code)
    refusals = Refusals()
    check_reason(refusals, reason)
    if kind not in set(rules.ReleaseKind):
        refusals.add(_("El tipo de egreso [%(value)s] no está en la lista.") % {"value": kind}, "kind")
    last = _last_movement(custody)
    check_day(refusals, "on", on, today, last.on, _("el último movimiento"))
    refusals.raise_if_any()
    custody.released_on, custody.release_kind = on, kind
    custody.save(update_fields=["released_on", "release_kind"])
    Movement.objects.create(
        custody=custody,
        sequence=last.sequence + 1,
        kind=rules.MovementKind.RELEASE.value,
        on=on,
        from_facility_id=custody.facility_id,
    )
    if kind == rules.ReleaseKind.DEATH:
        person.died_on = on
        person.save(update_fields=["died_on"])
    ledger.record(
        act="register.person_released",
        subject=("person", person.code),
        place=custody.facility.code if custody.facility is not None else "",
        reason=reason,
        before={"custody": custody.number},
        after={"released_on": on.isoformat(), "release_kind": kind},
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def record_death(*, by: Reader, person_code: str, on: date, reason: str, today: date) -> None:
    """Records the death of somebody outside custody; inside, `release` does it with the kind death."""
    person = person_for_update(by, person_code)
    refusals = Refusals()
    check_reason(refusals, reason)
    if open_custody(person) is not None:
        refusals.add(_("La persona está en custodia: registre su egreso por fallecimiento."))
    if person.died_on is not None:
        refusals.add(_("El fallecimiento ya está registrado."))
    last = Custody.objects.filter(person=person).order_by("-number").values_list("released_on", flat=True).first()
    check_day(refusals, "on", on, today, last, _("el último egreso"))
    refusals.raise_if_any()
    person.died_on = on
    person.save(update_fields=["died_on"])
    ledger.record(
        act="register.death_recorded", subject=("person", person.code), reason=reason, after={"died_on": on.isoformat()}
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def set_main_offence(
    *, by: Reader, person_code: str, offence_code: str, attempt: bool | None, reason: str, today: date
) -> None:
    """Records the main offence of the open episode, as the mandate or the sentence says; the others stay.

    What was main before is no longer an offence of the episode; the ledger keeps it.
    """
    person, custody = _held(by, person_code)
    offence = offence_by_code(offence_code)
    present = CustodyOffence.objects.select_related("offence").filter(custody=custody, is_main=True).first()
    if present is not None and present.offence_id == offence.pk and present.attempt is attempt:
        ledger.nothing_to_do("main offence already says so")
        return
    refusals = Refusals()
    check_reason(refusals, reason)
    check_offences(refusals, [(offence, attempt)])
    if offence.valid_from is not None and offence.valid_from > today:
        refusals.add(_("Ese delito todavía no rige."), "offence")
    refusals.raise_if_any()
    before = {
        "offence": present.offence.code if present and present.offence else "",
        "attempt": present and present.attempt,
    }
    CustodyOffence.objects.filter(custody=custody, is_main=True).delete()
    CustodyOffence.objects.update_or_create(
        custody=custody, offence=offence, defaults={"is_main": True, "attempt": attempt}
    )
    ledger.record(
        act="register.main_offence_set",
        subject=("person", person.code),
        place=custody.facility.code if custody.facility is not None else "",
        reason=reason,
        before=before,
        after={"offence": offence.code, "attempt": attempt},
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def set_legal_status(
    *, by: Reader, person_code: str, status: str, on: date, next_hearing_on: date | None, reason: str, today: date
) -> None:
    """Records the legal status of the open episode since a day, and the next hearing when there is one."""
    person, custody = _held(by, person_code)
    refusals = Refusals()
    check_reason(refusals, reason)
    if not status:
        refusals.add(_("Indique la situación jurídica."), "status")
    check_status(refusals, status, on, today)
    if next_hearing_on is not None and next_hearing_on < on:
        refusals.add(_("La próxima audiencia es anterior a la situación jurídica."), "next_hearing_on")
    refusals.raise_if_any()
    before = {
        "legal_status": custody.legal_status,
        "on": custody.legal_status_on.isoformat() if custody.legal_status_on else None,
        "next_hearing_on": custody.next_hearing_on.isoformat() if custody.next_hearing_on else None,
    }
    custody.legal_status, custody.legal_status_on, custody.next_hearing_on = status, on, next_hearing_on
    custody.save(update_fields=["legal_status", "legal_status_on", "next_hearing_on"])
    ledger.record(
        act="register.legal_status_set",
        subject=("person", person.code),
        place=custody.facility.code if custody.facility is not None else "",
        reason=reason,
        before=before,
        after={
            "legal_status": status,
            "on": on.isoformat(),
            "next_hearing_on": next_hearing_on.isoformat() if next_hearing_on else None,
        },
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def set_security_facts(
    *, by: Reader, person_code: str, organised_crime: bool | None, extreme_security: bool | None, reason: str
) -> None:
    """Records whether the file shows a link with organised crime and a classification in Extreme Security.

    None is "not on record". Both come from a mandate, a sentence or a board's act (TUO CEP arts. 11 and 13), which the
    reason names.
    """
    person, custody = _held(by, person_code)
    refusals = Refusals()
    check_reason(refusals, reason)
    refusals.raise_if_any()
    before = {"organised_crime": custody.organised_crime, "extreme_security": custody.extreme_security}
    after = {"organised_crime": organised_crime, "extreme_security": extreme_security}
    if before == after:
        ledger.nothing_to_do("los datos ya eran esos")
        return
    custody.organised_crime, custody.extreme_security = organised_crime, extreme_security
    custody.save(update_fields=["organised_crime", "extreme_security"])
    ledger.record(
        act="register.security_facts_set",
        subject=("person", person.code),
        place=custody.facility.code if custody.facility is not None else "",
        reason=reason,
        before=before,
        after=after,
    )


def _held(by: Reader, person_code: str) -> tuple[Person, Custody]:
    """The person and their open episode. Refused outside custody; NotFound outside the scope."""
    person = person_for_update(by, person_code)
    custody = open_custody(person)
    if custody is None:
        raise Refused(_("La persona no está en custodia."))
    return person, custody


def _last_movement(custody: Custody) -> Movement:
    return Movement.objects.filter(custody=custody).order_by("-sequence")[0]
