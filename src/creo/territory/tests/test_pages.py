"""Pages of the territory: who opens them, what they show, what they cost, and the forms that change places."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from urllib.parse import quote

import pytest
from django.urls import reverse

from creo.support.ledger.models import Entry
from creo.territory import commands
from creo.territory.models import FacilityCapacity, Pavilion
from creo.territory.tests.factories import NATION, capacity, figure, pavilion, prison, sign_in

pytestmark = pytest.mark.django_db

LIST = "/territorio/"
PIURA = "/territorio/penales/EP-PIURA/"


@pytest.fixture
def country():
    commands.load_reference(by=NATION)


def text(response) -> str:
    """The page without the markup between words, narrow spaces as plain ones."""
    return " ".join(response.content.decode().replace("\u202f", " ").replace("\xa0", " ").split())


class TestAccess:
    @pytest.mark.parametrize(
        "url", [LIST, "/territorio/oficinas/", "/territorio/departamentos/20/", PIURA, f"{PIURA}capacidad/"]
    )
    def test_nobody_is_sent_to_sign_in_and_back(self, client, url):
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"] == f"/entrar/?next={quote(url)}"

    def test_a_prison_sees_its_own_page_and_no_other(self, client, country):
        sign_in(client, "treatment_body", "facility", "EP-PIURA")
        assert client.get(PIURA).status_code == 200
        assert client.get("/territorio/penales/EP-SULLANA/").status_code == 404
        assert "1 de 1 penales" in text(client.get(LIST))

    def test_whoever_may_not_edit_gets_no_form_and_no_link_to_it(self, client, country):
        sign_in(client, "auditor")
        assert client.get(f"{PIURA}capacidad/").status_code == 403
        assert client.post(f"{PIURA}capacidad/", {"places": 1}).status_code == 403
        assert f"{PIURA}capacidad/" not in text(client.get(PIURA))

    def test_whoever_may_not_export_gets_no_file(self, client, country):
        sign_in(client, "treatment_body")
        assert client.get("/territorio/exportar.csv").status_code == 403
        assert "exportar" not in text(client.get(LIST))


class TestFacilities:
    def test_shows_the_published_country(self, client, country):
        sign_in(client, "planner")
        page = text(client.get(LIST))
        assert "69 de 69 penales" in page
        for total in ("41 764", "103 717", "51 de 69 penales están hacinados"):
            assert total in page
        assert page.count('href="/territorio/penales/') == 69

    def test_the_address_filters_and_is_kept_by_the_export(self, client, country):
        sign_in(client, "planner")
        page = text(client.get(LIST, {"oficina": "NORTE", "hacinamiento": "no"}))
        assert "2 de 69 penales" in page
        assert "E.P. de Sullana" in page and "E.P. de San Ignacio" in page and "E.P. de Piura<" not in page
        assert "/territorio/exportar.csv?oficina=NORTE&amp;hacinamiento=no" in page
        assert 'value="NORTE" selected' in page

    @pytest.mark.parametrize(
        ("asked", "count"),
        [({"q": "jaen"}, 1), ({"departamento": "07"}, 2), ({"sexo": "women"}, 15), ({"sexo": "men"}, 30)],
    )
    def test_each_filter_narrows(self, client, country, asked, count):
        sign_in(client, "planner")
        assert f"{count} de 69 penales" in text(client.get(LIST, asked))

    def test_no_prison_left_says_why_and_how_to_go_on(self, client, country):
        sign_in(client, "planner")
        page = text(client.get(LIST, {"q": "zzz"}))
        assert "Ningún penal coincide" in page and "Ver todos" in page

    def test_a_value_no_list_offers_is_refused_with_its_name(self, client, country):
        sign_in(client, "planner")
        response = client.get(LIST, {"oficina": "NADA"})
        assert response.status_code == 422
        assert "NADA" in text(response)

    def test_an_empty_country_is_an_empty_state(self, client):
        sign_in(client, "planner")
        assert "Ningún penal coincide" in text(client.get(LIST))

    def test_a_missing_figure_is_said_and_never_zero(self, client):
        capacity(prison(), 100)
        prison("EP-X", "E.P. X")
        sign_in(client, "planner")
        page = text(client.get(LIST))
        assert "Sin plazas conocidas: 1. Sin población publicada: 2." in page
        assert "Sin dato" in page


class TestFacility:
    def test_shows_history_rule_and_citation(self, client, country):
        sign_in(client, "planner")
        page = text(client.get("/territorio/penales/EP-HUANCAYO/"))
        assert "2 386 personas en 680 plazas" in page
        assert "INPE, informes estadísticos mensuales" in page
        assert "hacinado" in page
        assert "población mayor a 1,200" in page and "art. 66" in page
        assert "INEI 120905 · RENIEC 110905" in page
        assert "Huamancaca Chico" in page
        assert "no es una designación legal" in page
        assert "405" in page

    def test_unknown_things_are_called_unknown(self, client):
        prison()
        sign_in(client, "planner")
        page = text(client.get(PIURA))
        assert "No hay una capacidad publicada" in page
        assert "No hay población publicada" in page
        assert "Los pabellones no están publicados" in page

    def test_a_demonstration_pavilion_is_marked(self, client):
        pavilion(prison(), is_demonstration=True)
        sign_in(client, "planner")
        assert "Demostración" in text(client.get(PIURA))

    def test_other_codes_are_not_found(self, client, country):
        sign_in(client, "planner")
        assert client.get("/territorio/penales/EP-NADA/").status_code == 404


class TestOfficesAndDepartments:
    def test_eight_offices_with_their_totals_and_the_reason_of_an_empty_list(self, client, country):
        sign_in(client, "planner")
        page = text(client.get("/territorio/oficinas/"))
        assert page.count("?oficina=") == 8
        assert "Lista no publicada" in page and "37 establecimientos" in page

    def test_a_department_lists_its_districts_in_both_codings(self, client, country):
        sign_in(client, "planner")
        page = text(client.get("/territorio/departamentos/07/"))
        assert "código INEI 07 · código RENIEC 24" in page
        assert "070106" in page and "240106" in page
        assert "CEREC - Base Naval" in page
        assert client.get("/territorio/departamentos/99/").status_code == 404


class TestQueries:
    @pytest.mark.parametrize(
        "url",
        [
            LIST,
            "/territorio/oficinas/",
            "/territorio/departamentos/15/",
            PIURA,
            f"{PIURA}capacidad/",
            "/territorio/exportar.csv",
        ],
    )
    def test_a_page_costs_at_most_twelve_queries(self, client, country, url, django_assert_max_num_queries):
        sign_in(client, "technical_lead")
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200


class TestExport:
    def test_csv_has_the_filtered_rows_with_codes_as_text(self, client, country):
        sign_in(client, "planner")
        response = client.get("/territorio/exportar.csv", {"departamento": "07"})
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
        assert rows[0][:2] == ["Código", "Establecimiento"]
        assert [(row[0], row[4], row[7]) for row in rows[1:]] == [
            ("EP-CALLAO", "07", "572"),
            ("CEREC-BASE-NAVAL", "07", "8"),
        ]

    def test_xlsx_is_a_workbook_that_tells_its_filters(self, client, country):
        sign_in(client, "planner")
        response = client.get("/territorio/exportar.xlsx", {"oficina": "NORTE", "hacinamiento": "no"})
        assert "spreadsheetml" in response["Content-Type"]
        with zipfile.ZipFile(io.BytesIO(response.content)) as book:
            words = "".join(book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name)
        assert "Filtros" in words and "Oficina regional: Norte - Chiclayo; Hacinamiento: No hacinado" in words
        assert "E.P. de Sullana" in words and "E.P. de Piura" not in words

    def test_another_kind_does_not_exist(self, client, country):
        sign_in(client, "planner")
        assert client.get("/territorio/exportar.pdf").status_code == 404


class TestForms:
    def test_a_new_capacity_is_saved_and_shown(self, client):
        capacity(prison(), 1370)
        figure(prison("EP-X", "E.P. X"))
        sign_in(client, "technical_lead")
        assert client.get(f"{PIURA}capacidad/").status_code == 200
        response = client.post(
            f"{PIURA}capacidad/", {"places": 1500, "valid_from": "2026-11-23", "source": "R.P. 001", "reason": ""}
        )
        assert response.status_code == 302
        assert FacilityCapacity.objects.get(valid_to=None).places == 1500
        assert Entry.objects.get(act="territory.capacity_changed").actor == "Persona de prueba"
        assert "1 500" in text(client.get(PIURA))

    def test_a_refused_capacity_keeps_what_was_typed_and_says_what_to_mend(self, client):
        capacity(prison(), 1370)
        sign_in(client, "technical_lead")
        given = {"places": 1500, "valid_from": "2010-01-01", "source": "R.P. 001"}
        response = client.post(f"{PIURA}capacidad/", given)
        assert response.status_code == 422
        page = text(response)
        assert "Debe ser posterior al inicio de la capacidad vigente" in page and 'value="R.P. 001"' in page
        assert FacilityCapacity.objects.get().places == 1370

    def test_an_incomplete_form_is_refused_before_any_command(self, client):
        prison()
        sign_in(client, "technical_lead")
        assert client.post(f"{PIURA}capacidad/", {"places": "mil"}).status_code == 422
        assert Entry.objects.count() == 0

    def test_a_pavilion_opens_and_closes(self, client):
        prison()
        sign_in(client, "technical_lead")
        url = reverse("territory:new_pavilion", args=["EP-PIURA"])
        given = {"code": "p-2", "name": "Pabellón 2", "capacity": "", "valid_from": "2026-01-01", "reason": ""}
        assert client.post(url, given).status_code == 302
        assert client.post(url, given).status_code == 422
        close = reverse("territory:close_pavilion", args=["EP-PIURA", "P-2"])
        assert client.get(close).status_code == 200
        assert client.post(close, {"on": "2026-06-01", "reason": "obra"}).status_code == 302
        assert Pavilion.objects.get().valid_to == date(2026, 6, 1)
        assert client.get(close).status_code == 404

    def test_a_region_cannot_change_a_prison_of_another(self, client, country):
        sign_in(client, "technical_lead", "region", "LIMA")
        given = {"places": 1, "valid_from": "2026-11-23", "source": "x"}
        assert client.post(f"{PIURA}capacidad/", given).status_code == 404
        assert FacilityCapacity.objects.filter(facility__code="EP-PIURA", valid_to=None).get().places == 1370
