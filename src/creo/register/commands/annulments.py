"""Taking back a movement recorded by mistake: a counter-entry with its reason. Nothing is deleted."""

from __future__ import annotations

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_reason, person_for_update
from creo.register.commands.movements import derive, moment, moves_of, short
from creo.register.models import Movement, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused


@ledger.command(permission=Permission.EDIT_PEOPLE)
def annul_movement(*, by: Reader, person_code: str, custody: int, sequence: int, reason: str) -> None:
    """Annuls the last movement in force of a person, named by its episode and number; what it changed goes back.

    An annulled admission leaves an episode that never was: it counts nowhere. An annulled release or escape opens the
    episode again, and with a death the person lives. Refused for any other movement: annul the later ones first.
    """
    person = person_for_update(by, person_code)
    refusals = Refusals()
    check_reason(refusals, reason)
    row = (
        Movement.objects.select_related("custody__facility", "from_facility", "to_facility")
        .filter(custody__person=person, custody__number=custody, sequence=sequence)
        .first()
    )
    if row is None:
        raise Refused(_("Ese movimiento no existe."))
    last = last_live(person)
    if row.annulled:
        refusals.add(_("Ese movimiento ya está anulado."))
    elif last is not None and last.pk != row.pk:
        refusals.add(_("Solo se anula el último movimiento vigente: anule antes los posteriores."))
    died_of_it = row.kind == rules.MovementKind.RELEASE and row.detail == rules.ReleaseKind.DEATH
    if person.died_on is not None and not died_of_it:
        refusals.add(_("La persona figura como fallecida: corrija antes su fallecimiento."))
    refusals.raise_if_any()
    row.annulled, row.annul_reason = True, short(reason)
    row.save(update_fields=["annulled", "annul_reason"])
    if died_of_it:
        person.died_on = None
        person.save(update_fields=["died_on"])
    derive(row.custody)
    place = row.to_facility or row.from_facility or row.custody.facility
    told = {
        "subject": ("person", person.code),
        "reason": reason,
        "before": {
            "custody": custody,
            "sequence": sequence,
            "kind": row.kind,
            "detail": row.detail,
            **moment(row.on, row.at),
        },
        "after": {"standing": str(_standing(row))},
    }
    if row.to_facility is not None and row.from_facility is not None:
        # A transfer stands in the chains of both prisons, and so does its annulment.
        ledger.record_many([{**told, "act": "register.sending_annulled", "place": row.from_facility.code}])
    place_code = place.code if place is not None else ""
    ledger.record_many([{**told, "act": "register.movement_annulled", "place": place_code}])


def last_live(person: Person) -> Movement | None:
    """The last movement in force of a person."""
    rows = Movement.objects.filter(custody__person=person, annulled=False)
    return rows.order_by("-custody__number", "-sequence").first()


def _standing(row: Movement) -> rules.Standing:
    """How the episode stands without the movement."""
    rows = Movement.objects.filter(custody_id=row.custody_id).order_by("sequence")
    return rules.follow(moves_of(row.custody.number, list(rows))).standing
