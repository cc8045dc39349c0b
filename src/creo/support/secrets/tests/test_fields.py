"""A sealed column: its text for whoever asks the ORM, nothing for whoever reads or moves what the database keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Upper
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creo.support.refusals import Refused
from creo.support.secrets import migrating
from creo.support.secrets.cipher import Unopened
from creo.support.secrets.fields import (
    BlindIndexField,
    EncryptedTextField,
    NotSealed,
    SealedRow,
    sealed_constraint,
)

pytestmark = pytest.mark.django_db
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


def unrun_editor() -> Any:
    """An editor that only says the statements: on PostgreSQL it notes indexes for an end that it never comes to."""
    editor = connection.schema_editor()
    editor.deferred_sql = []
    return editor


@pytest.fixture
def sheet() -> Iterator[Any]:
    with isolate_apps("creo.support.secrets"):

        class Sheet(SealedRow):
            title = models.CharField(max_length=60, blank=True)
            note = EncryptedTextField(max_length=120, blank=True)
            number = EncryptedTextField(blank=True)
            number_index = BlindIndexField(of="number")
            other = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

            class Meta:
                app_label = "secrets"
                constraints = [sealed_constraint("sheet_sealed", "note", "number")]

        create, values = unrun_editor().table_sql(Sheet)
        with connection.cursor() as cursor:
            cursor.execute(create, values or None)
        yield Sheet


def raw(sheet: Any, column: str = "note") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {sheet._meta.db_table} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_what_is_written_any_way_is_read_every_way(sheet: Any, texts: list[str]) -> None:
    with transaction.atomic():
        rows = sheet.objects.bulk_create(sheet(note=text, title=str(place)) for place, text in enumerate(texts))
        keys = [row.pk for row in rows]
        found = sheet.objects.filter(pk__in=keys).order_by("pk")
        assert [row.note for row in found] == texts
        assert list(found.values_list("note", flat=True)) == texts
        assert [row["note"] for row in found.values("note", "title")] == texts
        assert [row.note for row in found.only("note")] == [row.note for row in found.defer("note")] == texts
        first = found[0]
        first.note = texts[-1] + "!"
        first.save()
        first.refresh_from_db()
        assert first.note == texts[-1] + "!"
        assert found.update(note=texts[0], title="x") == len(texts)
        assert set(found.values_list("note", "title")) == {(texts[0], "x")}
        for row, text in zip(rows, texts, strict=True):
            row.note = text
        assert sheet.objects.bulk_update(rows, ["note"]) == len(texts)
        assert [row.note for row in rows] == list(found.values_list("note", flat=True)) == texts
        sheet.objects.all().delete()


def test_the_database_holds_no_text_and_each_row_seals_for_itself(sheet: Any) -> None:
    sheet.objects.bulk_create(sheet(note="tuberculosis") for _ in range(3))
    kept = raw(sheet)
    assert len(set(kept)) == 3 and not any("tubercul" in each for each in kept)
    sheet.objects.update(note="asma")
    assert len(set(raw(sheet))) == 3 and raw(sheet)[0].startswith("s1.")


def test_the_row_joined_by_select_related_opens_with_its_own_seal(sheet: Any) -> None:
    first = sheet.objects.create(note="primera")
    sheet.objects.create(note="segunda", other=first)
    sheet.objects.create(note="tercera")
    found = [
        (row.note, row.other.note if row.other else None)
        for row in sheet.objects.select_related("other").order_by("pk")
    ]
    assert found == [("primera", None), ("segunda", "primera"), ("tercera", None)]


@pytest.mark.parametrize("source, target", [("note", "note"), ("note", "number")])
def test_a_value_moved_to_another_row_or_column_does_not_open(sheet: Any, source: str, target: str) -> None:
    first = sheet.objects.create(note="de Rosa", number="1")
    second = sheet.objects.create(note="de Ana", number="2")
    goal = second if source == target else first
    table = sheet._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {target} = (SELECT {source} FROM {table} AS t WHERE t.id = %s) WHERE id = %s",
            [first.pk, goal.pk],
        )
    with pytest.raises(Unopened) as refused:
        sheet.objects.get(pk=goal.pk)
    assert "Rosa" not in str(refused.value) and first.seal_id not in str(refused.value)


def test_two_rows_never_share_a_seal(sheet: Any) -> None:
    first = sheet.objects.create(note="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        sheet.objects.create(note="x", seal_id=first.seal_id)


@pytest.mark.parametrize(
    "asked",
    [
        {"note": "x"},
        {"note__contains": "x"},
        {"note__in": ["x"]},
        {"note__gt": "a"},
        {"note__iexact": "x"},
        {"note__regex": "."},
    ],
)
def test_nothing_searches_a_sealed_text(sheet: Any, asked: dict[str, Any]) -> None:
    with pytest.raises(FieldError, match="columna cifrada"):
        list(sheet.objects.filter(**asked))


def test_whether_it_is_empty_may_be_asked(sheet: Any) -> None:
    sheet.objects.bulk_create([sheet(note="algo"), sheet(note="")])
    assert (sheet.objects.filter(note="").count(), sheet.objects.exclude(note="").count()) == (1, 1)


def test_nothing_is_computed_from_a_sealed_text(sheet: Any) -> None:
    sheet.objects.create(note="algo", title="título")
    with pytest.raises(FieldError):
        list(sheet.objects.annotate(loud=Upper("note")).values("loud"))
    for value in (F("title"), Upper(F("title")), Value("texto")):
        with pytest.raises(FieldError):
            sheet.objects.update(note=value)
    row = sheet.objects.get()
    row.note = F("title")
    with pytest.raises(FieldError), transaction.atomic():
        row.save()


def test_a_text_that_reaches_the_column_another_way_is_refused_by_code_and_by_the_database(sheet: Any) -> None:
    sheet.objects.create(note="algo")
    with pytest.raises(NotSealed), transaction.atomic():
        models.QuerySet(sheet).update(note="texto")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {sheet._meta.db_table} SET note = 'texto'")


def test_too_long_a_text_is_refused_in_words(sheet: Any) -> None:
    with pytest.raises(Refused, match="120"):
        sheet.objects.create(note="x" * 121)


def test_a_number_is_found_by_its_index_and_follows_its_column(sheet: Any) -> None:
    row = sheet.objects.create(number="70-123-456")
    assert sheet.objects.get(number_index="70123456").pk == row.pk
    assert "70" not in raw(sheet, "number_index")[0][:2] or len(raw(sheet, "number_index")[0]) == 32
    sheet.objects.filter(pk=row.pk).update(number="80000001")
    assert not sheet.objects.filter(number_index="70123456").exists()
    assert sheet.objects.get(number_index="8000 0001").number == "80000001"
    with pytest.raises(FieldError):
        sheet.objects.filter(number_index__startswith="7").exists()


def test_existing_texts_are_sealed_and_given_back(sheet: Any) -> None:
    class Apps:
        @staticmethod
        def get_model(label: str) -> Any:
            assert label == "secrets.Sheet"
            return sheet

    with connection.cursor() as cursor:  # As it was before: without the constraint.
        cursor.execute(f"DROP TABLE {sheet._meta.db_table}")
        sheet._meta.constraints = []
        create, values = unrun_editor().table_sql(sheet)
        cursor.execute(create, values or None)
    rows = [sheet.objects.create() for _ in range(3)]
    texts = ["asma", "", "s1.no es un valor"]
    with connection.cursor() as cursor:
        for row, text in zip(rows, texts, strict=True):
            cursor.execute(
                f"UPDATE {sheet._meta.db_table} SET note = %s, seal_id = %s WHERE id = %s", [text, f"x{row.pk}", row.pk]
            )
        cursor.execute(f"UPDATE {sheet._meta.db_table} SET seal_id = '' WHERE id = %s", [rows[0].pk])
    editor = unrun_editor()
    migrating.fill_seals("secrets.Sheet")(Apps, editor)
    migrating.seal_texts("secrets.Sheet", "note", "number")(Apps, editor)
    migrating.seal_texts("secrets.Sheet", "note", "number")(Apps, editor)
    assert list(sheet.objects.order_by("pk").values_list("note", flat=True)) == texts
    assert raw(sheet)[1] == "" and raw(sheet)[0] != "asma" and raw(sheet)[2] != texts[2]
    migrating.unseal_texts("secrets.Sheet", "note")(Apps, editor)
    assert raw(sheet) == texts


def test_every_ring_is_apart_from_the_database(sheet: Any, tmp_path: Path, settings: Any) -> None:
    sheet.objects.create(note="algo")
    settings.CREO_KEYS = tmp_path / "otro.json"
    with pytest.raises(Unopened, match="no está en el archivo de claves"):
        sheet.objects.get()
