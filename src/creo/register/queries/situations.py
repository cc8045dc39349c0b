"""One person's facts on a day, with the words that prove them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from creo.register import rules
from creo.register.facts import Situation, evidence_of, facts_of
from creo.register.models import Custody, Identity, Movement
from creo.register.queries.law_facts import EpisodeLaw, episode_law, judicial_of, other_articles
from creo.register.queries.scope import known_identity, person_with_custodies
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
    """A person's facts as of a day, from what is known now. NotFound outside the reader's scope. At most 5 queries."""
    person, every = person_with_custodies(reader, person_code)
    identity = known_identity(person, every)
    begun = [item for item in every if item.admitted_on <= as_of]
    custodies = [item for item in begun if item.release_kind != rules.ReleaseKind.ANNULLED]
    held = next((item for item in custodies if item.released_on is None or item.released_on > as_of), None)
    custody = held or (custodies[-1] if custodies else None)
    situation = _situation(identity, custodies, custody, as_of, judicial_of(person.pk, every, as_of))
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


def _situation(
    identity: Identity,
    custodies: list[Custody],
    custody: Custody | None,
    as_of: date,
    judicial: rules.JudicialFacts,
) -> Situation:
    episodes = [
        rules.Episode(item.admitted_on, item.released_on, item.entry_kind, item.release_kind) for item in custodies
    ]
    uncounted = rules.parameters().uncounted_entries_on(as_of)
    counted = [episode.admitted_on for episode in episodes if episode.entry_kind not in uncounted]
    place = _place_on(custody, as_of) if custody else None
    law = episode_law(custody, as_of) if custody else EpisodeLaw()
    offence = law.main
    return Situation(
        admissions=rules.parameters().count_admissions(episodes, as_of),
        last_admission=counted[-1] if counted else None,
        anonymous=not any(
            (identity.given_names, identity.first_surname, identity.second_surname, identity.document_number)
        ),
        identity_status=identity.status,
        birth_date=identity.birth_date,
        sex=identity.sex,
        nationality=identity.nationality,
        document_kind=identity.document_kind,
        offence_law=offence.law if offence else "",
        offence_article=offence.article if offence else "",
        offence_title=offence.title if offence else "",
        offence_family=law.family,
        other_articles=other_articles(offence is not None, [(item.law, item.article) for item in law.others]),
        other_offences=tuple(rules.offence_label(item.law, item.article, item.title) for item in law.others),
        attempt=law.attempt,
        legal_status=law.status,
        legal_status_on=law.status_on,
        facility=place.code if place else "",
        facility_name=place.name if place else "",
        organised_crime=custody.organised_crime if custody else None,
        extreme_security=custody.extreme_security if custody else None,
        judicial=judicial,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    name: str


def _place_on(custody: Custody, as_of: date) -> _Place | None:
    """Where the episode was on the day: the origin of the first transfer after it, else its present place."""
    later = (
        Movement.objects.filter(custody_id=custody.pk, kind=rules.MovementKind.TRANSFER, on__gt=as_of, annulled=False)
        .order_by("sequence")
        .values_list("from_facility__code", "from_facility__name")
        .first()
    )
    if later is not None:
        return _Place(*later) if later[0] else None
    return _Place(custody.facility.code, custody.facility.name) if custody.facility else None
