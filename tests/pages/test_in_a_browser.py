"""Every page in Debian's Chromium: no accessibility fault, none wider than the screen, nothing the policy refuses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import axe_playwright_python
import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from creo.site.accounts import ACCOUNTS
from tests.access.walk import just_proved
from tests.conftest import Nation, session_cookie
from tests.pages.routes import Samples, addresses

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
# Whose sight each page is looked at with, in this order: the first who may open it. Those who open most, then anybody.
FIRST = ("registro", "dtp", "auditoria", "administracion", "datos", "direccion.piura", "salud.piura")
READERS = tuple(dict.fromkeys((*FIRST, *(account.username for account in ACCOUNTS))))
# Addresses whose filters make the page what a bare one never shows.
EXTRA = {
    "register:people, filtered": "/personas/?q=quispe&sexo=female&familia=patrimonio",
    "figures:release, one table": "/cifras/1/?tabla=custody-family",
    "scoping:tables, one chapter": "/clases-de-datos/?capitulo=register",
}
SCREENS = {"desktop": (1280, 900, "light"), "phone": (390, 844, "dark")}


@pytest.fixture(autouse=True)
def _just_proved() -> Iterator[None]:
    """Pages that ask again who is there are looked at as whoever has just answered sees them."""
    with just_proved():
        yield


@pytest.fixture(scope="module")
def samples(nation: Nation) -> Samples:
    """Parameters of pages, out of the small nation."""
    from tests.pages.samples import find

    return find()


@cache  # both screens look at the same nation
def reader_of(path: str) -> str:
    """The first account that opens a page; empty when it is a file to keep or an address that only takes forms."""
    for who in READERS:
        answer = client_of(who).get(path)
        if answer.status_code == 200:
            return who if answer["Content-Type"].startswith("text/html") else ""
        if answer.status_code == 405:
            return ""
    return ""


@cache
def client_of(username: str) -> Client:
    """One of the demonstration's accounts, signed in."""
    from creo.support.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def faults(page: Page) -> list[str]:
    """axe-core's violations, one line each."""
    page.evaluate(AXE)
    found = page.evaluate(f"async () => (await axe.run(document, {RULES})).violations")
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in found]


@pytest.mark.parametrize("screen", SCREENS)
def test_no_page_has_a_fault_that_axe_can_find(screen: str, browser: Browser, address: str, samples: Samples) -> None:
    width, height, scheme = SCREENS[screen]
    wrong: dict[str, object] = {}
    pages: dict[str, Page] = {}
    refused: list[str] = []
    for view, path in (addresses(samples) | EXTRA).items():
        who = reader_of(path)
        if not who:
            continue
        if who not in pages:
            context = browser.new_context(
                locale="es-PE",
                viewport={"width": width, "height": height},
                color_scheme=scheme,  # type: ignore[arg-type]
            )
            context.add_cookies([{"name": "sessionid", "value": session_cookie(who), "url": address}])
            pages[who] = context.new_page()
            pages[who].on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)
        page = pages[who]
        page.goto(address + path)
        found = faults(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("más ancha que la pantalla")
        if found:
            wrong[view] = found
    assert wrong == {}
    assert refused == []
