"""Who a person is: corrected with a reason, confirmed when complete."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from creo.register import rules
from creo.register.commands.admissions import IdentityData, check_document_free, check_identity, identity_values
from creo.register.commands.common import Refusals, check_reason, open_custody, person_for_update
from creo.register.commands.names import index_people
from creo.register.models import Custody, Identity, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger

CONFIRMED = rules.IdentityStatus.CONFIRMED.value
PROVISIONAL = rules.IdentityStatus.PROVISIONAL.value


@ledger.command(permission=Permission.EDIT_PEOPLE)
def correct_identity(*, by: Reader, person_code: str, changes: dict[str, Any], reason: str, today: date) -> None:
    """Replaces some values of the present identity; the earlier one stays as history.

    `changes` are fields of IdentityData. A corrected identity has to be confirmed again. Refused with every reason.
    """
    person = person_for_update(by, person_code)
    present = Identity.objects.get(person=person, valid_to=None)
    before = _data(present)
    wanted = replace(before, **changes)
    if replace(wanted, document_check="") == before:
        ledger.nothing_to_do("identity already says so")
        return
    refusals = Refusals()
    check_reason(refusals, reason)
    first = Custody.objects.filter(person=person).order_by("admitted_on").values_list("admitted_on", flat=True).first()
    check_identity(refusals, wanted, today, first)
    check_document_free(refusals, wanted, person_id=person.pk)
    refusals.raise_if_any()
    present.valid_to = max(today, present.valid_from)
    present.save(update_fields=["valid_to"])
    Identity.objects.create(person=person, valid_from=present.valid_to, status=PROVISIONAL, **identity_values(wanted))
    index_people([person.pk])
    changed = [item.name for item in fields(IdentityData) if getattr(before, item.name) != getattr(wanted, item.name)]
    ledger.record(
        act="register.identity_corrected",
        subject=("person", person.code),
        place=_place(person),
        reason=reason,
        before={name: _plain(getattr(before, name)) for name in changed} | {"status": present.status},
        after={name: _plain(getattr(wanted, name)) for name in changed} | {"status": PROVISIONAL},
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def confirm_identity(*, by: Reader, person_code: str, reason: str) -> None:
    """Confirms the present identity against document and fingerprints (Regl. CEP art. 45); refused with gaps."""
    person = person_for_update(by, person_code)
    present = Identity.objects.get(person=person, valid_to=None)
    if present.status == CONFIRMED:
        ledger.nothing_to_do("identity already confirmed")
        return
    refusals = Refusals()
    check_reason(refusals, reason)
    for gap in rules.confirmation_gaps(
        given_names=present.given_names,
        first_surname=present.first_surname,
        birth_date=present.birth_date,
        sex=present.sex,
        document_kind=present.document_kind,
    ):
        refusals.add(gap)
    check_document_free(refusals, _data(present), person_id=person.pk)
    refusals.raise_if_any()
    present.status = CONFIRMED
    present.save(update_fields=["status"])
    ledger.record(
        act="register.identity_confirmed",
        subject=("person", person.code),
        place=_place(person),
        reason=reason,
        before={"status": PROVISIONAL},
        after={"status": CONFIRMED},
    )


def _data(identity: Identity) -> IdentityData:
    names = [item.name for item in fields(IdentityData) if item.name != "document_check"]
    return IdentityData(**{name: getattr(identity, name) for name in names})


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _place(person: Person) -> str:
    custody = open_custody(person)
    return custody.facility.code if custody is not None and custody.facility is not None else ""
