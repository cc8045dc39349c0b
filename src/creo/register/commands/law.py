"""What courts decide about an episode: its offences, the legal status, and the facts that security looks at.

What changes keeps its history: offences are closed and legal statuses pass, each with its days. A change has a day
(`on`); without one it is a correction: what was wrong is closed on its own first day and was never so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from creo.register.commands.admissions import check_offences, check_status
from creo.register.commands.common import (
    Refusals,
    check_day,
    check_reason,
    offence_by_code,
    open_custody,
    person_for_update,
)
from creo.register.models import Custody, CustodyOffence, LegalStatusPeriod, Offence, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused
from creo.support.ui import formats


@ledger.command(permission=Permission.EDIT_PEOPLE)
def set_main_offence(
    *,
    by: Reader,
    person_code: str,
    offence_code: str,
    attempt: bool | None,
    reason: str,
    today: date,
    on: date | None = None,
) -> None:
    """Records the main offence of the open episode, as the mandate or the sentence says; the others stay.

    `on` is the day since which it is the main one; without it, it always was: a correction. What was main before is
    closed and stays in the history.
    """
    person, custody = _held(by, person_code)
    offence = offence_by_code(offence_code)
    present = _current(custody).filter(is_main=True).first()
    if present is not None and present.offence_id == offence.pk and present.attempt is attempt:
        ledger.nothing_to_do("main offence already says so")
        return
    other = _current(custody).filter(offence=offence, is_main=False).first()
    refusals = Refusals()
    check_reason(refusals, reason)
    check_offences(refusals, [(offence, attempt)])
    _check_change(refusals, custody, offence, on, today, present)
    refusals.raise_if_any()
    before = {
        "offence": present.offence.code if present and present.offence else "",
        "attempt": present and present.attempt,
    }
    since = on if on is not None else present.valid_from if present is not None else None
    for row in (present, other):
        if row is not None:
            _close(row, custody, on)
    CustodyOffence.objects.create(
        custody=custody, offence=offence, is_main=True, attempt=attempt, valid_from=since, source=reason
    )
    _record(
        "register.main_offence_set",
        person,
        custody,
        reason,
        before,
        {"offence": offence.code, "attempt": attempt} | ({"on": on.isoformat()} if on is not None else {}),
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def add_offence(
    *,
    by: Reader,
    person_code: str,
    offence_code: str,
    attempt: bool | None,
    on: date | None,
    reason: str,
    today: date,
) -> None:
    """Adds another offence to the open episode, since a day or since the episode began; the first one is the main one.

    C-11: the main offence decides, and the others are there to be looked at.
    """
    person, custody = _held(by, person_code)
    offence = offence_by_code(offence_code)
    rows = list(_current(custody))
    refusals = Refusals()
    check_reason(refusals, reason)
    check_offences(refusals, [(offence, attempt)])
    if any(row.offence_id == offence.pk for row in rows):
        refusals.add(_("El episodio ya tiene ese delito."), "offence")
    _check_change(refusals, custody, offence, on, today, None)
    refusals.raise_if_any()
    main = not any(row.is_main for row in rows)
    CustodyOffence.objects.create(
        custody=custody, offence=offence, is_main=main, attempt=attempt, valid_from=on, source=reason
    )
    codes = sorted(row.offence.code for row in rows if row.offence is not None)
    after = {"offences": sorted([*codes, offence.code]), "added": offence.code, "attempt": attempt}
    if on is not None:
        after["on"] = on.isoformat()
    _record("register.offences_changed", person, custody, reason, {"offences": codes}, after)


@ledger.command(permission=Permission.EDIT_PEOPLE)
def close_offence(
    *, by: Reader, person_code: str, offence_code: str, on: date | None, reason: str, today: date
) -> None:
    """Closes an offence that is no longer charged, since a day; without one, it was recorded by mistake.

    The main one is not closed but replaced (`set_main_offence`): an episode is held for something.
    """
    person, custody = _held(by, person_code)
    rows = list(_current(custody))
    row = next((item for item in rows if item.offence is not None and item.offence.code == offence_code), None)
    refusals = Refusals()
    check_reason(refusals, reason)
    if row is None:
        refusals.add(_("El episodio no tiene ese delito."), "offence")
    elif row.is_main:
        refusals.add(_("Es el delito principal: registre antes cuál lo es ahora."), "offence")
    if on is not None:
        check_day(refusals, "on", on, today, _first_day(row, custody), _("al inicio de ese delito en el episodio"))
    refusals.raise_if_any()
    assert row is not None  # refused above
    _close(row, custody, on)
    codes = sorted(item.offence.code for item in rows if item.offence is not None)
    after = {"offences": [code for code in codes if code != offence_code], "closed": offence_code}
    _record(
        "register.offences_changed",
        person,
        custody,
        reason,
        {"offences": codes},
        after | ({"on": on.isoformat()} if on is not None else {}),
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def set_legal_status(
    *, by: Reader, person_code: str, status: str, on: date, next_hearing_on: date | None, reason: str, today: date
) -> None:
    """Records the legal status of the open episode since a day, and the next hearing when there is one.

    Another status passes into the history; the same status with another day corrects the day. On the very day on which
    the present one began, the present one was a mistake.
    """
    person, custody = _held(by, person_code)
    refusals = Refusals()
    check_reason(refusals, reason)
    if not status:
        refusals.add(_("Indique la situación jurídica."), "status")
    check_status(refusals, status, on, today)
    if next_hearing_on is not None and next_hearing_on < on:
        refusals.add(_("La próxima audiencia es anterior a la situación jurídica."), "next_hearing_on")
    _check_status_order(refusals, custody, status, on)
    refusals.raise_if_any()
    before = _status_words(custody)
    if custody.legal_status and custody.legal_status != status:
        LegalStatusPeriod.objects.create(
            custody=custody,
            status=custody.legal_status,
            valid_from=custody.legal_status_on,
            valid_to=on,
            source=reason,
        )
    custody.legal_status, custody.legal_status_on, custody.next_hearing_on = status, on, next_hearing_on
    custody.save(update_fields=["legal_status", "legal_status_on", "next_hearing_on"])
    _record("register.legal_status_set", person, custody, reason, before, _status_words(custody))


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
    _record("register.security_facts_set", person, custody, reason, before, after)


def _held(by: Reader, person_code: str) -> tuple[Person, Custody]:
    """The person and their open episode. Refused outside custody; NotFound outside the scope."""
    person = person_for_update(by, person_code)
    custody = open_custody(person)
    if custody is None:
        raise Refused(_("La persona no está en custodia."))
    return person, custody


def _current(custody: Custody) -> QuerySet[CustodyOffence]:
    return CustodyOffence.objects.select_related("offence").filter(custody=custody, valid_to=None).order_by("id")


def _first_day(row: CustodyOffence | None, custody: Custody) -> date:
    return row.valid_from if row is not None and row.valid_from is not None else custody.admitted_on


def _close(row: CustodyOffence, custody: Custody, on: date | None) -> None:
    """Ends an offence on a day; without one it never was: it ends on its own first day."""
    row.valid_to = on if on is not None else _first_day(row, custody)
    row.save(update_fields=["valid_to"])


def _check_change(
    refusals: Refusals,
    custody: Custody,
    offence: Offence,
    on: date | None,
    today: date,
    present: CustodyOffence | None,
) -> None:
    """Refuses a day outside the episode or before the offence it replaces, and a law that does not rule yet."""
    if on is not None:
        if present is not None and present.valid_from is not None:
            check_day(refusals, "on", on, today, present.valid_from, _("al delito principal registrado"))
        else:
            check_day(refusals, "on", on, today, custody.admitted_on, _("al ingreso"))
    if offence.valid_from is not None and offence.valid_from > (on or today):
        refusals.add(_("Ese delito todavía no rige."), "offence")


def _check_status_order(refusals: Refusals, custody: Custody, status: str, on: date) -> None:
    """Refuses a status before the one it follows: the history would have two on one day."""
    since = custody.legal_status_on
    if since is not None and custody.legal_status != status and on < since:
        refusals.add(
            _("La situación registrada rige desde el %(day)s: la nueva no puede empezar antes.")
            % {"day": formats.day(since)},
            "on",
        )
    last = LegalStatusPeriod.objects.filter(custody=custody).order_by("-valid_to").values_list("valid_to", flat=True)
    ended = last.first()
    if ended is not None and on < ended:
        refusals.add(
            _("La situación anterior duró hasta el %(day)s: la nueva no puede empezar antes.")
            % {"day": formats.day(ended)},
            "on",
        )


def _status_words(custody: Custody) -> dict[str, str | None]:
    return {
        "legal_status": custody.legal_status,
        "on": custody.legal_status_on.isoformat() if custody.legal_status_on else None,
        "next_hearing_on": custody.next_hearing_on.isoformat() if custody.next_hearing_on else None,
    }


def _record(
    act: str,
    person: Person,
    custody: Custody,
    reason: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    ledger.record(
        act=act,
        subject=("person", person.code),
        place=custody.facility.code if custody.facility is not None else "",
        reason=reason,
        before=before,
        after=after,
    )
