"""The pages of looking: who opens each, what they show and refuse, their lists as files, within their queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import ROLES, Permission, Role
from creo.support.accounts.tests.factories import START
from creo.support.ledger.models import Entry
from creo.support.looking.models import Alert, Canary, Emergency
from creo.support.looking.tests import factories as make
from creo.support.looking.tests.factories import REASON

pytestmark = pytest.mark.django_db
P = Permission
ALL = (P.VIEW_PEOPLE, P.BREAK_GLASS, P.REVIEW_LOOKS, P.EXPORT)


@pytest.fixture(autouse=True)
def _roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role for each permission and one with all, so that these tests hang on no list of roles."""
    made = {str(p): frozenset({p}) for p in ALL} | {"everything": frozenset(ALL)}
    like: Any = ROLES["auditor"]
    for code, permissions in made.items():
        values = {name: getattr(like, name) for name in Role.__dataclass_fields__}
        monkeypatch.setitem(ROLES, code, Role(**(values | {"code": code, "permissions": permissions})))


def client(role: str = "everything", place: str = "", username: str = "ana") -> Client:
    """Somebody signed in, of the nation unless a prison is named."""
    person = User.objects.create_user(username, username.title())
    kind = "facility" if place else "nation"
    RoleGrant.objects.create(user=person, role=role, scope_kind=kind, scope_code=place, valid_from=START)
    found = Client()
    found.force_login(person)
    return found


def url(name: str, *args: object) -> str:
    return reverse(f"looking:{name}", args=args)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def every_page() -> dict[str, tuple[str, Permission]]:
    """Each page with what opens it."""
    emergency, alert, canary = make.emergency(user_id=70).pk, make.alert(user_id=70).pk, make.canary().pk
    return {
        url("mine"): ("mine", P.VIEW_PEOPLE),
        url("open_emergency"): ("open", P.BREAK_GLASS),
        url("emergencies"): ("list", P.REVIEW_LOOKS),
        url("emergency", emergency): ("one", P.REVIEW_LOOKS),
        url("review", emergency): ("act", P.REVIEW_LOOKS),
        url("alerts"): ("list", P.REVIEW_LOOKS),
        url("alert", alert): ("one", P.REVIEW_LOOKS),
        url("decide", alert): ("act", P.REVIEW_LOOKS),
        url("canaries"): ("list", P.REVIEW_LOOKS),
        url("new_canary"): ("act", P.REVIEW_LOOKS),
        url("withdraw_canary", canary): ("act", P.REVIEW_LOOKS),
    }  # fmt: skip


def test_each_page_opens_to_its_permission_alone_within_its_queries() -> None:
    pages = every_page()
    clients = {permission: client(str(permission), username=str(permission)) for permission in ALL}
    for address, (_kind, needed) in pages.items():
        for permission, who in clients.items():
            with CaptureQueriesContext(connection) as seen:
                status = who.get(address).status_code
            assert status == (200 if permission is needed else 403), (address, permission)
            assert len(seen) <= 12, (address, len(seen))


def test_at_another_prison_there_is_nothing_and_canaries_are_forbidden() -> None:
    make.emergency(), make.alert()
    there = client(place="EP-LIMA")
    assert there.get(url("emergency", Emergency.objects.get().pk)).status_code == 404
    assert there.get(url("alert", Alert.objects.get().pk)).status_code == 404
    assert "0 accesos" in text(there.get(url("emergencies"))) and "0 alertas" in text(there.get(url("alerts")))
    assert there.get(url("canaries")).status_code == there.get(url("new_canary")).status_code == 403


