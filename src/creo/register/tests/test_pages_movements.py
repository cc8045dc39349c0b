"""The pages that move people and the list of movements, as somebody at a desk or with a phone meets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creo.register import commands, queries
from creo.register.models import Movement
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, Cast
from creo.register.tests.test_pages import _frozen, client_as, registry, text_of, url
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db
__all__ = ["_frozen", "registry"]
YESTERDAY = TODAY - timedelta(1)


@pytest.fixture
def cast() -> Cast:
    return make.cast()


def leave(code: str, kind: str = "hospital", on: date = YESTERDAY, **other: object) -> None:
    values: dict[str, Any] = {"destination": "Hospital de prueba", "reason": "Orden médica 3", "today": TODAY, "by": BY}
    commands.record_absence(person_code=code, kind=kind, on=on, **(values | other))


def text(client: Client, name: str, code: str, **query: str) -> str:
    return text_of(client.get(url(name, code), query))


# One person -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "title", "kind", "more"),
    [
        ("diligencia", "Salida a diligencia registrada", "En diligencia", {}),
        ("hospital", "Salida a hospital registrada", "En hospital", {}),
        ("permiso", "Permiso de salida registrado", "Con permiso de salida", {"hours": "72"}),
    ],
)
def test_somebody_leaves_and_comes_back_from_their_file(
    cast: Cast, registry: Client, way: str, title: str, kind: str, more: dict[str, str]
) -> None:
    typed = {"destination": "Sala Penal", "on": "2026-11-22", "at": "08:30", "reason": "Oficio 9"} | more
    away = text_of(registry.post(url("leave", cast.rosa, way), typed, follow=True))
    assert title in away
    assert f"{kind} desde el 22 nov 2026" in away
    assert "Registrar el retorno" in away
    back = text_of(registry.post(url("return", cast.rosa), {"on": "2026-11-23", "at": "09:00"}, follow=True))
    assert "Retorno registrado" in back
    assert "En custodia" in back
    course = text(registry, "person", cast.rosa, parte="episodios")
    assert "22 nov 2026 – 23 nov 2026" in course
    assert "a Sala Penal" in course


def test_an_absence_over_is_recorded_in_one_form(cast: Cast, registry: Client) -> None:
    typed = {"destination": "Juzgado", "on": "2026-11-10", "reason": "Oficio 9", "back_on": "2026-11-10"}
    page = text_of(registry.post(url("leave", cast.rosa, "diligencia"), typed, follow=True))
    assert "En custodia" in page
    made = Movement.objects.filter(custody__person__code=cast.rosa).order_by("sequence")
    assert list(made.values_list("kind", flat=True)) == ["admission", "escort", "return"]


def test_only_what_can_be_done_now_is_offered(cast: Cast, registry: Client) -> None:
    offered = ("Registrar el retorno", "Traslado", "Salida a hospital", "Permiso de salida", "Egreso", "Fuga")

    def shown() -> list[str]:
        html = registry.get(url("person", cast.rosa)).content.decode()
        return [words for words in offered if f">{words}</a>" in html]

    assert shown() == list(offered[1:])
    leave(cast.rosa)
    assert shown() == ["Registrar el retorno", "Egreso", "Fuga"]
    commands.record_escape(by=BY, person_code=cast.rosa, on=TODAY, reason="Parte", today=TODAY)
    page = registry.get(url("person", cast.rosa)).content.decode()
    assert shown() == []
    assert "Registrar la recaptura" in page
    assert "Se fugó el" in page
    assert "Registrar un nuevo ingreso" not in registry.get(url("person", cast.pedro)).content.decode()


def test_the_recapture_is_offered_and_admitted_from_its_form(cast: Cast, registry: Client) -> None:
    commands.record_escape(by=BY, person_code=cast.rosa, on=YESTERDAY, reason="Parte", today=TODAY)
    form = registry.get(url("admit"), {"persona": cast.rosa, "por": "recapture"}).content.decode()
    assert '<option value="recapture" selected>' in form
    typed = {
        "person_code": cast.rosa, "entry_kind": "recapture", "document_kind": "unknown", "facility": "EP-TUMBES",
        "admitted_on": "2026-11-23", "mandate": "Orden de captura 4",
    }  # fmt: skip
    page = text_of(registry.post(url("admit"), typed, follow=True))
    assert "Ingreso registrado" in page
    assert "1 ingreso " in page
    refused = registry.post(url("admit"), typed | {"person_code": cast.luis})
    assert refused.status_code == 422


def test_a_refused_movement_keeps_what_was_typed_and_says_why_beside_the_field(cast: Cast, registry: Client) -> None:
    typed = {"destination": "Domicilio", "on": "2026-11-24", "hours": "96", "reason": "Resolución 5"}
    answer = registry.post(url("leave", cast.rosa, "permiso"), typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "hasta por 72 horas" in html
    assert "posterior al día de hoy" in html
    assert "#id_hours" in html
    assert 'value="Domicilio"' in html


def test_an_hour_that_has_not_come_is_refused(cast: Cast, registry: Client) -> None:
    typed = {"destination": "Hospital", "on": "2026-11-23", "at": "23:59", "reason": "Orden"}
    answer = registry.post(url("leave", cast.rosa, "hospital"), typed)
    assert "La hora todavía no llega" in text_of(answer)


def test_an_origin_that_is_no_longer_true_is_refused(cast: Cast, registry: Client) -> None:
    assert '<option value="EP-PIURA" selected>' in registry.get(url("transfer", cast.rosa)).content.decode()
    move = {"from_facility": "EP-PIURA", "to_facility": "EP-TUMBES", "on": "2026-11-20", "reason": "Resolución"}
    assert registry.post(url("transfer", cast.rosa), move).status_code == 302
    stale = registry.post(url("transfer", cast.rosa), move | {"on": "2026-11-21", "to_facility": "EP-AREQUIPA"})
    assert stale.status_code == 422
    assert "no está en ese establecimiento" in text_of(stale)


def test_the_last_movement_is_taken_back_and_stays_in_sight(cast: Cast, registry: Client) -> None:
    leave(cast.rosa)
    page = registry.get(url("annul", cast.rosa))
    assert "Salida a hospital, del 22 nov 2026" in text_of(page)
    typed = {"custody": "1", "sequence": "2", "reason": "Era de otra persona"}
    assert "Movimiento anulado" in text_of(registry.post(url("annul", cast.rosa), typed, follow=True))
    html = registry.get(url("person", cast.rosa), {"parte": "episodios"}).content.decode()
    assert "<s>" in html
    assert "Motivo de la anulación: Era de otra persona" in html
    again = registry.post(url("annul", cast.rosa), typed)
    assert again.status_code == 422
    assert "ya está anulado" in text_of(again)


def test_a_late_movement_says_so(cast: Cast, registry: Client) -> None:
    leave(cast.luis, on=date(2024, 8, 1), back=commands.Back(date(2024, 8, 4)))
    assert "Registrado tarde" in text(registry, "person", cast.luis, parte="episodios")


def test_a_permit_that_ended_shows_on_the_band(cast: Cast, registry: Client) -> None:
    leave(cast.rosa, "exit_permit", TODAY - timedelta(3), hours=24, at=time(8))
    page = text(registry, "person", cast.rosa)
    assert "Permiso vencido" in page
    assert "Debe volver el 21 nov 2026, 08:00" in page


def test_an_annulled_admission_shows_as_such(cast: Cast, registry: Client) -> None:
    commands.annul_movement(by=BY, person_code=cast.ana, custody=2, sequence=1, reason="Otra persona")
    page = text(registry, "person", cast.ana, parte="episodios")
    assert "Episodio 2: ingreso anulado" in page
    assert "Fuera de custodia desde el 01 feb 2020" in page


@pytest.mark.parametrize("name", ["transfer", "release", "return", "escape", "annul"])
def test_the_forms_open_and_only_inside_the_scope(cast: Cast, name: str) -> None:
    assert client_as("registry", "facility", "EP-PIURA").get(url(name, cast.rosa)).status_code == 200
    assert client_as("registry", "facility", "EP-TUMBES").get(url(name, cast.rosa)).status_code == 404
    assert client_as("audit").get(url(name, cast.rosa)).status_code == 403


def test_an_unknown_way_of_leaving_is_no_page(cast: Cast, registry: Client) -> None:
    assert registry.get(url("leave", cast.rosa, "paseo")).status_code == 404


def test_the_file_of_somebody_with_many_movements_stays_in_its_budget(cast: Cast, registry: Client) -> None:
    for back in range(40, 2, -3):
        leave(cast.rosa, on=TODAY - timedelta(back), back=commands.Back(TODAY - timedelta(back - 1)))
    with CaptureQueriesContext(connection) as seen:
        queries.person(BY, cast.rosa, TODAY)
    assert len(seen) <= 8


# The list -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Rosa went to hospital and back, Luis was taken to court and is still there; a mistake was taken back."""
    leave(cast.rosa, on=TODAY - timedelta(5), at=time(9), back=commands.Back(TODAY - timedelta(4), time(11)))
    leave(cast.luis, "escort", YESTERDAY)
    commands.record_escape(by=BY, person_code=cast.ana, on=YESTERDAY, reason="Parte", today=TODAY)
    commands.annul_movement(by=BY, person_code=cast.ana, custody=2, sequence=2, reason="No era ella")
    return cast


