"""What the legal side of a file is made of, as read from the tables: frozen rows, no query in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from creo.register import rules


@dataclass(frozen=True, slots=True)
class OffencePeriod:
    """An offence of an episode with its days; `mistaken` was closed as a correction and never held."""

    code: str
    label: str
    family: str
    is_main: bool
    attempt: bool | None
    valid_from: date | None
    valid_to: date | None
    source: str
    mistaken: bool

    @property
    def current(self) -> bool:
        """True while it is charged."""
        return self.valid_to is None


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A movement in force of an episode, with the names of its places; empty where not recorded."""

    on: date
    custody_id: int
    sequence: int
    kind: str
    detail: str
    from_name: str
    to_name: str
    note: str


@dataclass(frozen=True, slots=True)
class StatusPeriod:
    """A legal status with its days; the present one has no end."""

    status: str
    valid_from: date | None
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class MandateRow:
    """A mandate as recorded; `term_ends_on` is the first day outside."""

    id: int
    kind: str
    court: str
    case_number: str
    issued_on: date | None
    received_on: date
    term_ends_on: date | None
    lifted_on: date | None
    lift_kind: str
    lift_reason: str

    @property
    def in_force(self) -> bool:
        """True until it is lifted."""
        return self.lifted_on is None


@dataclass(frozen=True, slots=True)
class CreditRow:
    """Earlier detention credited to a sentence, both days included."""

    id: int
    first_day: date
    last_day: date
    days: int
    source: str
    withdrawn_on: date | None
    withdraw_reason: str


@dataclass(frozen=True, slots=True)
class DeclarationRow:
    """What a court declared."""

    id: int
    kind: str
    declared: bool
    court: str
    case_number: str
    declared_on: date
    ended_on: date | None
    end_reason: str


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """A sentence as recorded, with its offences as (label, attempt) and its credits, withdrawn ones too."""

    id: int
    custody_id: int
    court: str
    case_number: str
    issued_on: date
    finality: str
    final_on: date | None
    penalty: str
    term: rules.Term | None
    effect: str
    starts_on: date | None
    relation: str
    after: int | None
    day_fines: int | None
    civil_reparation: Decimal | None
    state: str
    ended_on: date | None
    end_reason: str
    replaced_by: int | None
    offences: tuple[tuple[str, bool | None], ...]
    credits: tuple[CreditRow, ...]

    @property
    def in_force(self) -> bool:
        """True until a later decision ends it."""
        return self.state == rules.SentenceState.IN_FORCE

    @property
    def words(self) -> str:
        """Case and court in one line."""
        return f"{self.case_number}, {self.court}"


@dataclass(frozen=True, slots=True)
class LegalEpisode:
    """The legal side of one episode; offences and statuses newest first, the present ones on top."""

    custody_id: int
    number: int
    admitted_on: date
    released_on: date | None
    release_kind: str
    entry_kind: str
    mandate: str
    facility: str
    facility_name: str
    legal_status: str
    next_hearing_on: date | None
    organised_crime: bool | None
    extreme_security: bool | None
    offences: tuple[OffencePeriod, ...]
    statuses: tuple[StatusPeriod, ...]
    mandates: tuple[MandateRow, ...]
    sentences: tuple[SentenceRow, ...]
    declarations: tuple[DeclarationRow, ...]

    @property
    def mixed(self) -> bool:
        """True when the episode's present offences belong to more than one family of the catalogue (C-11)."""
        return len({row.family for row in self.offences if row.current and row.code}) > 1


@dataclass(frozen=True, slots=True)
class LegalFile:
    """Everything courts decided about a person, newest episode first, and what it adds up to."""

    code: str
    name: str
    birth_date: date | None
    sex: str
    document_kind: str
    document_number: str
    nationality: str
    died_on: date | None
    episodes: tuple[LegalEpisode, ...]
    computation: rules.Computation
    facts: rules.JudicialFacts

    @property
    def held(self) -> LegalEpisode | None:
        """The open episode."""
        return next((row for row in self.episodes if row.released_on is None), None)

    @property
    def sentences(self) -> tuple[SentenceRow, ...]:
        """The sentences of all episodes, oldest first."""
        rows = (row for episode in self.episodes for row in episode.sentences)
        return tuple(sorted(rows, key=lambda row: (row.issued_on, row.id)))

    @property
    def mandates(self) -> tuple[MandateRow, ...]:
        """The mandates of all episodes, in the order they came."""
        rows = (row for episode in self.episodes for row in episode.mandates)
        return tuple(sorted(rows, key=lambda row: (row.received_on, row.id)))

    @property
    def declarations(self) -> tuple[DeclarationRow, ...]:
        """The declarations of all episodes, oldest first."""
        rows = (row for episode in self.episodes for row in episode.declarations)
        return tuple(sorted(rows, key=lambda row: (row.declared_on, row.id)))
