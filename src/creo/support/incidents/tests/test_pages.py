"""The pages of incidents: anybody reports, who handles them follows each step, the rest sees nothing."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from django.test import Client

from creo.support.accounts.models import User
from creo.support.accounts.permissions import ROLES, Permission, Role
from creo.support.approvals.tests.factories import granted
from creo.support.incidents.models import Incident
from creo.support.incidents.tests.factories import HOUR, NOW, assess, notify, person, report
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> Any:
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture(autouse=True)
def _roles(monkeypatch: pytest.MonkeyPatch) -> None:
    handles = frozenset({Permission.MANAGE_INCIDENTS, Permission.VIEW_INCIDENTS, Permission.EXPORT})
    monkeypatch.setitem(ROLES, "handler", Role("handler", "Atiende", handles, ()))
    monkeypatch.setitem(ROLES, "watcher", Role("watcher", "Consulta", frozenset({Permission.VIEW_INCIDENTS}), ()))
    monkeypatch.setitem(ROLES, "guard", Role("guard", "Seguridad", frozenset({Permission.VIEW_TERRITORY}), ()))


def browser(username: str, role: str = "handler", place: str = "") -> Client:
    scope = ("facility", place) if place else ("nation", "")
    user = User.objects.filter(username=username).first() or granted(username, role, scope)
    made = Client()
    made.force_login(user)
    return made


def text(answer: Any, status: int = 200) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == status, content.decode()[:800]
    return html.unescape(content.decode()).replace("\xa0", " ")


TYPED = {
    "kind": "theft",
    "title": "Se perdió una memoria USB",
    "description": "No está en el cajón",
    "place": "NORTE-1",
    "detected_at": "2026-11-23T08:00",
    "known_at": "2026-11-23T09:00",
}
ASSESSED = {
    "severity": "critical",
    "personal_data": "yes",
    "data_kinds": ["health", "identity"],
    "people": "",
    "digital": "no",
    "text": "La memoria no estaba cifrada",
}


def test_anybody_with_a_role_reports_and_sees_what_they_reported() -> None:
    guard = browser("guardia", "guard", "NORTE-1")
    assert "Ningún incidente" in text(guard.get("/incidentes/"))
    page = text(guard.get("/incidentes/nuevo/"))
    assert "Depósito uno" in page and "Tres" not in page
    answer = guard.post("/incidentes/nuevo/", TYPED, follow=True)
    page = text(answer)
    assert "INC-2026-0001" in page and "Quedan 47" in page and "Evaluar" not in page
    assert "Se perdió una memoria" in text(guard.get("/incidentes/"))
    made = Incident.objects.get()
    # Nine in the morning in Lima is two in the afternoon in UTC.
    assert made.known_at.hour == 14
    for act in ("evaluar", "medida", "evidencia", "corregir", "cerrar", "aviso/autoridad"):
        text(guard.get(f"/incidentes/{made.code}/{act}/"), 403)
    text(guard.get(f"/incidentes/{made.code}/notificacion.pdf"), 403)
    text(browser("sur", "guard", "SUR-1").get(f"/incidentes/{made.code}/"), 404)
    text(browser("sin", "no-such-role").get("/incidentes/"), 403)
    assert Client().get("/incidentes/").status_code == 302


@pytest.mark.parametrize("name", ["kind", "title", "description", "detected_at", "known_at"])
def test_a_report_comes_back_with_what_was_typed(name: str) -> None:
    page = text(browser("ana").post("/incidentes/nuevo/", TYPED | {name: ""}), 422)
    assert "NORTE-1" in page
    for wrong in ("2026-11-24T09:00", "ayer"):
        text(browser("ana").post("/incidentes/nuevo/", TYPED | {"known_at": wrong}), 422)
    text(browser("ana").post("/incidentes/nuevo/", TYPED | {"place": "LIMA"}), 422)
    assert not Incident.objects.exists()


def test_an_incident_is_followed_on_its_pages_to_the_end(_now: Any) -> None:
    ana = browser("ana")
    ana.post("/incidentes/nuevo/", TYPED)
    here = f"/incidentes/{Incident.objects.get().code}/"
    text(ana.post(here + "cerrar/", {"text": "x"}), 422)
    assert ana.post(here + "evaluar/", ASSESSED).status_code == 302
    page = text(ana.get(here))
    assert "Crítica" in page and "Todavía no se sabe cuántas personas" in page and "Salud" in page
    again = text(ana.get(here + "evaluar/"))
    assert 'value="critical" selected' in again
    assert ana.post(here + "medida/", {"at": "2026-11-23T09:30", "text": "Se cambió la clave"}).status_code == 302
    text(ana.post(here + "medida/", {"at": "2026-11-23T07:30", "text": "Antes de saberlo"}), 422)
    notice = {"at": "2026-11-23T09:45", "reference": "Cargo 77", "text": "Mesa de partes"}
    text(ana.post(here + "aviso/autoridad/", notice | {"reference": ""}), 422)
    assert ana.post(here + "aviso/autoridad/", notice).status_code == 302
    assert ana.post(here + "aviso/personas/", notice).status_code == 302
    text(ana.post(here + "aviso/personas/", notice), 422)
    text(ana.get(here + "aviso/prensa/"), 404)
    assert "Avisado a tiempo" in text(ana.get(here)) and "Cargo 77" in text(ana.get(here))
    assert ana.post(here + "cerrar/", {"text": "Se cifran las memorias"}).status_code == 302
    page = text(ana.get(here))
    assert "Cerrado" in page and "anule el cierre" in page
    closing = Incident.objects.get().events.get(what="closed")
    text(ana.post(here + f"anular/{closing.pk}/", {"text": ""}), 422)
    assert ana.post(here + f"anular/{closing.pk}/", {"text": "Falta algo"}).status_code == 302
    assert "Anulado" in text(ana.get(here))
    text(ana.get(here + "anular/999999/"), 404)


def test_what_was_reported_is_corrected_on_its_page() -> None:
    ana = browser("ana")
    ana.post("/incidentes/nuevo/", TYPED)
    here = f"/incidentes/{Incident.objects.get().code}/"
    page = text(ana.get(here + "corregir/"))
    assert 'value="2026-11-23T09:00"' in page and "No está en el cajón" in page
    fixed = TYPED | {"title": "Se perdieron dos memorias", "reason": ""}
    text(ana.post(here + "corregir/", fixed), 422)
    assert ana.post(here + "corregir/", fixed | {"reason": "Eran dos"}).status_code == 302
    page = text(ana.get(here))
    assert "Se perdió una memoria USB → Se perdieron dos memorias" in page


def test_an_overdue_notice_is_said_with_sign_and_word(_now: Any) -> None:
    made = report(person("ana"))
    for hours, said in ((30, "Quedan 18 h"), (41, "Quedan 7 h"), (53, "Vencido hace 5 h")):
        _now.move_to(NOW + hours * HOUR, tick=False)
        mira = browser("mira", "watcher")
        assert said in text(mira.get("/incidentes/"))
        page = text(mira.get(f"/incidentes/{made.code}/"))
        assert said in page
    assert "Avise ya" in page
    assert made.code in text(mira.get("/incidentes/?situacion=overdue"))
    assert "Ningún incidente con estos filtros" in text(mira.get("/incidentes/?situacion=closed"))
    text(mira.get("/incidentes/?situacion=lost"), 422)


def test_evidence_goes_from_a_search_to_the_notification() -> None:
    ana = browser("ana")
    made = report(person("otra"))
    entries = [
        Entry(at=NOW, actor_id=9, actor="Curioso", act="x.looked", subject_kind="person", subject_code=f"P-{n}")
        for n in range(30)
    ]
    Entry.objects.bulk_create(entries)
    here = f"/incidentes/{made.code}/"
    assert "Guardar como evidencia" not in text(ana.get(here + "evidencia/"))
    assert "Encontrados: 0" in text(ana.get(here + "evidencia/?actor=Nadie"))
    text(ana.get(here + "evidencia/?since=ayer"), 422)
    search = here + "evidencia/?actor=Curioso&since=2026-11-23T00:00"
    assert "Encontrados: 30" in text(ana.get(search))
    text(ana.post(search, {"text": ""}), 422)
    text(ana.post(here + "evidencia/", {"text": "Sin búsqueda"}), 422)
    assert ana.post(search, {"text": "Miró treinta fichas"}).status_code == 302
    assert "30 asientos" in text(ana.get(here))
    pdf = ana.get(here + "notificacion.pdf")
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF-")
    told = json.loads(ana.get(here + "notificacion.json").content)
    assert told["evidence"][0]["total"] == 30 and told["people"] is None
    assert Entry.objects.filter(act="incidents.document_made").count() == 2
    text(ana.get(here + "notificacion.doc"), 404)
    text(browser("mira", "watcher").get(here + "notificacion.pdf"), 403)


def test_contacts_are_empty_until_somebody_of_the_nation_gives_them() -> None:
    ana = browser("ana")
    page = text(ana.get("/incidentes/contactos/"))
    assert page.count("Sin registrar") == 3 and "Registrar" in page
    typed = {"name": "Oficina", "detail": "Mesa", "source": "RP 1", "valid_from": "2026-11-01"}
    text(ana.post("/incidentes/contactos/officer/", typed | {"source": ""}), 422)
    assert ana.post("/incidentes/contactos/officer/", typed).status_code == 302
    page = text(ana.get("/incidentes/contactos/"))
    assert page.count("Sin registrar") == 2 and "Oficina" in page
    text(ana.get("/incidentes/contactos/press/"), 404)
    assert "Registrar:" not in text(browser("mira", "watcher").get("/incidentes/contactos/"))
    text(browser("local", "handler", "NORTE-1").get("/incidentes/contactos/officer/"), 403)
    text(browser("guardia", "guard", "NORTE-1").get("/incidentes/contactos/"), 403)


def test_the_list_leaves_as_a_file_with_an_entry() -> None:
    report(person("otra"))
    ana = browser("ana")
    assert "INC-2026-0001" in text(ana.get("/incidentes/lista.csv"))
    assert ana.get("/incidentes/lista.xlsx").status_code == 200
    assert Entry.objects.filter(act="incidents.exported").count() == 2
    text(browser("mira", "watcher").get("/incidentes/lista.csv"), 403)


def test_pages_cost_few_queries(django_assert_max_num_queries: Any) -> None:
    otra = person("otra")
    made = [report(otra) for _ in range(30)]
    assess(otra, made[0])
    notify(otra, made[0], "autoridad")
    ana = browser("ana")
    acts = ("", "evaluar/", "evidencia/?actor=Otra", "corregir/", "medida/")
    for address in ("", "contactos/", "nuevo/", *(f"{made[0].code}/{act}" for act in acts)):
        with django_assert_max_num_queries(12):
            text(ana.get(f"/incidentes/{address}"))
