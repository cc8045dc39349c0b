"""The maximum of a check moves with two people; the alert limit with one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import ROLES, Permission, Role
from creo.support.accounts.readers import Reader, Scope
from creo.support.approvals import commands as approvals
from creo.support.approvals.models import Proposal
from creo.support.quality import commands, limiting
from creo.support.quality.models import QualityLimit
from creo.support.quality.tests.factories import TODAY, TORN, at
from creo.support.refusals import Forbidden, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chapter")]


@pytest.fixture(autouse=True)
def _noon(time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T17:00:00Z")


def keeper(name: str, *scopes: Scope) -> Reader:
    user = User.objects.filter(username=name).first() or User.objects.create_user(name, name.title())
    rights = frozenset({Permission.MANAGE_QUALITY, Permission.VIEW_QUALITY})
    return Reader(user.pk, user.name, rights, scopes or (Scope("nation"),), ())


def change(by: Reader, soft: str | None, hard: str | None, **other: Any) -> Proposal | None:
    values: dict[str, Any] = {"check_code": "torn", "valid_from": TODAY, "reason": "Acuerdo 2", "today": TODAY}
    values |= {"soft": soft and Decimal(soft), "hard": hard and Decimal(hard)}
    return limiting.change_limits(by=by, **(values | other))


def decide(by: Reader, made: Proposal, day: date = TODAY) -> Proposal:
    return approvals.decide(by=by, proposal_id=made.pk, decision="approved", seen=made.digest, today=day)


def test_the_alert_limit_moves_at_once() -> None:
    assert change(keeper("ana"), "2", "3") is None
    assert (QualityLimit.objects.get().soft, QualityLimit.objects.get().decided_by) == (2, "Ana")


def test_another_maximum_waits_for_a_second_person_and_is_then_theirs() -> None:
    made = change(keeper("ana"), "2", "9")
    assert made is not None and not QualityLimit.objects.exists()
    rows = {row[0]: row[1:] for row in made.revisions.get().rows}
    assert rows["Límite máximo"] == ["3", "9"] and rows["Límite de alerta"] == ["1", "2"]
    with pytest.raises(Forbidden):
        decide(keeper("ana"), made)
    assert decide(keeper("beto"), made).state == "approved"
    kept = QualityLimit.objects.get()
    assert (kept.soft, kept.hard, kept.decided_by, kept.reason) == (2, 9, "Beto", "Acuerdo 2")
    assert commands.limits_in_force(TORN, TODAY).hard == 9


def test_a_lower_maximum_waits_too_and_what_is_wrong_is_refused_before_anybody_is_asked() -> None:
    ana = keeper("ana")
    assert change(ana, "1", "2") is not None
    with pytest.raises(Refused) as caught:
        change(ana, "9", "2", reason=" ", valid_from=TODAY - timedelta(days=1))
    assert set(caught.value.fields) == {"hard", "reason", "valid_from"}
    with pytest.raises(Forbidden):
        change(keeper("local", *at("NORTE")), "1", "9")
    assert Proposal.objects.count() == 1


def test_approved_after_its_first_day_it_goes_back_with_the_reason(time_machine: Any) -> None:
    made = change(keeper("ana"), "1", "9")
    assert made is not None
    time_machine.move_to("2026-11-24T17:00:00Z")
    tomorrow = TODAY + timedelta(days=1)
    made = decide(keeper("beto"), made, tomorrow)
    assert made.state == "returned" and not QualityLimit.objects.exists()
    assert change(keeper("ana"), "1", "9", valid_from=tomorrow, today=tomorrow, revises=made.pk) is not None
    made.refresh_from_db()
    assert decide(keeper("beto"), made, tomorrow).state == "approved"


def test_limits_that_moved_meanwhile_send_it_back() -> None:
    made = change(keeper("ana"), "1", "9")
    assert made is not None
    assert change(keeper("carla"), "2", "3") is None
    assert decide(keeper("beto"), made).state == "returned"
    assert commands.limits_in_force(TORN, TODAY).hard == 3


def test_the_page_proposes_and_corrects(monkeypatch: pytest.MonkeyPatch) -> None:
    rights = frozenset({Permission.MANAGE_QUALITY, Permission.VIEW_QUALITY, Permission.VIEW_PEOPLE})
    monkeypatch.setitem(ROLES, "keeper", Role("keeper", "Guardián", rights, ()))
    ana, beto = keeper("ana"), keeper("beto")
    RoleGrant.objects.create(user_id=ana.user_id, role="keeper", scope_kind="nation", valid_from=date(2020, 1, 1))
    browser = Client()
    browser.force_login(User.objects.get(username="ana"))
    typed = {"soft": "1", "hard": "9", "valid_from": "2026-11-23", "reason": "Acuerdo 4"}
    answer = browser.post("/calidad/torn/limites/", typed)
    made = Proposal.objects.get()
    assert answer["Location"] == f"/aprobaciones/{made.pk}/"
    page = browser.get(f"/aprobaciones/{made.pk}/").content.decode()
    assert f"/calidad/torn/limites/?propuesta={made.pk}" in page
    approvals.decide(
        by=beto, proposal_id=made.pk, decision="returned", seen=made.digest, reason="Es mucho", today=TODAY
    )
    again = browser.post(f"/calidad/torn/limites/?propuesta={made.pk}", typed | {"hard": "5"})
    assert again["Location"] == f"/aprobaciones/{made.pk}/"
    made.refresh_from_db()
    assert (made.state, made.revision) == ("proposed", 2)
    assert browser.get("/calidad/torn/limites/?propuesta=x").status_code == 422
    other = {"soft": "10", "hard": "60", "valid_from": "2026-11-23", "reason": "Otra"}
    assert browser.post(f"/calidad/wet/limites/?propuesta={made.pk}", other).status_code == 404
