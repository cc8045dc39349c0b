"""The file of one person: who they are and were, their episodes, movements and offences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Q, Value

from creo.register import rules
from creo.register.models import Custody, CustodyOffence, Identity, Movement, Person, PersonReference, Statement
from creo.register.queries.scope import person_with_custodies
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """An identity and its period."""

    given_names: str
    first_surname: str
    second_surname: str
    birth_date: date | None
    sex: str
    document_kind: str
    document_number: str
    nationality: str
    status: str
    valid_from: date
    valid_to: date | None

    @property
    def name(self) -> str:
        """Surnames first."""
        return rules.full_name(self.given_names, self.first_surname, self.second_surname)

    @property
    def confirmed(self) -> bool:
        """True once the registry confirmed it."""
        return self.status == rules.IdentityStatus.CONFIRMED


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A movement with the names of its places, empty where the record does not say.

    `detail` is the kind of entry or of release; `due` is when an exit permit ends; an annulled one has its reason.
    """

    sequence: int
    kind: str
    on: date
    from_code: str
    from_name: str
    to_code: str
    to_name: str
    at: time | None = None
    detail: str = ""
    destination: str = ""
    hours: int | None = None
    note: str = ""
    late: bool = False
    annulled: bool = False
    annul_reason: str = ""

    @property
    def due(self) -> datetime | None:
        """When the person must be back; None without a term."""
        return rules.exit_permit_due(self.on, self.at, self.hours) if self.hours is not None else None

    def move(self, custody: int) -> rules.Move:
        """The movement as the rules see it."""
        return rules.Move(
            custody,
            self.sequence,
            self.kind,
            self.on,
            self.from_code or None,
            self.to_code or None,
            self.detail,
            self.at,
            self.annulled,
        )


@dataclass(frozen=True, slots=True)
class OffenceRow:
    """An offence of an episode; `label` is empty where the mandate does not say which."""

    code: str
    label: str
    family: str
    modality: str
    is_main: bool
    attempt: bool | None


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """An episode with its movements in order and its offences, the main one first."""

    id: int
    number: int
    entry_kind: str
    mandate: str
    admitted_on: date
    admitted_on_known: bool
    released_on: date | None
    release_kind: str
    facility: str
    facility_name: str
    absence: str
    absent_since: date | None
    legal_status: str
    legal_status_on: date | None
    next_hearing_on: date | None
    organised_crime: bool | None
    extreme_security: bool | None
    movements: tuple[MovementRow, ...]
    offences: tuple[OffenceRow, ...]

    @property
    def annulled(self) -> bool:
        """True of an episode whose admission was recorded by mistake."""
        return self.release_kind == rules.ReleaseKind.ANNULLED

    @property
    def main_offence(self) -> OffenceRow | None:
        """The main offence, None when none is recorded."""
        return next((row for row in self.offences if row.is_main), None)


@dataclass(frozen=True, slots=True)
class StatementRow:
    """What a source says and the register does not take as true."""

    source: str
    kind: str
    answer: str
    on: date | None


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything recorded about a person, newest identity and newest episode first."""

    code: str
    asked_code: str
    died_on: date | None
    identity: IdentityRow
    earlier: tuple[IdentityRow, ...]
    merged: tuple[tuple[str, IdentityRow], ...]  # Code of each record merged into this one, with its identities.
    custodies: tuple[CustodyRow, ...]
    admissions: int
    references: tuple[tuple[str, str], ...]
    statements: tuple[StatementRow, ...]
    findings: tuple[rules.Finding, ...]

    @property
    def name(self) -> str:
        """Surnames first."""
        return self.identity.name

    @property
    def held(self) -> CustodyRow | None:
        """The open episode, None outside custody."""
        return next((row for row in self.custodies if row.released_on is None), None)

    @property
    def last_episode(self) -> CustodyRow | None:
        """The newest episode whose admission was not a mistake; None of who never was in custody."""
        return next((row for row in self.custodies if not row.annulled), None)

    @property
    def moves(self) -> list[rules.Move]:
        """Every movement as the rules see it, in order."""
        return [move.move(row.number) for row in reversed(self.custodies) for move in row.movements]

    @property
    def last_movement(self) -> tuple[int, MovementRow] | None:
        """The last movement in force with the number of its episode: the only one that can be annulled."""
        live = ((row.number, move) for row in self.custodies for move in reversed(row.movements) if not move.annulled)
        return next(live, None)

    @property
    def possible(self) -> frozenset[rules.MovementKind]:
        """The kinds of movement that can be recorded now, as the person stands; none after a death."""
        if self.died_on is not None:
            return frozenset()
        held = self.held
        away, present = rules.Standing.AWAY, rules.Standing.PRESENT
        standing = rules.Standing.OUTSIDE if held is None else away if held.absence else present
        return rules.possible_steps(standing)


def person(reader: Reader, code: str, as_of: date, *, with_sources: bool = False) -> PersonFile:
    """A person's file; `as_of` is the day up to which admissions are counted.

    A merged code gives the record that goes on. `with_sources` adds references, statements and merged codes. NotFound
    outside the scope. At most 8 queries.
    """
    reader.require(Permission.VIEW_PEOPLE)
    found, custodies = person_with_custodies(reader, code, reading=True)
    custodies.reverse()
    identities = _identities(found.pk)
    own = [row for record, row in identities if record == found.code]
    rows = _custodies(found.pk, custodies)
    return PersonFile(
        code=found.code,
        asked_code=code,
        died_on=found.died_on,
        identity=own[0],
        earlier=tuple(own[1:]),
        merged=tuple(pair for pair in identities if pair[0] != found.code),
        custodies=rows,
        admissions=_admissions(rows, as_of),
        references=_references(found.pk) if with_sources else (),
        statements=_statements(found.pk) if with_sources else (),
        findings=tuple(_findings(own[0], rows)),
    )


def _references(person_id: int) -> tuple[tuple[str, str], ...]:
    """Source and reference of the person elsewhere; the codes of merged duplicates have no source."""
    merged = Person.objects.filter(merged_into_id=person_id).annotate(source=Value("")).values_list("source", "code")
    named = PersonReference.objects.filter(person_id=person_id).values_list("source", "reference")
    return tuple(sorted(named.union(merged, all=True)))


def _statements(person_id: int) -> tuple[StatementRow, ...]:
    rows = Statement.objects.filter(person_id=person_id).order_by("id")
    return tuple(StatementRow(*row) for row in rows.values_list("source", "kind", "answer", "on"))


def merged_identities(person: Person) -> tuple[tuple[str, IdentityRow], ...]:
    """Code and identities of the records merged into a person's; the caller has checked the scope. One query."""
    return tuple(pair for pair in _identities(person.pk) if pair[0] != person.code)


