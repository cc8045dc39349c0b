from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creo.register import commands, queries
from creo.register.commands.common import Refusals
from creo.register.models import CustodyOffence, Identity, Statement
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, Cast
from creo.support.accounts.tests.factories import user
from creo.support.asking import add_refusal
from creo.support.exports.limits import limits_on
from creo.support.jobs.commands import perform
from creo.support.jobs.models import Job
from creo.support.ledger.models import Entry
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def client_as(role: str, scope_kind: str = "nation", scope_code: str = "") -> Client:
    """Somebody of the staff, signed in."""
    client = Client()
    client.force_login(user(f"{role}-{scope_code}".lower(), role, scope_kind, scope_code))
    return client


@pytest.fixture
def registry() -> Client:
    return client_as("registry")


def text_of(answer: Any) -> str:
    """What a person reads: tags out, spaces folded."""
    html = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").replace("\u202f", " ")


def url(name: str, *args: object) -> str:
    return reverse(f"register:{name}", args=args)


# The list -------------------------------------------------------------------------------------------------------------


def test_the_list_says_how_many_and_who(cast: Cast, registry: Client) -> None:
    answer = registry.get(url("people"))
    text = text_of(answer)
    assert answer.status_code == 200
    assert "4 personas en custodia" in text
    assert "Quispe Ñaupari, Rosa" in text
    assert cast.rosa in text
    assert "14 mar 2026" in text
    assert "Huamán" not in text


def test_the_list_is_searched_and_filtered_from_its_address(cast: Cast, registry: Client) -> None:
    found = text_of(registry.get(url("people"), {"q": "naupari", "sexo": "female", "penal": "EP-PIURA"}))
    assert "1 persona en custodia" in found
    assert "Quitar filtros" in found
    nobody = text_of(registry.get(url("people"), {"q": "zzz"}))
    assert "0 personas en custodia" in nobody
    assert "Nadie cumple estos filtros" in nobody
    outside = text_of(registry.get(url("people"), {"custodia": "deceased"}))
    assert "Huamán Soto, Pedro" in outside
    assert "Falleció el 02 ene 2025" in outside
    assert "1 persona fallecida" in outside
    assert "0 personas fuera de custodia" in text_of(registry.get(url("people"), {"custodia": "released"}))


def test_a_filter_that_no_list_offers_is_refused_with_its_name(cast: Cast, registry: Client) -> None:
    answer = registry.get(url("people"), {"sexo": "otro"})
    assert answer.status_code == 422
    assert "Sexo" in text_of(answer)
    assert registry.get(url("people"), {"cursor": "alterado"}).status_code == 422


def test_the_list_stays_in_its_budget_of_queries(cast: Cast) -> None:
    client = client_as("registry", "facility", "EP-PIURA")
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url("people"), {"q": "rosa"})
    assert answer.status_code == 200
    assert len(seen) <= 12


def test_a_prison_sees_its_own_people_and_has_no_other_choice(cast: Cast) -> None:
    answer = client_as("treatment_body", "facility", "EP-AREQUIPA").get(url("people"), {"custodia": "everybody"})
    text = text_of(answer)
    assert "Mamani Ccori, Luis" in text
    assert "Rosa" not in text
    assert 'value="absent"' in answer.content.decode()
    assert 'value="everybody"' not in answer.content.decode()


def test_an_official_outside_the_territory_sees_nobody(cast: Cast) -> None:
    client = client_as("registry", "facility", "EP-TUMBES")
    assert "0 personas en custodia" in text_of(client.get(url("people")))
    for name in (
        "person", "correct_identity", "confirm_identity", "birth_date", "main_offence", "legal_status", "transfer",
        "release",
    ):  # fmt: skip
        hidden, nothing = client.get(url(name, cast.rosa)), client.get(url(name, "P-9999999"))
        assert (hidden.status_code, nothing.status_code) == (404, 404), name
        assert "Quispe" not in text_of(hidden)
        posted = client.post(url(name, cast.rosa), {"reason": "x"})
        assert posted.status_code == 404, name


