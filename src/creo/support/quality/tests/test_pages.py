"""The board in a browser without a screen: who sees what, what forms refuse, what files carry."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import ROLES, Permission, Role
from creo.support.jobs.models import Job
from creo.support.ledger.models import Entry
from creo.support.quality.checks import Unseen
from creo.support.quality.models import QualityException, QualityFinding, QualityLimit
from creo.support.quality.tests.factories import BROKEN, HIDDEN, STOCK, TODAY, UNITS, box, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("chapter")]


@pytest.fixture(autouse=True)
def _noon(time_machine: Any) -> None:
    time_machine.move_to("2026-11-23T17:00:00Z")


@pytest.fixture(autouse=True)
def _roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two made-up roles: who manages quality and sees records, and who sees numbers only."""
    sees = frozenset({Permission.VIEW_QUALITY, Permission.EXPORT})
    all_of_it = sees | {Permission.MANAGE_QUALITY, Permission.VIEW_PEOPLE}
    monkeypatch.setitem(ROLES, "keeper", Role("keeper", "Guardián", all_of_it, ()))
    monkeypatch.setitem(ROLES, "counter", Role("counter", "Contador", sees, ()))
    monkeypatch.setitem(ROLES, "stranger", Role("stranger", "Otro", frozenset({Permission.VIEW_PEOPLE}), ()))


def client(role: str = "keeper", place: str = "") -> Client:
    user = User.objects.create_user(f"{role}{place}".lower(), "Persona de prueba", "una-clave-larga-1")
    scope = {"scope_kind": "facility", "scope_code": place} if place else {"scope_kind": "nation"}
    RoleGrant.objects.create(user=user, role=role, valid_from=date(2020, 1, 1), **scope)
    made = Client()
    made.force_login(user)
    return made


def fill() -> None:
    STOCK["torn"] = [box("C-1"), box("C-2", "SUR"), box("C-3", "SUR"), box("C-4", "SUR", weight=12345)]
    UNITS.update(NORTE=10, SUR=90)
    run()


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode()


def finding(code: str = "C-1") -> QualityFinding:
    return QualityFinding.objects.get(check_code="torn", subject_code=code, gone_on=None)


def test_before_the_first_run_the_board_says_so_and_nothing_is_green() -> None:
    page = text(client().get("/calidad/"))
    assert "Todavía no se revisó nada" in page and "Revisar ahora" in page
    assert page.count("Todavía no se revisó.") == 0 and "Sin dato" in page and "Revisión torn" in page


def test_the_board_shows_each_check_with_word_limits_owner_and_links() -> None:
    fill()
    page = text(client().get("/calidad/"))
    for words in ("Revisión torn", "Sobre el máximo", "alerta 1, máximo 3", "Registro Penitenciario", "/calidad/torn/"):
        assert words in page
    assert "alerta 10" in page, "shares are told as per cent"


def test_the_board_narrows_by_state_owner_and_place_and_refuses_other_values() -> None:
    fill()
    browser = client()
    assert "Revisión lost" not in text(browser.get("/calidad/?estado=over_hard"))
    owners = text(browser.get("/calidad/?responsable=planner"))
    assert "Revisión wet" in owners and "/calidad/torn/" not in owners
    assert "Sobre el máximo</span>" not in text(browser.get("/calidad/?lugar=NORTE")).split("<table")[1]
    assert "Estado" in text(browser.get("/calidad/?estado=todo"), 422)
    text(browser.get("/calidad/?lugar=ESTE"), 422)


def test_a_reader_of_one_place_sees_its_numbers_only() -> None:
    fill()
    page = text(client(place="NORTE").get("/calidad/torn/"))
    assert "Caja C-1" in page and "Caja C-2" not in page and "Depósito del sur" not in page
    assert "Quedan 1: dentro del límite de alerta" in page


def test_the_board_is_for_who_may_view_quality() -> None:
    fill()
    for address in ("/calidad/", "/calidad/torn/", "/calidad/exportar.csv", "/calidad/torn/hallazgos.csv"):
        assert Client().get(address).status_code == 302
        assert client_of("stranger").get(address).status_code == 403


