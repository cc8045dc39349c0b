"""Behind the wall of the database: another prison's rows are not there, whoever asks and however."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from creo.register import commands as register
from creo.register import queries
from creo.register.models import Custody, Identity, Movement, Person
from creo.register.tests import factories as make
from creo.register.tests.factories import TODAY, reader_at
from creo.support.accounts.readers import NOBODY, Reader, system
from creo.support.bulk import insert_rows
from creo.support.ledger.models import Entry
from creo.support.refusals import NotFound
from creo.support.scoping.acting import beyond, ground, let_in, standing
from creo.support.scoping.middleware import WallMiddleware
from creo.support.scoping.registry import declared
from creo.support.scoping.wall import raise_again
from creo.support.scoping.walls import WEB
from tests.scoping.canaries import Canary, plant

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def cast(wall: None) -> make.Cast:
    """The cast of the register's tests, in Piura and Tumbes, made once the wall stands."""
    return make.cast()


@pytest.fixture
def canary(cast: make.Cast) -> Canary:
    """Somebody of Arequipa, with a row in every table."""
    from creo.territory.models import Facility

    return plant(Facility.objects.get(code="EP-AREQUIPA"))


PIURA = reader_at("EP-PIURA")


def walled() -> list[Any]:
    """Every table with a wall, with its rows as the owner counts them."""
    return [each.model for each in declared() if each.table is not None and each.table.walled]


def counts() -> dict[str, int]:
    """How many rows of each such table can be seen now."""
    return {model._meta.label: model._base_manager.count() for model in walled()}


def test_without_a_scope_there_are_no_rows(canary: Canary) -> None:
    before = counts()
    assert sum(before.values()) > 20
    with standing(NOBODY):
        assert set(counts().values()) == {0}
    assert counts() == before


def test_the_nation_sees_every_row(canary: Canary) -> None:
    before = counts()
    with standing(system()):
        assert counts() == before


def test_another_prison_has_no_row_of_the_person_in_any_table(canary: Canary) -> None:
    assert {model.__name__ for model in walled()} >= set(canary.keys)
    with standing(PIURA):
        for name, key in canary.keys.items():
            model = next(model for model in walled() if model.__name__ == name)
            assert not model._base_manager.filter(pk=key).exists(), name
    with standing(reader_at("EP-AREQUIPA")):
        for name, key in canary.keys.items():
            model = next(model for model in walled() if model.__name__ == name)
            assert model._base_manager.filter(pk=key).exists(), name


def test_another_prisons_rows_are_neither_changed_nor_deleted(canary: Canary) -> None:
    before = counts()
    with standing(PIURA):
        assert Identity.objects.filter(person_id=canary.person_id).update(given_names="Otra") == 0
        assert Custody.objects.filter(person_id=canary.person_id).delete()[0] == 0
    assert counts() == before
    assert not Identity.objects.filter(given_names="Otra").exists()


INSERTS: tuple[Callable[[Canary], object], ...] = (
    lambda canary: Person.objects.create(pk=8_000_001, code="P-8000001"),
    lambda canary: Identity.objects.create(
        person_id=canary.person_id, valid_from=TODAY, valid_to=TODAY, document_kind="unknown"
    ),
    lambda canary: Custody.objects.create(
        person_id=canary.person_id, number=7, admitted_on=TODAY, released_on=TODAY, release_kind="annulled"
    ),
)


@pytest.mark.parametrize("insert", INSERTS)
def test_nothing_is_inserted_in_another_prison(canary: Canary, insert: Callable[[Canary], object]) -> None:
    with standing(PIURA), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        insert(canary)


STATEMENTS = (
    "UPDATE ledger_entry SET actor = 'otro'",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "ALTER TABLE register_person DISABLE ROW LEVEL SECURITY",
    "DROP POLICY creo_read ON register_person",
    "CREATE POLICY todo ON register_person TO creo_web USING (true)",
    "ALTER ROLE creo_web BYPASSRLS",
    "GRANT creo_nation TO creo_web",
    "DROP VIEW creo_held CASCADE",
    "CREATE TABLE suelta (id int)",
    "DELETE FROM django_migrations",
    "TRUNCATE register_person CASCADE",
)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("who", [PIURA, system()], ids=["scoped", "nation"])
def test_the_roles_of_the_web_change_no_rule_and_no_act(wall: None, statement: str, who: Reader) -> None:
    with standing(who), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_roles_cannot_sign_in_bypass_or_create(wall: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb FROM pg_roles"
            " WHERE rolname IN ('creo_web', 'creo_nation')"
        )
        assert cursor.fetchall() == [(False,) * 5] * 2
    with standing(PIURA), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute("SELECT count(*) FROM register_person")


def test_raising_the_wall_again_changes_nothing(canary: Canary) -> None:
    with connection.cursor() as cursor:
        ask = "SELECT tablename, policyname, qual, with_check FROM pg_policies ORDER BY 1, 2"
        cursor.execute(ask)
        before = cursor.fetchall()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the test's own rows still wait for their checks
        raise_again()
        cursor.execute(ask)
        assert cursor.fetchall() == before
    assert len({table for table, *_rest in before}) == len(walled())


def test_the_settings_end_with_the_request_although_the_transaction_goes_on(canary: Canary) -> None:
    with standing(PIURA):
        assert _role() == WEB
    assert _role() == "none"
    assert ground() is None
    with pytest.raises(ZeroDivisionError), standing(PIURA):
        raise ZeroDivisionError
    assert _role() == "none"