def listed(client: Client, **query: str) -> str:
    return text_of(client.get(url("movements"), query))


def test_the_movements_of_the_last_days_are_listed_and_counted(busy: Cast, registry: Client) -> None:
    page = listed(registry)
    assert "3 movimientos del 25 oct 2026 al 23 nov 2026" in page
    assert page.index("Mamani Ccori, Luis") < page.index("Quispe Ñaupari, Rosa")
    assert "No era ella" not in page
    assert "Anulado: No era ella" in listed(registry, anulados="on")
    assert "1 movimiento el 22 nov 2026" in listed(registry, desde="2026-11-22", hasta="2026-11-22")
    assert "No hay movimientos en esos días" in listed(registry, desde="2020-11-22", hasta="2020-11-22")


def test_the_list_is_narrowed_by_prison_and_kind(busy: Cast, registry: Client) -> None:
    assert "1 movimiento del" in listed(registry, tipo="hospital")
    page = listed(registry, penal="EP-AREQUIPA")
    assert "1 movimiento del" in page
    assert "Mamani" in page
    refused = registry.get(url("movements"), {"desde": "2024-01-01", "hasta": "2026-01-01"})
    assert refused.status_code == 422
    assert "hasta 366 días" in text_of(refused)
    assert registry.get(url("movements"), {"desde": "2026-02-01", "hasta": "2026-01-01"}).status_code == 422
    assert registry.get(url("movements"), {"tipo": "visita"}).status_code == 422