def client_of(role: str) -> Client:
    user = User.objects.filter(username=role).first()
    if user is None:
        return client(role)
    made = Client()
    made.force_login(user)
    return made


def test_who_may_not_see_records_gets_counts_by_place_and_no_record() -> None:
    fill()
    page = text(client("counter").get("/calidad/torn/"))
    assert "Depósito del sur" in page and "Su rol ve las cantidades" in page
    assert "Caja" not in page and "C-1" not in page
    assert client_of("counter").get("/calidad/torn/hallazgos.csv").status_code == 403
    assert client_of("counter").get(f"/calidad/hallazgos/{finding().pk}/exceptuar/").status_code == 403


def test_a_check_tells_what_it_is_how_it_stands_and_its_records() -> None:
    fill()
    page = text(client().get("/calidad/torn/"))
    for words in (
        "Para qué sirve",
        "Cómo se arregla",
        "Quedan 4: más que el límite máximo, 3.",
        "Caja C-4",
        "12\u202f345",
        "01\u00a0mar\u00a02026",
        "Exceptuar",
    ):
        assert words in page
    text(client_of("keeper").get("/calidad/nothing/"), 404)


def test_a_check_that_did_not_run_says_it() -> None:
    BROKEN.add("torn")
    run()
    page = text(client().get("/calidad/torn/"))
    assert "Sin dato" in page and "falla nuestra" in page and "En orden" not in page


def test_a_check_that_saw_a_part_says_how_many_places_are_missing() -> None:
    STOCK["torn"] = [Unseen("SUR")]
    run()
    page = text(client().get("/calidad/torn/"))
    assert "En 1 lugar no hay con qué revisar" in page


def test_the_trend_is_drawn_with_its_table_once_there_are_two_days() -> None:
    STOCK["torn"] = [box("C-1"), box("C-2")]
    run(TODAY - timedelta(days=30))
    STOCK["torn"] = [box("C-1")]
    browser = client()
    assert "Los hallazgos bajan" not in text(browser.get("/calidad/torn/"))
    run()
    page = text(browser.get("/calidad/torn/"))
    assert "Los hallazgos bajan" in page and "<svg" in page and "Ver los datos en una tabla" in page
    board = text(browser.get("/calidad/"))
    assert "Ver las tendencias en una tabla" in board and "Mejora frente al" in board


def test_a_finding_is_accepted_from_its_page_and_comes_back_when_revoked() -> None:
    fill()
    browser = client()
    address = f"/calidad/hallazgos/{finding().pk}/exceptuar/"
    assert "Caja C-1" in text(browser.get(address))
    bad = text(browser.post(address, {"reason": "", "expires_on": "2026-11-23"}), 422)
    assert "Escriba por qué este caso se acepta" in bad and 'value="2026-11-23"' in bad
    for broken in ({"reason": "x" * 401, "expires_on": "2026-12-24"}, {"reason": "Acta 7", "expires_on": "mañana"}, {}):
        text(browser.post(address, broken), 422)
        assert not QualityException.objects.exists()
    assert "(opcional)" not in bad
    answer = browser.post(address, {"reason": "Acta 7", "expires_on": "2026-12-24"})
    assert (answer.status_code, answer["Location"]) == (302, "/calidad/torn/")
    assert "Caja C-1" not in text(browser.get("/calidad/torn/"))
    listed = text(browser.get("/calidad/torn/?situacion=excepted"))
    assert "Exceptuado hasta el 24\u00a0dic\u00a02026" in listed and "Acta 7" in listed and "Revocar" in listed
    given = QualityException.objects.get()
    revoke = f"/calidad/excepciones/{given.pk}/revocar/"
    assert "Acta 7" in text(browser.get(revoke))
    text(browser.post(revoke, {"reason": ""}), 422)
    assert browser.post(revoke, {"reason": "Ya no"}).status_code == 302
    assert "Caja C-1" in text(browser.get("/calidad/torn/"))
    text(browser.post(revoke, {"reason": "Ya no"}), 422)