def test_an_emergency_is_opened_by_its_form_and_reviewed_by_another() -> None:
    nurse = client(place="EP-PIURA", username="nurse")
    refused = nurse.post(url("open_emergency"), {"file": "P-9999999", "reason": REASON})
    assert refused.status_code == 422 and "No hay una sola ficha" in text(refused)
    done = nurse.post(url("open_emergency"), {"file": "P-0000002", "reason": REASON})
    assert (done.status_code, done["Location"]) == (302, "/personas/P-0000002/")
    row = Emergency.objects.get()
    assert "Abierto" in text(nurse.get(url("open_emergency"))) and "/personas/P-0000002/" in text(
        nurse.get(url("open_emergency"))
    )
    own = text(nurse.get(url("emergency", row.pk)))
    assert "lo revisa otra persona" in own and url("review", row.pk) not in own
    chief = client(place="EP-TUMBES", username="chief")
    assert url("review", row.pk) in text(chief.get(url("emergency", row.pk)))
    assert chief.post(url("review", row.pk), {"decision": "approved", "reason": ""}).status_code == 422
    sent = chief.post(url("review", row.pk), {"decision": "objected", "reason": "No era urgente"})
    assert (sent.status_code, sent["Location"]) == (302, url("emergency", row.pk))
    assert "Objetado" in text(chief.get(url("emergency", row.pk)))
    assert "0 accesos" in text(chief.get(url("emergencies")))
    assert "1 acceso" in text(chief.get(url("emergencies"), {"state": "all"}))
    assert "Terminado" in text(nurse.get(url("open_emergency")))


def test_unreviewed_ones_past_their_day_are_shown_as_late() -> None:
    make.emergency(review_due="2026-11-20")
    make.emergency()
    chief = client()
    assert "fuera de plazo" in text(chief.get(url("emergencies")))
    assert "1 acceso" in text(chief.get(url("emergencies"), {"state": "late"}))
    assert "Rosa Pérez" in text(chief.get(url("emergencies"), {"actor": "rosa"}))


def test_an_alert_shows_what_was_read_and_is_decided() -> None:
    row = make.alert(evidence=[[make.NOW.isoformat(), "P-0000042", "refused"]])
    chief = client(place="EP-PIURA")
    shown = text(chief.get(url("alert", row.pk)))
    assert "P-0000042" in shown and "Rechazada: fuera de su ámbito" in shown and "Por decidir" in shown
    assert chief.post(url("decide", row.pk), {"decision": "escalated", "reason": " "}).status_code == 422
    form = {"decision": "escalated", "reason": "No supo explicar por qué las abrió"}
    assert chief.post(url("decide", row.pk), form).status_code == 302
    shown = text(chief.get(url("alert", row.pk)))
    assert "INC-2026-0001" in shown and "Es un incidente" in shown and url("decide", row.pk) not in shown
    assert "1 alerta" in text(chief.get(url("alerts"), {"state": "escalated", "rule": "many"}))


def test_canaries_come_and_go_by_their_forms() -> None:
    chief = client()
    form = {"code": "P-0000001", "reason": "Inventada en la instalación"}
    assert chief.post(url("new_canary"), {**form, "code": "P-9"}).status_code == 422
    assert chief.post(url("new_canary"), form).status_code == 302
    assert "P-0000001" in text(chief.get(url("canaries")))
    key = Canary.objects.get().pk
    assert chief.post(url("withdraw_canary", key), {"reason": "Ya la conocen"}).status_code == 302
    assert "Retirada" in text(chief.get(url("canaries")))
    assert chief.get(url("withdraw_canary", key)).status_code == 404


@pytest.mark.parametrize("name", ["export_mine", "export_emergencies", "export_alerts"])
def test_each_list_is_handed_out_and_that_is_written_down(name: str) -> None:
    make.emergency(), make.alert()
    who = client()
    make.look(user_id=User.objects.get().pk)
    for kind, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        answer = who.get(url(name, kind))
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert answer.status_code == 200 and content.startswith(begins)
    entries = Entry.objects.filter(act="looking.list_exported")
    assert [entry.after["rows"] for entry in entries] == [1, 1]
    assert who.get(url(name, "pdf")).status_code == 404


def test_my_looks_are_mine_alone() -> None:
    who = client(place="EP-PIURA")
    make.look(user_id=User.objects.get().pk, sheet="protected", purpose="health")
    make.look(user_id=999, subject_code="P-0000042")
    shown = text(who.get(url("mine")))
    assert "1 consulta" in shown and "P-0000001" in shown and "P-0000042" not in shown
    assert "Datos protegidos" in shown and "Atención de salud" in shown
