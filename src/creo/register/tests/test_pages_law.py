"""The legal side of a file, the penological sheet and the offence catalogue, as people use them."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creo.register import commands, queries, reports, rules
from creo.register.models import Custody, Offence
from creo.register.tests import factories as make
from creo.register.tests import factories_law as law
from creo.register.tests.factories import BY, TODAY, Cast
from creo.register.tests.test_pages import client_as, text_of, url
from creo.support import clock
from creo.support.exports.listings import Mark
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel("2026-11-23 15:00:00+00:00", tick=False):
        yield


@pytest.fixture
def cast() -> Cast:
    return make.cast()


@pytest.fixture
def registry() -> Client:
    return client_as("registry")


def whole(cast: Cast) -> None:
    """Everything that the page can show of one person."""
    law.mandate(cast.rosa, term_ends_on=date(2026, 10, 1))
    law.mandate(cast.rosa, "2-2026")
    first = law.sentence(cast.rosa)
    law.credit(cast.rosa, first, date(2026, 3, 14), date(2026, 5, 31))
    law.sentence(cast.rosa, "11", relation="consecutive", after=first, starts_on=None, term=rules.Term(1, 2, 3))
    law.annul(cast.rosa, law.sentence(cast.rosa, "12"), reason="Casación 5")
    law.declare(cast.rosa)
    commands.add_offence(
        by=BY, person_code=cast.rosa, offence_code="CP-298", attempt=None, on=None, reason="Auto", today=TODAY
    )


# The legal side -------------------------------------------------------------------------------------------------------


def test_the_legal_page_opens_the_computation_line_by_line(cast: Cast, registry: Client) -> None:
    whole(cast)
    text = text_of(registry.get(url("legal", cast.rosa)))
    for words in (
        "Se cuenta desde el 01 jun 2026.",
        "Más la pena de 4 años: terminaría el 01 jun 2030.",
        "Menos 79 días de detención anterior abonados.",
        "Código Penal (DL 635), art. 47",
        "La pena se cumple el 13 mar 2030.",
        "Empieza al terminar la sentencia a la que sigue: el 14 mar 2030.",
        "Más la pena de 1 año, 2 meses y 3 días: terminaría el 17 may 2031.",
        "El tope de la suma de penas no está registrado",
        "Último día de pena 16 may 2031",
        "Por confirmar: vea el cómputo.",
        "Anulada desde el 23 nov 2026: Casación 5",
        "Hay 2 mandatos vigentes",
        "Vigente, con el plazo vencido",
        "Reincidente",
        "Delitos mixtos",
        "A continuación de la del expediente 10-2026",
    ):
        assert words in text, words


def test_the_legal_page_says_what_is_not_known(cast: Cast, registry: Client) -> None:
    text = text_of(registry.get(url("legal", cast.rosa)))
    for words in (
        "Ninguna sentencia registrada",
        "No se puede contar: faltan datos",
        "Ningún mandato registrado",
        "No consta que un juzgado lo haya declarado",
        "Ninguna fecha registrada ni calculada.",
    ):
        assert words in text, words
    law.sentence(cast.rosa, starts_on=None)
    text = text_of(registry.get(url("legal", cast.rosa)))
    assert "No se puede calcular: faltan datos" in text
    assert "No consta desde qué día se cuenta la pena." in text


def test_the_page_takes_few_queries_and_offers_acts_to_who_may(cast: Cast, registry: Client) -> None:
    whole(cast)
    registry.get(url("legal", cast.rosa))
    for name in ("legal", "sheet"):
        with CaptureQueriesContext(connection) as seen:
            registry.get(url(name, cast.rosa))
        assert len(seen) <= 12, (name, len(seen))
    looker = client_as("treatment_body", "facility", "EP-PIURA")
    page = looker.get(url("legal", cast.rosa)).content.decode()
    assert "/legal/mandato/" not in page
    assert "/legal/mandato/" in registry.get(url("legal", cast.rosa)).content.decode()
    assert looker.get(url("mandate_new", cast.rosa)).status_code == 403
    assert looker.get(url("sheet_pdf", cast.rosa)).status_code == 403
    assert client_as("registry", "facility", "EP-TUMBES").get(url("legal", cast.rosa)).status_code == 404


def test_a_merged_code_leads_to_the_record_that_goes_on(cast: Cast, registry: Client) -> None:
    answer = registry.get(url("legal", cast.julia_duplicate))
    assert (answer.status_code, answer["Location"]) == (302, url("legal", cast.julia))


# The acts -------------------------------------------------------------------------------------------------------------


def test_every_act_goes_from_its_form_to_the_legal_page(cast: Cast, registry: Client) -> None:
    back = url("legal", cast.rosa)

    def send(name: str, **typed: object) -> None:
        answer = registry.post(url(name, cast.rosa), dict(typed))
        assert (answer.status_code, answer.get("Location")) == (302, back), (name, text_of(answer)[:2000])

    court = {"court": "1.º Juzgado", "case_number": "77", "reason": "Oficio"}
    send("other_offence", offence="CP-186", attempt="no", on="", reason="Auto")
    send("offence_close", offence="CP-186", on="2026-10-01", reason="Auto")
    send("mandate_new", **court, kind="preventive", received_on="2026-04-01", term_last_day="2027-01-01")
    file = queries.legal_file(BY, cast.rosa, TODAY)
    assert file.mandates[0].term_ends_on == date(2027, 1, 2)
    send("mandate_lift", mandate=file.mandates[0].id, on="2026-10-01", kind="revoked", reason="Oficio")
    sentence = {
        **court, "issued_on": "2026-06-01", "finality": "final", "final_on": "2026-07-01", "penalty": "fixed",
        "years": "4", "months": "", "days": "", "effect": "effective", "starts_on": "2026-06-01",
        "civil_reparation": "1500.50", "offence_1": "CP-189", "attempt_1": "no",
    }  # fmt: skip
    send("sentence_new", **sentence)
    first = queries.legal_file(BY, cast.rosa, TODAY).sentences[0]
    assert (first.term, str(first.civil_reparation)) == (rules.Term(4), "1500.50")
    follow = {"case_number": "78", "relation": "consecutive", "after": first.id, "starts_on": ""}
    send("sentence_new", **(sentence | follow))
    send("credit_new", sentence=first.id, first_day="2026-03-14", last_day="2026-05-31", source="Constancia")
    credit = queries.legal_file(BY, cast.rosa, TODAY).sentences[0].credits[0]
    send("credit_withdraw", credit=credit.id, on="2026-10-01", reason="Error")
    send("declaration_new", **court, kind="recidivist", declared="no", on="2026-06-01")
    declaration = queries.legal_file(BY, cast.rosa, TODAY).declarations[0]
    assert declaration.declared is False
    send("declaration_end", declaration=declaration.id, on="2026-10-01", reason="Casación")
    send("sentence_annul", sentence=first.id, on="2026-10-01", replaced_by="", reason="Nulidad")
    assert queries.legal_file(BY, cast.rosa, TODAY).sentences[0].state == "annulled"


def test_a_refused_act_comes_back_with_what_was_typed(cast: Cast, registry: Client) -> None:
    typed = {"court": "1.º Juzgado", "case_number": "77", "received_on": "2027-01-01", "reason": "Oficio 9"}
    answer = registry.post(url("mandate_new", cast.rosa), typed)
    assert answer.status_code == 422
    assert "posterior al día de hoy" in text_of(answer)
    assert 'value="Oficio 9"' in answer.content.decode()
    answer = registry.post(url("sentence_new", cast.rosa), {"court": "J", "penalty": "fixed", "years": "-1"})
    assert answer.status_code == 422
    main = registry.post(
        url("main_offence", cast.rosa),
        {"offence": "CP-170", "attempt": "no", "on": "2026-09-01", "reason": "Auto"},
    )
    assert main.status_code == 302
    assert queries.facts_for(BY, cast.rosa, date(2026, 8, 31)).facts["main_article"] == "189"


def test_who_has_two_episodes_is_asked_which(cast: Cast, registry: Client) -> None:
    assert "Episodio 1, desde el 01 ago 2018" in text_of(registry.get(url("mandate_new", cast.ana)))
    assert "Episodio 1" not in text_of(registry.get(url("mandate_new", cast.rosa)))
    typed = {"court": "J", "case_number": "5", "received_on": "2019-01-01", "reason": "Oficio", "episode": "1"}
    assert registry.post(url("mandate_new", cast.ana), typed).status_code == 302
    assert queries.legal_file(BY, cast.ana, TODAY).episodes[1].mandates[0].case_number == "5"


# The sheet ------------------------------------------------------------------------------------------------------------


def test_the_sheet_has_its_sections_and_its_print_is_written_down(cast: Cast, registry: Client) -> None:
    whole(cast)
    asked = text_of(registry.get(url("sheet", cast.rosa)))
    assert "¿Para qué consulta" in asked and "Hoja activa" not in asked
    assert registry.get(url("sheet_pdf", cast.rosa))["Content-Type"].startswith("text/html")
    assert not Entry.objects.filter(act__startswith="register.sheet_").exists()
    for code in (cast.rosa, cast.ana, cast.pedro):
        assert registry.post(url("sheet_pdf", code), {"purpose": "benefit"})["Location"] == url("sheet", code)
    text = text_of(registry.get(url("sheet", cast.rosa)))
    for words in (
        "Hoja activa desde el 14 mar 2026",
        "Mandatos de detención",
        "Traslados",
        "Libertades y otros egresos",
    ):
        assert words in text, words
    assert "Hoja reactivada" in text_of(registry.get(url("sheet", cast.ana)))
    assert "Liberación condicional" in text_of(registry.get(url("sheet", cast.pedro)))
    before = Entry.objects.count()
    answer = registry.get(url("sheet_pdf", cast.rosa))
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    entry = Entry.objects.latest("id")
    assert (Entry.objects.count(), entry.act, entry.subject_code) == (before + 2, "register.sheet_printed", cast.rosa)


def test_the_printed_sheet_says_who_and_when_and_runs_no_text_as_markup(cast: Cast) -> None:
    law.sentence(cast.rosa, court='#panic("x") *_$ \\ [', case="<1>")
    sheet = queries.penological_sheet(BY, cast.rosa, TODAY)
    pdf = reports.sheet_pdf(sheet, Mark("D-0000-0000-0000", "Ñusta #panic()", clock.now()))
    assert pdf.startswith(b"%PDF")
    parts = {part.title: part for part in reports.sheet_parts(sheet)}
    assert '#panic("x") *_$ \\ [' in parts["Sentencias"].rows[0][0]
    assert all(len(row) == len(part.columns) for part in parts.values() for row in part.rows)


# The catalogue --------------------------------------------------------------------------------------------------------


@pytest.fixture
def catalogue() -> None:
    commands.load_offences(by=BY)


def test_the_catalogue_is_paged_filtered_and_open_to_who_reads_the_programme(catalogue: None) -> None:
    planner = client_as("planner")
    answer = planner.get(url("offences"))
    text = text_of(answer)
    assert f"{len(rules.catalogue())} delitos" in text
    assert "Agregar un delito" not in text
    assert "cursor=" in answer.content.decode()
    rows = queries.catalogue(BY, queries.CatalogueFilters(TODAY))
    last = planner.get(url("offences"), {"cursor": rows[-1].code})
    assert rows[-1].code in text_of(last)
    found = text_of(planner.get(url("offences"), {"q": "robo agr", "familia": "PROPERTY", "estado": "in_force"}))
    assert "1 delito" in found
    assert "Quitar filtros" in found
    with CaptureQueriesContext(connection) as seen:
        planner.get(url("offences"))
    assert len(seen) <= 12
    assert planner.get(url("offence_new")).status_code == 403
    assert planner.get(url("offence", "CP-0")).status_code == 404


def test_the_catalogue_leaves_as_a_file_and_it_is_written_down(catalogue: None, registry: Client) -> None:
    answer = registry.get(url("offences_export", "csv"), {"q": "robo agr"})
    assert "Robo agravado" in answer.content.decode("utf-8-sig")
    entry = Entry.objects.latest("id")
    assert (entry.act, entry.after["rows"]) == ("register.catalogue_exported", 1)
    assert "Buscar: robo agr" in entry.reason
    book = registry.get(url("offences_export", "xlsx"))
    assert zipfile.is_zipfile(io.BytesIO(book.content))
    assert registry.get(url("offences_export", "pdf")).status_code == 404


def test_the_catalogue_is_changed_from_its_pages(catalogue: None, registry: Client) -> None:
    def send(name: str, typed: dict[str, str], *args: str) -> None:
        answer = registry.post(url(name, *args), typed)
        assert answer.status_code == 302, text_of(answer)[:2000]

    send("offence_family", {"family": "LIBERTY", "on": "2026-06-01", "reason": "Acta 4"}, "CP-189")
    send("offence_aliases", {"aliases": "ROBO AGRAVADO\nAtraco", "attempt_aliases": "", "reason": "Lista"}, "CP-189")
    send("offence_validity", {"valid_from": "1991-04-09", "last_day": "2026-12-31", "reason": "Ley"}, "CP-189")
    new = {
        "code": "L-1", "law": "L 1", "article": "1", "title": "Nuevo", "attempt_allowed": "no", "source": "Ley 1",
        "reason": "Oficio",
    }  # fmt: skip
    send("offence_new", new)
    row = Offence.objects.get(code="CP-189")
    assert (row.family, row.aliases, row.valid_to) == ("LIBERTY", ["ROBO AGRAVADO", "Atraco"], date(2027, 1, 1))
    text = text_of(registry.get(url("offence", "CP-189")))
    for words in ("Acta 4", "Cambió la familia", "Distinto del archivo del sistema", "31 dic 2026", "Atraco"):
        assert words in text, words
    assert "1 delito sin familia" in text_of(registry.get(url("offences")))
    assert registry.post(url("offence_new"), new | {"title": " "}).status_code == 422
    with CaptureQueriesContext(connection) as seen:
        registry.get(url("offence", "CP-189"))
    assert len(seen) <= 12


def test_the_page_says_which_datum_is_missing_and_where_to_record_it(cast: Cast, registry: Client) -> None:
    Custody.objects.filter(person__code=cast.rosa).update(legal_status="", legal_status_on=None)
    hint = "Consta una sentencia efectiva firme y no se registró la situación jurídica."
    before = text_of(registry.get(url("legal", cast.rosa)))
    assert "Situación jurídica: sin dato" in before and hint not in before
    law.sentence(cast.rosa)
    after = text_of(registry.get(url("legal", cast.rosa)))
    assert hint in after and "Relación con otras penas" in after and "desde el ingreso" in after
    commands.set_legal_status(
        by=BY, person_code=cast.rosa, status="sentenced", on=TODAY, next_hearing_on=None, reason="Oficio", today=TODAY
    )
    assert hint not in text_of(registry.get(url("legal", cast.rosa)))
