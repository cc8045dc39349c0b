"""The wiring tables name what exists, in words that people read."""

from __future__ import annotations

import pytest
from django.utils.module_loading import import_string

from creo.site import wiring
from creo.support.accounts.permissions import Permission
from creo.support.announcements.news import reaction_owner, reaction_title, wired
from creo.support.jobs import schedule


def test_every_reaction_exists_and_says_what_it_does_and_who_answers_for_it() -> None:
    paths = {path for reactions in wired().values() for path in reactions}
    assert paths
    for path in paths:
        assert callable(import_string(path)), path
        assert reaction_title(path) != path
        assert isinstance(reaction_owner(path), Permission)


def test_every_announced_act_has_words_and_no_words_are_left_over() -> None:
    assert set(wiring.REACTIONS) == set(wiring.ACT_WORDS)
    assert all(str(words) for words in wiring.ACT_WORDS.values())


@pytest.mark.parametrize("act", ["register.person_loaded", "register.episode_imported"])
def test_acts_that_come_by_the_million_are_announced_to_nobody(act: str) -> None:
    assert act not in wiring.REACTIONS


def test_daily_work_is_known_and_starts_at_night_without_arguments() -> None:
    found = schedule.dailies()
    assert {daily.kind for daily in found} <= set(wiring.JOBS)
    assert len({daily.kind for daily in found}) == len(found) > 0
    assert all(daily.hour.hour < 6 for daily in found)
