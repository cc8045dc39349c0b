"""R9, v5.0.0-15.4.2: nobody writes over what they did not see; both versions are shown and nothing typed is lost."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connections
from django.test import Client

from creo.register import commands, queries
from creo.register.models import Identity
from creo.register.tests import factories as make
from creo.support.accounts.tests.factories import user
from creo.support.api.models import RememberedCall
from creo.support.api.tests.factories import make_key
from creo.support.ledger.models import Entry
from creo.support.versions import Stale, current, expecting
from creo.territory.models import Facility, FacilityCapacity

pytestmark = pytest.mark.django_db
POSTGRES = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00Z", tick=False):
        make.places()
        make.offence()
        yield


def held() -> str:
    """Somebody in custody in Piura."""
    person = make.person(1)
    make.identity(person)
    make.custody(person, Facility.objects.get(code="EP-PIURA"))
    return person.code


def staff(name: str, role: str = "registry") -> Client:
    client = Client()
    client.force_login(user(name, role))
    return client


class Tab:
    """A form opened in a tab of the browser: it sends what the page had, and what is typed over it."""

    def __init__(self, client: Client, path: str) -> None:
        self.client, self.path = client, path
        self.values = self._fields(client.get(path).content.decode())

    @staticmethod
    def _fields(page: str) -> dict[str, str]:
        form = page[page.index('<form method="post" novalidate') :]
        found = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', form))
        for name, inner in re.findall(r'<select[^>]*?name="(\w+)"[^>]*>(.*?)</select>', form, re.S):
            chosen = re.search(r'value="([^"]*)" selected', inner)
            found[name] = chosen[1] if chosen else ""
        return found

    def send(self, **typed: str) -> Any:
        answer = self.client.post(self.path, self.values | typed)
        if answer.status_code == 409:
            self.values = self._fields(answer.content.decode())
        return answer


def identity(code: str) -> Identity:
    return Identity.objects.get(person__code=code, valid_to=None)


def test_R9_two_tabs_the_second_is_told_both_versions_and_nothing_is_lost() -> None:
    path = f"/personas/{held()}/identidad/corregir/"
    code = path.split("/")[2]
    one, two = Tab(staff("ana"), path), Tab(staff("eva"), path)
    assert one.send(second_surname="Ñahui", reason="Partida de nacimiento 7").status_code == 302
    told = two.send(second_surname="Huamán", given_names="Rosa María", reason="Oficio 99")
    page = told.content.decode()
    assert told.status_code == 409
    assert identity(code).second_surname == "Ñahui"  # the first one's stays
    assert "Alguien cambió esta ficha" in page
    assert "Ana" in page and "Corrección de identidad" in page  # who, what
    assert "23&nbsp;nov" in page or "23\xa0nov" in page  # when
    assert "Ñahui" in page and "Huamán" in page  # what is there, what was typed
    assert 'value="Rosa María"' in page and "Oficio 99" in page  # nothing lost
    assert two.send().status_code == 302  # sent again, knowingly
    now = identity(code)
    assert (now.given_names, now.second_surname) == ("Rosa María", "Huamán")


def test_R9_one_person_in_two_tabs_is_told_too() -> None:
    path, ana = f"/personas/{held()}/situacion-juridica/", staff("ana")
    one, two = Tab(ana, path), Tab(ana, path)
    typed = {"status": "sentenced", "on": "2026-11-20", "reason": "Sentencia 4"}
    assert one.send(**typed).status_code == 302
    assert two.send(**typed | {"on": "2026-11-21"}).status_code == 409


def test_R9_a_look_makes_no_form_stale() -> None:
    code = held()
    tab = Tab(staff("ana"), f"/personas/{code}/identidad/corregir/")
    key = Client(headers={"Authorization": f"Bearer {make_key()[1]}"})
    assert key.get(f"/api/v1/people/{code}").status_code == 200
    assert tab.send(second_surname="Ñahui", reason="Partida 7").status_code == 302


def test_R9_a_refused_form_keeps_the_version_it_was_opened_on() -> None:
    code = held()
    path = f"/personas/{code}/identidad/corregir/"
    one, two = Tab(staff("ana"), path), Tab(staff("eva"), path)
    refused = two.send(second_surname="Huamán", reason="")
    assert refused.status_code == 422
    assert f'name="version" value="{two.values["version"]}"' in refused.content.decode()
    assert one.send(second_surname="Ñahui", reason="Partida 7").status_code == 302
    assert two.send(second_surname="Huamán", reason="Oficio 9").status_code == 409


@pytest.mark.parametrize("version", ["abc", "-1", "0", "99999999999999999999", "<script>", "1 OR 1=1"])
def test_R9_a_tampered_version_is_a_stale_one(version: str) -> None:
    code = held()
    make_change(code)
    answer = Tab(staff("ana"), f"/personas/{code}/identidad/corregir/").send(
        second_surname="Otro", reason="Oficio 1", version=version
    )
    assert answer.status_code == 409
    assert "<script>" not in answer.content.decode().replace("<script src", "")
    assert identity(code).second_surname != "Otro"


def test_R9_the_capacity_of_a_prison_is_versioned_too() -> None:
    client = staff("dtp", "technical_lead")
    path = "/territorio/penales/EP-PIURA/capacidad/"
    one, two = Tab(client, path), Tab(client, path)
    assert one.send(places="900", source="Oficio 1").status_code == 302
    assert two.send(places="950", source="Oficio 2").status_code == 409
    assert FacilityCapacity.objects.filter(facility__code="EP-PIURA", valid_to=None).get().places == 900


def make_change(code: str, surname: str = "Cambiado") -> None:
    commands.correct_identity(
        by=make.BY,
        person_code=code,
        changes={"second_surname": surname},
        reason="Oficio 0",
        today=make.TODAY,
    )


class System:
    """Another institution's system."""

    def __init__(self) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {make_key()[1]}"})

    def version(self, code: str) -> str:
        return self.client.get(f"/api/v1/people/{code}")["ETag"]

    def correct(self, code: str, version: str | None, key: str = "acto-00001", surname: str = "Ñahui") -> Any:
        headers = {"Idempotency-Key": key} | ({"If-Match": version} if version is not None else {})
        body = json.dumps({"changes": {"second_surname": surname}, "reason": "Oficio 12"})
        path = f"/api/v1/people/{code}/identity"
        return self.client.patch(path, body, content_type="application/json", headers=headers)


