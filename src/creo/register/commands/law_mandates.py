"""Detention mandates: recorded as they arrive, lifted when a judge says so. Any in force stops a release ("QUEDA")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_day, check_reason, person_for_update
from creo.register.models import Custody, DetentionMandate, Identity, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.support.ui import formats


@dataclass(frozen=True, slots=True)
class MandateData:
    """A mandate as it arrives; None and empty texts are not recorded. `term_ends_on` is the first day outside."""

    court: str
    case_number: str
    received_on: date
    kind: str = ""
    issued_on: date | None = None
    term_ends_on: date | None = None


@ledger.command(permission=Permission.EDIT_PEOPLE)
def record_mandate(
    *, by: Reader, person_code: str, mandate: MandateData, reason: str, today: date, episode: int | None = None
) -> int:
    """Records a mandate of the open episode, or of a past one by its number, and returns its key.

    Refused with every reason: after the release, before birth, twice while in force.
    """
    person, custody = episode_for_update(by, person_code, episode)
    refusals = Refusals()
    check_reason(refusals, reason)
    check_court(refusals, mandate.court, mandate.case_number)
    if mandate.kind and mandate.kind not in set(rules.MandateKind):
        refusals.add(_("El tipo de mandato [%(value)s] no está en la lista.") % {"value": mandate.kind}, "kind")
    check_day(refusals, "received_on", mandate.received_on, today, mandate.issued_on, _("a su emisión"))
    check_after_birth(refusals, person, "issued_on", mandate.issued_on or mandate.received_on)
    if custody.released_on is not None and mandate.received_on > custody.released_on:
        refusals.add(
            _("El episodio terminó el %(day)s: un mandato posterior necesita un nuevo ingreso.")
            % {"day": formats.day(custody.released_on)},
            "received_on",
        )
    if mandate.term_ends_on is not None and mandate.term_ends_on <= mandate.received_on:
        refusals.add(_("El plazo vence antes de que llegara el mandato."), "term_ends_on")
    same = DetentionMandate.objects.filter(
        custody=custody, court=mandate.court.strip(), case_number=mandate.case_number.strip(), lifted_on=None
    )
    if same.exists():
        refusals.add(_("Ese mandato ya está registrado y sigue vigente."), "case_number")
    refusals.raise_if_any()
    made = DetentionMandate.objects.create(
        custody=custody,
        kind=mandate.kind,
        court=mandate.court.strip(),
        case_number=mandate.case_number.strip(),
        issued_on=mandate.issued_on,
        received_on=mandate.received_on,
        term_ends_on=mandate.term_ends_on,
    )
    ledger.record(
        act="register.mandate_recorded",
        subject=("person", person.code),
        place=place_of(custody),
        reason=reason,
        after={
            "custody": custody.number,
            "mandate": made.pk,
            "kind": made.kind,
            "court": made.court,
            "case": made.case_number,
            "received_on": made.received_on.isoformat(),
        },
    )
    return made.pk


@ledger.command(permission=Permission.EDIT_PEOPLE)
def lift_mandate(
    *, by: Reader, person_code: str, mandate_id: int, on: date, kind: str, reason: str, today: date
) -> None:
    """Lifts a mandate: it no longer holds the person. One recorded by mistake is lifted as `error` and never held."""
    person = person_for_update(by, person_code)
    row = (
        DetentionMandate.objects.select_related("custody__facility")
        .filter(pk=mandate_id, custody__person=person)
        .first()
    )
    if row is None:
        raise NotFound
    refusals = Refusals()
    check_reason(refusals, reason)
    if row.lifted_on is not None:
        refusals.add(_("Ese mandato ya se levantó el %(day)s.") % {"day": formats.day(row.lifted_on)}, "mandate")
    if kind not in set(rules.LiftKind):
        refusals.add(_("Indique por qué deja de regir el mandato."), "kind")
    check_day(refusals, "on", on, today, row.received_on, _("a la llegada del mandato"))
    refusals.raise_if_any()
    row.lifted_on, row.lift_kind, row.lift_reason = on, kind, reason
    row.save(update_fields=["lifted_on", "lift_kind", "lift_reason"])
    ledger.record(
        act="register.mandate_lifted",
        subject=("person", person.code),
        place=place_of(row.custody),
        reason=reason,
        before={"mandate": row.pk, "case": row.case_number, "court": row.court},
        after={"lifted_on": on.isoformat(), "kind": kind},
    )


def episode_for_update(by: Reader, person_code: str, number: int | None) -> tuple[Person, Custody]:
    """The person under lock, and the episode with a number; without one the open episode, else the last.

    Refused for somebody who never was in custody, or without that episode; NotFound outside the scope.
    """
    person = person_for_update(by, person_code)
    rows = Custody.objects.select_related("facility").filter(person=person)
    rows = rows.exclude(release_kind=rules.ReleaseKind.ANNULLED.value)
    found = rows.filter(number=number) if number is not None else rows.order_by("-number")
    custody = found.first()
    if custody is None:
        message = _("La persona no tiene ese episodio en custodia.")
        raise Refused(message, fields={"episode": message})
    return person, custody


def place_of(custody: Custody) -> str:
    """The prison of an episode that still lasts, for the ledger."""
    return custody.facility.code if custody.facility is not None and custody.released_on is None else ""


def check_court(refusals: Refusals, court: str, case_number: str) -> None:
    """Refuses an act of a court without the court or the case."""
    if not court.strip():
        refusals.add(_("Indique el juzgado."), "court")
    if not case_number.strip():
        refusals.add(_("Indique el número del expediente judicial."), "case_number")


def check_after_birth(refusals: Refusals, person: Person, field: str, day: date) -> None:
    """Refuses a day before the person was born."""
    born = Identity.objects.filter(person=person, valid_to=None).values_list("birth_date", flat=True).first()
    if born is not None and day < born:
        refusals.add(
            _("La fecha es anterior al nacimiento de la persona, el %(day)s.") % {"day": formats.day(born)}, field
        )
