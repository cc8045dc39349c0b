"""The inbox and the announcements as people meet them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.accounts.tests.factories import user
from creo.support.announcements import commands
from creo.support.announcements.models import Delivery, InboxItem
from creo.support.announcements.places import people_names
from creo.support.announcements.tests import wires
from creo.support.ledger.models import Entry
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db


def nowhere(reader: Reader) -> list[Any]:
    """No prison has a name in these tests."""
    return []


@pytest.fixture(autouse=True)
def _places(settings: Any) -> None:
    settings.CREO_PLACES = f"{__name__}.nowhere"


def signed_in(role: str, **place: str) -> Client:
    """A browser of somebody who holds a role."""
    client = Client()
    client.force_login(user(f"u.{role}", role=role, **place))
    return client


def question(**other: Any) -> InboxItem:
    """A question to the technical board of Piura."""
    base: dict[str, Any] = {
        "key": "k",
        "permission": Permission.ENROL,
        "place": "EP-PIURA",
        "subject": ("person", "P-0000001"),
        "title": "Una persona inscrita fue trasladada",
        "text": "Decida si continúa.\nEstá en <Tumbes>.",
        "url": "/focalizacion/",
    }
    return commands.ask(by=wires.BY, **{**base, **other})


def parked() -> Delivery:
    """A delivery that was refused, with one that waits behind it."""
    wires.TROUBLE["P-1"] = [Refused("Falta el penal.")]
    wires.act(by=wires.BY, codes=["P-1", "P-1"])
    commands.deliver_all()
    return Delivery.objects.order_by("id")[0]


def test_the_inbox_says_what_to_decide_and_an_empty_one_says_why() -> None:
    client = signed_in("treatment_body", scope_kind="facility", scope_code="EP-PIURA")
    assert "Nada por decidir" in client.get("/bandeja/").content.decode()
    item = question()
    page = client.get("/bandeja/").content.decode()
    assert f'href="/bandeja/{item.pk}/"' in page
    assert "Una persona inscrita fue trasladada" in page
    assert "1 asunto" in page and "1 asuntos" not in page


def people(reader: Reader, codes: Any) -> dict[str, str]:
    """The names a chapter would give."""
    return dict.fromkeys(codes, "Prueba, Rosa")


def test_the_inbox_names_the_person_to_who_may_see_people_and_to_nobody_else(settings: Any) -> None:
    settings.CREO_PEOPLE_NAMES = f"{__name__}.people"
    item = question()
    client = signed_in("treatment_body", scope_kind="facility", scope_code="EP-PIURA")
    for address in ("/bandeja/", f"/bandeja/{item.pk}/"):
        assert "Prueba, Rosa" in client.get(address).content.decode()
    assert people_names(Reader(1, "Nadie", frozenset(), ()), ["P-0000001"]) == {}


def test_an_item_is_decided_on_its_page_and_a_refused_form_keeps_what_was_typed() -> None:
    item = question()
    client = signed_in("treatment_body", scope_kind="facility", scope_code="EP-PIURA")
    page = client.get(f"/bandeja/{item.pk}/").content.decode()
    assert "&lt;Tumbes&gt;" in page
    assert 'href="/focalizacion/"' in page
    answer = client.post(f"/bandeja/{item.pk}/decidir/", {"reason": "Acta 12"})
    assert answer.status_code == 422
    assert "Acta 12" in answer.content.decode()
    assert client.get(f"/bandeja/{item.pk}/decidir/").status_code == 302
    done = client.post(f"/bandeja/{item.pk}/decidir/", {"decision": "no_action", "reason": "Continúa allí"})
    assert done["Location"] == "/bandeja/"
    shown = client.get(f"/bandeja/{item.pk}/").content.decode()
    assert "Continúa allí" in shown
    assert "No corresponde hacer nada" in shown
    late = client.post(f"/bandeja/{item.pk}/decidir/", {"decision": "acted", "reason": "otra"})
    assert late.status_code == 422
    assert "lo cerró antes" in late.content.decode()


def test_another_prison_sees_neither_the_item_nor_that_it_exists() -> None:
    item = question()
    client = signed_in("treatment_body", scope_kind="facility", scope_code="EP-TUMBES")
    for address in (f"/bandeja/{item.pk}/", f"/bandeja/{item.pk}/decidir/", f"/bandeja/{item.pk + 999}/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/bandeja/{item.pk}/decidir/", {"decision": "acted", "reason": "x"}).status_code == 404


def test_somebody_without_a_role_has_no_inbox() -> None:
    client = Client()
    client.force_login(User.objects.create_user("nadie", "Nadie"))
    assert client.get("/bandeja/").status_code == 403
    assert Client().get("/bandeja/")["Location"].startswith("/entrar/")


@pytest.mark.parametrize("address", ["/bandeja/?state=lost", "/bandeja/?place=EP-X", "/bandeja/?cursor=drop"])
def test_a_filter_that_no_list_offers_is_told(address: str) -> None:
    assert signed_in("technical_lead").get(address).status_code == 422


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_are_exported_whole_by_a_recorded_act(kind: str) -> None:
    question()
    client = signed_in("technical_lead")
    answer = client.get(f"/bandeja/lista.{kind}", {"state": "all"})
    assert answer.status_code == 200
    assert len(b"".join(answer.streaming_content) if answer.streaming else answer.content) > 100
    entry = Entry.objects.get(act="announcements.list_exported")
    assert (entry.subject_code, entry.reason, entry.after["rows"]) == ("bandeja", "Estado: Todos", 1)
    assert client.get("/bandeja/lista.pdf").status_code == 404
    parked()
    auditor = signed_in("auditor").get(f"/anuncios/lista.{kind}")
    assert auditor.status_code == 200
    assert client.get(f"/anuncios/lista.{kind}").status_code == 403


def test_the_wiring_is_shown_in_words_and_so_is_what_stopped() -> None:
    row = parked()
    page = signed_in("auditor").get("/anuncios/").content.decode()
    assert "Cuenta lo ocurrido" in page
    assert "Traslado de prueba" in page
    assert "Hay entregas detenidas" in page
    assert f'href="/anuncios/{row.pk}/"' in page
    only = signed_in("administrator").get("/anuncios/?state=parked").content.decode()
    assert only.count('href="/anuncios/') >= 1
    assert "1 entregas" in only


def test_only_who_watches_opens_the_list_and_only_who_answers_mends() -> None:
    row = parked()
    assert signed_in("registry").get("/anuncios/").status_code == 403
    assert signed_in("planner").get(f"/anuncios/{row.pk}/").status_code == 404
    auditor = signed_in("auditor")
    page = auditor.get(f"/anuncios/{row.pk}/").content.decode()
    assert "Falta el penal." in page
    assert "Espera detrás 1 anuncio" in page
    assert "Reintentar" not in page
    assert auditor.post(f"/anuncios/{row.pk}/reintentar/").status_code == 403
    board = signed_in("treatment_body", scope_kind="facility", scope_code="EP-PIURA")
    assert "Reintentar" in board.get(f"/anuncios/{row.pk}/").content.decode()


def test_the_buttons_retry_and_set_aside() -> None:
    row = parked()
    client = signed_in("administrator")
    assert client.get(f"/anuncios/{row.pk}/reintentar/").status_code == 302
    row.refresh_from_db()
    assert row.state == "parked"
    empty = client.post(f"/anuncios/{row.pk}/descartar/", {"reason": ""})
    assert empty.status_code == 422
    assert client.post(f"/anuncios/{row.pk}/reintentar/").status_code == 302
    row.refresh_from_db()
    assert row.state == "pending"
    assert client.post(f"/anuncios/{row.pk}/reintentar/").status_code == 422
    wires.TROUBLE["P-1"] = [Refused("Todavía falta.")]
    commands.deliver_all()
    assert client.post(f"/anuncios/{row.pk}/descartar/", {"reason": "a mano"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "dropped"
