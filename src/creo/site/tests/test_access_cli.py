"""`creo access first`: how the first two people of access come to be, and that it opens no back door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from creo.site.cli import main
from creo.support import clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import reader_for
from creo.support.accounts.tests.factories import user
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db


def first(role: str = "administrator", username: str = "ana.rojas") -> int:
    return main(["access", "first", role, username, "Ana Rojas", "--resolution", "RP 1-2026"])


def test_the_first_administrator_is_made_with_a_password_that_must_be_changed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert first() == 0
    password = capsys.readouterr().out.split()[-1]
    made = User.objects.get(username="ana.rojas")
    assert made.check_password(password)
    reader = reader_for(made, clock.today())
    assert reader.national and reader.can(Permission.MANAGE_ACCESS)
    grant = RoleGrant.objects.get()
    assert grant.resolution == "RP 1-2026" and grant.valid_to == clock.today() + timedelta(days=365)
    assert {"accounts.made", "accounts.role_granted"} <= set(Entry.objects.values_list("act", flat=True))
    assert Client().post("/entrar/", {"username": "ana.rojas", "password": password}).status_code == 302


def test_the_second_person_is_made_the_same_way() -> None:
    assert (first(), first("data_officer", "beto.diaz")) == (0, 0)
    assert reader_for(User.objects.get(username="beto.diaz"), clock.today()).can(Permission.REVIEW_ACCESS)


def test_nobody_is_made_while_somebody_holds_the_role(capsys: pytest.CaptureFixture[str]) -> None:
    user("admin", "administrator")
    assert first() == 1
    assert "Alguien ya tiene ese rol" in capsys.readouterr().err
    assert not User.objects.filter(username="ana.rojas").exists()


def test_one_person_cannot_become_both_and_nothing_is_half_done() -> None:
    assert first() == 0
    assert first("data_officer") == 1
    assert RoleGrant.objects.count() == 1


def test_when_every_administrator_lapsed_the_installation_can_name_another() -> None:
    old = user("admin", "administrator")
    RoleGrant.objects.filter(user=old).update(reviewed_on=clock.today() - timedelta(days=183))
    assert first() == 0


def test_only_the_two_roles_of_access_are_made_so() -> None:
    with pytest.raises(SystemExit):
        first("registry")
    assert not User.objects.exists()
