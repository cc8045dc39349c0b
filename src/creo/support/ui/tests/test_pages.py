"""The components page and the error pages, as served."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from creo.support.ui import samples

pytestmark = pytest.mark.urls("creo.support.ui.tests.addresses")
COMPONENTS = Path(samples.__file__).parent / "templates" / "ui" / "components"


@pytest.mark.django_db
def test_the_components_page_is_open_and_queries_nothing(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = client.get("/estilo/")
    assert response.status_code == 200
    assert "Estilo de CREO" in response.content.decode()


@pytest.mark.django_db
def test_the_components_page_is_sent_with_a_policy_that_allows_only_ourselves(client: Client) -> None:
    policy = client.get("/estilo/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "data:" not in policy


@pytest.mark.django_db
def test_the_components_page_shows_every_part() -> None:
    source = (COMPONENTS.parent / "estilo.html").read_text(encoding="utf-8")
    inner = {"cell", "reasons", "tree_nodes"}
    shown = set(re.findall(r"ui/components/([a-z_]+)\.html", source))
    assert {path.stem for path in COMPONENTS.glob("*.html")} - inner - shown == set()


@pytest.mark.django_db
def test_the_poll_answers_the_bar_alone(client: Client) -> None:
    html = client.get("/estilo/?parte=progreso").content.decode()
    assert "<progress" in html
    assert "<html" not in html


@pytest.mark.django_db
def test_the_page_in_english_writes_numbers_and_dates_in_english(client: Client) -> None:
    html = client.get("/estilo/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="en">' in html
    assert "103,717" in html
    assert "23\u00a0Nov\u00a02026" in html
    assert "103\u202f717" not in html


@pytest.mark.django_db
def test_ids_are_unique_on_the_fullest_page(client: Client) -> None:
    ids = re.findall(r'\sid="([^"]+)"', client.get("/estilo/").content.decode())
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


@pytest.mark.parametrize("page", ["403", "404", "422", "500"])
def test_error_pages_say_what_to_do_next_without_any_context(page: str) -> None:
    html = render_to_string(f"ui/errors/{page}.html")
    assert "<h1>" in html
    assert 'href="/"' in html


def test_the_refusal_page_shows_its_reasons_escaped() -> None:
    html = render_to_string(
        "ui/errors/422.html", {"errors": ["Falta <b>"], "back_url": "/x/"}, RequestFactory().get("/")
    )
    assert "Falta &lt;b&gt;" in html
    assert 'href="/x/"' in html


def test_the_forbidden_page_shows_the_reason_given() -> None:
    assert "Pídalo a su jefatura" in render_to_string("ui/errors/403.html", {"reason": "Pídalo a su jefatura"})