def test_R9_a_write_by_api_on_what_was_read_is_done_and_makes_another_version() -> None:
    code, system = held(), System()
    before = system.version(code)
    assert system.version(code) == before  # reading changes nothing
    assert system.correct(code, before).status_code == 201
    assert system.version(code) != before


@pytest.mark.parametrize("version", [None, "", "*", "7", '"7"', 'W/"v7"', '"v7", "v8"', "null", '"v' + "9" * 30 + '"'])
def test_R9_a_write_by_api_without_a_version_is_428(version: str | None) -> None:
    code = held()
    answer = System().correct(code, version)
    assert answer.status_code == 428
    assert "If-Match" in answer.json()["fields"]
    assert not RememberedCall.objects.exists()


def test_R9_a_write_by_api_on_an_old_version_is_412_and_says_who_changed_it() -> None:
    code, system = held(), System()
    before = system.version(code)
    make_change(code)
    answer = system.correct(code, before)
    assert answer.status_code == 412
    assert any("Corrección de identidad" in line for line in answer.json()["messages"])
    assert identity(code).second_surname == "Cambiado"
    assert not RememberedCall.objects.exists()
    assert system.correct(code, system.version(code)).status_code == 201  # read again, the same key serves


def test_R7_R9_a_lost_answer_is_given_again_though_the_version_is_now_old() -> None:
    code, system = held(), System()
    before = system.version(code)
    first, again = system.correct(code, before), system.correct(code, before)
    assert (
        (again.status_code, again.json())
        == (first.status_code, first.json())
        == (201, {"person": code, "number": None})
    )
    assert Entry.objects.filter(act="register.identity_corrected").count() == 1


def test_R9_twelve_edits_of_one_reading_one_after_another_one_wins() -> None:
    code, system = held(), System()
    before = system.version(code)
    codes = [system.correct(code, before, f"acto-{n:05}", f"Apellido {n}").status_code for n in range(12)]
    assert sorted(codes) == [201] + [412] * 11


def edit_at_once(code: str, times: int) -> list[str]:
    """That many edits of one reading at the same moment, each with its own connection: how each ended."""
    record, ends, barrier = queries.record_of(code), [], threading.Barrier(times)
    seen = current(record)

    def edit(place: int) -> None:
        barrier.wait()
        try:
            with expecting(record, seen):
                make_change(code, f"Apellido {place}")
            ends.append("won")
        except Stale:
            ends.append("stale")
        except BaseException as fault:
            ends.append(repr(fault))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=edit, args=(place,)) for place in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(ends)


if POSTGRES:  # races do not show on SQLite: one writer at a time

    @pytest.mark.django_db(transaction=True)
    def test_R9_twelve_edits_at_once_exactly_one_wins() -> None:
        for number in range(3):
            person = make.person(10 + number)
            make.identity(person)
            make.custody(person, Facility.objects.get(code="EP-PIURA"))
            assert edit_at_once(person.code, 12) == ["stale"] * 11 + ["won"]
            assert Entry.objects.filter(act="register.identity_corrected", subject_code=person.code).count() == 1
