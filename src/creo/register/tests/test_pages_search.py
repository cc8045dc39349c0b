from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creo.register import commands, queries
from creo.register.commands import AliasData
from creo.register.models import Custody
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, Cast
from creo.register.tests.test_pages import client_as, text_of, url
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return make.cast()


@pytest.fixture
def registry() -> Client:
    return client_as("registry")


def links(answer: Any) -> list[dict[str, list[str]]]:
    """The parameters of every link that keeps to the page."""
    found = re.findall(r'href="(\?[^"]*)"', answer.content.decode().replace("&amp;", "&"))
    return [parse_qs(urlsplit(address).query) for address in found]


def test_a_search_says_which_level_answered_and_offers_the_wider_ones(cast: Cast, registry: Client) -> None:
    exact = registry.get(url("people"), {"q": "rosa quispe", "sexo": "female"})
    assert "Ampliar la búsqueda" in text_of(exact)
    assert "Sin coincidencias exactas" not in text_of(exact)
    assert {"q": ["rosa quispe"], "sexo": ["female"], "nivel": ["sonido"]} in links(exact)
    alike = registry.get(url("people"), {"q": "roza kispe"})
    assert "Sin coincidencias exactas: nombres que suenan parecido." in text_of(alike)
    assert cast.rosa in text_of(alike)
    slip = text_of(registry.get(url("people"), {"q": "quipse"}))
    assert "Sin coincidencias exactas ni de sonido: nombres con una letra distinta." in slip
    documents = text_of(registry.get(url("people"), {"q": "0000001"}))
    assert "Nadie tiene ese número entero: documentos que comienzan así." in documents
    begins = text_of(registry.get(url("people"), {"q": "quis"}))
    assert "Nadie tiene esas palabras enteras: nombres que comienzan así." in begins


def test_the_level_stays_in_the_address_and_a_new_text_begins_again(cast: Cast, registry: Client) -> None:
    answer = registry.get(url("people"), {"q": "rosa quispe", "nivel": "sonido"})
    assert "Se buscan nombres que suenan parecido." in text_of(answer)
    assert {"q": ["rosa quispe"], "nivel": ["palabras"]} in links(answer)
    assert 'name="nivel"' not in answer.content.decode()
    assert all("q" in link for link in links(answer) if "nivel" in link)
    assert registry.get(url("people"), {"q": "rosa", "nivel": "magia"}).status_code == 422
    assert "4 personas en custodia" in text_of(registry.get(url("people"), {"nivel": "sonido"}))


def test_each_filter_is_a_chip_that_takes_only_itself_out(cast: Cast, registry: Client) -> None:
    answer = registry.get(url("people"), {"q": "rosa", "sexo": "female", "penal": "EP-PIURA"})
    assert "Sexo: Mujer" in text_of(answer)
    assert {"q": ["rosa"], "penal": ["EP-PIURA"]} in links(answer)
    assert {"q": ["rosa"], "sexo": ["female"]} in links(answer)
    assert {"sexo": ["female"], "penal": ["EP-PIURA"]} in links(answer)
    assert "Filtros puestos" not in registry.get(url("people")).content.decode()


def test_nobody_found_says_what_to_try(cast: Cast, registry: Client) -> None:
    assert "Elija el estado «Todas»" in text_of(registry.get(url("people"), {"q": "huaman"}))
    everybody = text_of(registry.get(url("people"), {"q": "zzzz", "custodia": "everybody"}))
    assert "busque solo por apellido o por el documento" in everybody
    empty = text_of(registry.get(url("people"), {"sexo": "male", "identidad": "confirmed"}))
    assert "Quite alguno." in empty
    piura = client_as("registry", "facility", "EP-PIURA")
    assert "«Todas»" not in text_of(piura.get(url("people"), {"q": "huaman"}))


def test_who_is_away_is_listed_with_the_reason(cast: Cast) -> None:
    Custody.objects.filter(person__code=cast.ana, released_on=None).update(
        absence="hospital", absent_since=date(2026, 11, 1)
    )
    text = text_of(client_as("registry", "facility", "EP-PIURA").get(url("people"), {"custodia": "absent"}))
    assert "1 persona ausente" in text
    assert "Flores Díaz, Ana" in text
    assert "En hospital" in text


def test_an_alias_leads_to_the_person_on_both_search_pages(cast: Cast, registry: Client) -> None:
    commands.add_alias(
        by=BY, person_code=cast.rosa, alias=AliasData("nickname", nickname="Chinita", source="Parte"), on=TODAY,
        today=TODAY,
    )  # fmt: skip
    assert cast.rosa in text_of(registry.get(url("people"), {"q": "chinita"}))
    general = registry.get(reverse("overview:search"), {"q": "chinitaa"})
    assert cast.rosa in text_of(general)
    assert "Sin coincidencias exactas: nombres parecidos." in text_of(general)


def test_the_general_search_leads_to_the_list_of_everybody(cast: Cast, registry: Client) -> None:
    for number in range(100, 112):
        make.identity(make.person(number), first_surname="Quispe & Hijos", status="provisional")
    answer = registry.get(reverse("overview:search"), {"q": "quispe & hijos"})
    address = re.search(r'href="(/[^"]*q=[^"]*)"', answer.content.decode().replace("&amp;", "&"))
    assert address is not None
    assert "12 personas registradas" in text_of(registry.get(address[1]))


def test_more_than_a_thousand_are_said_not_counted(
    cast: Cast, registry: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNTED", 3)
    assert "Más de 3 personas en custodia" in text_of(registry.get(url("people")))


@pytest.mark.parametrize("query", [{"q": "rosa quispe"}, {"q": "zzz yyy"}, {"q": "quis 0000"}, {"q": "11"}, {}])
def test_a_search_stays_in_the_budget_of_queries(cast: Cast, query: dict[str, str]) -> None:
    client = client_as("registry", "facility", "EP-PIURA")
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url("people"), query).status_code == 200
    assert len(seen) <= 12, "\n".join(asked["sql"][-130:] for asked in seen)


def test_the_export_is_of_the_search_and_says_the_state(cast: Cast, registry: Client) -> None:
    answer = registry.get(url("export", "csv"), {"q": "roza kispe", "custodia": "everybody"})
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "Estado" in rows[0]
    assert cast.rosa in rows[1]
    assert "En custodia" in rows[1]
    entry = Entry.objects.get(act="register.people_exported")
    assert entry.after["rows"] == 1
    assert "roza kispe" in entry.reason
    dead = registry.get(url("export", "csv"), {"custodia": "deceased"})
    assert "Falleció" in dead.content.decode()


def test_a_link_from_the_nation_shows_a_prison_only_its_own(cast: Cast) -> None:
    piura = client_as("registry", "facility", "EP-PIURA")
    answer = piura.get(url("people"), {"q": "mamani", "custodia": "everybody"})
    assert "0 personas en custodia" in text_of(answer)
    assert cast.luis not in text_of(answer)
