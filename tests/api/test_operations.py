"""The HTTP API as another institution's system meets it."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from creo.register.models import Custody, Identity, Person
from creo.register.tests import factories as register
from creo.support.accounts.permissions import Permission
from creo.support.accounts.tests.factories import reader_as, user
from creo.support.api import commands as keys
from creo.support.api.models import RememberedCall
from creo.support.api.tests.factories import make_key
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db
MANDATE = {"facility": "EP-PIURA", "admitted_on": "2026-11-20", "mandate": "Resolución 4, Primer Juzgado de Piura"}
CASE = {"court": "Primer Juzgado de Piura", "case_number": "00012-2026", "reason": "Oficio 12"}
NEW = {**MANDATE, "identity": {"given_names": "Rosa", "first_surname": "Quispe", "sex": "female"}}


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00Z", tick=False):
        register.places()
        register.offence()
        yield


class Institution:
    """A system that calls with a key."""

    def __init__(self, text: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {text}"})

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}")

    def send(
        self, path: str, body: Any, key: str = "acto-00001", method: str = "post", version: str | None = None
    ) -> Any:
        """A write, decided on what the file says now unless told another version."""
        call, headers = getattr(self.client, method), {"Idempotency-Key": key}
        about = re.fullmatch(r"(/people/[^/]+)/(?!admissions).+", path)
        tag = self.get(about[1]).get("ETag", '"v0"') if about and version is None else version
        if tag:
            headers["If-Match"] = tag
        return call(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


def institution(*permissions: Permission, scope: tuple[str, str] = ("nation", "")) -> Institution:
    return Institution(make_key(*permissions, scope=scope)[1])


def held(facility: str = "EP-PIURA", number: int = 1) -> str:
    """Somebody in custody."""
    from creo.territory.models import Facility

    who = register.person(number)
    register.identity(who)
    register.custody(who, Facility.objects.get(code=facility))
    return who.code


def operations() -> list[tuple[str, str]]:
    """Every operation of the description."""
    from creo.site.api import api

    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods]


def test_no_operation_answers_without_a_key() -> None:
    assert len(operations()) >= 9
    signed_in = Client()
    signed_in.force_login(user("registro", "registry"))
    for client in (Client(), signed_in, Client(headers={"Authorization": "Bearer creo_0123456789_" + "x" * 43})):
        for method, path in operations():
            answer = getattr(client, method)(path.replace("{code}", "P-0000001"), content_type="application/json")
            assert answer.status_code == 401, (method, path)
            assert answer["Content-Type"] == "application/problem+json"


def test_no_operation_answers_a_key_without_its_permission() -> None:
    code = held()
    caller = institution(Permission.VIEW_TERRITORY)
    bodies: dict[str, Any] = {
        "/people": NEW,
        "/people/{code}/admissions": MANDATE,
        "/people/{code}/identity": {"changes": {"sex": "male"}, "reason": "Oficio 12"},
        "/people/{code}/main-offence": {"offence": {"code": "CP-189"}, "reason": "Oficio 12"},
        "/people/{code}/legal-status": {"status": "sentenced", "on": "2026-11-01", "reason": "Oficio 12"},
        "/people/{code}/movements": {"kind": "return", "on": "2026-11-22", "reason": "Oficio 12"},
        "/people/{code}/mandates": {**CASE, "received_on": "2026-11-22"},
        "/people/{code}/sentences": {**CASE, "issued_on": "2026-11-22"},
    }
    before = Entry.objects.count()
    for method, path in operations():
        short = path.removeprefix("/api/v1")
        if short in ("/facilities", "/offences"):
            continue
        address = short.replace("{code}", code)
        answer = caller.get(address) if method == "get" else caller.send(address, bodies[short], method=method)
        assert answer.status_code == 403, (method, path, answer.content)
    assert Entry.objects.count() == before
    assert not RememberedCall.objects.exists()


def test_a_person_outside_the_place_of_the_key_looks_like_one_that_does_not_exist() -> None:
    code = held("EP-AREQUIPA")
    caller = institution(scope=("facility", "EP-PIURA"))
    hidden, free = caller.get(f"/people/{code}"), caller.get("/people/P-9999999")
    assert (hidden.status_code, hidden.content) == (404, free.content)
    assert caller.get("/people").json()["people"] == []
    body = {"changes": {"sex": "male"}, "reason": "Oficio 12"}
    assert caller.send(f"/people/{code}/identity", body, method="patch").status_code == 404
    assert [row["code"] for row in institution().get("/people").json()["people"]] == [code]


def test_a_file_by_api_says_the_same_as_the_register_and_leaves_a_line() -> None:
    code = held()
    answer = institution().get(f"/people/{code}").json()
    assert answer["code"] == code
    assert answer["identity"]["first_surname"] == "Quispe"
    assert answer["identity"]["birth_date"] == "2000-05-17"
    assert [(row["number"], row["facility"]) for row in answer["custodies"]] == [(1, "EP-PIURA")]
    assert answer["custodies"][0]["offences"][0]["code"] == "CP-189"
    assert answer["admissions"] == 1
    looked = Entry.objects.get(act="register.read_by_api")
    assert (looked.subject_kind, looked.subject_code) == ("person", code)
    assert "Poder Judicial de prueba" in looked.actor


def test_an_admission_by_api_is_the_same_act_as_on_the_page() -> None:
    answer = institution().send("/people", {**NEW, "offences": [{"code": "CP-189", "attempt": True}]})
    assert answer.status_code == 201, answer.content
    code = answer.json()["person"]
    custody = Custody.objects.get(person__code=code)
    assert (custody.admitted_on, custody.facility.code) == (date(2026, 11, 20), "EP-PIURA")
    assert Identity.objects.get(person__code=code).status == "provisional"
    entry = Entry.objects.get(act="register.person_admitted")
    assert (entry.subject_code, entry.place) == (code, "EP-PIURA")
    assert "clave" in entry.actor


def test_the_same_call_sent_again_is_done_once_and_answers_the_same() -> None:
    caller = institution()
    first = caller.send("/people", NEW)
    again = caller.send("/people", NEW)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert Person.objects.count() == 1
    assert Entry.objects.filter(act="register.person_admitted").count() == 1


def test_one_idempotency_key_does_not_serve_for_two_acts() -> None:
    caller = institution()
    assert caller.send("/people", NEW).status_code == 201
    other = caller.send("/people", {**NEW, "mandate": "Otra resolución"})
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["fields"]
    assert Person.objects.count() == 1


def test_two_institutions_may_choose_the_same_idempotency_key() -> None:
    assert institution().send("/people", NEW).status_code == 201
    assert institution().send("/people", NEW).status_code == 201
    assert Person.objects.count() == 2


@pytest.mark.parametrize("key", ["", "corta", "x" * 81, "con eñe y más"])
def test_an_act_without_a_fit_idempotency_key_is_not_done(key: str) -> None:
    answer = institution().client.post(
        "/api/v1/people",
        json.dumps(NEW),
        content_type="application/json",
        **({"HTTP_IDEMPOTENCY_KEY": key.encode("utf-8").decode("latin-1")} if key else {}),
    )
    assert answer.status_code == 422
    assert not Person.objects.exists()


def test_a_refused_act_leaves_nothing_and_may_be_corrected_under_the_same_key() -> None:
    caller = institution()
    refused = caller.send("/people", {**NEW, "admitted_on": "2026-12-01"})
    assert refused.status_code == 422
    assert "admitted_on" in refused.json()["fields"]
    assert not Person.objects.exists()
    assert not RememberedCall.objects.exists()
    assert caller.send("/people", NEW).status_code == 201


def test_a_correction_changes_only_the_fields_that_were_sent() -> None:
    code = held()
    body = {"changes": {"second_surname": "Ñahui"}, "reason": "Partida de nacimiento"}
    answer = institution().send(f"/people/{code}/identity", body, method="patch")
    assert answer.status_code == 201, answer.content
    now = Identity.objects.get(person__code=code, valid_to=None)
    assert (now.given_names, now.second_surname, now.birth_date) == ("Rosa", "Ñahui", date(2000, 5, 17))


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "texto",
        {**NEW, "facility": 3},
        {**NEW, "admitted_on": "ayer"},
        {**NEW, "admited_on": "2026-11-20"},
        {**NEW, "identity": {"first_surname": "x" * 500}},
        {**NEW, "offences": [{"code": "CP-189"}] * 50},
    ],
)
def test_a_body_of_another_form_is_refused_in_words(body: Any) -> None:
    answer = institution().send("/people", body)
    assert answer.status_code == 422, answer.content
    assert answer.json()["messages"]
    assert not Person.objects.exists()


def test_what_is_not_json_is_refused_in_words() -> None:
    answer = institution().client.post(
        "/api/v1/people", b"{no", content_type="application/json", headers={"Idempotency-Key": "acto-00001"}
    )
    assert answer.status_code == 400
    assert answer.json()["messages"]


def test_a_revoked_key_opens_nothing() -> None:
    key_id, text = make_key()
    caller = Institution(text)
    assert caller.get("/facilities").status_code == 200
    keys.revoke_key(by=reader_as("administrator"), key_id=key_id, reason="Se perdió")
    assert caller.get("/facilities").status_code == 401


def test_the_description_is_open_to_a_key_and_to_who_manages_access_only() -> None:
    client = Client()
    assert client.get("/api/v1/openapi.json").status_code == 401
    client.force_login(user("registro", "registry"))
    assert client.get("/api/v1/openapi.json").status_code == 401
    client.force_login(user("administracion", "administrator"))
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    assert institution().client.get("/api/v1/openapi.json").status_code == 200


def move(caller: Institution, code: str, key: str, **body: Any) -> Any:
    return caller.send(f"/people/{code}/movements", {"reason": "Oficio 12", **body}, key)


def test_a_day_of_movements_by_api_is_the_course_of_the_person() -> None:
    code, caller = held(), institution()
    steps: list[dict[str, Any]] = [
        {"kind": "escort", "on": "2026-11-18", "at": "08:30", "destination": "Juzgado de Piura"},
        {"kind": "return", "on": "2026-11-18", "at": "16:00"},
        {"kind": "transfer", "on": "2026-11-19", "from_facility": "EP-PIURA", "to_facility": "EP-TUMBES"},
        {"kind": "exit_permit", "on": "2026-11-20", "at": "09:00", "destination": "Velorio", "hours": 24},
        {"kind": "return", "on": "2026-11-21", "at": "08:00"},
    ]
    for number, step in enumerate(steps):
        assert move(caller, code, f"paso-{number:05}", **step).status_code == 201, step
    custody = caller.get(f"/people/{code}").json()["custodies"][0]
    kinds = ["admission", "escort", "return", "transfer", "exit_permit", "return"]
    assert [row["kind"] for row in custody["movements"]] == kinds
    assert custody["facility"] == "EP-TUMBES"


def test_a_transfer_from_where_the_person_is_not_is_refused() -> None:
    code = held()
    body = {"kind": "transfer", "on": "2026-11-19", "from_facility": "EP-AREQUIPA", "to_facility": "EP-TUMBES"}
    answer = move(institution(), code, "paso-00001", **body)
    assert answer.status_code == 422
    assert "from_facility" in answer.json()["fields"]


def test_a_release_by_api_needs_its_order_and_no_other_mandate_in_force() -> None:
    code, caller = held(), institution()
    body = {"kind": "release", "on": "2026-11-22", "release_kind": "acquittal"}
    assert "order_number" in move(caller, code, "paso-00001", **body).json()["fields"]
    recorded = caller.send(f"/people/{code}/mandates", {**CASE, "received_on": "2026-11-01"}, "mandato-1")
    assert recorded.status_code == 201, recorded.content
    assert recorded.json()["number"] >= 1
    order = {"order_number": "Oficio 77", "court": "Primer Juzgado de Piura"}
    held_back = move(caller, code, "paso-00002", **body, **order)
    assert held_back.status_code == 422
    assert Custody.objects.get(person__code=code).released_on is None


def test_the_key_of_the_source_counts_once_even_under_another_idempotency_key() -> None:
    code, caller = held(), institution()
    body = {"kind": "hospital", "on": "2026-11-20", "destination": "Hospital de Piura", "source_key": "SIP-991"}
    assert move(caller, code, "paso-00001", **body).status_code == 201
    assert move(caller, code, "paso-00002", **body).status_code == 201
    assert Entry.objects.filter(act="register.person_left").count() == 1
    assert move(caller, code, "paso-00003", **{**body, "on": "2026-11-21"}).status_code == 422


def test_a_sentence_by_api_is_in_the_legal_record() -> None:
    code, caller = held(), institution()
    body = {
        **CASE,
        "issued_on": "2026-10-01",
        "offences": [{"code": "CP-189"}],
        "term": {"years": 6, "months": 4},
        "effect": "effective",
        "finality": "final",
        "final_on": "2026-10-20",
        "civil_reparation": "1500.50",
    }
    answer = caller.send(f"/people/{code}/sentences", body, "sentencia-1")
    assert answer.status_code == 201, answer.content
    assert Entry.objects.get(act="register.sentence_recorded").subject_code == code
