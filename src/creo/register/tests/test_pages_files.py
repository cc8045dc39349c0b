"""Pages of files, protected facts and rights: who opens them, what they show, and every act through its form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creo.register import commands
from creo.register.models import Alias, BiometricReference, Document, ProtectedFact, RightsRequest
from creo.register.tests import factories_files as files
from creo.register.tests.acting import acts
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.factories_files import ask, fact, somebody
from creo.register.tests.test_pages import client_as, text_of
from creo.support.accounts.models import User
from creo.support.accounts.tests.factories import user
from creo.support.files.making import plain_pdf
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db
PDF = plain_pdf(["Mandato de prueba"])
REASON = {"reason": "Consta en el acta de prueba"}


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def code() -> str:
    return somebody()


def at_piura(role: str) -> Client:
    return client_as(role, "facility", "EP-PIURA")


def url(name: str, *args: object) -> str:
    return reverse(f"register:{name}", args=args)


def sent(name: str = "mandato.pdf", content: bytes = PDF, kind: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def pages_of(code: str, number: str, document: int) -> dict[str, str]:
    """Every page of this chapter about one person, by view."""
    biometric = BiometricReference.objects.get().pk
    alias = Alias.objects.get().pk
    kept = ProtectedFact.objects.get().pk
    return {
        **{name: url(name, code) for name in ("documents", "identification", "protected", "rights_person")},
        **{name: url(name, code) for name in ("add_document", "add_alias", "add_biometric", "file_right", "own_file")},
        **{name: url(name, code, document) for name in ("document", "replace_document", "withdraw_document")},
        "close_alias": url("close_alias", code, alias),
        "annul_biometric": url("annul_biometric", code, biometric),
        "record_protected": url("record_protected", code, "disability"),
        "annul_protected": url("annul_protected", code, kept),
        **{name: url(name, number) for name in ("right", "assign_right", "answer_right")},
    }


@pytest.fixture
def filled(code: str) -> dict[str, str]:
    """A person with one of everything; the addresses of their pages."""
    document, number = files.add(code), ask(code)
    commands.record_protected(by=BY, person_code=code, fact=fact(), since=TODAY, source="La persona", today=TODAY)
    data = commands.BiometricData("AFIS de prueba", "right_thumb", "AFIS-0001")
    commands.add_biometric(by=BY, person_code=code, data=data, today=TODAY)
    alias = commands.AliasData("nickname", nickname="Chaski", source="La persona")
    commands.add_alias(by=BY, person_code=code, alias=alias, on=TODAY, today=TODAY)
    return pages_of(code, number, document)


OPENS = {
    "registry": {
        "documents", "identification", "protected", "rights_person", "add_document", "add_alias", "add_biometric",
        "file_right", "own_file", "document", "replace_document", "withdraw_document", "close_alias",
        "annul_biometric", "record_protected", "annul_protected", "right", "assign_right", "answer_right",
    },
    "treatment_body": {"documents", "identification", "protected", "add_document", "document", "replace_document",
                       "withdraw_document"},
    "health": {"documents", "identification", "protected", "add_document", "record_protected", "annul_protected"},
    "regional_office": {"documents", "identification", "document"},
    "technical_lead": {"documents", "identification"},
    "auditor": set(),
    "planner": set(),
    "administrator": set(),
}  # fmt: skip


@pytest.mark.parametrize("role", OPENS)
def test_each_page_opens_to_its_roles_alone_within_its_budget(role: str, filled: dict[str, str]) -> None:
    client = at_piura(role)
    seen = {}
    for name, address in filled.items():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        seen[name] = answer.status_code
        assert answer.status_code in (200, 403), (name, answer.status_code)
        assert len(queries) <= 12, (name, [query["sql"][:90] for query in queries.captured_queries])
    assert {name for name, status in seen.items() if status == 200} == OPENS[role]
    listed = client.get(url("rights")).status_code
    assert listed == (200 if role == "registry" else 403)


def test_another_prison_finds_nothing_by_page_nor_by_form(filled: dict[str, str], code: str) -> None:
    client = client_as("registry", "facility", "EP-TUMBES")
    for name, address in filled.items():
        assert client.get(address).status_code == 404, name
        assert client.post(address, REASON).status_code == 404, name
        assert client.get(address.replace(code, "P-9999999").replace("2026-0001", "2026-9999")).status_code == 404
    assert "0 solicitudes" in text_of(client.get(url("rights")))


# Documents ------------------------------------------------------------------------------------------------------------


def test_a_document_goes_up_and_comes_down_as_it_was(code: str) -> None:
    client = at_piura("registry")
    form = {"kind": "mandate", "title": "Mandato", "dated_on": "2025-01-09", "custody": "1", "file": sent()}
    answer = client.post(url("add_document", code), form)
    assert (answer.status_code, answer["Location"]) == (302, url("documents", code))
    shown = text_of(client.get(url("documents", code)))
    assert "Documento guardado." in shown and "Consta 1 de los 13 tipos" in shown and "1 documento" in shown
    key = Document.objects.get().pk
    file = client.get(url("document_file", code, key))
    assert b"".join(file.streaming_content) == PDF
    assert file["Content-Disposition"] == "attachment; filename*=UTF-8''mandato.pdf"
    assert (file["X-Content-Type-Options"], file["Cache-Control"]) == ("nosniff", "private, no-store")
    assert file["Content-Security-Policy"].startswith("sandbox")
    assert acts(code)[-1] == "register.document_opened"
    assert Client().get(url("document_file", code, key)).status_code == 302, "sign in first"
    assert client_as("registry", "facility", "EP-TUMBES").get(url("document_file", code, key)).status_code == 404


def test_a_refused_file_comes_back_with_what_was_typed_and_every_reason(code: str) -> None:
    client = at_piura("registry")
    page = sent("mandato.pdf", b"<!DOCTYPE html><script>alert(1)</script>")
    form = {"kind": "mandate", "title": "Mandato de prueba", "dated_on": "2027-01-01", "file": page}
    answer = client.post(url("add_document", code), form)
    text = text_of(answer)
    assert answer.status_code == 422
    assert "página web" in text and "posterior al día de hoy" in text
    assert 'value="Mandato de prueba"' in answer.content.decode()
    assert client.post(url("add_document", code), {"kind": "mandate"}).status_code == 422
    assert Document.objects.count() == 0


def test_a_class_that_is_closed_offers_neither_its_kinds_nor_its_files(code: str) -> None:
    key = files.add(code, "evaluations", "Evaluación reservada")
    client = at_piura("registry")
    shown = client.get(url("documents", code))
    text = text_of(shown)
    assert "Evaluación reservada" not in text
    assert "Hay 1 documento de clase «Evaluación: solo el órgano técnico»" in text
    for name in ("document", "document_file", "replace_document", "withdraw_document"):
        assert client.get(url(name, code, key)).status_code == 403, name
    offered = client.get(url("add_document", code)).content.decode()
    assert 'value="mandate"' in offered and 'value="evaluations"' not in offered
    forced = client.post(url("add_document", code), {"kind": "evaluations", "file": sent()})
    assert forced.status_code == 422


def test_a_correction_and_a_withdrawal_keep_the_versions(code: str) -> None:
    client, key = at_piura("registry"), files.add(code, text="Con error")
    form = {"title": "Corregido", "file": sent("b.pdf", plain_pdf(["Corregido"])), **REASON}
    assert client.post(url("replace_document", code, key), form).status_code == 302
    newest = Document.objects.latest("id").pk
    assert client.post(url("withdraw_document", code, newest), {"reason": ""}).status_code == 422
    assert client.post(url("withdraw_document", code, newest), REASON).status_code == 302
    text = text_of(client.get(url("document", code, key)))
    assert "Reemplazado" in text and "Retirado" in text and "Consta en el acta de prueba" in text
    listed = text_of(client.get(url("documents", code), {"versiones": "all", "tipo": "mandate"}))
    assert "2 documentos" in listed
    assert client.get(url("documents", code), {"tipo": "otro"}).status_code == 422


def test_a_changed_file_is_told_and_not_given(code: str) -> None:
    from creo.support.files import storage

    key = files.add(code)
    storage.path_of(Document.objects.get().sha256).write_bytes(b"otra cosa")
    answer = at_piura("registry").get(url("document_file", code, key))
    assert answer.status_code == 422 and "fue alterado" in text_of(answer)
    assert acts(code)[-1] == "register.document_found_altered"


# Identity and protected facts -----------------------------------------------------------------------------------------


def test_protected_facts_stay_closed_until_a_purpose_and_close_again(code: str) -> None:
    client, address = at_piura("health"), url("protected", code)
    commands.record_protected(
        by=BY, person_code=code, fact=fact(value="Lengua Canaria"), since=TODAY, source="La persona", today=TODAY
    )
    closed = text_of(client.get(address))
    assert "Lengua Canaria" not in closed and "¿Para qué consulta estos datos?" in closed
    assert f'href="{url("identification", code)}">Cancelar' in client.get(address).content.decode()
    assert client.post(address, {"purpose": ""}).status_code == 422
    assert not Entry.objects.filter(act="register.protected_viewed").exists()
    purpose = client.post(address, {"purpose": "health"})
    assert (purpose.status_code, purpose["Location"]) == (302, address)
    with CaptureQueriesContext(connection) as queries:
        opened = text_of(client.get(address))
    assert len(queries) <= 14
    assert "Lengua Canaria" in opened and "No se preguntó" in opened and "Atención de salud" in opened
    client.get(address)
    looks = Entry.objects.filter(act="register.protected_viewed")
    assert [look.reason for look in looks] == ["Atención de salud"] * 2
    other = somebody(2)
    assert "¿Para qué consulta" in text_of(client.get(url("protected", other))), "a purpose is for one person"
    with time_machine.travel("2026-11-23 15:15:01+00:00", tick=False):
        assert "Lengua Canaria" not in text_of(client.get(address))


@pytest.mark.parametrize(
    ("question", "form", "shown"),
    [
        ("community", {"answer": "yes", "value": "Comunidad de prueba"}, "Comunidad de prueba"),
        ("disability", {"answer": "yes", "value": "legs", "needs": "Silla de ruedas"}, "primer piso"),
        ("language", {"answer": "yes", "value": "Quechua", "interpreter": "si"}, "necesita intérprete"),
        ("pregnancy", {"answer": "none"}, "Se preguntó: no"),
        ("pregnancy", {"answer": "yes", "day": "2027-03-01"}, "01 mar 2027"),
        ("children_inside", {"answer": "yes", "number": "1", "day": "2024-06-01"}, "01 jun 2027"),
        ("children", {"answer": "yes", "number": "2", "needs": "Con su abuela"}, "Con su abuela"),
    ],
)
def test_each_question_is_recorded_by_its_form(question: str, form: dict[str, str], shown: str, code: str) -> None:
    client = at_piura("registry")
    address = url("record_protected", code, question)
    assert client.get(address).status_code == 200
    typed = {**form, "since": "2026-11-20", "source": "La propia persona"}
    assert client.post(address, {**typed, "since": "2027-01-01"}).status_code == 422
    assert client.post(address, typed).status_code == 302
    client.post(url("protected", code), {"purpose": "record"})
    assert shown in text_of(client.get(url("protected", code)))
    key = ProtectedFact.objects.get().pk
    assert client.post(url("annul_protected", code, key), REASON).status_code == 302
    assert "Anulado" in text_of(client.get(url("protected", code)))


def test_a_question_that_nobody_asks_does_not_exist(code: str) -> None:
    assert at_piura("registry").get(url("record_protected", code, "religion")).status_code == 404


def test_aliases_and_references_come_and_go_by_their_forms(code: str) -> None:
    client = at_piura("registry")
    alias = {"kind": "nickname", "nickname": "Chaski", "source": "La persona", "on": "2026-11-01"}
    assert client.post(url("add_alias", code), alias).status_code == 302
    image = {"kind": "right_thumb", "system": "AFIS", "reference": "data:image/png;base64,iVBORw0KGgo="}
    refused = client.post(url("add_biometric", code), image)
    assert refused.status_code == 422 and "nunca la imagen" in text_of(refused)
    good = {"kind": "right_thumb", "system": "AFIS de prueba", "reference": "AFIS-0001", "quality": "80"}
    assert client.post(url("add_biometric", code), good).status_code == 302
    text = text_of(client.get(url("identification", code)))
    assert "«Chaski»" in text and "AFIS-0001" in text and "Pulgar derecho" in text
    closed = text_of(at_piura("regional_office").get(url("identification", code)))
    assert "AFIS-0001" not in closed and "Reservado" in closed
    assert client.post(url("close_alias", code, Alias.objects.get().pk), REASON).status_code == 302
    assert client.post(url("annul_biometric", code, BiometricReference.objects.get().pk), REASON).status_code == 302
    assert "Anulada" in text_of(client.get(url("identification", code)))


# Rights ---------------------------------------------------------------------------------------------------------------


def test_a_request_is_filed_assigned_corrected_and_answered(code: str) -> None:
    client = at_piura("registry")
    form = {"kind": "rectification", "what": "Mi apellido es Ñaupa", "asker": "person", "received_on": "2026-11-02"}
    filed = client.post(url("file_right", code), form)
    assert (filed.status_code, filed["Location"]) == (302, url("right", "2026-0001"))
    assert "Quedan 5 días hábiles" in text_of(client.get(url("right", "2026-0001")))
    assert client.post(url("answer_right", "2026-0001"), {"act": "reject"}).status_code == 422
    assert client.post(url("assign_right", "2026-0001"), {"assigned_to": "Jefa de Registro"}).status_code == 302
    commands.correct_identity(
        by=BY, person_code=code, changes={"second_surname": "Ñaupa"}, reason="Solicitud", today=TODAY
    )
    answer = {"act": "accept", "answer": "Se corrigió el apellido.", "on": "2026-11-23"}
    refused = client.post(url("answer_right", "2026-0001"), answer)
    assert refused.status_code == 422 and "hágalo primero" in text_of(refused)
    offered = client.get(url("answer_right", "2026-0001")).content.decode()
    entry = Entry.objects.get(act="register.identity_corrected").pk
    assert f'value="{entry}"' in offered
    assert client.post(url("answer_right", "2026-0001"), {**answer, "entry": entry}).status_code == 302
    text = text_of(client.get(url("right", "2026-0001")))
    assert "Aceptada" in text and "En plazo" in text and "Identidad corregida" in text
    assert "Responder" not in text


def test_the_list_marks_what_is_late_by_a_word_and_exports_it(code: str) -> None:
    ask(code, TODAY.replace(month=10, day=1))
    ask(code)
    client = at_piura("registry")
    page = text_of(client.get(url("rights")))
    assert "2 solicitudes" in page and "Vencida hace" in page and "Quedan 5 días hábiles" in page
    assert page.index("2026-0001") < page.index("2026-0002")
    late = client.get(url("rights"), {"situacion": "late"})
    assert "1 solicitud" in text_of(late)
    assert client.get(url("rights"), {"situacion": "otra"}).status_code == 422
    assert client.get(url("rights"), {"cursor": "alterado"}).status_code == 422
    csv = client.get(url("rights_export", "csv"), {"situacion": "late"})
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2 and "2026-0001" in lines[1] and "apellido" not in lines[1]
    assert client.get(url("rights_export", "xlsx")).content.startswith(b"PK")
    assert client.get(url("rights_export", "pdf")).status_code == 404
    entries = Entry.objects.filter(act="register.requests_exported").order_by("id")
    assert [entry.after["rows"] for entry in entries] == [1, 2]
    assert at_piura("regional_office").get(url("rights_export", "csv")).status_code == 403


def test_the_copy_of_the_file_is_handed_over_as_a_pdf_and_written_down(code: str) -> None:
    client = at_piura("registry")
    handed = {"receiver": "person", "on": "2026-11-23"}
    asked = client.post(url("own_file", code), handed)
    assert asked.status_code == 422 and "¿Para qué consulta" in text_of(asked)
    assert not Entry.objects.filter(act="register.own_file_delivered").exists()
    assert client.post(url("own_file", code), {"purpose": "rights"})["Location"] == url("own_file", code)
    assert client.post(url("own_file", code), {"receiver": "lawyer", "on": "2026-11-23"}).status_code == 422
    for _press in ("once", "twice"):
        answer = client.post(url("own_file", code), {"receiver": "person", "on": "2026-11-23"}, follow=True)
        assert answer.redirect_chain == [(url("rights_person", code), 302)]
        assert "Entrega registrada." in text_of(answer) and "La propia persona" in text_of(answer)
    entry: Any = Entry.objects.get(act="register.own_file_delivered")
    copy_at = url("own_file_copy", code, entry.pk)
    assert copy_at in answer.content.decode()
    copy = client.get(copy_at)
    assert copy["Content-Type"] == "application/pdf" and "attachment" in copy["Content-Disposition"]
    assert copy.content.startswith(b"%PDF")
    assert entry.after["sha256"] == hashlib.sha256(copy.content).hexdigest()


def test_the_copy_is_only_for_who_handed_it_over_that_day_and_while_nothing_changed(code: str) -> None:
    client = at_piura("registry")
    owner = User.objects.get(pk=client.session[SESSION_KEY])
    client.post(url("own_file", code), {"purpose": "rights"})
    client.post(url("own_file", code), {"receiver": "person", "on": "2026-11-23"})
    copy_at = url("own_file_copy", code, Entry.objects.get(act="register.own_file_delivered").pk)
    assert client.get(copy_at).status_code == 200
    colleague = Client()
    colleague.force_login(user("colega", "registry", "facility", "EP-PIURA"))
    assert colleague.get(copy_at).status_code == 404
    with time_machine.travel("2026-11-24 15:00:00+00:00", tick=False):
        client.force_login(owner)
        assert client.get(copy_at).status_code == 404
    client.force_login(owner)
    files.add(code, "conduct_record", "Récord de conducta de prueba")
    changed = client.get(copy_at)
    assert changed.status_code == 422 and "cambiaron después de esa entrega" in text_of(changed)


def test_a_request_of_a_merged_code_leads_to_the_record_that_goes_on(code: str) -> None:
    from creo.register.models import Person

    old = Person.objects.create(pk=9, code="P-0000009", merged_into=Person.objects.get(code=code))
    client = at_piura("registry")
    for name in ("documents", "identification", "protected"):
        answer = client.get(url(name, old.code))
        assert (answer.status_code, answer["Location"]) == (302, url(name, code)), name
    assert client.get(url("rights_person", old.code)).status_code == 200
    assert RightsRequest.objects.count() == 0
