"""Protected facts: recorded, annulled and looked at, each with its entry; and references to biometrics elsewhere.

The ledger says that a fact was recorded or seen, by whom and for what; never what it says: whoever may read the acts
on a person may not for that reason know their health or their people.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_reason, person_for_update
from creo.register.commands.documents import place_of
from creo.register.commands.sheets import PROTECTED, look
from creo.register.models import BiometricReference, ProtectedFact
from creo.register.queries import protected as queries
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound


@dataclass(frozen=True, slots=True)
class BiometricData:
    """A reference as another system gives it; `quality` from 0 to 100."""

    system: str
    kind: str
    reference: str
    taken_on: date | None = None
    quality: int | None = None


@ledger.command(permission=Permission.VIEW_PROTECTED)
def look_at_protected(*, by: Reader, person_code: str, purpose: str) -> queries.ProtectedSheet:
    """The protected facts of a person, for a purpose of the list; each look is an entry. NotFound outside the scope."""
    sheet = queries.protected_sheet(by, person_code)
    look(by=by, code=sheet.heading.code, sheet=PROTECTED, place=sheet.heading.facility, purpose=purpose)
    return sheet


@ledger.command(permission=Permission.EDIT_PROTECTED)
def record_protected(
    *, by: Reader, person_code: str, fact: rules.ProtectedValue, since: date, source: str, today: date
) -> int:
    """Records an answer since a day; the present one of the same question ends that day. Refused with every reason."""
    person = person_for_update(by, person_code)
    refusals = Refusals()
    if not source.strip():
        refusals.add(_("Escriba de dónde consta: la persona, un documento o un informe."), "source")
    for field, message in rules.protected_problems(fact, since, today):
        refusals.add(message, field)
    present = ProtectedFact.objects.filter(person=person, kind=fact.kind, valid_to=None).first()
    if present is not None and since < present.valid_from:
        refusals.add(_("Hay una respuesta posterior a esa fecha: anúlela primero si era un error."), "since")
    refusals.raise_if_any()
    if present is not None:
        present.valid_to = since
        present.save(update_fields=["valid_to"])
    row = ProtectedFact(
        person=person,
        valid_from=since,
        source=source.strip(),
        recorded_by=by.name,
        recorded_at=clock.now(),
    )
    row.fact = replace(fact, value=fact.value.strip(), needs=fact.needs.strip())
    row.save()
    ledger.record(
        act="register.protected_recorded",
        subject=("person", person.code),
        place=place_of(person),
        before={"fact": present.pk} if present is not None else None,
        after={"fact": row.pk},
    )
    return row.pk


@ledger.command(permission=Permission.EDIT_PROTECTED)
def annul_protected(*, by: Reader, person_code: str, fact_id: int, reason: str, today: date) -> None:
    """Marks an answer as recorded by mistake; it stays, closed, with the reason."""
    person = person_for_update(by, person_code)
    row = ProtectedFact.objects.filter(person=person, pk=fact_id).first()
    if row is None:
        raise NotFound
    refusals = Refusals()
    check_reason(refusals, reason)
    if row.annulled_reason:
        refusals.add(_("Esa respuesta ya está anulada."))
    refusals.raise_if_any()
    row.annulled_reason = reason.strip()
    row.valid_to = row.valid_to or max(today, row.valid_from)
    row.save(update_fields=["annulled_reason", "valid_to"])
    ledger.record(
        act="register.protected_annulled",
        subject=("person", person.code),
        place=place_of(person),
        after={"fact": row.pk},
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def add_biometric(*, by: Reader, person_code: str, data: BiometricData, today: date) -> int:
    """Records the code under which another system keeps a fingerprint, a photograph or a chart; never the thing."""
    person = person_for_update(by, person_code)
    refusals = Refusals()
    if data.kind not in rules.BIOMETRIC_WORDS:
        refusals.add(_("Elija qué identifica la referencia."), "kind")
    system, reference = data.system.strip(), data.reference.strip()
    if not system:
        refusals.add(_("Escriba el sistema que la guarda."), "system")
    if problem := rules.reference_problem(reference):
        refusals.add(problem, "reference")
    if data.taken_on is not None and data.taken_on > today:
        refusals.add(_("La fecha es posterior al día de hoy."), "taken_on")
    if data.quality is not None and not 0 <= data.quality <= 100:
        refusals.add(_("La calidad va de 0 a 100."), "quality")
    same = BiometricReference.objects.filter(system=system, kind=data.kind, reference=reference, annulled_on=None)
    if same.exists():
        refusals.add(_("Esa referencia ya está registrada. Revise si es la misma persona."), "reference")
    refusals.raise_if_any()
    row = BiometricReference.objects.create(
        person=person,
        system=system,
        kind=data.kind,
        reference=reference,
        taken_on=data.taken_on,
        quality=data.quality,
        recorded_by=by.name,
        recorded_at=clock.now(),
    )
    ledger.record(
        act="register.biometric_added",
        subject=("person", person.code),
        place=place_of(person),
        after={"biometric": row.pk, "kind": row.kind},
    )
    return row.pk


@ledger.command(permission=Permission.EDIT_PEOPLE)
def annul_biometric(*, by: Reader, person_code: str, biometric_id: int, reason: str, today: date) -> None:
    """Marks a reference as recorded by mistake; it stays, with the reason."""
    person = person_for_update(by, person_code)
    row = BiometricReference.objects.filter(person=person, pk=biometric_id).first()
    if row is None:
        raise NotFound
    refusals = Refusals()
    check_reason(refusals, reason)
    if row.annulled_on is not None:
        refusals.add(_("Esa referencia ya está anulada."))
    refusals.raise_if_any()
    row.annulled_on, row.annulled_reason = today, reason.strip()
    row.save(update_fields=["annulled_on", "annulled_reason"])
    ledger.record(
        act="register.biometric_annulled",
        subject=("person", person.code),
        place=place_of(person),
        reason=reason,
        after={"biometric": row.pk, "kind": row.kind},
    )
