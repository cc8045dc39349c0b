"""The real table of acts: each can be done, told, corrected and decided in time."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils.module_loading import import_string

from creo.support.accounts.permissions import ROLES
from creo.support.approvals import acts, rules

ACTS = sorted(acts.wired())


def test_granting_access_and_moving_a_maximum_need_a_second_person() -> None:
    assert {"accounts.role_granted", "quality.hard_limit"} <= set(ACTS)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_of_the_table_is_whole(act: str) -> None:
    how = acts.approvable(act)
    assert str(how.words) and how.tiers
    assert callable(import_string(how.handler)) and callable(import_string(how.describe))
    if how.revise_view:
        assert reverse(how.revise_view, args=["x"])
    holders = {role.code for role in ROLES.values() if how.maker in role.permissions}
    assert holders, "nobody could propose it"
    for number, tier in enumerate(how.tiers, 1):
        assert tier.level in acts.LEVEL_WORDS
        assert any(tier.permission in role.permissions for role in ROLES.values()), "nobody could decide it"
        assert (act, number) in rules.parameters().tiers, "its term is the house's general one by oversight"
        assert rules.parameters().tier_days(act, number, date(2026, 11, 23)) >= 1


def test_an_act_that_left_the_table_keeps_its_code_for_people() -> None:
    assert acts.act_words("gone.act") == "gone.act"
    with pytest.raises(LookupError):
        acts.approvable("gone.act")
