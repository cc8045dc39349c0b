"""What people see: upload, errors by row and column, one button to apply, and nothing for who may not."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from creo.support.accounts.models import User
from creo.support.accounts.tests.factories import user
from creo.support.imports import commands
from creo.support.imports.models import ImportBatch
from creo.support.imports.tests.factories import BAD, GOOD, STAFF
from creo.support.jobs import commands as jobs
from creo.support.jobs.models import Job
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def alicia() -> Client:
    """Alicia, of the registry, signed in."""
    client = Client()
    client.force_login(user("alicia", role="registry"))
    return client


def send(alicia: Client, content: str | bytes = GOOD, name: str = "personal.csv", **answers: str) -> ImportBatch:
    raw = content.encode() if isinstance(content, str) else content
    data = {"mapping": "personal", "file": SimpleUploadedFile(name, raw), **answers}
    response = alicia.post(reverse("imports:new"), data)
    assert response.status_code == 302, text_of(response)
    return ImportBatch.objects.latest("id")


def work() -> None:
    for job in Job.objects.filter(state="queued"):
        jobs.perform.func(job.pk)


def text_of(response: object) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(plain).split())


def test_a_file_goes_from_the_form_to_the_register(alicia: Client) -> None:
    batch = send(alicia, option_office="sur", option_since="2026-01-01")
    here = reverse("imports:detail", args=[batch.pk])
    waiting = alicia.get(here)
    assert "hx-get" in waiting.content.decode()
    assert "Aplicar" in text_of(waiting)
    assert "En revisión" in text_of(waiting)
    assert alicia.get(here, {"parte": "barra"}).status_code == 200
    work()
    over = alicia.get(here, {"parte": "barra"})
    assert (over.status_code, over["HX-Redirect"]) == (204, here)
    shown = text_of(alicia.get(here))
    assert "Listo para aplicar" in shown
    assert "2 cuentas" in shown
    assert "Columnas que no se usan: Anexo" in shown
    assert "Ana Quispe" in shown
    assert "Oficina Sur" in shown
    response = alicia.post(reverse("imports:apply", args=[batch.pk]))
    assert (response.status_code, response["Location"]) == (302, here)
    work()
    shown = text_of(alicia.get(here))
    assert "Aplicado" in shown
    assert "Anular" not in shown
    assert User.objects.filter(username="ana", name="Ana Quispe").exists()


def test_errors_are_shown_by_row_and_column_and_can_be_taken_along(alicia: Client) -> None:
    batch = send(alicia, BAD)
    work()
    here = reverse("imports:detail", args=[batch.pk])
    page = alicia.get(here)
    shown = text_of(page)
    assert "Con errores" in shown
    assert "4 errores en 2 filas" in shown
    assert "Activo Se espera «sí» o «no». 1" in shown
    assert "parece una fórmula" in shown
    assert reverse("imports:apply", args=[batch.pk]) not in page.content.decode()
    file = alicia.get(reverse("imports:errors", args=[batch.pk]))
    assert file["Content-Disposition"].startswith("attachment")
    number = Entry.objects.get(act="imports.errors_downloaded", subject_code=str(batch.pk)).after["number"]
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Fila;Columna;Valor;Qué se espera;Descarga"
    assert [line.removesuffix(f";{number}") for line in lines[1:]] == [
        "2;Nombre;'=1+1;Empieza con un signo (= + - @): parece una fórmula. Escriba solo el valor.",
        "3;Usuario;BETO;No tiene la forma que se espera.",
        "3;Nombre;;Falta este dato. Se espera un texto.",
        "3;Activo;quizá;Se espera «sí» o «no».",
    ]


def test_many_errors_come_by_pages(alicia: Client) -> None:
    batch = send(alicia, "USUARIO;NOMBRE\n" + "".join(f"MAL{n};x\n" for n in range(120)))
    work()
    here = reverse("imports:detail", args=[batch.pk])
    first = alicia.get(here).content.decode()
    cursor = re.search(r'rel="next" href="\?([^"]+)"', first)
    assert cursor is not None
    second = text_of(alicia.get(f"{here}?{unescape(cursor[1])}"))
    assert "MAL50" in second
    assert "MAL49" not in second
    tampered = alicia.get(here, {"cursor": "WzFd:x"})
    assert tampered.status_code == 422


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("personal.xlsx", b"hola", "no es un libro de Excel"),
        ("personal.csv", b"PK\x03\x04", "debe terminar en .xlsx"),
        ("personal.csv", b"Usuario;N\n1;\x00", "bytes nulos"),
        ("personal.csv", b"", "El archivo está vacío."),
    ],
)
def test_a_bad_file_is_said_on_the_form_and_nothing_is_kept(
    alicia: Client, name: str, content: bytes, reason: str
) -> None:
    data = {"mapping": "personal", "file": SimpleUploadedFile(name, content)}
    response = alicia.post(reverse("imports:new"), data)
    assert response.status_code == 422
    assert reason in text_of(response)
    assert not ImportBatch.objects.exists()


def test_the_same_file_again_names_the_earlier_import(alicia: Client) -> None:
    batch = send(alicia)
    work()
    alicia.post(reverse("imports:apply", args=[batch.pk]))
    work()
    data = {"mapping": "personal", "file": SimpleUploadedFile("otra.csv", GOOD.encode())}
    response = alicia.post(reverse("imports:new"), data)
    assert response.status_code == 422
    assert f"(importación {batch.pk}, «personal.csv», por Alicia)" in text_of(response)


def test_nothing_chosen_and_wrong_answers_are_said_by_their_field(alicia: Client) -> None:
    response = alicia.post(reverse("imports:new"), {"mapping": "otro", "option_since": "ayer"})
    assert response.status_code == 422
    assert "Elija un archivo." in text_of(response)
    assert set(response.context["form"].errors) == {"mapping", "file", "option_since"}


def test_the_expected_columns_stand_beside_the_form(alicia: Client) -> None:
    shown = text_of(alicia.get(reverse("imports:new")))
    assert "USUARIO / CUENTA" in shown
    assert "ACTIVO (opcional)" in shown


def test_the_list_shows_each_file_with_its_state_in_few_queries(
    alicia: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert "Todavía no se ha subido ningún archivo" in text_of(alicia.get(reverse("imports:list")))
    for number in range(5):
        send(alicia, GOOD + f"c{number};Carla;no;1\r\n", name=f"lista-{number}.csv")
    work()
    with django_assert_max_num_queries(12):
        shown = text_of(alicia.get(reverse("imports:list")))
    assert shown.index("lista-4.csv") < shown.index("lista-0.csv")
    assert "Listo para aplicar" in shown
    batch = ImportBatch.objects.latest("id")
    with django_assert_max_num_queries(12):
        alicia.get(reverse("imports:detail", args=[batch.pk]))


def test_a_job_that_stopped_is_told_and_may_be_tried_again(alicia: Client) -> None:
    batch = send(alicia)
    work()
    STAFF.fail_after = 1
    alicia.post(reverse("imports:apply", args=[batch.pk]))
    work()
    page = alicia.get(reverse("imports:detail", args=[batch.pk]))
    assert "El último intento se detuvo" in text_of(page)
    assert "No se aplicó nada" in text_of(page)
    assert reverse("imports:apply", args=[batch.pk]) in page.content.decode()


def test_a_file_is_cancelled_with_its_reason(alicia: Client) -> None:
    batch = send(alicia)
    work()
    assert alicia.post(reverse("imports:cancel", args=[batch.pk]), {"reason": " "}).status_code == 422
    assert alicia.post(reverse("imports:cancel", args=[batch.pk]), {"reason": "Equivocada"}).status_code == 302
    assert "Anulado" in text_of(alicia.get(reverse("imports:detail", args=[batch.pk])))
    assert alicia.post(reverse("imports:check", args=[batch.pk])).status_code == 422


def test_acts_are_never_done_by_opening_an_address(alicia: Client) -> None:
    batch = send(alicia)
    for name in ("check", "apply", "cancel"):
        assert alicia.get(reverse(f"imports:{name}", args=[batch.pk])).status_code == 405


@pytest.mark.parametrize("role", ["planner", "auditor", "treatment_body"])
def test_other_roles_get_nothing(alicia: Client, role: str) -> None:
    batch = send(alicia)
    other = Client()
    other.force_login(user("carlos", role=role))
    for name in ("list", "new"):
        assert other.get(reverse(f"imports:{name}")).status_code == 403
    for name in ("detail", "errors"):
        assert other.get(reverse(f"imports:{name}", args=[batch.pk])).status_code == 403
    for name in ("check", "apply", "cancel"):
        assert other.post(reverse(f"imports:{name}", args=[batch.pk])).status_code == 403
    assert Client().get(reverse("imports:list")).status_code == 302


def test_a_registrar_of_one_region_does_not_see_the_files_of_another(alicia: Client) -> None:
    batch = send(alicia)
    other = Client()
    other.force_login(user("carlos", role="registry", scope_kind="region", scope_code="sur"))
    assert other.get(reverse("imports:detail", args=[batch.pk])).status_code == 404
    assert other.get(reverse("imports:detail", args=[batch.pk + 999])).status_code == 404
    assert "personal.csv" not in text_of(other.get(reverse("imports:list")))


def test_names_and_values_of_the_file_are_shown_as_text(alicia: Client) -> None:
    batch = send(alicia, "USUARIO;NOMBRE;<b>x\n<script>alert(1)</script>;a;1\n", name="<img src=x>.csv")
    work()
    html = alicia.get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert "<script>alert(1)" not in html
    assert "<img src=x>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_check_again_is_queued(alicia: Client) -> None:
    batch = send(alicia)
    work()
    assert alicia.post(reverse("imports:check", args=[batch.pk])).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "checking"
    assert commands.settled_state(batch) == "checking"
