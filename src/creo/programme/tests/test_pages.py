"""Pages of the programme: who opens them, what they show and cost, and a draft from its start to its approval."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest

from creo.programme import commands, queries, reports, rules
from creo.programme.models import DesignVersion
from creo.programme.tests.factories import DAY, SYSTEM, creo, draft, loaded, person
from creo.support import clock

pytestmark = pytest.mark.django_db

READ = [
    "/programa/",
    "/programa/?ver=outcome:specific",
    "/programa/?ver=product:P4",
    "/programa/?ver=activity:A3.3",
    "/programa/productos/P1/",
    "/programa/productos/P5/",
    "/programa/actividades/A1.2/",
    "/programa/poblacion/",
    "/programa/modelos/",
    "/programa/articulacion/",
    "/programa/indicadores/",
    "/programa/metas/",
    "/programa/contradicciones/",
    "/programa/contradicciones/?gravedad=H&producto=P4&q=meta",
    "/programa/fuente/",
    "/programa/tablas/",
    "/programa/tablas/results/",
    "/programa/versiones/",
    "/programa/versiones/1/",
    "/programa/versiones/2/",
    "/programa/versiones/comparar/?a=1&b=2",
]
EDIT = [
    "/programa/versiones/nueva/",
    "/programa/versiones/2/editar/",
    "/programa/versiones/2/editar/edad/P1/",
    "/programa/versiones/2/editar/delito/PROPERTY/",
    "/programa/versiones/2/editar/exclusion/extortion/",
    "/programa/versiones/2/editar/meta/P4/",
]


@pytest.fixture(autouse=True)
def _on_a_known_day(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: DAY)


@pytest.fixture
def two_versions():
    """CREO in force and a draft of the titles' ages made by Alicia, a planner."""
    loaded()
    user, reader = person("alicia", "planner")
    draft(reader, variant="titles")
    return user


def sign_in(client, role: str, username: str = "zoila"):
    user, reader = person(username, role)
    client.force_login(user)
    return reader


