"""Pages of targeting as people of the staff see them: what they say, what they refuse, and at what cost."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creo.programme import commands as programme_commands
from creo.register import commands as register_commands
from creo.register.tests import factories as register
from creo.support.accounts.tests.factories import user
from creo.support.exports.limits import limits_on
from creo.support.jobs.commands import perform
from creo.support.jobs.models import Job
from creo.support.ledger.models import Entry
from creo.targeting import commands
from creo.targeting.models import Enrolment, TargetingRun
from creo.targeting.tests import factories as make
from creo.targeting.tests.factories import BY, TODAY

pytestmark = pytest.mark.django_db
BUDGET = 12


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def crowd() -> dict[str, str]:
    make.creo_in_force()
    return make.crowd()


@pytest.fixture
def run(crowd: dict[str, str]) -> TargetingRun:
    return commands.run(by=BY, as_of=TODAY)


def client_as(role: str, scope_kind: str = "nation", scope_code: str = "") -> Client:
    client = Client()
    client.force_login(user(f"{role}-{scope_code}".lower(), role, scope_kind, scope_code))
    return client


@pytest.fixture
def lead() -> Client:
    """The technical lead: sees people, runs, enrols and exports, in the whole country."""
    return client_as("technical_lead")


def url(name: str, *args: object, **query: object) -> str:
    return reverse(f"targeting:{name}", args=args, query=query or None)


def text_of(answer: Any) -> str:
    """What a person reads: tags out, spaces folded."""
    html = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ").replace("\u202f", " ")


# The board ------------------------------------------------------------------------------------------------------------


def test_before_the_first_run_the_page_says_what_to_do(lead: Client) -> None:
    make.creo_in_force()
    register.places()
    answer = lead.get(url("latest"))
    assert answer.status_code == 200
    assert "Todavía no hay ninguna corrida" in text_of(answer)
    assert url("new_run") in answer.content.decode()
    auditor = client_as("auditor").get(url("latest"))
    assert url("new_run") not in auditor.content.decode()
    assert lead.get(url("compare")).status_code == 200


def test_the_board_tells_the_run_its_funnel_and_its_readings(run: TargetingRun, lead: Client) -> None:
    answer = lead.get(url("latest"))
    text = text_of(answer)
    assert "Focalización nacional" in text
    assert "Corrida del 23 nov 2026 · diseño v1 «18 a 34 años» · 15 personas" in text
    assert run.inputs_hash[:8] in text
    for step in ("Población penitenciaria 15", "Primer ingreso 13", "18 a 34 años 9", "Elegibles 4", "Intervenidos 0"):
        assert step in text
    assert "Títulos de productos: 18 a 29 años 3 0 1" in text
    assert "Lámina de indicadores: 18 a 39 años 5 1 0" in text
    assert "E.P. de Piura 12 3 3 6 0" in text
    assert "Total 15 4 4 7 0" in text
    assert "Sin vínculo con una organización criminal 1 1 TUO del Código de Ejecución Penal, art. 11" in text
    assert answer.content.decode().count("<svg") >= 4


def test_a_prison_sees_its_own_part(run: TargetingRun) -> None:
    text = text_of(client_as("treatment_body", "facility", "EP-TUMBES").get(url("latest")))
    assert "Ve solo los establecimientos de su ámbito" in text
    assert "Población penitenciaria 3" in text
    assert "E.P. de Piura" not in text


def test_an_empty_run_has_its_board(lead: Client) -> None:
    make.creo_in_force()
    register.places()
    run = commands.run(by=BY, as_of=TODAY)
    assert lead.get(url("run", run.pk)).status_code == 200
    assert "No falta ningún dato" in text_of(lead.get(url("missing", run.pk)))
    assert lead.get(url("compare", run=run.pk, reading="titles")).status_code == 200


def test_the_missing_data_page_says_what_to_do_and_who_can(run: TargetingRun, lead: Client) -> None:
    answer = lead.get(url("missing", run.pk))
    text = text_of(answer)
    assert "4 personas por decidir" in text
    assert "Fecha de nacimiento 18 a 34 años 1 1 Pedir el DNI o la partida de nacimiento Registro Penitenciario" in text
    assert f"{url('results', run.pk)}?outcome=undecided&amp;missing=age" in answer.content.decode()


# Runs -----------------------------------------------------------------------------------------------------------------


def test_a_run_is_asked_for_and_becomes_a_job(crowd: dict[str, str], lead: Client) -> None:
    assert lead.get(url("new_run")).status_code == 200
    answer = lead.post(url("new_run"), {"place": "facility:EP-PIURA", "as_of": "2026-11-20", "variant": "titles"})
    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("jobs:detail", args=[job.pk]))
    assert job.kind == "targeting.run"
    assert job.arguments == {
        "scope_kind": "facility",
        "scope_code": "EP-PIURA",
        "as_of": "2026-11-20",
        "variant": "titles",
    }
    assert "E.P. de Piura" in job.title


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"place": "nation:", "as_of": "2026-11-24"}, "no puede ser posterior a hoy"),
        ({"place": "nation:", "as_of": "ayer"}, "fecha"),
        ({"place": "facility:EP-NO-HAY", "as_of": "2026-11-20"}, "EP-NO-HAY"),
        ({"place": "", "as_of": "2026-11-20"}, "obligatorio"),
        ({"place": "nation:", "as_of": "2026-11-20", "variant": "no-hay"}, "no-hay"),
    ],
)
def test_a_wrong_request_keeps_what_was_typed_and_says_what_is_wrong(
    crowd: dict[str, str], lead: Client, sent: dict[str, str], said: str
) -> None:
    answer = lead.post(url("new_run"), sent)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Job.objects.exists()


def test_a_prison_is_not_offered_the_nation(crowd: dict[str, str]) -> None:
    regional = client_as("regional_office", "region", "NORTE")
    form = regional.get(url("new_run")).content.decode()
    assert 'value="nation:"' not in form
    assert 'value="region:NORTE"' in form
    assert 'value="facility:EP-AREQUIPA"' not in form
    assert regional.post(url("new_run"), {"place": "nation:", "as_of": "2026-11-20"}).status_code == 422


def test_the_list_of_runs_and_the_check_of_one(run: TargetingRun, crowd: dict[str, str], lead: Client) -> None:
    assert f"N.º {run.pk} Nacional 23 nov 2026 v1, " in text_of(lead.get(url("runs")))
    same = text_of(lead.post(url("check", run.pk)))
    assert "la misma respuesta para todas las personas" in same
    assert "los mismos datos" in same
    register_commands.set_main_offence(
        by=BY, person_code=crowd["no_offence"], offence_code="CP-189", attempt=False, reason="Resolución", today=TODAY
    )
    changed = text_of(lead.post(url("check", run.pk)))
    assert "el registro cambió desde entonces" in changed
    assert "De Por decidir a Elegible 1" in changed
    assert lead.get(url("check", run.pk))["Location"] == url("run", run.pk)
    assert client_as("treatment_body", "facility", "EP-TUMBES").post(url("check", run.pk)).status_code == 403


# People of a run ------------------------------------------------------------------------------------------------------


def test_the_people_of_a_run_are_filtered_by_the_address(
    run: TargetingRun, crowd: dict[str, str], lead: Client
) -> None:
    eligible = lead.get(url("results", run.pk))
    assert "4 personas: elegibles" in text_of(eligible)
    assert crowd["eligible"] in text_of(eligible)
    assert "Quispe Ñaupari, Rosa" in text_of(eligible)
    lacking = lead.get(url("results", run.pk, outcome="undecided", missing="age", facility="EP-PIURA"))
    text = text_of(lacking)
    assert "1 persona: por decidir" in text
    assert crowd["no_birth_date"] in text
    assert crowd["no_offence"] not in text
    html = lacking.content.decode()
    assert "outcome=undecided&amp;missing=age&amp;facility=EP-PIURA" in html
    assert re.search(r'<option value="age" selected', html)


@pytest.mark.parametrize(
    "wrong", [{"outcome": "maybe"}, {"facility": "EP-NO-HAY"}, {"missing": "no-hay"}, {"cursor": "a1"}]
)
def test_an_address_that_no_list_offers_is_refused(run: TargetingRun, lead: Client, wrong: dict[str, str]) -> None:
    assert lead.get(url("results", run.pk, **wrong)).status_code == 422


def test_names_are_not_shown_to_who_may_not_see_people(run: TargetingRun, crowd: dict[str, str]) -> None:
    planner, code = client_as("planner"), crowd["eligible"]
    for page in (url("results", run.pk), url("person", code), url("person_in_run", run.pk, code)):
        answer = planner.get(page)
        assert answer.status_code == 200
        assert code in text_of(answer)
        assert "Quispe" not in answer.content.decode()


def test_the_list_is_exported_whole_as_it_is_filtered(run: TargetingRun, crowd: dict[str, str], lead: Client) -> None:
    answer = lead.get(url("export_results", run.pk, "csv", outcome="undecided"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert {row["Código"] for row in rows} == {
        crowd[name] for name in ("no_birth_date", "not_confirmed", "no_offence", "no_review")
    }
    assert {row["Resultado"] for row in rows} == {"Por decidir"}
    book = lead.get(url("export_results", run.pk, "xlsx", facility="EP-TUMBES"))
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        strings = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    assert run.inputs_hash in strings
    assert "Establecimiento: E.P. de Tumbes" in strings
    assert crowd["micro_trade"] in strings
    assert crowd["eligible"] not in strings
    assert lead.get(url("export_results", run.pk, "pdf")).status_code == 404
    entries = Entry.objects.filter(act="targeting.people_exported").order_by("id")
    assert [(entry.subject_code, entry.after["kind"], entry.after["rows"]) for entry in entries] == [
        (f"run-{run.pk}", "csv", 4),
        (f"run-{run.pk}", "xlsx", 1),
    ]
    assert entries[0].reason == "Resultado: Por decidir"
    assert client_as("treatment_body", "facility", "EP-PIURA").get(
        url("export_results", run.pk, "csv")
    ).status_code == 403  # fmt: skip


def test_a_person_of_a_run_is_explained_with_what_it_kept(
    run: TargetingRun, crowd: dict[str, str], lead: Client
) -> None:
    text = text_of(lead.get(url("person_in_run", run.pk, crowd["organised"])))
    assert "No cumple Sin vínculo con una organización criminal — Vínculo con crimen organizado: sí" in text
    assert "Resultado: no elegible" in text
    elsewhere = client_as("treatment_body", "facility", "EP-TUMBES")
    assert elsewhere.get(url("person_in_run", run.pk, crowd["organised"])).status_code == 404


# One person -----------------------------------------------------------------------------------------------------------


def test_the_page_of_a_person_says_why_and_what_is_missing(crowd: dict[str, str], lead: Client) -> None:
    text = text_of(lead.get(url("person", crowd["no_birth_date"])))
    assert "Cumple Primer ingreso — un solo episodio desde 10 ene 2025; identidad confirmada" in text
    assert "Fuente: Programa, líneas 30 y 270" in text
    assert "Sin dato 18 a 34 años — sin fecha de nacimiento" in text
    assert "Qué hacer: Pedir el DNI o la partida de nacimiento responsable: Registro Penitenciario" in text
    assert "Resultado: por decidir" in text
    assert "Hoy no puede inscribirse" in text


def test_a_hearing_that_may_bring_a_judicial_fact_is_told(crowd: dict[str, str], lead: Client) -> None:
    for name in ("no_offence", "no_birth_date"):
        register_commands.set_legal_status(
            by=BY,
            person_code=crowd[name],
            status="unsentenced",
            on=date(2026, 1, 5),
            next_hearing_on=date(2026, 12, 10),
            reason="Auto de citación",
            today=TODAY,
        )
    text = text_of(lead.get(url("person", crowd["no_offence"])))
    assert "Próxima audiencia: 10 dic 2026" in text
    assert "Conviene volver a mirar el 10 dic 2026" in text
    assert "Próxima audiencia" not in text_of(lead.get(url("person", crowd["no_birth_date"])))


def test_a_code_typed_by_hand_leads_to_its_page(crowd: dict[str, str], lead: Client) -> None:
    code = crowd["eligible"]
    assert lead.get(url("find", code=f" {code.lower()} "))["Location"] == url("person", code)
    assert lead.get(url("find")).status_code == 422
    assert lead.get(url("person", "P-9999999")).status_code == 404
    assert lead.get(url("find", code="../../x"), follow=True).status_code == 404


def test_a_person_is_enrolled_and_leaves_from_their_page(crowd: dict[str, str], lead: Client) -> None:
    code = crowd["eligible"]
    assert "Inscribir en el programa" in text_of(lead.get(url("person", code)))
    answer = lead.post(url("enrol", code), {"on": "2026-11-20", "reason": "Acta 7"}, follow=True)
    text = text_of(answer)
    assert "La persona quedó inscrita" in text
    assert "Desde el 20 nov 2026, en E.P. de Piura" in text
    assert "Sustento: Acta 7" in text
    refused = lead.post(url("end", code), {"on": "2026-11-19", "reason": "conduct"})
    assert refused.status_code == 422
    assert "anterior a la inscripción" in text_of(refused)
    assert "explicación escrita" in text_of(refused)
    left = lead.post(url("end", code), {"on": "2026-11-22", "reason": "voluntary"}, follow=True)
    assert "La salida quedó registrada" in text_of(left)
    assert "salió el 22 nov 2026" in text_of(left)
    assert "salió del programa el 22/11/2026; indique por qué vuelve" in text_of(left)
    assert Enrolment.objects.get().ended_on == date(2026, 11, 22)


def test_a_refused_enrolment_gives_the_page_back_with_every_reason(crowd: dict[str, str], lead: Client) -> None:
    answer = lead.post(url("enrol", crowd["too_old"]), {"on": "2026-11-24", "reason": "Acta"})
    assert answer.status_code == 422
    text = text_of(answer)
    assert "no cumple: 18 a 34 años" in text
    assert "la fecha es posterior a hoy" in text
    assert 'value="Acta"' in answer.content.decode()
    assert lead.post(url("enrol", crowd["too_old"]), {"on": ""}).status_code == 422
    assert lead.get(url("enrol", crowd["too_old"]))["Location"] == url("person", crowd["too_old"])
    assert lead.get(url("end", crowd["too_old"]))["Location"] == url("person", crowd["too_old"])
    assert not Enrolment.objects.exists()


def test_who_aged_out_stays_enrolled_and_is_told(crowd: dict[str, str]) -> None:
    commands.enrol(by=BY, person_code=crowd["turns_35_soon"], on=TODAY)
    with time_machine.travel("2026-12-02 15:00:00+00:00", tick=False):
        lead = client_as("technical_lead")
        text = text_of(lead.get(url("person", crowd["turns_35_soon"])))
        assert "Superó la edad" in text
        assert "continúa inscrita" in text
        assert "Superó la edad; continúa inscrita" in text_of(lead.get(url("enrolments")))


# Comparing ------------------------------------------------------------------------------------------------------------


def test_readings_and_drafts_stand_side_by_side(run: TargetingRun, crowd: dict[str, str], lead: Client) -> None:
    draft = programme_commands.start_draft(by=BY, based_on=1, variant="spending", title="Prueba de 30")
    text = text_of(lead.get(url("compare")))
    assert "Diseño vigente, v1 18–34 4 4" in text
    assert "Títulos de productos: 18 a 29 años 18–29 3 4 0 1" in text
    assert f"v{draft}, Prueba de 30" in text
    assert "borrador" in text
    wide = text_of(lead.get(url("compare", reading="indicator-slide")))
    assert "E.P. de Piura 3 4 1 0" in wide
    assert "Total 4 5 1 0" in wide
    assert f"{crowd['thirty_seven']} E.P. de Piura 37 años 106 18 a 39 años" in wide
    leave = text_of(lead.get(url("compare", reading=f"v{draft}", side="leave", facility="EP-PIURA")))
    assert crowd["turns_35_soon"] in leave
    assert "Ver todos los establecimientos" in leave


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"reading": "no-hay"}, 404),
        ({"reading": "titles", "side": "up"}, 404),
        ({"reading": "titles", "facility": "EP-NO-HAY"}, 404),
        ({"reading": "titles", "after": "x"}, 422),
        ({"run": "999"}, 404),
        ({"run": "x"}, 422),
    ],
)
def test_a_comparison_that_does_not_exist_is_refused(
    run: TargetingRun, lead: Client, wrong: dict[str, str], status: int
) -> None:
    assert lead.get(url("compare", **wrong)).status_code == status


def test_who_moves_is_exported(run: TargetingRun, crowd: dict[str, str], lead: Client) -> None:
    answer = lead.get(url("export_movers", "csv", reading="titles", side="leave"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Código"], row["Cambia por"]) for row in rows] == [(crowd["turns_35_soon"], "18 a 29 años")]
    assert lead.get(url("export_movers", "xlsx", reading="titles")).status_code == 200
    assert lead.get(url("export_movers", "csv")).status_code == 404


# Enrolled -------------------------------------------------------------------------------------------------------------


def test_the_enrolled_are_listed_filtered_and_exported(crowd: dict[str, str], lead: Client) -> None:
    commands.enrol(by=BY, person_code=crowd["eligible"], on=date(2026, 10, 1))
    commands.enrol(by=BY, person_code=crowd["micro_trade"], on=date(2026, 10, 1))
    commands.end_enrolment(by=BY, person_code=crowd["micro_trade"], on=TODAY, reason="completed")
    text = text_of(lead.get(url("enrolments")))
    assert f"{crowd['eligible']} Quispe Ñaupari, Rosa E.P. de Piura 01 oct 2026 diseño v1 26 años" in text
    assert crowd["micro_trade"] not in text
    ended = text_of(lead.get(url("enrolments", state="ended")))
    assert "Término de la intervención, el 23 nov 2026" in ended
    file = lead.get(url("export_enrolments", "csv", state="all"))
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert {row["Código"] for row in rows} == {crowd["eligible"], crowd["micro_trade"]}
    assert lead.get(url("export_enrolments", "xlsx")).status_code == 200
    assert lead.get(url("enrolments", state="nunca")).status_code == 422
    tumbes = text_of(client_as("treatment_body", "facility", "EP-TUMBES").get(url("enrolments")))
    assert crowd["eligible"] not in tumbes


def test_a_list_too_long_to_wait_for_is_made_by_the_worker(
    run: TargetingRun, lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(limits_on(run.as_of), worker_over=1)
    monkeypatch.setattr("creo.support.exports.commands.limits_on", lambda _day: few)
    address = url("export_results", run.pk, "xlsx", outcome="undecided")
    assert "se entrega una sola vez" in text_of(lead.get(address))
    assert lead.post(address, {"reason": ""}).status_code == 302
    entry = Entry.objects.get(act="targeting.people_exported")
    perform.func(Job.objects.get(kind="exports.make").pk)
    book = lead.post(reverse("exports:fetch", args=(entry.after["number"],)))
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        told = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith("xml"))
    assert run.inputs_hash in told and entry.after["number"] in told


# Cost and guards ------------------------------------------------------------------------------------------------------


def pages_of(run: TargetingRun, crowd: dict[str, str]) -> list[str]:
    return [
        url("latest"),
        url("run", run.pk),
        url("runs"),
        url("new_run"),
        url("results", run.pk),
        url("results", run.pk, outcome="undecided", missing="age", facility="EP-PIURA"),
        url("missing", run.pk),
        url("person", crowd["eligible"]),
        url("person", crowd["no_offence"]),
        url("person_in_run", run.pk, crowd["eligible"]),
        url("compare"),
        url("compare", reading="titles", side="leave", facility="EP-PIURA"),
        url("enrolments"),
    ]


@pytest.mark.parametrize(
    ("role", "kind", "code"), [("technical_lead", "nation", ""), ("regional_office", "region", "NORTE")]
)
def test_no_page_asks_the_database_more_than_its_budget(
    run: TargetingRun, crowd: dict[str, str], role: str, kind: str, code: str
) -> None:
    commands.enrol(by=BY, person_code=crowd["eligible"], on=TODAY)
    client = client_as(role, kind, code)
    over = {}
    for page in pages_of(run, crowd):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(page)
        assert answer.status_code == 200, page
        if len(asked) > BUDGET:
            over[page] = [query["sql"][:120] for query in asked]
    assert over == {}


def test_every_page_needs_a_role_and_signing_in(run: TargetingRun, crowd: dict[str, str]) -> None:
    stranger = client_as("")
    for page in pages_of(run, crowd):
        assert Client().get(page)["Location"].startswith("/entrar/"), page
        assert stranger.get(page).status_code == 403, page
    planner = client_as("planner")
    assert planner.post(url("enrol", crowd["eligible"]), {"on": "2026-11-20"}).status_code == 403
    assert planner.post(url("end", crowd["eligible"]), {"on": "2026-11-20"}).status_code == 403
    assert client_as("auditor").get(url("new_run")).status_code == 403
