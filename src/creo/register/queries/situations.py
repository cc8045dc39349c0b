"""One person's facts on a day, with the words that prove them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from creo.register import rules
from creo.register.facts import Situation, evidence_of, facts_of
from creo.register.models import Custody, CustodyOffence, Identity, Movement
from creo.register.queries.scope import person_with_custodies
from creo.support.accounts.readers import Reader


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What criteria look at for one person. Outside custody on the day, the last episode begun by then speaks."""

    code: str
    name: str
    in_custody: bool
    identity_status: str
    birth_date: date | None
    facility: str
    facility_name: str
    next_hearing_on: date | None
    facts: dict[str, object]
    evidence: dict[str, str]


def facts_for(reader: Reader, person_code: str, as_of: date) -> PersonFacts:
    """A person's facts as of a day, from what is known now. NotFound outside the reader's scope. At most 6 queries."""
    person, every = person_with_custodies(reader, person_code)
    identity = Identity.objects.get(person_id=person.pk, valid_to=None)
    custodies = [item for item in every if item.admitted_on <= as_of]
    held = next((item for item in custodies if item.released_on is None or item.released_on > as_of), None)
    custody = held or (custodies[-1] if custodies else None)
    situation = _situation(identity, custodies, custody, as_of)
    return PersonFacts(
        code=person.code,
        name=rules.full_name(identity.given_names, identity.first_surname, identity.second_surname),
        in_custody=held is not None,
        identity_status=identity.status,
        birth_date=identity.birth_date,
        facility=situation.facility,
        facility_name=situation.facility_name,
        next_hearing_on=custody.next_hearing_on if custody else None,
        facts=facts_of(situation),
        evidence=evidence_of(situation, as_of),
    )


def _situation(identity: Identity, custodies: list[Custody], custody: Custody | None, as_of: date) -> Situation:
    counted = [rules.Episode(item.admitted_on, item.released_on, item.entry_kind) for item in custodies]
    place = _place_on(custody, as_of) if custody else None
    main = _main_offence(custody) if custody else None
    offence = main.offence if main else None
    return Situation(
        admissions=rules.admission_count(
            counted, as_of, count_revocations=rules.parameters().count_revocations_on(as_of)
        ),
        last_admission=custodies[-1].admitted_on if custodies else None,
        anonymous=not identity.search_name and not identity.document_number,
        identity_status=identity.status,
        birth_date=identity.birth_date,
        sex=identity.sex,
        nationality=identity.nationality,
        document_kind=identity.document_kind,
        offence_law=offence.law if offence else "",
        offence_article=offence.article if offence else "",
        offence_title=offence.title if offence else "",
        attempt=main.attempt if main else None,
        legal_status=custody.legal_status if custody else "",
        legal_status_on=custody.legal_status_on if custody else None,
        facility=place.code if place else "",
        facility_name=place.name if place else "",
        organised_crime=custody.organised_crime if custody else None,
        extreme_security=custody.extreme_security if custody else None,
    )


def _main_offence(custody: Custody) -> CustodyOffence | None:
    return CustodyOffence.objects.select_related("offence").filter(custody_id=custody.pk, is_main=True).first()


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    name: str


def _place_on(custody: Custody, as_of: date) -> _Place | None:
    """Where the episode was on the day: the origin of the first transfer after it, else its present place."""
    later = (
        Movement.objects.filter(custody_id=custody.pk, kind=rules.MovementKind.TRANSFER, on__gt=as_of)
        .order_by("sequence")
        .values_list("from_facility__code", "from_facility__name")
        .first()
    )
    if later is not None:
        return _Place(*later) if later[0] else None
    return _Place(custody.facility.code, custody.facility.name) if custody.facility else None
