"""Movements that meet: each happens once, the second is refused or changes nothing, and the course stays possible."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import settings

from creo.register import commands, queries, rules
from creo.register.commands import Admission
from creo.register.models import Custody, Movement
from creo.register.tests import factories as make
from creo.register.tests.factories import BY, TODAY
from creo.register.tests.test_races_merging import ROUNDS, together

pytestmark = pytest.mark.django_db(transaction=True)
START = date(2026, 1, 1)


def somebody() -> str:
    """A person with a past episode."""
    who = make.person(1)
    make.identity(who)
    make.custody(who, make.places()["EP-PIURA"], date(2001, 1, 1), date(2001, 6, 1))
    return who.code


def admit(code: str, on: date = START, source_key: str = "") -> object:
    admission = Admission("EP-PIURA", on, "Resolución 5", source_key=source_key)
    return commands.admit(by=BY, person_code=code, today=TODAY, admission=admission)


def transfer(code: str, target: str, on: date, source_key: str = "") -> object:
    return commands.transfer(
        by=BY,
        person_code=code,
        from_facility="EP-PIURA",
        to_facility=target,
        on=on,
        reason="Resolución",
        today=TODAY,
        source_key=source_key,
    )


def release(code: str, on: date) -> object:
    return commands.release(by=BY, person_code=code, on=on, kind="acquittal", reason="Orden", today=TODAY)


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # races do not show on SQLite: one writer at a time

    def test_somebody_admitted_twice_at_once_is_in_once() -> None:
        code = somebody()
        for turn in range(ROUNDS):
            on = START + timedelta(10 * turn)
            ends = together(lambda on=on: admit(code, on), lambda on=on: admit(code, on))
            assert sorted(end == "done" for end in ends) == [False, True], ends
            assert Custody.objects.filter(released_on=None).count() == 1
            release(code, on + timedelta(5))

    def test_the_same_admission_delivered_twice_at_once_is_one() -> None:
        code = somebody()
        ends = together(*[lambda: admit(code, START, "A1")] * 3)
        assert ends == ["done"] * 3
        assert Movement.objects.filter(source_key="A1").count() == 1

    def test_the_same_transfer_delivered_twice_at_once_is_one() -> None:
        code = somebody()
        admit(code)
        ends = together(*[lambda: transfer(code, "EP-TUMBES", TODAY, "T1")] * 3)
        assert ends == ["done"] * 3
        assert Movement.objects.filter(kind="transfer").count() == 1

    def test_of_two_transfers_at_once_one_finds_the_person_gone() -> None:
        code = somebody()
        admit(code)
        ends = together(lambda: transfer(code, "EP-TUMBES", TODAY), lambda: transfer(code, "EP-AREQUIPA", TODAY))
        assert sorted(end == "done" for end in ends) == [False, True], ends
        assert any("no está en ese establecimiento" in end for end in ends)

    def test_a_release_and_an_absence_at_once_leave_a_course_that_can_be() -> None:
        code = somebody()
        for turn in range(ROUNDS):
            on = START + timedelta(10 * turn)
            admit(code, on)

            def leave(on: date = on) -> object:
                return commands.record_absence(
                    by=BY,
                    person_code=code,
                    kind="escort",
                    destination="Juzgado",
                    on=on + timedelta(1),
                    reason="Oficio",
                    today=TODAY,
                )

            assert together(leave, lambda on=on: release(code, on + timedelta(2))) == ["done", "done"]
            file = queries.person(BY, code, TODAY)
            assert rules.movement_problems(file.moves) == []
            assert file.custodies[0].released_on == on + timedelta(2)
            assert file.custodies[0].absence == ""

    def test_one_movement_annulled_twice_at_once_is_annulled_once() -> None:
        code = somebody()
        admit(code)
        transfer(code, "EP-TUMBES", TODAY)

        def annul() -> object:
            return commands.annul_movement(by=BY, person_code=code, custody=2, sequence=2, reason="Error")

        ends = together(annul, annul)
        assert sorted(end == "done" for end in ends) == [False, True], ends
        assert Custody.objects.get(released_on=None).facility.code == "EP-PIURA"