def text(response) -> str:
    """The words of the page, narrow spaces as plain ones."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(body).replace("\u202f", " ").replace("\xa0", " ").split())


class TestAccess:
    @pytest.mark.parametrize("url", READ + EDIT)
    def test_nobody_is_sent_to_sign_in(self, client, url):
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith("/entrar/?next=/programa/")

    @pytest.mark.parametrize("url", READ)
    def test_every_page_opens_in_few_queries(self, client, two_versions, url, django_assert_max_num_queries):
        sign_in(client, "auditor")
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200

    @pytest.mark.parametrize("url", EDIT)
    def test_whoever_may_not_edit_gets_no_form(self, client, two_versions, url):
        sign_in(client, "auditor")
        assert client.get(url).status_code == 403
        assert client.post(url, {"minimum": 1, "maximum": 2}).status_code == 403

    @pytest.mark.parametrize("url", EDIT)
    def test_whoever_edits_gets_every_form(self, client, two_versions, url, django_assert_max_num_queries):
        client.force_login(two_versions)
        with django_assert_max_num_queries(12):
            assert client.get(url).status_code == 200

    def test_only_who_may_approve_sees_the_page_to_do_it(self, client, two_versions):
        client.force_login(two_versions)
        assert client.get("/programa/versiones/2/vigencia/").status_code == 403
        assert client.get("/programa/versiones/1/retirar/").status_code == 403

    def test_whoever_may_not_export_gets_no_file_and_no_link_to_it(self, client, two_versions):
        sign_in(client, "treatment_body")
        assert client.get("/programa/tablas/cover/archivo.pdf").status_code == 403
        assert client.get("/programa/tablas/documento.xlsx").status_code == 403
        assert "archivo.pdf" not in client.get("/programa/tablas/cover/").content.decode()

    @pytest.mark.parametrize(
        ("url", "status"),
        [
            ("/programa/productos/P9/", 404),
            ("/programa/actividades/P1/", 404),
            ("/programa/tablas/nada/", 404),
            ("/programa/tablas/nada/archivo.pdf", 404),
            ("/programa/tablas/cover/archivo.exe", 404),
            ("/programa/tablas/documento.doc", 404),
            ("/programa/versiones/99/", 404),
            ("/programa/?version=99", 404),
            ("/programa/?version=-1", 422),
            ("/programa/?version=1e9", 422),
            ("/programa/?ver=%3Cscript%3E", 200),
            ("/programa/contradicciones/?gravedad=Z", 422),
            ("/programa/contradicciones/?q=" + "x" * 200, 422),
            ("/programa/fuente/?q=" + "x" * 200, 422),
            ("/programa/versiones/comparar/?a=1&b=77", 422),
            ("/programa/versiones/comparar/?a=x", 422),
            ("/programa/versiones/1/editar/", 422),
            ("/programa/versiones/2/editar/edad/P9/", 404),
            ("/programa/versiones/2/editar/otra/P1/", 404),
            ("/programa/versiones/2/vigencia/", 200),
            ("/programa/versiones/2/retirar/", 404),
        ],
    )
    def test_an_address_that_makes_no_sense_gets_a_clear_answer(self, client, two_versions, url, status):
        sign_in(client, "technical_lead")
        assert client.get(url).status_code == status


class TestContent:
    @pytest.fixture(autouse=True)
    def _reader(self, client, two_versions):
        sign_in(client, "planner")

    def test_the_chain_draws_five_products_and_thirteen_activities(self, client):
        body = client.get("/programa/").content.decode()
        assert len(re.findall(r'id="caja-product-', body)) == 5
        assert len(re.findall(r'id="caja-activity-', body)) == 13
        assert "Diseño v1 «Lectura tratada: 18 a 34 años» · vigente desde 01 ene 2014" in text(client.get("/programa/"))

    def test_a_click_gets_the_tree_and_the_sheet_alone_and_going_back_gets_the_whole_page(self, client):
        part = client.get("/programa/?ver=product:P4", headers={"HX-Request": "true"})
        assert "<html" not in part.content.decode()
        assert 'id="cadena"' in part.content.decode()
        assert "Dirección de Tratamiento Penitenciario" in text(part)
        assert part["Vary"].startswith("HX-Request")
        back = client.get(
            "/programa/?ver=product:P4", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
        )
        assert "<html" in back.content.decode()

    def test_a_product_sheet_answers_nine_questions_as_printed_and_as_treated(self, client):
        words = text(client.get("/programa/productos/P1/"))
        for field in creo().sheets[0].fields:
            assert field.title in words
            assert " ".join(field.printed.split()) in words
        assert "Población penitenciaria primaria de 18 a 34 años." in words
        assert "Heredado · línea 16" in words
        assert "no programado" in words

    def test_what_is_not_programmed_is_said_and_never_zero(self, client):
        words = text(client.get("/programa/metas/"))
        assert words.count("no programado") == 3 + 5
        assert "1 210" in words
        assert "sin año en la fuente" in words
        assert not re.search(r"\b0\b", words.partition("Por producto")[2].partition("Textos")[0].replace("como 0", ""))

    def test_the_articulation_marks_thirteen_and_four(self, client):
        body = text(client.get("/programa/articulacion/"))
        matrix = body.partition("Actividades por nivel de gobierno")[2].partition("Niveles de cada producto")[0]
        assert matrix.count("✓ Participa") == 17
        assert matrix.rstrip().endswith("Actividades con marca 13 4 0")

    def test_crossed_indicators_say_where_they_were_printed(self, client):
        words = text(client.get("/programa/indicadores/"))
        assert words.count("Impreso bajo otro producto") == 2
        assert "Ligado por su sentido a Producto P4 Impreso bajo Producto P5" in words
        assert words.count("Vacío en la fuente") == 6

    @pytest.mark.parametrize(
        ("query", "shown"),
        [("", 54), ("?gravedad=H", 12), ("?gravedad=L", 5), ("?q=poepe", 1), ("?q=C-08", 1), ("?q=nada+de+esto", 0)],
    )
    def test_contradictions_filter(self, client, query, shown):
        response = client.get(f"/programa/contradicciones/{query}")
        assert response.content.decode().count('id="contradiction-') == shown
        assert f"{shown} de 54 contradicciones" in text(response)

    def test_contradictions_of_a_product_include_those_of_its_activities(self, client):
        body = client.get("/programa/contradicciones/?producto=P2").content.decode()
        assert 'id="contradiction-C-25"' in body
        assert 'id="contradiction-C-08"' not in body

    def test_the_source_lists_114_facts_each_linked_to_what_represents_it(self, client):
        body = client.get("/programa/fuente/").content.decode()
        assert body.count('id="fact-S-') == 114
        assert "Sin representar" not in body
        links = set(re.findall(r'href="(/programa/[^"#]*)', body))
        for url in sorted(links):
            assert client.get(html.unescape(url)).status_code == 200, url

    def test_every_table_opens_in_both_forms(self, client):
        for table in creo().tables:
            words = text(client.get(f"/programa/tablas/{table.code}/"))
            assert "Como está impresa" in words and "Como se trata" in words

    def test_models_of_products_without_one_say_it_is_not_in_the_source(self, client):
        assert text(client.get("/programa/modelos/")).count("? No figura en la fuente") == 3

    def test_a_draft_is_seen_everywhere_with_its_own_ages_and_keeps_its_version_in_the_links(self, client):
        response = client.get("/programa/productos/P1/?version=2")
        assert "Está viendo una versión que usted eligió" in text(response)
        assert "18 a 29 años" in text(response)
        assert "/programa/actividades/A1.1/?version=2" in response.content.decode()

    def test_comparing_tells_values_and_the_texts_that_read_differently(self, client):
        words = text(client.get("/programa/versiones/comparar/?a=1&b=2"))
        assert "Rangos de edad · P1: Producto 1 · edad máxima 34 29" in words
        assert "textos se leen distintos" in words
        same = text(client.get("/programa/versiones/comparar/?a=1&b=1"))
        assert "Las dos versiones dicen lo mismo." in same

    def test_a_title_with_markup_is_shown_as_text(self, client, two_versions):
        reader = person("mala", "planner")[1]
        commands.start_draft(by=reader, based_on=1, title="<script>alert(1)</script>")
        body = client.get("/programa/versiones/").content.decode()
        assert "<script>alert(1)" not in body
        assert "&lt;script&gt;alert(1)" in body


class TestWithoutDesign:
    @pytest.mark.parametrize(
        "url", [url for url in READ if "productos" not in url and "actividades" not in url and url.count("/") == 3]
    )
    def test_pages_say_that_nothing_rules_yet(self, client, url):
        sign_in(client, "planner")
        response = client.get(url)
        assert response.status_code == 200
        assert "Todavía no hay" in text(response)

    def test_a_draft_cannot_begin_from_nothing(self, client):
        sign_in(client, "planner")
        response = client.get("/programa/versiones/nueva/")
        assert response.status_code == 422
        assert "creo design load" in text(response)


class TestFiles:
    def test_a_table_as_pdf_and_as_workbook(self, client, two_versions):
        sign_in(client, "planner")
        pdf = client.get("/programa/tablas/cover/archivo.pdf")
        assert pdf.content.startswith(b"%PDF")
        assert "creo-v1-cover.pdf" in pdf["Content-Disposition"]
        book = client.get("/programa/tablas/cover/archivo.xlsx")
        with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
            assert len([name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]) == 3
            strings = html.unescape(parts.read("xl/sharedStrings.xml").decode())
        assert "entre de 18 -34 años" in strings
        assert "C-01" in strings

    def test_the_whole_document_in_each_form(self, client, two_versions):
        sign_in(client, "planner")
        for form in ("printed", "treated"):
            assert client.get(f"/programa/tablas/documento.pdf?forma={form}").content.startswith(b"%PDF")

    def test_nothing_written_in_a_design_becomes_code_in_its_files(self):
        row = loaded()
        nasty = '#read("/etc/passwd") #panic() *a* $x$ =1+1 <script>'
        design = rules.apply_changes(creo(), [rules.Change("conclusions/1/printed", "", "", nasty)])
        table = rules.print_table(design, "conclusions", "printed")
        assert reports.tables_pdf(row, [table]).startswith(b"%PDF")
        formula = rules.apply_changes(creo(), [rules.Change("conclusions/1/printed", "", "", "=HYPERLINK(1)")])
        book = reports.tables_xlsx(row, [rules.print_table(formula, "conclusions", "printed")])
        with zipfile.ZipFile(io.BytesIO(book)) as parts:
            sheets = "".join(parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name)
            assert "<f>" not in sheets
            assert "=HYPERLINK(1)" in parts.read("xl/sharedStrings.xml").decode()

    def test_the_same_design_gives_the_same_pages_of_pdf(self):
        row = loaded()
        tables = rules.print_tables(creo(), "treated")
        sizes = {len(reports.tables_pdf(row, tables)) for _again in range(2)}
        assert len(sizes) == 1


class TestDraft:
    def test_from_the_start_to_the_approval_by_another_person(self, client, two_versions):
        client.force_login(two_versions)
        response = client.post("/programa/versiones/nueva/", {"variant": "indicator-slide", "title": "Lámina"})
        assert response["Location"] == "/programa/versiones/3/editar/"
        response = client.post("/programa/versiones/3/editar/edad/P5/", {"minimum": 18, "maximum": 35, "reason": "x"})
        assert response["Location"] == "/programa/versiones/3/editar/"
        words = text(client.get("/programa/versiones/3/editar/"))
        assert "Cambio guardado." in words
        assert "Rangos de edad · P5: Producto 5 · edad máxima 34 35" in words
        assert client.post("/programa/versiones/3/vigencia/", {"valid_from": "2027-01-01"}).status_code == 403
        sign_in(client, "technical_lead")
        assert "Poner en vigencia" in text(client.get("/programa/versiones/3/"))
        response = client.post("/programa/versiones/3/vigencia/", {"valid_from": "2027-01-01", "reason": "R.P. 1"})
        assert response["Location"] == "/programa/versiones/3/"
        assert "El diseño v3 está en vigencia." in text(client.get("/programa/versiones/3/"))
        assert queries.in_force(SYSTEM, date(2027, 1, 1)).number == 3

    def test_the_author_is_told_that_another_person_must_approve(self, client, two_versions):
        reader = sign_in(client, "technical_lead")
        number = draft(reader, variant="spending")
        assert "debe ponerlo en vigencia otra persona" in text(client.get(f"/programa/versiones/{number}/"))
        response = client.post(f"/programa/versiones/{number}/vigencia/", {"valid_from": "2027-01-01", "reason": "x"})
        assert response.status_code == 422
        assert "Usted preparó este borrador" in text(response)
        assert DesignVersion.objects.get(number=number).status == "draft"

    @pytest.mark.parametrize(
        ("place", "typed", "message"),
        [
            ("edad/P1", {"minimum": 30, "maximum": 20}, "La edad mínima (30) es mayor que la máxima (20)."),
            ("edad/P1", {"minimum": "", "maximum": 20}, "Edad mínima: "),
            ("edad/P1", {"minimum": 18, "maximum": 400}, "Edad máxima: "),
            ("delito/PROPERTY", {"articles": "185-208, abc"}, "«abc» no es un artículo ni un rango"),
            ("delito/PROPERTY", {"articles": ",".join(["1"] * 41)}, "Son demasiados rangos"),
            ("meta/P4", {"value": 1210, "site_LIMA": 10}, "Complete todas las sedes o deje todas vacías."),
            (
                "meta/P4",
                {"value": 1210, **{f"site_{s}": 1 for s in ("LIMA", "PIURA", "HUANCAYO", "AREQUIPA", "PUCALLPA")}},
                "El reparto por sede suma 5 y la meta es 1210.",
            ),
        ],
    )
    def test_a_wrong_change_is_told_beside_its_form_and_changes_nothing(
        self, client, two_versions, place, typed, message
    ):
        client.force_login(two_versions)
        before = DesignVersion.objects.get(number=2).digest
        response = client.post(f"/programa/versiones/2/editar/{place}/", typed)
        assert response.status_code == 422
        assert message in text(response)
        assert DesignVersion.objects.get(number=2).digest == before

    def test_an_exclusion_and_a_target_change_from_their_forms(self, client, two_versions):
        client.force_login(two_versions)
        client.post("/programa/versiones/2/editar/exclusion/extortion/", {"active": "on"})
        client.post("/programa/versiones/2/editar/exclusion/organised_crime/", {})
        client.post("/programa/versiones/2/editar/meta/P5/", {"value": 60, "year": 2027})
        design = queries.design(SYSTEM, queries.version(SYSTEM, 2))
        assert [item.active for item in design.exclusions] == [False, True, True, False]
        assert (design.targets[1].value, design.targets[1].year) == (60, 2027)

    def test_a_draft_is_discarded_only_by_sending_the_form(self, client, two_versions):
        client.force_login(two_versions)
        client.get("/programa/versiones/2/descartar/")
        assert DesignVersion.objects.get(number=2).status == "draft"
        client.post("/programa/versiones/2/descartar/")
        assert DesignVersion.objects.get(number=2).status == "discarded"
        assert client.get("/programa/versiones/2/editar/").status_code == 422

    def test_the_design_in_force_is_retired_with_its_reason(self, client, two_versions):
        sign_in(client, "technical_lead")
        assert client.post("/programa/versiones/1/retirar/", {"on": "2026-11-23"}).status_code == 422
        client.post("/programa/versiones/1/retirar/", {"on": "2026-11-23", "reason": "cierre"})
        assert "Todavía no hay un diseño en vigencia" in text(client.get("/programa/"))


def test_templates_use_only_their_own_and_those_of_the_look():
    folder = Path(__file__).parents[1] / "templates"
    for file in folder.rglob("*.html"):
        content = file.read_text(encoding="utf-8")
        for used in re.findall(r'{%\s*(?:include|extends)\s+"([^"]+)"', content):
            assert used.startswith(("programme/", "ui/")), f"{file.name}: {used}"
        assert " style=" not in content and "<script" not in content and "onclick" not in content, file.name
