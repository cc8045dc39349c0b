"""Whatever is done, in whatever order, the cached columns say what the movements add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import time, timedelta
from random import Random

import pytest
from django.db import transaction

from creo.register import queries, rules
from creo.register.commands import Back
from creo.register.models import Custody, Movement
from creo.register.tests import factories as make
from creo.register.tests.acting import course_of
from creo.register.tests.factories import BY, TODAY, Cast
from creo.register.tests.moving import annul, come_back, escape, last_entry, leave, let_go, move, readmit
from creo.support.ledger.models import Entry
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db
D = timedelta(1)


@pytest.fixture
def cast() -> Cast:
    return make.cast()


PLACES = ("EP-PIURA", "EP-TUMBES", "EP-AREQUIPA")


def attempt(random: Random, code: str) -> Callable[[], object]:
    """Some act with some values: mostly what could follow, on a day that may lie before other movements."""
    file = queries.person(BY, code, TODAY)
    last = file.custodies[0].movements[-1]
    newest = max(move.on for row in file.custodies for move in row.movements)
    on = min(TODAY, newest + D * random.choice((-9, -4, -1, 0, 0, 1, 2, 3, 7)))
    at = random.choice((None, None, time(8), time(12), time(20)))
    here = file.held.facility if file.held else "EP-PIURA"
    number = file.custodies[0].number
    kind = random.choice(("escort", "hospital", "exit_permit"))
    back = random.choice((None, None, Back(on + D, None), Back(on, time(21))))
    acts: list[tuple[int, Callable[[], object]]] = [
        (4, lambda: leave(code, kind, on, at=at, back=back)),
        (2, lambda: leave(code, kind, newest - 3 * D, back=Back(newest - 2 * D))),
        (6 if file.held and file.held.absence else 1, lambda: come_back(code, on, at=at)),
        (4, lambda: move(code, random.choice((here, here, here, "EP-PIURA")), random.choice(PLACES), on, at=at)),
        (1, lambda: escape(code, on, at=at)),
        (
            1,
            lambda: let_go(code, on, at=at, kind=random.choice(("acquittal", "semi_liberty", "semi_liberty", "death"))),
        ),
        (1, lambda: annul(code, random.choice((number, 1)), random.choice((1, 2, 3)))),
        (2 if file.died_on is None else 9, lambda: annul(code, number, last.sequence)),
        (1 if file.held else 12, lambda: readmit(code, random.choice(("mandate", "revocation", "recapture")), on)),
    ]
    weights, choices = zip(*acts, strict=True)
    return random.choices(choices, weights)[0]


def assert_the_caches_agree(code: str) -> None:
    """Every cached column says what the movements of its episode add up to, and the whole course is possible."""
    every = list(
        Movement.objects.filter(custody__person__code=code).select_related("custody", "from_facility", "to_facility")
    )
    moves = [
        rules.Move(
            row.custody.number,
            row.sequence,
            row.kind,
            row.on,
            row.from_facility.code if row.from_facility else None,
            row.to_facility.code if row.to_facility else None,
            row.detail,
            row.at,
            row.annulled,
        )
        for row in every
    ]
    assert rules.movement_problems(moves) == []
    episodes = []
    for custody in Custody.objects.filter(person__code=code).select_related("facility"):
        mine = rules.stays(move for move in moves if move.custody == custody.number)
        if custody.release_kind == "annulled":
            assert (mine.stays, custody.released_on) == ((), custody.admitted_on)
        else:
            (episode,) = mine.episodes
            absence = mine.absence
            assert (custody.admitted_on, custody.entry_kind) == (episode.admitted_on, episode.entry_kind)
            assert (custody.released_on, custody.release_kind) == (episode.released_on, episode.release_kind)
            assert (custody.facility and custody.facility.code) == mine.stays[-1].place
            assert (custody.absence, custody.absent_since) == (
                (absence.kind, absence.period.start) if absence else ("", None)
            )
        episodes.append(
            rules.Episode(custody.admitted_on, custody.released_on, custody.entry_kind, custody.release_kind)
        )
    course = rules.stays(moves)
    file = queries.person(BY, code, TODAY)
    assert course.admissions == file.admissions == rules.admission_count(episodes, TODAY)
    assert course.in_custody == (file.held is not None)


def assert_the_facts_agree(code: str) -> None:
    """What criteria look at, of one person and in the columns of the nation, is what the movements add up to."""
    course = course_of(code)
    facts = queries.facts_for(BY, code, TODAY)
    assert facts.facts["admission_count"] == course.admissions
    columns = queries.population_columns(BY, TODAY)
    assert (code in columns.codes) is course.in_custody
    if course.in_custody:
        at = columns.codes.index(code)
        count, where = columns.columns["admission_count"], columns.columns["facility"]
        assert count.values[count.codes[at]] == course.admissions
        assert where.values[where.codes[at]] == course.place == facts.facts["facility"]


def test_the_caches_agree_with_the_movements_after_any_acts(cast: Cast) -> None:
    done: Counter[str] = Counter()
    for seed in range(12):
        random = Random(seed)
        with transaction.atomic():
            for _try in range(16):
                act = attempt(random, cast.rosa)
                before = (Movement.objects.count(), Entry.objects.count())
                try:
                    with transaction.atomic():
                        act()
                except Refused:
                    assert (Movement.objects.count(), Entry.objects.count()) == before
                    done["refused"] += 1
                    continue
                entry = last_entry(cast.rosa)
                assert entry.after is not None
                done[entry.act.removeprefix("register.")] += 1
                done["late"] += entry.after.get("late", 0)
                assert_the_caches_agree(cast.rosa)
            assert_the_facts_agree(cast.rosa)
            transaction.set_rollback(True)
    # Each kind of act was really done, or this test would prove nothing.
    acts_done = ("left", "returned", "transferred", "escaped", "released", "admitted")
    for name in (*(f"person_{act}" for act in acts_done), "movement_annulled", "late", "refused"):
        assert done[name] >= 3, done