def test_findings_of_another_place_cannot_even_be_seen_to_exist() -> None:
    fill()
    there = finding("C-2").pk
    browser = client(place="NORTE")
    address = f"/calidad/hallazgos/{there}/exceptuar/"
    text(browser.get(address), 404)
    text(browser.post(address, {"reason": "x", "expires_on": "2026-12-24"}), 404)
    text(browser.get("/calidad/hallazgos/999999/exceptuar/"), 404)
    assert not QualityException.objects.exists()


def test_a_record_that_left_the_place_is_not_named_there() -> None:
    fill()
    HIDDEN.add("C-1")
    browser = client(place="NORTE")
    page = text(browser.get("/calidad/torn/"))
    assert "Ya no está en su ámbito" in page and "C-1" not in page
    assert "C-1" not in text(browser.get("/calidad/torn/hallazgos.csv"))


def test_limits_are_changed_by_the_nation_with_a_reason() -> None:
    fill()
    browser = client()
    shown = text(browser.get("/calidad/wet/limites/"))
    assert 'value="10"' in shown and 'value="50"' in shown and "En por ciento" in shown
    bad = text(browser.post("/calidad/wet/limites/", {"soft": "60", "hard": "50", "valid_from": "2026-11-23"}), 422)
    assert "no supera al límite máximo" in bad and "Escriba por qué cambian" in bad and 'value="60"' in bad
    for broken in ({"soft": "mucho"}, {"hard": ""}, {"valid_from": "ayer"}, {"reason": "x" * 401}):
        typed = {"soft": "1", "hard": "50", "valid_from": "2026-11-23", "reason": "Acuerdo 4"} | broken
        text(browser.post("/calidad/wet/limites/", typed), 422)
        assert not QualityLimit.objects.exists()
    good = {"soft": "12.5", "hard": "50", "valid_from": "2026-11-23", "reason": "Acuerdo 4"}
    assert browser.post("/calidad/wet/limites/", good).status_code == 302
    assert float(QualityLimit.objects.get().soft) == 0.125
    page = text(browser.get("/calidad/wet/"))
    assert "alerta 12,5" in page and "Acuerdo 4" in page
    assert client(place="SUR").get("/calidad/wet/limites/").status_code == 403


def test_a_run_is_asked_for_with_a_form_only_and_leads_to_its_job() -> None:
    browser = client()
    assert browser.get("/calidad/revisar/").status_code == 405
    answer = browser.post("/calidad/revisar/")
    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/trabajos/{job.pk}/")
    assert client(place="SUR").post("/calidad/revisar/").status_code == 403
    assert "Revisar ahora" not in text(client_of_place("SUR").get("/calidad/"))


def client_of_place(place: str) -> Client:
    made = Client()
    made.force_login(User.objects.get(username=f"keeper{place}".lower()))
    return made


def test_files_carry_what_the_page_shows_and_leave_an_entry() -> None:
    fill()
    browser = client()
    sheet = text(browser.get("/calidad/torn/hallazgos.csv?lugar=SUR"))
    assert "C-2" in sheet and "C-1" not in sheet and "Pesa 12\u202f345 desde el" in sheet
    entry = Entry.objects.filter(act="quality.exported").latest("id")
    assert entry.after["rows"] == 3 and "Depósito del sur" in entry.reason and entry.subject_code == "quality:torn"
    board = text(browser.get("/calidad/exportar.csv?estado=over_hard"))
    assert "torn;Revisión torn;Sobre el máximo" in board and "lost" not in board
    assert Entry.objects.filter(act="quality.exported", subject_code="quality").count() == 1
    book = browser.get("/calidad/torn/hallazgos.xlsx")
    assert book.status_code == 200 and io.BytesIO(book.content).read(2) == b"PK"
    text(browser.get("/calidad/torn/hallazgos.pdf"), 404)
    text(browser.get("/calidad/exportar.pdf"), 404)


def test_pages_cost_few_queries(django_assert_max_num_queries: Any) -> None:
    fill()
    browser = client()
    browser.get("/calidad/")
    with django_assert_max_num_queries(12):
        text(browser.get("/calidad/"))
    with django_assert_max_num_queries(12):
        text(browser.get("/calidad/torn/"))
    local = client(place="SUR")
    with django_assert_max_num_queries(12):
        text(local.get("/calidad/"))
    with django_assert_max_num_queries(12):
        text(local.get("/calidad/torn/"))