def _identities(person_id: int) -> list[tuple[str, IdentityRow]]:
    """Of the record and of those merged into it, each with its code: those in force first, then the newest."""
    records = Person.objects.filter(Q(pk=person_id) | Q(merged_into_id=person_id))
    rows = Identity.objects.filter(person__in=records).select_related("person").order_by("-valid_from", "-id")
    return sorted(((row.person.code, _identity(row)) for row in rows), key=lambda pair: pair[1].valid_to is not None)


def _identity(row: Identity) -> IdentityRow:
    return IdentityRow(
        given_names=row.given_names,
        first_surname=row.first_surname,
        second_surname=row.second_surname,
        birth_date=row.birth_date,
        sex=row.sex,
        document_kind=row.document_kind,
        document_number=row.document_number,
        nationality=row.nationality,
        status=row.status,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _custodies(person_id: int, custodies: list[Custody]) -> tuple[CustodyRow, ...]:
    """Two queries, whatever the number of episodes."""
    movements = _grouped(
        (row.custody_id, _movement(row))
        for row in Movement.objects.filter(custody__person_id=person_id)
        .select_related("from_facility", "to_facility")
        .order_by("custody_id", "sequence")
    )
    offences = _grouped(
        (row.custody_id, _offence(row))
        for row in CustodyOffence.objects.filter(custody__person_id=person_id, valid_to=None)
        .select_related("offence")
        .order_by("custody_id", "-is_main", "id")
    )
    return tuple(_custody(row, movements.get(row.pk, []), offences.get(row.pk, [])) for row in custodies)


def _custody(row: Custody, movements: list[MovementRow], offences: list[OffenceRow]) -> CustodyRow:
    return CustodyRow(
        id=row.pk,
        number=row.number,
        entry_kind=row.entry_kind,
        mandate=row.mandate,
        admitted_on=row.admitted_on,
        admitted_on_known=row.admitted_on_known,
        released_on=row.released_on,
        release_kind=row.release_kind,
        facility=row.facility.code if row.facility else "",
        facility_name=row.facility.name if row.facility else "",
        absence=row.absence,
        absent_since=row.absent_since,
        legal_status=row.legal_status,
        legal_status_on=row.legal_status_on,
        next_hearing_on=row.next_hearing_on,
        organised_crime=row.organised_crime,
        extreme_security=row.extreme_security,
        movements=tuple(movements),
        offences=tuple(offences),
    )


def _movement(row: Movement) -> MovementRow:
    return MovementRow(
        sequence=row.sequence,
        kind=row.kind,
        on=row.on,
        from_code=row.from_facility.code if row.from_facility else "",
        from_name=row.from_facility.name if row.from_facility else "",
        to_code=row.to_facility.code if row.to_facility else "",
        to_name=row.to_facility.name if row.to_facility else "",
        at=row.at,
        detail=row.detail,
        destination=row.destination,
        hours=row.hours,
        note=row.note,
        late=row.late,
        annulled=row.annulled,
        annul_reason=row.annul_reason,
    )


def _offence(row: CustodyOffence) -> OffenceRow:
    offence = row.offence
    if offence is None:
        return OffenceRow("", "", "", "", row.is_main, row.attempt)
    return OffenceRow(
        code=offence.code,
        label=rules.offence_label(offence.law, offence.article, offence.title),
        family=rules.family_titles().get(offence.family, offence.family),
        modality=offence.modality,
        is_main=row.is_main,
        attempt=row.attempt,
    )


def _grouped[Row](pairs: Iterable[tuple[int, Row]]) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = {}
    for key, row in pairs:
        groups.setdefault(key, []).append(row)
    return groups


def _admissions(custodies: tuple[CustodyRow, ...], as_of: date) -> int:
    episodes = [rules.Episode(row.admitted_on, row.released_on, row.entry_kind, row.release_kind) for row in custodies]
    return rules.parameters().count_admissions(episodes, as_of)


def _findings(identity: IdentityRow, custodies: tuple[CustodyRow, ...]) -> list[rules.Finding]:
    """What somebody should look at in this record, each doubt once."""
    found: dict[str, rules.Finding] = {}
    for row in custodies:
        if row.annulled:
            continue
        for finding in rules.admission_age_findings(identity.birth_date, row.admitted_on):
            found.setdefault(finding.code, finding)
    problems = rules.movement_problems(move.move(row.number) for row in custodies for move in row.movements)
    doubts = [rules.Finding("movements", "movements", problem, blocks=False) for problem in problems]
    return [*found.values(), *doubts]
