"""Merges that meet: one wins, the other is refused, and nothing is left half done or leading in a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.conf import settings
from django.db import connections

from creo.register import commands
from creo.register.commands import Admission
from creo.register.models import Custody, Merge, Movement, Person
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY
from creo.support.refusals import Refused

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


def together(*works: Callable[[], object]) -> list[str]:
    """Runs functions at the same moment, each with its own connection: "done", the refusal, or the fault raised."""
    barrier, ends = threading.Barrier(len(works)), ["" for _ in works]
    faults: list[BaseException] = []

    def go(place: int, work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            work()
            ends[place] = "done"
        except Refused as refusal:
            ends[place] = " ".join(refusal.messages)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    return ends


def merge(duplicate: str, into: str) -> Callable[[], object]:
    return lambda: commands.merge_people(
        by=BY, duplicate_code=duplicate, into_code=into, reason="Mismas huellas", today=TODAY
    )


def three() -> list[str]:
    """Three people with one past episode each, one after another."""
    facility = make.places()["EP-PIURA"]
    for number in (1, 2, 3):
        person = make.person(number)
        make.identity(person)
        make.custody(person, facility, date(2000 + number, 1, 1), date(2000 + number, 6, 1))
    return [person.code for person in Person.objects.order_by("pk")]


def undo_all() -> None:
    for row in Merge.objects.filter(undone_at=None).order_by("-pk"):
        commands.unmerge_people(by=BY, merge_id=row.pk, reason="Otra vez", today=TODAY)


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # races do not show on SQLite: one writer at a time

    def test_two_records_merged_into_each_other_at_once_end_as_one() -> None:
        a, b, _c = three()
        for _round in range(ROUNDS):
            ends = together(merge(a, b), merge(b, a))
            assert sorted(end == "done" for end in ends) == [False, True], ends
            merged = Person.objects.exclude(merged_into=None).get()
            assert merged.merged_into.merged_into is None
            assert Merge.objects.filter(undone_at=None).count() == 1
            undo_all()

    def test_one_duplicate_merged_into_two_at_once_goes_to_one_of_them() -> None:
        a, b, c = three()
        for _round in range(ROUNDS):
            ends = together(merge(a, b), merge(a, c))
            assert sorted(end == "done" for end in ends) == [False, True], ends
            assert Person.objects.exclude(merged_into=None).count() == 1
            assert Custody.objects.filter(person__code=a).count() == 0
            undo_all()

    def test_a_chain_made_at_once_leads_every_code_to_the_last_record() -> None:
        a, b, c = three()
        for _round in range(ROUNDS):
            ends = together(merge(a, b), merge(b, c))
            assert "done" in ends
            assert not Person.objects.filter(merged_into__merged_into__isnull=False).exists()
            for row in Merge.objects.filter(undone_at=None):
                assert row.duplicate.merged_into_id is not None
            undo_all()
            assert Person.objects.exclude(merged_into=None).count() == 0

    def test_one_merge_undone_twice_at_once_is_undone_once() -> None:
        a, b, _c = three()
        merge(a, b)()
        done = Merge.objects.get()

        def undo() -> object:
            return commands.unmerge_people(by=BY, merge_id=done.pk, reason="Otra persona", today=TODAY)

        ends = together(undo, undo)
        assert sorted(end == "done" for end in ends) == [False, True], ends
        assert Person.objects.get(code=a).merged_into is None

    def test_a_merge_while_the_person_is_transferred_loses_neither() -> None:
        a, b, _c = three()
        commands.admit(
            by=BY, person_code=a, today=TODAY, admission=Admission("EP-PIURA", date(2026, 1, 1), "Resolución 5")
        )
        for turn in range(ROUNDS):
            here, there = ("EP-PIURA", "EP-TUMBES")[:: 1 if turn % 2 == 0 else -1]

            def transfer(here: str = here, there: str = there, on: date = date(2026, 2, 1 + turn)) -> object:
                return commands.transfer(
                    by=BY,
                    person_code=a,
                    from_facility=here,
                    to_facility=there,
                    on=on,
                    reason="Resolución de traslado",
                    today=TODAY,
                )

            assert together(merge(a, b), transfer) == ["done", "done"]
            held = Custody.objects.get(released_on=None)
            assert (held.person.code, held.facility.code) == (b, there)
            assert Movement.objects.filter(custody=held, kind="transfer").count() == turn + 1
            undo_all()
            assert Custody.objects.get(released_on=None).person.code == a

    def test_a_merge_while_the_duplicate_is_admitted_leaves_no_episode_behind() -> None:
        a, b, _c = three()
        for turn in range(ROUNDS):

            def admit(turn: int = turn) -> object:
                entry = Admission("EP-PIURA", date(2026, 2, 1 + turn), "Resolución 7")
                return commands.admit(by=BY, person_code=a, today=TODAY, admission=entry)

            ends = together(merge(a, b), admit)
            assert "done" in ends, ends
            if ends[0] == "done":
                assert not Custody.objects.filter(person__code=a).exists()
            held = Custody.objects.filter(released_on=None).first()
            if held is not None:
                commands.release(
                    by=BY,
                    person_code=held.person.code,
                    on=date(2026, 2, 1 + turn),
                    kind="acquittal",
                    reason="Orden",
                    today=TODAY,
                )
            undo_all()
            Movement.objects.filter(custody__released_on__gte=date(2026, 1, 1)).delete()
            Custody.objects.filter(released_on__gte=date(2026, 1, 1)).delete()
