"""One query for everything that hangs from two people, and it says what each table says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from creo.register import commands
from creo.register.commands import merging
from creo.register.commands.dependents import History, Repointed
from creo.register.models import (
    Alias,
    BiometricReference,
    Custody,
    Document,
    DuplicatePair,
    Identity,
    Merge,
    PersonReference,
    ProtectedFact,
    RightsRequest,
    Statement,
)
from creo.register.queries.hanging import found_of
from creo.register.rules import Dependents, Joining, ProtectedValue, Reading
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY, reader_at
from creo.support.accounts.readers import Reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
DAY = date(2001, 2, 3)
LEADS_TO_CODE = ("targeting.Enrolment", "targeting.Reevaluation")


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def two() -> Joining:
    """Two people with an identity and an episode each: the duplicate's is past, the other's is open in Piura."""
    facility = make.places()["EP-PIURA"]
    first, second = (make.person(number) for number in (1, 2))
    for person in (first, second):
        make.identity(person, document_number=f"{person.pk:08d}", status="confirmed")
    make.custody(first, facility, DAY, date(2002, 1, 1))
    make.custody(second, facility, date(2020, 1, 1))
    DuplicatePair.objects.create(first=first, second=second, score=50, evidence="e", found_on=DAY)
    return Joining(first.pk, first.code, second.pk, second.code, TODAY)


def fill(person_id: int, number: int) -> None:
    """Rows of one person in every table of this chapter that a merge takes along."""
    who = {"person_id": person_id}
    told = {"recorded_by": "P", "recorded_at": NOW}
    text = f"{person_id}-{number}"
    Alias.objects.create(**who, kind="nickname", nickname=f"Apodo {text}", source="Ella", valid_from=DAY)
    PersonReference.objects.create(**who, source="censo", reference=text)
    Statement.objects.create(**who, source="censo", kind=f"q{number}", answer="sí")
    document = Document.objects.create(
        **who, kind="other", access="general", title="Oficio", sha256=f"{person_id:032d}{number:032d}", size=10,
        media="pdf", label="oficio.pdf", uploaded_by="P", uploaded_at=NOW,
    )  # fmt: skip
    closed = {"valid_from": DAY, "valid_to": date(2020, 1, number + 1)}
    ProtectedFact.objects.create(**who, fact=ProtectedValue("language", "none"), source="Entrevista", **closed, **told)
    BiometricReference.objects.create(**who, system="AFIS", kind="right_thumb", reference=text, **told)
    RightsRequest.objects.create(
        **who, year=2026, number=1000 * person_id + number, kind="access", asker="person", what="Copia",
        evidence=document, received_on=DAY, due_on=TODAY,
    )  # fmt: skip
    other = make.person(10_000 + 100 * person_id + number, merged_into_id=person_id)
    make.identity(other, valid_to=TODAY, status="provisional")


def queries_of(work: Any) -> int:
    work()  # a new connection asks SQLite once what it can do
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


def preview(two: Joining, by: Reader = BY) -> commands.MergePreview:
    return commands.preview_merge(by=by, duplicate_code=two.duplicate_code, into_code=two.into_code, today=TODAY)


def test_every_reading_of_the_system_says_what_its_table_says(two: Joining) -> None:
    """The slow twin: each reading asked alone, by the model."""
    for key in (two.duplicate_id, two.into_id):
        for number in (1, 2):
            fill(key, number)
    found = found_of(merging.all_dependents(), two)
    met = 0
    for rows, key, code in (
        (found.duplicate, two.duplicate_id, two.duplicate_code),
        (found.into, two.into_id, two.into_code),
    ):
        for reading, read in rows.items():
            owner = code if reading.model in LEADS_TO_CODE else key
            asked = apps.get_model(reading.model)._default_manager.filter(**{reading.owner: owner})
            if reading.counted:
                assert sum(row.number for row in read) == asked.count()
                continue
            met += len(read)
            said = [(row.pk, *(getattr(row, name) for name in reading.columns)) for row in read]
            assert said == list(asked.order_by("pk").values_list("pk", *reading.columns))
    assert met >= 2 * (2 * 8 + 2), "each side has two rows of eight tables, its episode and its identity"


class Asked:
    """Somebody who only reads."""

    code, covers = "asked", ()

    def __init__(self, *reads: Reading) -> None:
        self.reads = reads


def read(two: Joining, *readings: Reading) -> Any:
    return found_of([Asked(*readings)], two)  # type: ignore[list-item]  # nothing but its readings is asked of it


def test_days_moments_truths_and_what_is_not_known_come_as_the_model_has_them(two: Joining) -> None:
    Custody.objects.filter(person_id=two.duplicate_id).update(organised_crime=True, extreme_security=None)
    fill(two.duplicate_id, 1)
    kinds = Reading("register.Custody", columns=("admitted_on", "organised_crime", "extreme_security", "facility_id"))
    moments = Reading("register.Document", columns=("uploaded_at", "size"))
    found = read(two, kinds, moments)
    (episode,), (document,) = found.duplicate[kinds], found.duplicate[moments]
    assert (episode.admitted_on, episode.organised_crime, episode.extreme_security) == (DAY, True, None)
    assert episode.facility_id == Custody.objects.get(pk=episode.pk).facility_id
    assert (document.uploaded_at, document.size) == (NOW, 10)


def test_what_a_reading_does_not_ask_is_not_asked_later(two: Joining) -> None:
    reading = Reading("register.Custody", columns=("number",))
    (row,) = read(two, reading).duplicate[reading]
    with pytest.raises(AttributeError, match="mandate"):
        _ = row.mandate


def test_columns_that_json_cannot_carry_are_refused_when_they_are_declared(two: Joining) -> None:
    with pytest.raises(RuntimeError, match="reasons"):
        read(two, Reading("register.DuplicatePair", "first", ("reasons",)))


def test_nobody_asking_anything_costs_no_query(two: Joining) -> None:
    assert queries_of(lambda: read(two)) == 0


# What it costs --------------------------------------------------------------------------------------------------------


def _more(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """So many chapters more, without rows of these people."""
    from itertools import cycle

    tables = cycle(("register.RightsRequest", "register.Document", "register.BiometricReference"))
    more: list[Dependents] = [
        item
        for place, table in zip(range(number), tables, strict=False)
        for item in (
            Repointed(f"more{place}", table, "Más", columns=("kind",)),
            History(f"past{place}", (), "Más", counted=Reading(table, counted=True)),
        )
    ]
    everybody = (*merging.all_dependents(), *more)
    monkeypatch.setattr(merging, "all_dependents", lambda: everybody)


def test_a_chapter_more_costs_the_preview_no_query(two: Joining, monkeypatch: pytest.MonkeyPatch) -> None:
    before = queries_of(lambda: preview(two))
    lines = preview(two).dependents
    _more(monkeypatch, 30)
    assert queries_of(lambda: preview(two)) == before == 2
    assert preview(two).dependents == lines


def test_rows_in_every_table_cost_the_preview_no_query(two: Joining) -> None:
    before = queries_of(lambda: preview(two))
    for key in (two.duplicate_id, two.into_id):
        for number in range(1, 5):
            fill(key, number)
    assert queries_of(lambda: preview(two)) == before
    assert len(preview(two).dependents) >= 8 * 4


def test_neither_chapters_nor_rows_cost_the_undoing_a_query(two: Joining, monkeypatch: pytest.MonkeyPatch) -> None:
    def obstacles(merge: int) -> list[str]:
        return commands.unmerge_obstacles(by=BY, merge_id=merge, today=TODAY)

    def merge() -> int:
        codes = {"duplicate_code": two.duplicate_code, "into_code": two.into_code}
        return commands.merge_people(by=BY, **codes, reason="Mismas huellas", today=TODAY)

    bare = merge()
    before = queries_of(lambda: obstacles(bare))
    commands.unmerge_people(by=BY, merge_id=bare, reason="Otra vez", today=TODAY)
    for number in (1, 2, 3):
        fill(two.duplicate_id, number)
    _more(monkeypatch, 10)
    full = merge()
    assert len(Merge.objects.get(pk=full).memory) > 20
    assert queries_of(lambda: obstacles(full)) == before
    assert obstacles(full) == []


def test_a_prison_that_holds_one_of_the_two_pays_little_more(two: Joining) -> None:
    fill(two.duplicate_id, 1)
    assert queries_of(lambda: preview(two, reader_at("EP-PIURA"))) <= 5
    assert Identity.objects.filter(person_id=two.duplicate_id).count() == 1
