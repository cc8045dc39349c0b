"""S1, v5.0.0-8.1.1: who may open what is written down, line by line, and holds. Change it with tests.access.write."""

from __future__ import annotations

import csv

import pytest
from django.test import Client

from tests.access.walk import FILE, NO_ROLE, NO_SAMPLE, NOBODY, as_text, matrix, pages
from tests.conftest import Nation
from tests.pages.routes import Samples

# What somebody who may sign in sees of their own, whatever their role; and what the browser asks for by itself.
ANYBODY = (
    "/entrar/",
    "/salir/",
    "/idioma/",
    "/salud/",
    "/politica/",
    "/estilo/",
    "/cuenta/",
)
ANYBODY_SIGNED_IN = (
    "/",
    "/buscar/",
    "/trabajos/",
    "/bandeja/",
    "/mapa/",
)


@pytest.fixture(scope="module")
def written() -> list[dict[str, str]]:
    """The committed file."""
    return list(csv.DictReader(FILE.open()))


@pytest.mark.django_db
def test_S1_every_address_answers_every_role_as_the_file_says(nation: Nation, samples: Samples) -> None:
    now = as_text(matrix(samples)).splitlines()
    before = FILE.read_text().splitlines()
    gone, new = sorted(set(before) - set(now)), sorted(set(now) - set(before))
    assert (gone, new) == ([], []), "Léalo y, si está bien: python -m tests.access.write"
    assert now == before


def test_S1_every_address_has_a_sample_to_be_opened_with(written: list[dict[str, str]]) -> None:
    assert {line["address"] for line in written if NO_SAMPLE in line.values()} == set()


def test_S1_nothing_fails_for_anybody(written: list[dict[str, str]]) -> None:
    faults = [line for line in written if any(cell.startswith("5") or "/5" in cell for cell in line.values())]
    assert faults == []


def test_S1_nobody_gets_only_what_is_for_anybody(written: list[dict[str, str]]) -> None:
    refused = {"sign-in", "401", "404", "405", NO_SAMPLE}
    opened = {line["address"] for line in written if line[NOBODY] not in refused}
    assert {address for address in opened if not address.startswith(ANYBODY)} == set()


def test_S1_whoever_signed_in_is_still_signed_in_at_every_address(written: list[dict[str, str]]) -> None:
    """Else what stands in the file is what nobody is answered: a walk that lost its session tells nothing of a role."""
    from creo.support.accounts.permissions import ROLES

    lost = [
        (line["method"], line["address"], role)
        for line in written
        for role in (NO_ROLE, *ROLES)
        if line[role] == "sign-in" and not line["address"].startswith(("/entrar/", "/salir/"))
    ]
    assert lost == []


def test_S1_every_role_that_sees_people_is_tried_on_somebody_of_its_own_place(written: list[dict[str, str]]) -> None:
    """A role that is answered 404 at home too was asked about somebody else's people, and proves nothing."""
    from creo.support.accounts.permissions import ROLES, Permission

    page = next(line for line in written if (line["method"], line["address"]) == ("GET", "/personas/<str:code>/"))
    seeing = {code for code, role in ROLES.items() if Permission.VIEW_PEOPLE in role.permissions}
    assert {code for code in ROLES if page[code] == "ok/404"} == seeing


def test_S1_somebody_without_a_role_opens_nothing_of_anybody(written: list[dict[str, str]]) -> None:
    opened = {line["address"] for line in written if line[NO_ROLE] in ("ok", "422") and line["method"] == "GET"}
    assert {address for address in opened if not address.startswith(ANYBODY) and "<" in address} == set()


def test_S1_a_person_of_another_prison_is_not_found_by_any_role(written: list[dict[str, str]]) -> None:
    """Whoever may open an address about a person or a file does it at their own prison only."""
    leaks = []
    for line in written:
        if not any(mark in line["address"] for mark in ("/personas/<str:code>/", "/people/{code}")):
            continue
        for column, cell in line.items():
            at_home, _slash, elsewhere = cell.partition("/")
            about = column not in ("method", "address", NOBODY, NO_ROLE)
            if about and at_home in ("ok", "leads", "422") and elsewhere != "404":
                leaks.append((line["method"], line["address"], column, cell))
    assert [leak for leak in leaks if not any(leak[1].endswith(end) for end in ADMISSIONS)] == []


# Anybody who is out of custody is received by the prison they come to: their file is of no prison meanwhile.
ADMISSIONS = ("/admissions",)


def test_S1_every_prison_role_is_in_the_file() -> None:
    from creo.support.accounts.permissions import ROLES

    head = FILE.read_text().splitlines()[0].split(",")
    assert head[2:4] == [NOBODY, NO_ROLE]
    assert set(ROLES) <= set(head)


@pytest.mark.django_db
def test_v5_0_0_4_1_4_no_address_answers_another_method(nation: Nation, samples: Samples) -> None:
    client = Client()
    client.force_login(_somebody())
    wrong = []
    for view, _values, path in pages(samples):
        for method in ("TRACE", "OPTIONS", "PUT", "DELETE", "PATCH"):
            status = client.generic(method, path).status_code
            if status != 405:
                wrong.append((method, view, status))
    assert wrong == []


def _somebody() -> object:
    from creo.support.accounts.models import User

    return User.objects.get(username="registro")
