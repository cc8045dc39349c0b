"""A person's first story in the system: admitted, undecided, completed, eligible, enrolled; and every act on record.

Four people of the staff do it in a real browser, in Spanish, each with what their role allows.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Nation, session_cookie

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def page_of(browser: Browser, address: str, username: str) -> Page:
    """A signed-in screen of somebody of the staff."""
    context = browser.new_context(locale="es-PE", timezone_id="America/Lima", viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": session_cookie(username), "url": address}])
    return context.new_page()


def sign_in(page: Page, address: str, username: str, password: str) -> None:
    """Signs in as a person does."""
    page.goto(address + "/")
    expect(page).to_have_url(re.compile("/entrar/"))
    page.get_by_label("Usuario").fill(username)
    page.get_by_label("Contraseña").fill(password)
    page.get_by_role("button", name="Entrar", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hoy")


def admit(page: Page, address: str) -> str:
    """The registry admits Marisol to Piura; her identity is provisional and her birth date unknown. Her code."""
    page.goto(address + "/personas/ingreso/")
    page.locator("#id_given_names").fill("Marisol")
    page.locator("#id_first_surname").fill("Quispe")
    page.locator("#id_second_surname").fill("De la Prueba")
    page.locator("#id_sex").select_option("male")
    page.locator("#id_document_kind").select_option("dni")
    page.locator("#id_document_number").fill("99000001")
    page.locator("#id_facility").select_option("EP-PIURA")
    page.locator("#id_admitted_on").fill("2026-02-02")
    page.locator("#id_mandate").fill("Resolución 3, Segundo Juzgado de prueba")
    page.locator("#id_offence").select_option("CP-186")
    page.locator("#id_organised_crime").select_option("no")
    page.locator("main form button.btn-primary").click()
    expect(page).to_have_url(re.compile(r"/personas/P-\d+/"))
    found = re.search(r"P-\d{7}", page.url)
    assert found is not None
    return found[0]


def complete(page: Page, address: str, code: str) -> None:
    """The registry completes what the verdict says is missing: birth date, board's act, identity."""
    page.goto(f"{address}/personas/{code}/nacimiento/")
    page.locator("#id_birth_date").fill("2003-05-06")
    page.locator("#id_reason").fill("Partida de nacimiento 77")
    page.locator("main form button.btn-primary").click()
    expect(page).to_have_url(re.compile(f"/personas/{code}/$|/personas/{code}/\\?"))
    page.goto(f"{address}/personas/{code}/seguridad/")
    page.locator("#id_extreme_security").select_option("no")
    page.locator("#id_reason").fill("Acta 12 de la junta")
    page.locator("main form button.btn-primary").click()
    page.goto(f"{address}/personas/{code}/identidad/confirmar/")
    page.locator("#id_reason").fill("Documento a la vista")
    page.locator("main form button.btn-primary").click()
    expect(page.get_by_text("Identidad confirmada").first).to_be_visible()


def test_somebody_is_admitted_completed_found_eligible_and_enrolled(
    nation: Nation, browser: Browser, address: str
) -> None:
    registry = page_of(browser, address, "registro")
    code = admit(registry, address)

    board = page_of(browser, address, "ott.piura")
    board.goto(f"{address}/focalizacion/persona/{code}/")
    expect(board.get_by_text("Resultado: por decidir.")).to_be_visible()
    expect(board.get_by_text("sin fecha de nacimiento")).to_be_visible()
    expect(board.get_by_text("Hoy no puede inscribirse", exact=False)).to_be_visible()

    complete(registry, address, code)

    board.reload()
    expect(board.get_by_text("Resultado: elegible.")).to_be_visible()
    expect(board.get_by_text("(nació el 06 may 2003)", exact=False)).to_be_visible()
    board.get_by_label("Sustento").fill("Acta 1 del OTT")
    board.get_by_role("button", name="Inscribir en el programa").click()
    expect(board.get_by_role("heading", name="Inscrita en el programa")).to_be_visible()

    auditor = page_of(browser, address, "auditoria")
    auditor.goto(f"{address}/actos/?subject={code}")
    for act in ("register.person_admitted", "register.identity_confirmed", "targeting.enrolled"):
        expect(auditor.get_by_text(act).first).to_be_visible()


def test_a_stranger_is_sent_to_sign_in_and_then_sees_what_is_due(
    nation: Nation, browser: Browser, address: str
) -> None:
    page = browser.new_context(locale="es-PE").new_page()
    sign_in(page, address, "dtp", nation.password)
    page.get_by_label("Buscar", exact=False).first.fill("piura")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="E.P. de Piura")).to_be_visible()
