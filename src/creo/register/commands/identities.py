"""Who a person is: corrected with a reason, confirmed when complete, and duplicates joined into one record."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from django.db.models import DateField, F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.admissions import IdentityData, check_document_free, check_identity, identity_values
from creo.register.commands.common import (
    Refusals,
    check_reason,
    open_custody,
    person_for_update,
    renumber_episodes,
)
from creo.register.models import Custody, Identity, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused

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


@ledger.command(permission=Permission.EDIT_PEOPLE)
def merge_people(*, by: Reader, duplicate_code: str, into_code: str, reason: str, today: date) -> None:
    """Joins a duplicate into the record that goes on: its episodes, references and statements move there.

    The duplicate's identity becomes history and its code leads to the other. Refused when the episodes of both cannot
    be of one person: two open, or dates that cross.
    """
    duplicate, person = person_for_update(by, duplicate_code), person_for_update(by, into_code)
    if duplicate.pk == person.pk:
        raise Refused(_("Las dos fichas son la misma."), fields={"duplicate_code": _("Indique otra ficha.")})
    refusals = Refusals()
    check_reason(refusals, reason)
    moved = list(Custody.objects.filter(person=duplicate).order_by("admitted_on"))
    kept = list(Custody.objects.filter(person=person))
    others = [rules.Episode(item.admitted_on, item.released_on, item.entry_kind) for item in kept]
    for item in moved:
        refusals.add_findings(
            rules.overlap_findings(rules.Episode(item.admitted_on, item.released_on, item.entry_kind), others)
        )
    refusals.raise_if_any()
    _move_episodes(moved, person)
    Identity.objects.filter(person=duplicate, valid_to=None).update(
        valid_to=Greatest(F("valid_from"), Value(today, DateField()))
    )
    duplicate.references.update(person=person)
    for statement in duplicate.statements.all():
        if not person.statements.filter(source=statement.source, kind=statement.kind).exists():
            statement.person = person
            statement.save(update_fields=["person"])
    duplicate.merged_into = person
    duplicate.save(update_fields=["merged_into"])
    Person.objects.filter(merged_into=duplicate).update(merged_into=person)
    ledger.record(
        act="register.people_merged",
        subject=("person", person.code),
        place=_place(person),
        reason=reason,
        before={"duplicate": duplicate.code, "custodies": [item.pk for item in moved]},
        after={"custodies": len(moved) + len(kept)},
    )


def _move_episodes(moved: list[Custody], person: Person) -> None:
    """Gives episodes to the person who goes on; all are numbered by date."""
    for number, item in enumerate(moved, start=1):
        item.number, item.person = 10_000 + number, person
        item.save(update_fields=["number", "person"])
    renumber_episodes([person.pk])


def _data(identity: Identity) -> IdentityData:
    names = [item.name for item in fields(IdentityData) if item.name != "document_check"]
    return IdentityData(**{name: getattr(identity, name) for name in names})


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _place(person: Person) -> str:
    custody = open_custody(person)
    return custody.facility.code if custody is not None and custody.facility is not None else ""
