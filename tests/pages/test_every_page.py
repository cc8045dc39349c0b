"""Every page opens, for whoever may open it, within its budget of queries; nobody else gets a word of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creo.site.accounts import ACCOUNTS
from tests.conftest import Nation
from tests.pages.routes import Samples, addresses

BUDGETS = json.loads((Path(__file__).parent / "query_budgets.json").read_text())
OPENS = (200, 302, 405)
# One's own account, which stays one's own without any role.
OWN_ACCOUNT = {
    "signin:mine",
    "signin:confirm",
    "signin:password",
    "signin:sessions",
    "signin:end_others",
    "signin:factors",
    "signin:totp",
    "signin:passkey",
    "signin:codes",
    "accounts:workplace",
}
# Pages that say what to ask for when nothing was asked (422).
NEED_WORDS = {"targeting:find", "targeting:export_movers"}


@pytest.fixture(scope="module")
def samples(nation: Nation) -> Samples:
    """Parameters of pages, out of the small nation."""
    from tests.pages.samples import find

    return find()


def as_user(username: str) -> Client:
    """Somebody signed in."""
    from creo.support.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def asked(queries: CaptureQueriesContext) -> int:
    """The questions to the database; the marks of a transaction inside the test's own are none, nor is what a command
    puts back for those who write after it in a longer one (PostgreSQL)."""
    marks = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config('creo.pack', ''")
    return sum(not query["sql"].startswith(marks) for query in queries.captured_queries)


@pytest.mark.django_db
def test_every_page_opens_for_somebody_within_its_budget(nation: Nation, samples: Samples) -> None:
    clients = {account.username: as_user(account.username) for account in ACCOUNTS}
    unopened, over = [], {}
    for view, address in addresses(samples).items():
        answers = {}
        for username, client in clients.items():
            connection.queries_log.clear()  # Django keeps some thousands only, and warns
            with CaptureQueriesContext(connection) as queries:
                answers[username] = client.get(address).status_code
            limit = BUDGETS.get(view, BUDGETS["*"])
            if answers[username] == 200 and (number := asked(queries)) > limit:
                over[view] = max(over.get(view, 0), number)
        if not set(answers.values()) & set(OPENS):
            unopened.append((view, address, answers))
        assert not {status for status in answers.values() if status >= 500}, (view, address, answers)
    unexpected = " ".join(sorted({view for view, _address, _answers in unopened} - NEED_WORDS))
    assert unexpected == ""
    assert over == {}


@pytest.mark.django_db
def test_nobody_sees_a_page_without_signing_in(nation: Nation, samples: Samples) -> None:
    stranger = Client()
    seen = [
        view
        for view, address in addresses(samples).items()
        if view != "sign_in" and not view.startswith("ui:") and stranger.get(address).status_code not in (302, 405)
    ]
    assert seen == []


@pytest.mark.django_db
def test_somebody_without_a_role_gets_nothing(nation: Nation, samples: Samples) -> None:
    from creo.support.accounts.models import User

    client = Client()
    client.force_login(User.objects.create_user("sin.rol", "Sin Rol"))
    free = {"overview:today", "overview:search", "jobs:list", "sign_in", *OWN_ACCOUNT}
    seen = [
        view
        for view, address in addresses(samples).items()
        if view not in free and not view.startswith("ui:") and client.get(address).status_code == 200
    ]
    assert seen == []


@pytest.mark.django_db
def test_an_official_of_another_prison_sees_neither_the_person_nor_that_they_exist(
    nation: Nation, samples: Samples
) -> None:
    from creo.register.models import Person
    from creo.support.accounts.models import RoleGrant, User
    from creo.support.accounts.tests.factories import START

    user = User.objects.create_user("ott.tumbes", "OTT de Tumbes")
    RoleGrant.objects.create(
        user=user, role="treatment_body", scope_kind="facility", scope_code="EP-TUMBES", valid_from=START
    )
    client = Client()
    client.force_login(user)
    assert Person.objects.filter(code=samples.person).exists()
    about = [address for view, address in addresses(samples).items() if samples.person in address]
    assert about
    for address in about:
        answer = client.get(address)
        free = client.get(address.replace(samples.person, "P-9999999"))
        # Addresses that only take forms send back to the person's page, which is in this list too.
        assert answer.status_code == free.status_code in (302, 403, 404, 405), address
        assert answer.get("Location", "").replace(samples.person, "P-9999999") == free.get("Location", ""), address
