"""security.md S1, S2: a person of another prison shows nowhere: no page, search, file, error or answer of the API.

Every text kept of the planted person holds a word of its own, so that a leak tells which column it came from.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from creo.site.accounts import ACCOUNTS
from tests.conftest import Nation
from tests.pages.routes import NOT_PAGES, Samples, names, sample
from tests.scoping.canaries import Canary, plant

pytestmark = pytest.mark.django_db
SCOPED = [account.username for account in ACCOUNTS if account.scope_kind != "nation"]
SEARCHES = ("/buscar/?q={}", "/personas/?q={}", "/personas/exportar.csv?q={}", "/personas/duplicados/?persona={}")


@pytest.fixture(scope="module")
def samples(nation: Nation) -> Samples:
    """Parameters of pages, out of the small nation."""
    from tests.pages.samples import find

    return find()


@pytest.fixture(scope="module")
def canary(nation: Nation, samples: Samples) -> Canary:
    """Somebody held where no demonstration account works."""
    from creo.territory.models import Facility

    worked = {account.scope_code for account in ACCOUNTS}
    free = Facility.objects.filter(kind="prison").exclude(code__in=worked).exclude(regional_office__code="NORTE")
    return plant(free.order_by("code")[0])


def addresses(samples: Samples) -> dict[str, str]:
    """View name -> address. Routes without a sample are left to the test that asks each route for one."""
    found = {}
    for view, pattern in names():
        values, wanted = sample(view, samples), pattern.pattern.converters
        if view not in NOT_PAGES and set(wanted) <= set(values):
            found[view] = reverse(view, kwargs={name: values[name] for name in wanted})
    assert len(found) > 100
    return found


def signed_in(username: str) -> Client:
    """One of the demonstration's accounts."""
    from creo.support.accounts.models import User

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=username))
    return client


def words(answer: Any) -> str:
    """What an answer says, a workbook unpacked."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    return str(content.decode("utf-8", "replace"))


def test_the_canary_is_planted_in_every_table_about_people(canary: Canary) -> None:
    assert len(canary.words) > 25
    assert {"Identity.given_names", "ProtectedFact.said", "Custody.mandate", "Document.title"} <= set(canary.words)


def test_whoever_sees_the_nation_sees_the_canary(canary: Canary) -> None:
    found = canary.found_in(words(signed_in("registro").get(f"/personas/{canary.code}/")))
    assert {"Person.code", "Identity.first_surname"} <= set(found)


@pytest.mark.parametrize("username", SCOPED)
def test_no_page_of_another_prison_holds_a_word_of_the_canary(
    nation: Nation, samples: Samples, canary: Canary, username: str
) -> None:
    client = signed_in(username)
    leaks = {}
    for view, address in addresses(samples).items():
        found = canary.found_in(words(client.get(address)))
        if found:
            leaks[view] = found
    assert leaks == {}


@pytest.mark.parametrize("username", SCOPED)
def test_the_canarys_own_addresses_answer_without_a_word(
    nation: Nation, samples: Samples, canary: Canary, username: str
) -> None:
    client = signed_in(username)
    leaks = {}
    for view, address in addresses(samples).items():
        if samples.person not in address:
            continue
        answer = client.get(address.replace(samples.person, canary.code))
        found = [place for place in canary.found_in(words(answer)) if place != "Person.code"]  # it was asked for
        if found or answer.status_code == 200:
            leaks[view] = (answer.status_code, found)
    assert leaks == {}


@pytest.mark.parametrize("username", SCOPED)
@pytest.mark.parametrize("address", SEARCHES)
def test_no_search_finds_the_canary(nation: Nation, canary: Canary, username: str, address: str) -> None:
    client = signed_in(username)
    for what in (canary.code, canary.document_number, *canary.words.values()):
        text = words(client.get(address.format(what)))
        others = [place for place in canary.found_in(text) if what.casefold() != _word(canary, place).casefold()]
        assert others == [], (address, what, others)


def _word(canary: Canary, place: str) -> str:
    special = {"Person.code": canary.code, "Identity.document_number": canary.document_number}
    return special.get(place) or canary.words[place]


def test_a_key_of_another_prison_reads_nothing_of_the_canary(nation: Nation, canary: Canary) -> None:
    from creo.support import clock
    from creo.support.api.tests.factories import make_key

    today = clock.today()
    _number, token = make_key(
        scope=("facility", "EP-PIURA"), today=today, expires_on=today.replace(year=today.year + 1)
    )
    ask = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    client = Client(raise_request_exception=False)
    for address in ("people", f"people?q={canary.document_number}", f"people/{canary.code}"):
        answer = client.get(f"/api/v1/{address}", **ask)
        assert [place for place in canary.found_in(words(answer)) if place != "Person.code"] == []
    assert client.get(f"/api/v1/people/{canary.code}", **ask).status_code == 404
