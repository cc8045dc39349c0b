"""Protected facts and references to biometrics. Reading the facts goes through `commands.look_at_protected`: each look
leaves its entry and its purpose in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from creo.register import rules
from creo.register.models import Alias, BiometricReference, Identity, Person, ProtectedFact
from creo.register.queries.documents import PersonHeading, heading_of, person_heading
from creo.register.queries.files import IdentityRow, merged_identities
from creo.register.queries.names import AliasRow
from creo.register.queries.scope import person_with_custodies, present_identity
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader


@dataclass(frozen=True, slots=True)
class ProtectedRow:
    """One recorded answer; open while `valid_to` is None, an error when it was annulled."""

    id: int
    fact: rules.ProtectedValue
    valid_from: date
    valid_to: date | None
    source: str
    recorded_by: str
    recorded_at: datetime
    annulled_reason: str


@dataclass(frozen=True, slots=True)
class ProtectedSheet:
    """Every question with its present answer (None: nobody asked), and the earlier ones."""

    heading: PersonHeading
    present: dict[str, ProtectedRow | None]
    earlier: tuple[ProtectedRow, ...]


@dataclass(frozen=True, slots=True)
class BiometricRow:
    """A reference; `reference` is empty for whoever may only know that it exists."""

    id: int
    system: str
    kind: str
    reference: str
    taken_on: date | None
    quality: int | None
    annulled_on: date | None
    annulled_reason: str


@dataclass(frozen=True, slots=True)
class IdentificationSheet:
    """What Regl. CEP art. 45 asks for and what is recorded. A part is None where its class is closed to the reader."""

    heading: PersonHeading
    parts: dict[str, bool | None]
    biometrics: tuple[BiometricRow, ...]
    gaps: tuple[str, ...]
    aliases: tuple[AliasRow, ...]
    merged: tuple[tuple[str, IdentityRow], ...]  # Code and identities of the records merged into this one.


def protected_sheet(reader: Reader, code: str) -> ProtectedSheet:
    """The protected facts of a person; only commands call it, after recording the look. NotFound outside the scope."""
    reader.require(Permission.VIEW_PROTECTED)
    head = person_heading(reader, code)
    rows = [_row(row) for row in ProtectedFact.objects.filter(person_id=head.id).order_by("-valid_from", "-id")]
    present: dict[str, ProtectedRow | None] = {str(kind): None for kind in rules.ProtectedKind}
    present |= {row.fact.kind: row for row in rows if row.valid_to is None}
    return ProtectedSheet(head, present, tuple(row for row in rows if row.valid_to is not None))


def protected_values(person_id: int) -> list[rules.ProtectedValue]:
    """The open answers of a person, for their own file; the caller has checked permission and scope."""
    rows = ProtectedFact.objects.filter(person_id=person_id, valid_to=None).order_by("kind")
    return [_row(row).fact for row in rows]


def identification(reader: Reader, code: str) -> IdentificationSheet:
    """The identification sheet: which parts exist, with the aliases. Codes only for who sees protected data."""
    reader.require(Permission.VIEW_PEOPLE)
    person, custodies = person_with_custodies(reader, code, reading=True)
    may_see = reader.can(Permission.VIEW_PROTECTED)
    rows = list(BiometricReference.objects.filter(person_id=person.pk).order_by("kind", "-id"))
    present = present_identity(person, custodies)
    gaps = _gaps(present)
    asked = set(ProtectedFact.objects.filter(person_id=person.pk, valid_to=None).values_list("kind", flat=True))
    parts: dict[str, bool | None] = dict(
        rules.sheet_parts(
            identity_complete=not gaps,
            birth_known=present is not None and present.birth_date is not None,
            references={row.kind for row in rows if row.annulled_on is None},
            asked=asked,
        )
    )
    if not may_see:
        parts |= dict.fromkeys((rules.SheetPart.DISABILITY, rules.SheetPart.COMMUNITY))
    return IdentificationSheet(
        heading=heading_of(person, custodies, present),
        parts=parts,
        biometrics=tuple(_biometric(row, may_see) for row in rows),
        gaps=tuple(gaps),
        aliases=tuple(_aliases(person)),
        merged=merged_identities(person),
    )


def _aliases(person: Person) -> list[AliasRow]:
    """As `queries.aliases`, for a person already found."""
    rows = Alias.objects.filter(Q(person=person) | Q(person__merged_into=person))
    ordered = rows.order_by(F("valid_to").desc(nulls_first=True), "-valid_from", "-pk")
    return [AliasRow(*row) for row in ordered.values_list(*AliasRow.__dataclass_fields__)]


def _gaps(identity: Identity | None) -> list[str]:
    if identity is None:
        return rules.confirmation_gaps(
            given_names="", first_surname="", birth_date=None, sex="", document_kind=rules.DocumentKind.UNKNOWN
        )
    return rules.confirmation_gaps(
        given_names=identity.given_names,
        first_surname=identity.first_surname,
        birth_date=identity.birth_date,
        sex=identity.sex,
        document_kind=identity.document_kind,
    )


def _row(row: ProtectedFact) -> ProtectedRow:
    return ProtectedRow(
        id=row.pk,
        fact=row.fact,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
        annulled_reason=row.annulled_reason,
    )


def _biometric(row: BiometricReference, may_see: bool) -> BiometricRow:
    return BiometricRow(
        id=row.pk,
        system=row.system if may_see else "",
        kind=row.kind,
        reference=row.reference if may_see else "",
        taken_on=row.taken_on,
        quality=row.quality if may_see else None,
        annulled_on=row.annulled_on,
        annulled_reason=row.annulled_reason,
    )