@pytest.mark.parametrize("role", ["planner", "auditor"])
def test_who_may_not_see_people_is_told_so(cast: Cast, role: str) -> None:
    client = client_as(role)
    for address in (url("people"), url("person", cast.rosa), url("admit"), url("import_template")):
        assert client.get(address).status_code == 403, address


def test_who_only_looks_gets_no_buttons_and_no_acts(cast: Cast) -> None:
    client = client_as("treatment_body", "facility", "EP-PIURA")
    page = client.get(url("person", cast.rosa)).content.decode()
    assert url("correct_identity", cast.rosa) not in page
    assert url("release", cast.rosa) not in page
    assert client.get(url("correct_identity", cast.rosa)).status_code == 403
    assert client.post(url("release", cast.rosa), {"kind": "acquittal"}).status_code == 403
    assert client.get(url("export", "csv")).status_code == 403
    assert url("export", "csv") not in client.get(url("people")).content.decode()


def test_an_empty_register_says_what_to_do(registry: Client) -> None:
    make.places()
    text = text_of(registry.get(url("people")))
    assert "El registro está vacío" in text
    assert "Registrar un ingreso" in text


# Exports --------------------------------------------------------------------------------------------------------------


def test_the_list_leaves_as_csv_and_the_ledger_knows(cast: Cast, registry: Client) -> None:
    answer = registry.get(url("export", "csv"), {"sexo": "female"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Código;Primer apellido")
    assert len(lines) == 4
    assert lines[1].split(";")[:4] == [cast.rosa, "Quispe", "Ñaupari", "Rosa"]
    entry = Entry.objects.get(act="register.people_exported")
    assert (entry.reason, entry.after["rows"], entry.after["kind"]) == ("Sexo: Mujer", 3, "csv")


def test_a_name_that_begins_like_a_formula_leaves_as_text(cast: Cast, registry: Client) -> None:
    Identity.objects.filter(person__code=cast.rosa).update(given_names="=1+1")
    text = registry.get(url("export", "csv")).content.decode("utf-8-sig")
    assert "'=1+1" in text
    assert ";=1+1" not in text


def test_the_list_leaves_as_a_workbook_with_where_it_comes_from(cast: Cast, registry: Client) -> None:
    answer = registry.get(url("export", "xlsx"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        words = book.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in book.namelist() else ""
        words += "".join(book.read(name).decode() for name in book.namelist() if "sheet" in name)
    assert "Ñaupari" in words
    assert "Nacional" in words


def test_a_long_list_is_asked_for_with_its_reason_and_fetched_once(
    cast: Cast, registry: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(limits_on(TODAY), worker_over=2, reason_over=2)
    monkeypatch.setattr("creo.support.exports.commands.limits_on", lambda _day: few)
    address = url("export", "csv") + "?sexo=female"
    assert "Pedir la descarga: Personas" in text_of(registry.get(address))
    assert not Entry.objects.filter(act="register.people_exported").exists()
    assert registry.post(address, {"reason": " "}).status_code == 422
    assert registry.post(address, {"reason": "Censo pedido por la oficina"}).status_code == 302
    entry = Entry.objects.get(act="register.people_exported")
    assert entry.after["rows"] == 3 and "Censo pedido" in entry.reason and "Mujer" in entry.reason
    perform.func(Job.objects.get(kind="exports.make").pk)
    answer = registry.post(reverse("exports:fetch", args=(entry.after["number"],)))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and lines[1].endswith(entry.after["number"])
    assert registry.post(reverse("exports:fetch", args=(entry.after["number"],))).status_code == 422
    assert registry.get(url("export", "pdf")).status_code == 404


def test_the_template_of_the_list_to_import_is_downloaded(registry: Client) -> None:
    answer = registry.get(url("import_template"))
    assert answer.content.decode("utf-8-sig").startswith("tipo_documento;numero_documento")


# One person -----------------------------------------------------------------------------------------------------------


def test_the_file_opens_with_name_code_age_place_and_state(cast: Cast, registry: Client) -> None:
    text = text_of(registry.get(url("person", cast.rosa)))
    for words in (
        "Quispe Ñaupari, Rosa",
        cast.rosa,
        "23 años",
        "E.P. de Piura",
        "Identidad por confirmar",
        "En custodia",
    ):
        assert words in text, words
    assert "art. 189 · Robo agravado" in text
    assert "Delitos contra el patrimonio" in text
    assert "1 ingreso" in text


def test_the_timeline_tells_the_transfer(cast: Cast, registry: Client) -> None:
    text = text_of(registry.get(url("person", cast.luis), {"parte": "episodios"}))
    assert "De E.P. de Piura a E.P. de Arequipa" in text
    assert "30 jun 2025" in text
    assert "Ingreso por mandato judicial" in text


def test_the_file_of_a_return_and_of_a_death(cast: Cast, registry: Client) -> None:
    assert "2 ingresos" in text_of(registry.get(url("person", cast.ana)))
    pedro = text_of(registry.get(url("person", cast.pedro)))
    assert "Falleció el 02 ene 2025" in pedro
    assert "44 años" in pedro
    episodes = text_of(registry.get(url("person", cast.pedro), {"parte": "episodios"}))
    assert "Egreso: Liberación condicional" in episodes


def test_a_merged_code_leads_to_the_record_that_goes_on(cast: Cast, registry: Client) -> None:
    answer = registry.get(url("person", cast.julia_duplicate))
    assert (answer.status_code, answer["Location"]) == (302, url("person", cast.julia))
    text = text_of(registry.get(url("person", cast.julia), {"parte": "identidad"}))
    assert cast.julia_duplicate in text


def test_the_identity_tells_gaps_history_and_what_sources_say(cast: Cast, registry: Client) -> None:
    commands.correct_identity(
        by=BY, person_code=cast.rosa, changes={"birth_date": None}, reason="Partida anulada", today=TODAY
    )
    person = Identity.objects.get(person__code=cast.rosa, valid_to=None).person
    Statement.objects.create(
        person=person, source="censo", kind="prior_effective", answer="yes, 2", on=date(2016, 1, 18)
    )
    text = text_of(registry.get(url("person", cast.rosa), {"parte": "identidad"}))
    assert "Falta la fecha de nacimiento" in text
    assert "Identidades anteriores" in text
    assert "14 mar 2003" in text
    assert "Dijo tener una pena efectiva anterior" in text
    assert "Sí, 2 veces" in text


def test_what_is_missing_shows_on_the_band(cast: Cast, registry: Client) -> None:
    Identity.objects.filter(person__code=cast.rosa).update(birth_date=None)
    CustodyOffence.objects.filter(custody__person__code=cast.rosa).delete()
    answer = registry.get(url("person", cast.rosa))
    text = text_of(answer)
    assert "Sin fecha de nacimiento" in text
    assert "Sin delito principal" in text
    assert url("birth_date", cast.rosa) in answer.content.decode()


@pytest.mark.parametrize("part", ["", "episodios", "identidad", "otra"])
def test_the_file_stays_in_its_budget_of_queries(cast: Cast, part: str) -> None:
    client = client_as("registry", "facility", "EP-PIURA")
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(url("person", cast.ana), {"parte": part})
    assert answer.status_code == 200
    assert len(seen) <= 12


def test_names_are_never_markup(cast: Cast, registry: Client) -> None:
    Identity.objects.filter(person__code=cast.rosa).update(given_names="<script>alert(1)</script>")
    for address in (url("people"), url("person", cast.rosa), url("correct_identity", cast.rosa)):
        assert "<script>alert" not in registry.get(address).content.decode()


# Acts -----------------------------------------------------------------------------------------------------------------


def test_an_identity_is_corrected_and_then_confirmed(cast: Cast, registry: Client) -> None:
    form = registry.get(url("correct_identity", cast.rosa)).content.decode()
    assert 'value="Quispe"' in form
    typed = {
        "given_names": "Rosa", "first_surname": "Condori", "second_surname": "Ñaupari", "birth_date": "2002-03-14",
        "sex": "female", "document_kind": "dni", "document_number": "00000011", "nationality": "PE",
        "reason": "Partida de nacimiento",
    }  # fmt: skip
    answer = registry.post(url("correct_identity", cast.rosa), typed, follow=True)
    assert "Identidad corregida" in text_of(answer)
    assert "Condori Ñaupari, Rosa" in text_of(answer)
    answer = registry.post(url("confirm_identity", cast.rosa), {"reason": "Huellas"}, follow=True)
    assert "Identidad confirmada" in text_of(answer)
    assert queries.facts_for(BY, cast.rosa, TODAY).facts["identity_confirmed"] is True


def test_a_refused_form_says_why_beside_the_field_and_keeps_what_was_typed(cast: Cast, registry: Client) -> None:
    typed = {"given_names": "Rosa", "first_surname": "Condori", "document_kind": "dni", "document_number": "123",
             "reason": "Partida"}  # fmt: skip
    answer = registry.post(url("correct_identity", cast.rosa), typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "error-summary" in html
    assert "#id_document_number" in html
    assert 'value="Condori"' in html
    assert queries.person(BY, cast.rosa, TODAY).identity.first_surname == "Quispe"


def test_a_birth_date_is_completed(cast: Cast, registry: Client) -> None:
    Identity.objects.filter(person__code=cast.rosa).update(birth_date=None)
    typed = {"birth_date": "2003-03-14", "reason": "DNI a la vista"}
    answer = registry.post(url("birth_date", cast.rosa), typed, follow=True)
    assert "23 años" in text_of(answer)
    later = registry.post(url("birth_date", cast.rosa), {"birth_date": "2030-01-01", "reason": "x"})
    assert later.status_code == 422
    assert "posterior al día de hoy" in text_of(later)


def test_a_main_offence_and_a_legal_status_are_recorded(cast: Cast, registry: Client) -> None:
    assert "art. 298" in registry.get(url("main_offence", cast.rosa)).content.decode()
    typed = {"offence": "CP-298", "attempt": "no", "reason": "Sentencia"}
    assert "art. 298" in text_of(registry.post(url("main_offence", cast.rosa), typed, follow=True))
    typed = {"status": "sentenced", "on": "2026-10-01", "next_hearing_on": "2027-01-15", "reason": "Sentencia"}
    text = text_of(registry.post(url("legal_status", cast.rosa), typed, follow=True))
    assert "Sentenciado" in text
    assert "15 ene 2027" in text


def test_a_transfer_takes_the_person_out_of_the_prisons_sight(cast: Cast) -> None:
    client = client_as("registry", "facility", "EP-PIURA")
    assert "E.P. de Arequipa" in client.get(url("transfer", cast.rosa)).content.decode()
    typed = {"to_facility": "EP-AREQUIPA", "on": "2026-11-20", "reason": "Resolución"}
    answer = client.post(url("transfer", cast.rosa), typed)
    assert (answer.status_code, answer["Location"]) == (302, url("people"))
    assert client.get(url("person", cast.rosa)).status_code == 404


def test_a_release_ends_the_custody(cast: Cast, registry: Client) -> None:
    typed = {"kind": "acquittal", "on": "2026-03-13", "reason": "Consulta al juzgado"}
    early = registry.post(url("release", cast.rosa), typed)
    assert early.status_code == 422
    for words in ("anterior al ingreso", "número de la orden", "juzgado que dio"):
        assert words in text_of(early)
    typed |= {"on": "2026-11-20", "order_number": "OL 7", "court": "Juzgado de prueba"}
    assert "Fuera de custodia desde el 20 nov 2026" in text_of(
        registry.post(url("release", cast.rosa), typed, follow=True)
    )


ADMISSION = {
    "given_names": "Elena", "first_surname": "Vilca", "birth_date": "2001-02-03", "sex": "female",
    "document_kind": "dni", "document_number": "00000077", "nationality": "PE", "entry_kind": "mandate",
    "facility": "EP-PIURA", "admitted_on": "2026-11-22", "mandate": "Resolución 9", "offence": "CP-189",
    "attempt": "si",
}  # fmt: skip


def test_a_new_person_is_admitted_from_the_form(cast: Cast, registry: Client) -> None:
    answer = registry.post(url("admit"), ADMISSION, follow=True)
    text = text_of(answer)
    assert "Ingreso registrado: P-" in text
    assert "Vilca, Elena" in text
    assert "Tentativa" in text


def test_somebody_who_returns_is_admitted_by_code(cast: Cast, registry: Client) -> None:
    commands.release(by=BY, person_code=cast.luis, on=date(2026, 11, 1), kind="acquittal", reason="Orden", today=TODAY)
    form = registry.get(url("admit"), {"persona": cast.luis}).content.decode()
    assert f'value="{cast.luis}"' in form
    typed = {name: ADMISSION[name] for name in ("entry_kind", "facility", "admitted_on", "mandate")}
    answer = registry.post(url("admit"), typed | {"person_code": cast.luis.lower(), "document_kind": "unknown"})
    assert (answer.status_code, answer["Location"]) == (302, url("person", cast.luis))
    assert queries.person(BY, cast.luis, TODAY).admissions == 2


def test_an_admission_form_says_everything_that_is_wrong(cast: Cast, registry: Client) -> None:
    answer = registry.post(url("admit"), ADMISSION | {"document_number": "00000011", "admitted_on": "2026-11-24"})
    text = text_of(answer)
    assert answer.status_code == 422
    assert cast.rosa in text
    assert "posterior al día de hoy" in text
    empty = registry.post(url("admit"), {"person_code": "quispe"})
    assert empty.status_code == 422
    assert "P-0001234" in text_of(empty)


def test_two_reasons_at_one_field_both_stand_beside_it(cast: Cast, registry: Client) -> None:
    moved = {"from_facility": "EP-TUMBES", "to_facility": "EP-PIURA", "on": "2026-11-24", "reason": "Resolución 1"}
    html = text_of(registry.post(url("transfer", cast.rosa), moved))
    assert "no está en ese establecimiento, sino en E.P. de Piura." in html
    form, refusals = forms.Form(), Refusals()
    form.fields["on"] = forms.DateField(required=False)
    form.is_bound, form.data = True, {}
    for message, field in (("Uno.", "on"), ("Dos.", "on"), ("Dos.", "on"), ("Tres.", "")):
        refusals.add(message, field)
    with pytest.raises(Refused) as refused:
        refusals.raise_if_any()
    add_refusal(form, refused.value)
    assert form.errors == {"on": ["Uno.", "Dos."], "__all__": ["Tres."]}


def test_an_admission_without_a_document_chosen_is_not_taken_for_a_dni(cast: Cast, registry: Client) -> None:
    form = registry.get(url("admit")).content.decode()
    assert '<option value="unknown" selected>' in form and '<option value="dni" selected>' not in form
    refused = text_of(registry.post(url("admit"), ADMISSION | {"document_number": ""}))
    assert "Falta el número del DNI" in refused and "«No tiene documento»" in refused


def test_a_prison_admits_only_to_itself(cast: Cast) -> None:
    client = client_as("registry", "facility", "EP-TUMBES")
    assert "E.P. de Piura" not in client.get(url("admit")).content.decode()
    assert client.post(url("admit"), ADMISSION).status_code == 422
    answer = client.post(url("admit"), ADMISSION | {"facility": "EP-TUMBES"})
    assert answer.status_code == 302


def test_pages_speak_english_without_breaking(cast: Cast, registry: Client) -> None:
    for address in (url("people"), url("person", cast.rosa), url("admit")):
        assert registry.get(address, headers={"accept-language": "en"}).status_code == 200
