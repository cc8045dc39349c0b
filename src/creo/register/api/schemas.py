"""What the API of the register takes and gives. Names are those of the glossary; texts for people are Spanish.

A date that is not known is null and a text that is not known is empty: unknown, never a no.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints, model_validator

from creo.register import rules

Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,39}$")]
PersonCode = Annotated[str, StringConstraints(pattern=r"^P-[0-9]{7,9}$")]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=400, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(max_length=80, strip_whitespace=True)]


class Body(Schema):
    """What comes in: an unknown field is refused, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(extra="forbid")


class PersonSummary(Schema):
    """One line of a list of people. Facility and legal status are those of the open episode, empty outside custody."""

    code: str
    given_names: str
    first_surname: str
    second_surname: str
    document_kind: str
    document_number: str
    birth_date: date | None
    sex: str
    identity_status: str
    facility: str
    facility_name: str
    legal_status: str
    admitted_on: date | None


class People(Schema):
    """A page of people, and the cursor of the next one."""

    people: list[PersonSummary]
    next_cursor: str | None


class IdentityOut(Schema):
    """Who somebody is during a period; `valid_to` null is the present."""

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


class MovementOut(Schema):
    """A movement, in the order of its episode. `detail`: kind of entry or release; an annulled one never was."""

    sequence: int
    kind: str
    detail: str
    on: date
    at: time | None
    from_code: str
    to_code: str
    destination: str
    annulled: bool


class OffenceOut(Schema):
    """An offence of an episode."""

    code: str
    label: str
    family: str
    is_main: bool
    attempt: bool | None


class CustodyOut(Schema):
    """An episode in custody with its movements and offences."""

    number: int
    entry_kind: str
    mandate: str
    admitted_on: date
    released_on: date | None
    release_kind: str
    facility: str
    legal_status: str
    legal_status_on: date | None
    next_hearing_on: date | None
    movements: list[MovementOut]
    offences: list[OffenceOut]


class PersonOut(Schema):
    """A person's file. `code` may differ from the one asked: a merged duplicate leads to the record that goes on."""

    code: str
    asked_code: str
    died_on: date | None
    admissions: int
    identity: IdentityOut
    earlier: list[IdentityOut]
    custodies: list[CustodyOut]


class FacilityOut(Schema):
    """A prison by its code."""

    code: str
    name: str
    office: str
    department: str


class OffenceEntryOut(Schema):
    """An entry of the offence catalogue; `valid_to` is the first day outside."""

    code: str
    label: str
    family: str
    valid_to: date | None


class IdentityIn(Body):
    """An identity as far as known; it stays provisional until the registry confirms it."""

    given_names: Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)] = ""
    first_surname: Name = ""
    second_surname: Name = ""
    birth_date: Day | None = None
    sex: Literal["male", "female", ""] = ""
    document_kind: rules.DocumentKind = rules.DocumentKind.UNKNOWN
    document_number: Annotated[str, StringConstraints(max_length=24)] = ""
    document_check: Annotated[str, StringConstraints(max_length=1)] = ""
    nationality: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""


class OffenceIn(Body):
    """An offence of the mandate, by its code in the catalogue; the first is the main one."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=30)]
    attempt: bool | None = None


class AdmissionIn(Body):
    """An admission: nobody enters without a judicial mandate (TUO CEP art. 2)."""

    facility: Code
    admitted_on: Day
    mandate: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    entry_kind: rules.EntryKind = rules.EntryKind.MANDATE
    legal_status: Literal["unsentenced", "sentenced", ""] = ""
    legal_status_on: Day | None = None
    next_hearing_on: Day | None = None
    organised_crime: bool | None = None
    offences: Annotated[list[OffenceIn], Field(max_length=20)] = []


class NewPersonIn(AdmissionIn):
    """The admission of somebody who has no record yet."""

    identity: IdentityIn


class IdentityChangesIn(Body):
    """A correction: only the fields sent change, and the reason says which document proves it."""

    changes: IdentityIn
    reason: Reason


class MovementIn(Body):
    """A movement of somebody in custody. `source_key` is its key in the sender's system: the same one counts once."""

    kind: Literal["transfer", "escort", "hospital", "exit_permit", "return", "release", "escape"]
    on: Day
    at: time | None = None
    from_facility: Code | None = Field(None, description="De dónde sale, en un traslado: se comprueba.")
    to_facility: Code | None = Field(None, description="Destino de un traslado.")
    release_kind: rules.ReleaseKind | None = Field(None, description="Tipo de egreso, en un egreso.")
    order_number: Short = Field("", description="Número de la orden de libertad, en un egreso.")
    court: Short = Field("", description="Juzgado que dio la orden, en un egreso.")
    destination: Short = Field("", description="Juzgado, hospital o lugar, en una salida temporal.")
    hours: Annotated[int, Field(ge=1, le=10_000)] | None = Field(None, description="Horas del permiso de salida.")
    reason: Reason
    source_key: Annotated[str, StringConstraints(max_length=120, pattern=r"^[!-~]*$")] = ""

    @model_validator(mode="after")
    def fits_its_kind(self) -> MovementIn:
        """A transfer has two ends; a release, its kind."""
        if self.kind == "transfer" and not (self.from_facility and self.to_facility):
            raise ValueError("Un traslado necesita from_facility y to_facility.")
        if self.kind == "release" and self.release_kind is None:
            raise ValueError("Un egreso necesita release_kind.")
        return self


class OffenceChangeIn(Body):
    """The main offence of the open episode, as a mandate or a sentence says."""

    offence: OffenceIn
    reason: Reason


class LegalStatusIn(Body):
    """The legal status of the open episode since a day."""

    status: Literal["unsentenced", "sentenced"]
    on: Day
    next_hearing_on: Day | None = None
    reason: Reason


class MandateIn(Body):
    """A detention mandate as it arrived; while it is in force it stops a release («QUEDA», RP 760-2003-INPE)."""

    court: Annotated[str, StringConstraints(min_length=1, max_length=150, strip_whitespace=True)]
    case_number: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
    received_on: Day
    kind: rules.MandateKind | Literal[""] = ""
    issued_on: Day | None = None
    term_ends_on: Day | None = None
    reason: Reason


class TermIn(Body):
    """A length as a sentence writes it."""

    years: Annotated[int, Field(ge=0, le=100)] = 0
    months: Annotated[int, Field(ge=0, le=1200)] = 0
    days: Annotated[int, Field(ge=0, le=36_500)] = 0


class SentenceIn(Body):
    """A sentence as the court wrote it. `after` is the number of the sentence that a consecutive one follows."""

    court: Annotated[str, StringConstraints(min_length=1, max_length=150, strip_whitespace=True)]
    case_number: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
    issued_on: Day
    offences: Annotated[list[OffenceIn], Field(max_length=20)] = []
    penalty: rules.PenaltyKind = rules.PenaltyKind.FIXED
    term: TermIn | None = None
    effect: rules.Effect | Literal[""] = ""
    finality: rules.Finality | Literal[""] = ""
    final_on: Day | None = None
    starts_on: Day | None = None
    relation: rules.Relation | Literal[""] = ""
    after: Annotated[int, Field(ge=1, le=2**31)] | None = None
    day_fines: Annotated[int, Field(ge=0, le=100_000)] | None = None
    civil_reparation: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)] | None = None
    reason: Reason


class Done(Schema):
    """The act was done, or there was nothing to do. `number` is that of the mandate or sentence, to name it later."""

    person: str
    number: int | None = None
