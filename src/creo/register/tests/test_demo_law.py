"""The legal side of the demonstration: what it makes, twice the same, and that the rules can follow it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from creo.register import commands, queries, rules
from creo.register.commands import LoadedLaw, LoadedMandate, LoadedSentence
from creo.register.demo import law
from creo.register.models import Custody, DetentionMandate, Sentence
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY
from creo.support.accounts.readers import Reader
from creo.support.ledger.models import Entry
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db
PEOPLE = 240


@dataclass
class Context:
    by: Reader = BY
    seed: int = 7
    as_of: date = TODAY
    scale: float = 1.0
    noted: list[str] = field(default_factory=list)

    def progress(self, done: int, total: int, note: str) -> None:
        self.noted.append(note)


@pytest.fixture
def crowd() -> None:
    """Sentenced people of one site, a third of them with an episode that they completed."""
    piura = make.places()["EP-PIURA"]
    for number in range(1, PEOPLE + 1):
        who = make.person(number)
        make.identity(who)
        if not number % 3:
            make.custody(who, piura, date(2015, 1, 31), date(2018, 3, 1))
        admitted = date(2019, 1, 1) + timedelta(number * 9)
        status = {"legal_status": "unsentenced" if not number % 5 else "sentenced"}
        make.custody(who, piura, admitted, legal_status_on=admitted + timedelta(number), **status)


def made() -> list[tuple[Any, ...]]:
    """Everything made, without keys."""
    sentences = Sentence.objects.order_by("id").values_list("custody_id", "case_number", "years", "months", "starts_on")
    mandates = DetentionMandate.objects.order_by("id").values_list("custody_id", "case_number", "received_on")
    return [*sentences, *mandates]


def test_the_demonstration_has_every_story_and_each_can_be_computed(crowd: None) -> None:
    report = law.load(Context())
    for story in ("credited", "two_sentences", "consecutive", "queda", "recidivist_yes"):
        assert report[story] >= 1, (story, report)
    assert report["entries"] == report["people"] == Entry.objects.filter(act="register.law_loaded").count()
    assert Sentence.objects.exclude(custody__person__in=Custody.objects.values("person")).count() == 0
    counts: set[int | None] = set()
    for code in sorted(set(Sentence.objects.values_list("custody__person__code", flat=True)))[::3]:
        file = queries.legal_file(BY, code, TODAY)
        assert file.computation.end is not None, code
        assert file.computation.end > TODAY, code
        counts.add(file.facts.convictions)
    assert {1, 2} <= counts


def test_the_same_seed_makes_the_same_courts(crowd: None) -> None:
    context = Context()
    courts = [law._Courts(context) for _twice in range(2)]
    rows = queries.open_episodes(BY, law.SITES)
    first, second = ([maker.law(row) for row in rows] for maker in courts)
    assert first == second
    other = law._Courts(Context(seed=8))
    assert [other.law(row) for row in rows] != first


def test_a_bulk_load_is_for_a_register_without_sentences(crowd: None) -> None:
    law.load(Context())
    before = made()
    with pytest.raises(Refused, match="sin ellas"):
        law.load(Context())
    assert made() == before


def test_a_nation_without_the_sites_loads_nothing() -> None:
    make.places()
    assert law.load(Context()) == {"people": 0}
    assert commands.load_law(by=BY, people=[], source="x") == {}


def test_consecutive_sentences_point_to_those_of_their_own_person(crowd: None) -> None:
    custodies = list(Custody.objects.filter(released_on=None).order_by("id")[:2])
    people = [
        LoadedLaw(
            custody.person.code,
            "EP-PIURA",
            mandates=[LoadedMandate(custody.pk, "preventive", "J", "1", TODAY, TODAY)],
            sentences=[
                LoadedSentence(custody.pk, "J", "1", TODAY, rules.Term(1), "effective", "final", TODAY, TODAY),
                LoadedSentence(
                    custody.pk, "J", "2", TODAY, rules.Term(1), "effective", "final", TODAY, None, "consecutive", 0
                ),
            ],
        )
        for custody in custodies
    ]
    commands.load_law(by=BY, people=people, source="prueba")
    followers = Sentence.objects.filter(after__isnull=False).select_related("after")
    assert [row.custody_id for row in followers] == [row.after.custody_id for row in followers]
    assert len(followers) == 2
    follower = make.person(PEOPLE + 1)
    make.identity(follower)
    next_one = make.custody(follower, None)
    Sentence.objects.create(custody=next_one, court="J", case_number="9", issued_on=TODAY, years=1, months=0, days=0)