def test_a_prison_sees_its_own_movements_and_opens_only_its_own_files(busy: Cast) -> None:
    commands.transfer(
        by=BY,
        person_code=busy.rosa,
        from_facility="EP-PIURA",
        to_facility="EP-TUMBES",
        on=TODAY,
        reason="R",
        today=TODAY,
    )
    piura = client_as("registry", "facility", "EP-PIURA")
    page = piura.get(url("movements")).content.decode()
    assert "Quispe" in page
    assert url("person", busy.rosa) not in page
    assert "Mamani" not in page
    tumbes = client_as("registry", "facility", "EP-TUMBES").get(url("movements")).content.decode()
    assert url("person", busy.rosa) in tumbes
    assert "1 movimiento" in tumbes
    arequipa = listed(client_as("registry", "facility", "EP-AREQUIPA"))
    assert "Quispe" not in arequipa


def test_the_list_pages_by_keyset_without_losing_or_repeating_a_line(busy: Cast) -> None:
    filters = queries.MovementFilters(date(2015, 1, 1), TODAY, with_annulled=True)
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = queries.movements_page(BY, filters, cursor, size=2)
        seen += [line.id for line in page.rows]
        cursor = page.next_cursor
    assert seen == list(Movement.objects.order_by("-on", "-id").values_list("id", flat=True))
    assert sum(queries.movement_counts(BY, filters).values()) == len(seen)


@pytest.mark.parametrize(("kind", "inside"), [("csv", "Hospital de prueba"), ("xlsx", "PK")])
def test_the_list_leaves_as_a_file_and_the_ledger_knows(busy: Cast, registry: Client, kind: str, inside: str) -> None:
    answer = registry.get(url("movements_export", kind), {"tipo": "hospital"})
    body = b"".join(answer) if answer.streaming else answer.content
    assert inside in body.decode("utf-8", "replace")
    entry = Entry.objects.latest("id")
    assert (entry.act, entry.after["rows"]) == ("register.movements_exported", 1)
    assert "Movimiento: Salida a hospital" in entry.reason
    assert registry.get(url("movements_export", "pdf")).status_code == 404
    assert client_as("audit").get(url("movements_export", kind)).status_code in (200, 403)


def test_the_list_takes_few_queries(busy: Cast) -> None:
    client = client_as("registry", "facility", "EP-PIURA")
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url("movements"), {"penal": "EP-PIURA"}).status_code == 200
    assert len(seen) <= 12


def test_the_index_serves_the_list(busy: Cast) -> None:
    """The rows of a prison in some days are found in the order of the index: no sort, no reading of the whole table."""
    explain: Callable[..., str] = (
        queries.movements._filtered(BY, queries.MovementFilters(date(2026, 1, 1), TODAY, "EP-PIURA"))
        .order_by("-on", "-id")[:51]
        .explain
    )
    plan = explain()
    assert "movement_days" in plan or connection.vendor == "postgresql"
    assert "TEMP B-TREE" not in plan