def _role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        return str(cursor.fetchone()[0])


# The one way beyond ---------------------------------------------------------------------------------------------------


def test_beyond_the_scope_leads_one_named_way_that_is_logged(canary: Canary, caplog: pytest.LogCaptureFixture) -> None:
    with standing(PIURA), caplog.at_level("INFO", logger="creo.scoping"):
        with beyond("documento ya registrado en el país"):
            assert Identity.objects.filter(document_number=canary.document_number).exists()
        assert not Identity.objects.filter(document_number=canary.document_number).exists()
    assert "documento ya registrado en el país" in caplog.text


def test_beyond_the_scope_ends_when_it_fails(canary: Canary) -> None:
    with standing(PIURA):
        with pytest.raises(DatabaseError), beyond("prueba"), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert _role() == WEB
        assert not Person.objects.filter(pk=canary.person_id).exists()


def test_somebody_let_in_is_seen_for_the_rest_of_the_request(canary: Canary) -> None:
    with standing(PIURA):
        let_in([canary.person_id])
        assert Person.objects.filter(pk=canary.person_id).exists()
    with standing(PIURA):
        assert not Person.objects.filter(pk=canary.person_id).exists()


# Commands -------------------------------------------------------------------------------------------------------------


def test_a_scoped_registrar_admits_transfers_and_loses_sight(canary: Canary) -> None:
    who = register.IdentityData("Rosa", "Nueva", "", None, "female", "dni", "70123456", "", "PE")
    with standing(PIURA):
        admission = register.Admission("EP-PIURA", TODAY, "Resolución 1")
        code = register.admit(by=PIURA, admission=admission, identity=who, today=TODAY)
        assert _role() == WEB
        assert Person.objects.filter(code=code).exists()
        ways = {"from_facility": "EP-PIURA", "to_facility": "EP-AREQUIPA"}
        register.transfer(by=PIURA, person_code=code, **ways, on=TODAY, reason="Oficio", today=TODAY)
        with pytest.raises(NotFound):
            queries.person(PIURA, code, TODAY)
        # The book of entries and exits of Piura still says who left, and nothing more of them.
        assert Movement.objects.filter(custody__person__code=code).exists()
    assert Entry.objects.filter(act="register.person_transferred", subject_code=code).exists()


def test_a_document_of_another_prison_is_still_taken(canary: Canary) -> None:
    who = register.IdentityData("Otra", "Persona", "", None, "female", "dni", canary.document_number, "", "PE")
    with standing(PIURA), pytest.raises(register.common.Refused, match="Ya hay una ficha"):
        admission = register.Admission("EP-PIURA", TODAY, "Resolución 1")
        register.admit(by=PIURA, admission=admission, identity=who, today=TODAY)


def test_bulk_rows_go_in_by_statement_where_copy_is_refused(cast: make.Cast) -> None:
    person = Person.objects.get(code=cast.rosa)
    with standing(system()):
        rows = [(person.pk, "canario", f"R-{number}") for number in range(1_001)]
        from creo.register.models import PersonReference

        assert insert_rows(PersonReference, ("person_id", "source", "reference"), rows) == 1_001


# Requests -------------------------------------------------------------------------------------------------------------


def test_a_streamed_answer_sees_its_rows_and_only_its_own(canary: Canary) -> None:
    from django.http import StreamingHttpResponse

    def view(request: Any) -> StreamingHttpResponse:
        def lines() -> Iterator[bytes]:
            for code in Person.objects.order_by("code").values_list("code", flat=True).iterator():
                yield f"{code}\n".encode()

        return StreamingHttpResponse(lines())

    request = RequestFactory().get("/")
    request.reader = PIURA  # type: ignore[attr-defined]
    answer = WallMiddleware(view)(request)  # type: ignore[arg-type]
    assert _role() == "none"
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert _role() == "none"
    assert text
    assert canary.code not in text


def test_a_request_costs_one_query_more(canary: Canary) -> None:
    for reader in (NOBODY, PIURA, Reader(1, "x", scopes=(*PIURA.scopes, *reader_at("EP-TUMBES").scopes)), system()):
        with CaptureQueriesContext(connection) as seen, standing(reader):
            pass
        asked = [query["sql"] for query in seen if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        # In a test the transaction goes on, and one more takes the settings back.
        assert len(asked) == 2


def test_an_answer_of_ours_that_failed_takes_its_writes_back(cast: make.Cast) -> None:
    from django.http import HttpResponse

    def view(request: Any) -> HttpResponse:
        Person.objects.filter(code=cast.rosa).update(died_on=TODAY)
        return HttpResponse(status=500)

    request = RequestFactory().get("/")
    request.reader = system()  # type: ignore[attr-defined]
    WallMiddleware(view)(request)  # type: ignore[arg-type]
    assert Person.objects.get(code=cast.rosa).died_on is None


def test_without_the_setting_there_is_no_wall_to_pay_for() -> None:
    from django.core.exceptions import MiddlewareNotUsed

    with override_settings(CREO_RLS=False):
        with pytest.raises(MiddlewareNotUsed):
            WallMiddleware(lambda request: None)  # type: ignore[arg-type,return-value]
        with CaptureQueriesContext(connection) as seen, standing(PIURA):
            pass
    assert len(seen) == 0
