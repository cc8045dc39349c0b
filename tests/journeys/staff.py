"""What a member of the staff does on any page of the site: follows its links, fills its forms, presses its buttons."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Download, Locator, Page, expect

from creo.support import clock
from tests.conftest import session_cookie

DESKTOP, PHONE = (1280, 900), (390, 844)
Typed = Mapping[str, str | date]


def screen(browser: Browser, address: str, username: str, size: tuple[int, int] = DESKTOP) -> Page:
    """The first page of somebody of the staff, signed in."""
    context = browser.new_context(
        locale="es-PE", timezone_id="America/Lima", viewport={"width": size[0], "height": size[1]}
    )
    context.add_cookies([{"name": "sessionid", "value": session_cookie(username), "url": address}])
    page = context.new_page()
    page.goto(address + "/")
    return page


def ago(days: int) -> date:
    """A day before today."""
    return clock.today() - timedelta(days)


def labelled(page: Page, label: str) -> Locator:
    """The control of a form with a label, whether or not it may be left empty."""
    return page.locator("main form[method=post]").get_by_label(
        re.compile(rf"^\s*{re.escape(label)}(\s*\(opcional\))?\s*$")
    )


def write(page: Page, typed: Typed) -> None:
    """Fills a form by its labels: days and words are written, options chosen by their words."""
    for label, value in typed.items():
        control = labelled(page, label)
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(label=str(value))
        else:
            control.fill(value.isoformat() if isinstance(value, date) else value)


def press(page: Page, button: str) -> None:
    """Presses a button of the page."""
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


def follow(page: Page, link: str) -> None:
    """Follows a link of the page."""
    page.get_by_role("main").get_by_role("link", name=link, exact=True).click()


def tab(page: Page, name: str) -> None:
    """Opens one of the pages about the person."""
    pages = page.get_by_role("navigation", name=re.compile("^(Páginas de la persona|Persona)$"))
    pages.get_by_role("link", name=name, exact=True).click()


def menu(page: Page, name: str) -> None:
    """Goes by the menu: the one beside the page, or the bar at the foot of a phone."""
    places = page.get_by_role("navigation", name=re.compile("^(Menú|Accesos del rol)$"))
    places.get_by_role("link", name=name, exact=True).locator("visible=true").first.click()


def act(page: Page, link: str, typed: Typed, button: str, done: str) -> None:
    """Follows a link to a form, fills it, sends it, and reads that it was done."""
    follow(page, link)
    write(page, typed)
    press(page, button)
    expect(page.get_by_text(done).first).to_be_visible()


def say_why(page: Page, purpose: str) -> None:
    """Opens a sensitive sheet by saying for what it is opened."""
    write(page, {"¿Para qué consulta estos datos?": purpose})
    press(page, "Abrir")


def search(page: Page, text: str) -> Locator:
    """Looks somebody up in the register; the list that answers."""
    menu(page, "Registro")
    page.get_by_label("Nombre, alias, documento o código").fill(text)
    page.get_by_role("button", name="Filtrar").click()
    expect(page.get_by_role("navigation", name="Filtros puestos")).to_contain_text(text)
    return page.get_by_role("table", name="Personas")


def saved(download: Download) -> bytes:
    """What a download brought."""
    return Path(download.path()).read_bytes()


def words_of(pdf_file: bytes, folder: Path) -> str | None:
    """What a PDF says to whoever reads it; None on a machine without a reader of PDF."""
    if shutil.which("pdftotext") is None:
        return None
    path = folder / "read.pdf"
    path.write_bytes(pdf_file)
    shown = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return shown.stdout.decode("utf-8")


def fits(page: Page) -> bool:
    """True when nothing of the page is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
