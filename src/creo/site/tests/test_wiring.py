"""The wiring tables name what exists, in words that people read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

import creo
from creo.site import wiring
from creo.site.acts import ACT_WORDS
from creo.support.accounts.permissions import Permission
from creo.support.announcements.news import reaction_owner, reaction_title, wired
from creo.support.jobs import schedule

# Kinds of job, and topics of items of the inbox.
NOT_ACTS = {*wiring.JOBS, "targeting.enrolment", "looking.alert", "looking.emergency"}
CHAPTERS = sorted({act.partition(".")[0] for act in ACT_WORDS})


def test_every_reaction_exists_and_says_what_it_does_and_who_answers_for_it() -> None:
    paths = {path for reactions in wired().values() for path in reactions}
    assert paths
    for path in paths:
        assert callable(import_string(path)), path
        assert reaction_title(path) != path
        assert isinstance(reaction_owner(path), Permission)


def recorded_acts() -> set[str]:
    """Every act that the code records: said as `act="…"`, or written in a command otherwise."""
    found: set[str] = set()
    for path in Path(creo.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "tests" in path.parts:
            continue
        found |= set(re.findall(r'\b(?:act=|ACT = |DELIVERED = )"([a-z]+\.[a-z_]+)"', text))
        if "commands" in path.parts or path.name in ("commands.py", "saved.py"):
            found |= set(re.findall(rf'"((?:{"|".join(CHAPTERS)})\.[a-z_]+)"', text)) - NOT_ACTS
    return found


def test_every_act_has_words_and_no_words_are_left_over() -> None:
    assert recorded_acts() == set(ACT_WORDS)
    assert set(wiring.REACTIONS) <= set(ACT_WORDS)
    assert all(str(words) for words in ACT_WORDS.values())


@pytest.mark.parametrize("act", ["register.person_loaded", "register.episode_imported"])
def test_acts_that_come_by_the_million_are_announced_to_nobody(act: str) -> None:
    assert act not in wiring.REACTIONS


def test_daily_work_is_known_and_starts_at_night_without_arguments() -> None:
    found = schedule.dailies()
    assert {daily.kind for daily in found} <= set(wiring.JOBS)
    assert len({daily.kind for daily in found}) == len(found) > 0
    assert all(daily.hour.hour < 6 for daily in found)
