"""The look in a real browser: nothing for axe to say, nothing cut off, and the small modules do their work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("creo.support.ui.tests.addresses"),
    pytest.mark.django_db(transaction=True),
]
SIZES = {"escritorio": (1280, 900), "tableta": (800, 1000), "telefono": (390, 844), "pequeno": (320, 640)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Open = Callable[..., Any]


def axe_source() -> str:
    import axe_playwright_python

    folder = Path(axe_playwright_python.__file__).parent
    return next(folder.rglob("axe.min.js")).read_text(encoding="utf-8")


@pytest.fixture
def open_page(browser: Any, live_server: Any) -> Iterator[Open]:
    """Opens a page of our addresses; at the end, no page may have met an error nor a breach of the policy."""
    contexts, faults = [], []

    def go(path: str = "/con-menu/", size: str = "escritorio", **options: Any) -> Any:
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, locale="es-PE", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(live_server.url + path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize(
    ("size", "scheme"), [("escritorio", "light"), ("escritorio", "dark"), ("telefono", "dark"), ("pequeno", "light")]
)
def test_axe_finds_nothing_and_nothing_leaves_the_screen(open_page: Open, size: str, scheme: str) -> None:
    page = open_page(size=size, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('.figure details').forEach(d => { d.open = true; })")
    page.evaluate(axe_source())
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", RULES)["violations"]
    assert [(rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("size", SIZES)
def test_no_label_of_a_chart_runs_into_another_nor_out_of_its_drawing(open_page: Open, size: str) -> None:
    page = open_page(size=size)
    touching = page.evaluate(
        """() => [...document.querySelectorAll('svg.chart')].flatMap(svg => {
          const frame = svg.getBoundingClientRect();
          const shown = [...svg.querySelectorAll('text')].filter(t => t.getBoundingClientRect().width);
          const box = t => t.getBoundingClientRect();
          const out = shown.filter(t => box(t).right > frame.right + 2 || box(t).left < frame.left - 2);
          const pairs = shown.flatMap((a, i) => shown.slice(i + 1).map(b => [a, b])).filter(([a, b]) =>
            box(a).left < box(b).right - 1 && box(b).left < box(a).right - 1 &&
            box(a).top < box(b).bottom - 6 && box(b).top < box(a).bottom - 6);
          return [...out.map(t => t.textContent), ...pairs.map(([a, b]) => a.textContent + ' / ' + b.textContent)];
        })"""
    )
    assert touching == []


def test_on_a_wide_box_bars_stand_beside_their_labels_and_before_their_figures(open_page: Open) -> None:
    page = open_page()
    rows = page.evaluate(
        """() => [...document.querySelectorAll('.chart-funnel .c-row')].map(row => {
          const box = css => row.querySelector(css)?.getBoundingClientRect();
          return [box('.c-label').right, box('.c-side rect').left, box('.c-side rect').right, box('.c-figure').left];
        })"""
    )
    assert len(rows) == 7
    for label_end, bar_start, bar_end, figure_start in rows:
        assert label_end < bar_start < bar_end < figure_start


def test_targets_on_a_phone_are_large_enough_for_a_finger(open_page: Open) -> None:
    page = open_page(size="telefono", has_touch=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.btn, .bottom-bar a, .form-control, .form-select, .tabs a, .top-icon')]
          .filter(e => { const b = e.getBoundingClientRect(); return b.height && (b.height < 44 || b.width < 44); })
          .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_a_chosen_theme_is_kept_and_painted_at_once(open_page: Open) -> None:
    page = open_page(color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(244, 246, 245)"
    page.locator(".account > summary").click()
    button = page.locator("[data-theme-toggle]")
    assert button.inner_text().strip() == "Usar tema oscuro"
    button.click()
    assert page.evaluate(background) == "rgb(14, 21, 20)"
    assert button.inner_text().strip() == "Usar tema claro"
    page.reload(wait_until="commit")
    page.wait_for_selector("h1")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate(background) == "rgb(14, 21, 20)"


def test_without_a_choice_the_system_decides(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 21, 20)"


def test_the_phone_opens_the_whole_menu_and_escape_gives_the_page_back(open_page: Open) -> None:
    page = open_page(size="telefono")
    more, menu = page.locator("[data-menu-open]"), page.locator("#menu")
    assert not menu.is_visible()
    more.click()
    assert menu.is_visible()
    assert more.get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.activeElement.closest('#menu') !== null")
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    assert page.evaluate("document.activeElement.matches('[data-menu-open]')")


def test_the_phone_menu_opens_without_javascript_too(open_page: Open) -> None:
    page = open_page(size="telefono", java_script_enabled=False)
    page.locator(".bottom-bar a[href='#menu']").click()
    assert page.locator("#menu").is_visible()


def test_what_asks_for_confirmation_goes_only_after_a_yes(open_page: Open) -> None:
    page = open_page()
    button = page.get_by_role("button", name="Retirar (pregunta antes)")
    button.click()
    dialog = page.get_by_role("dialog")
    assert "¿Retirar la versión de muestra?" in dialog.inner_text()
    dialog.get_by_role("button", name="Cancelar").click()
    assert page.url.endswith("/con-menu/")
    button.click()
    dialog.get_by_role("button", name="Confirmar").click()
    page.wait_for_url("**/con-menu/?")


def test_a_draft_survives_a_reload_but_a_file_does_not(open_page: Open) -> None:
    page = open_page()
    form = page.locator("form[data-draft]")
    form.get_by_label("Nombre del grupo").fill("Grupo de la mañana")
    form.get_by_label("A distancia").check()
    page.reload()
    assert form.get_by_label("Nombre del grupo").input_value() == "Grupo de la mañana"
    assert form.get_by_label("A distancia").is_checked()


def test_the_chosen_file_is_named_with_its_size(open_page: Open, tmp_path: Path) -> None:
    path = tmp_path / "personas.csv"
    path.write_bytes(b"x" * 2048)
    page = open_page()
    page.locator("form[data-draft] input[type=file]").set_input_files(str(path))
    assert page.locator("form[data-draft] .field-file").inner_text() == "personas.csv · 2 kB"


def test_filters_leave_empty_choices_out_of_the_address(open_page: Open) -> None:
    page = open_page()
    page.locator("#filtro_site").select_option("b")
    page.wait_for_url("**/con-menu/?site=b")


def test_the_keyboard_reaches_the_content_first(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenido"


def test_paper_gets_the_data_and_not_the_menus(open_page: Open) -> None:
    page = open_page()
    page.emulate_media(media="print")
    for gone in (".top", "#menu", ".bottom-bar", ".filters", ".pager"):
        assert not page.locator(gone).first.is_visible(), gone
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".figure details table").first.is_visible()


def test_a_running_work_asks_for_its_progress(open_page: Open) -> None:
    page = open_page()
    page.evaluate(
        """() => {
          const bar = document.querySelector('.progress-part');
          bar.id = 'sondeo';
          bar.setAttribute('hx-get', '/estilo/?parte=progreso');
          bar.setAttribute('hx-trigger', 'every 1s');
          bar.setAttribute('hx-swap', 'outerHTML');
          htmx.process(document.getElementById('sondeo'));
        }"""
    )
    with page.expect_response(re.compile(r"parte=progreso")):
        pass
    page.locator("#sondeo").wait_for(state="detached")
    assert page.locator(".progress-part").first.is_visible()


def test_the_token_reaches_the_requests_of_htmx(open_page: Open) -> None:
    page = open_page()
    with page.expect_request(re.compile(r"/idioma/setlang/")) as caught:
        page.evaluate(
            """() => {
              const form = document.createElement('form');
              form.setAttribute('hx-post', '/idioma/setlang/');
              form.setAttribute('hx-swap', 'none');
              document.querySelector('.stats').append(form);
              htmx.process(form);
              form.requestSubmit();
            }"""
        )
    token = caught.value.headers["x-csrftoken"]
    assert re.fullmatch(r"[A-Za-z0-9]{64}", token)
