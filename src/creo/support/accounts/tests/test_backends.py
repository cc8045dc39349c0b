"""Who a session belongs to: the account and its roles in one question, asked anew at each request."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creo.support.accounts.backends import WithGrants, taken
from creo.support.accounts.middleware import ReaderMiddleware
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.readers import grants_of, reader_for
from creo.support.accounts.tests.factories import START, grant, user

pytestmark = pytest.mark.django_db
TODAY = START + timedelta(days=30)


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(f"{TODAY} 15:00:00+00:00", tick=False):
        yield


def found(user_id: int) -> User:
    account = WithGrants().get_user(user_id)
    assert account is not None
    return account


def test_an_account_comes_with_what_its_grants_say_in_one_query() -> None:
    somebody = user("ana", role="registry", scope_kind="facility", scope_code="EP-PIURA")
    grant(somebody, "planner")
    grant(user("otra", role="auditor"), "planner")
    with CaptureQueriesContext(connection) as queries:
        read = taken(account := found(somebody.pk))
    assert len(queries) == 1
    assert account == somebody and account.password == somebody.password and account.name == somebody.name
    assert read == grants_of(somebody, TODAY)
    assert [one.role for one in read or ()] == ["registry", "planner"]


def test_the_grants_are_taken_once_and_then_asked_for_again() -> None:
    account = found(user("ana", role="planner").pk)
    assert taken(account) and taken(account) is None
    assert taken(User.objects.get(pk=account.pk)) is None


@pytest.mark.parametrize("days", [(1, None), (-60, 0)])
def test_what_has_not_begun_or_is_over_does_not_come(days: tuple[int, int | None]) -> None:
    account = user("ana")
    begins, ends = days
    RoleGrant.objects.create(
        user=account,
        role="planner",
        scope_kind="nation",
        valid_from=TODAY + timedelta(days=begins),
        valid_to=None if ends is None else TODAY + timedelta(days=ends),
    )
    assert taken(found(account.pk)) == []


def test_a_closed_account_is_nobody() -> None:
    somebody = user("ana", role="planner")
    assert WithGrants().get_user(somebody.pk) == somebody
    User.objects.filter(pk=somebody.pk).update(is_active=False)
    assert WithGrants().get_user(somebody.pk) is None
    assert WithGrants().get_user(0) is None


def test_the_reader_of_a_request_is_the_one_that_the_grants_make() -> None:
    somebody = user("ana", role="registry", scope_kind="facility", scope_code="EP-PIURA")
    grant(somebody, "planner")
    client = Client()
    client.force_login(somebody)
    request: Any = HttpRequest()
    request.session, request.user = client.session, found(somebody.pk)
    ReaderMiddleware(lambda _request: HttpResponse())(request)
    wanted = reader_for(somebody, TODAY)
    assert (request.reader, request.reader.held) == (wanted, wanted.held)


def test_a_right_that_was_taken_away_is_gone_at_the_next_click() -> None:
    somebody = user("ana", role="planner")
    client = Client()
    client.force_login(somebody)
    assert client.get("/programa/metas/").status_code == 200
    RoleGrant.objects.filter(user=somebody).update(ended_on=TODAY, ended_by="prueba", end_reason="prueba")
    assert client.get("/programa/metas/").status_code == 403
    User.objects.filter(pk=somebody.pk).update(is_active=False)
    assert client.get("/programa/metas/").status_code == 302


def test_the_question_names_every_column_of_an_account_and_what_decides_over_a_grant() -> None:
    somebody = user("ana", role="planner")
    account = found(somebody.pk)
    with CaptureQueriesContext(connection) as queries:
        told = [getattr(account, field.attname) for field in User._meta.concrete_fields]
        states = [one.state(TODAY) for one in taken(account) or ()]
    assert len(queries) == 0
    assert told == [getattr(somebody, field.attname) for field in User._meta.concrete_fields]
    assert states == [one.state(TODAY) for one in somebody.grants.all()]
    assert all(type(one.valid_from) is date for one in taken(found(somebody.pk)) or ())
