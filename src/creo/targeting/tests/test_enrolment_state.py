"""Enrolment under any sequence of acts: a made model says what must hold, and the database agrees after every step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from creo.register import commands as register_commands
from creo.register.tests import factories as register
from creo.support.ledger.models import Entry
from creo.support.refusals import Refused
from creo.targeting import commands, queries
from creo.targeting.models import Enrolment
from creo.targeting.tests import factories as make
from creo.targeting.tests.factories import BY

START = date(2026, 3, 1)
SITES = ("EP-PIURA", "EP-TUMBES")
# The first turns 35 on 1 April, the second turns 18 on 15 March, the third has no birth date, the fourth came before.
BORN = (date(1991, 4, 1), date(2008, 3, 15), None, date(2000, 1, 1), date(1999, 9, 9))
ADMITTED = date(2025, 1, 10)
# Mostly people who may be enrolled, and days near today: that is where the rules bite.
which = st.sampled_from([4, 4, 4, 4, 4, 4, 0, 0, 1, 2, 3])
offsets = st.sampled_from([0, 0, 0, 1, -1, -2, -3, -7, -20, -430])
reasons = st.sampled_from(["voluntary", "completed", "voluntary", "conduct"])


@contextmanager
def today(day: date) -> Iterator[None]:
    with time_machine.travel(f"{day.isoformat()} 15:00:00+00:00", tick=False):
        yield


class Acts(RuleBasedStateMachine):
    """People, days that go by, and the model of who was enrolled when."""

    codes: list[str]

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.day = START
        self.spans: dict[str, list[tuple[date, date | None]]] = {code: [] for code in self.codes}
        self.frozen: dict[int, Any] = {}
        self.held = dict.fromkeys(self.codes, "EP-PIURA")
        self.moved: dict[str, date] = dict.fromkeys(self.codes, ADMITTED)

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def eligible(self, person: int, on: date) -> bool:
        """What the rule says, worked out by hand: one admission and 18 to 34 completed years."""
        born = BORN[person]
        if born is None or person == 3:
            return False
        years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        return 18 <= years <= 34

    @rule(days=st.integers(1, 9))
    def time_goes_by(self, days: int) -> None:
        self.day += timedelta(days)

    @rule(person=which, offset=offsets, reason=st.sampled_from(["", "Acta"]))
    def enrol(self, person: int, offset: int, reason: str) -> None:
        self.enrol_on(person, offset, reason)

    def enrol_on(self, person: int, offset: int, reason: str) -> None:
        """Enrols and holds the answer against the model's."""
        code, on = self.codes[person], self.day + timedelta(offset)
        spans = self.spans[code]
        is_open = any(end is None for _, end in spans)
        last = max((end for _, end in spans if end is not None), default=None)
        inside = on >= ADMITTED and code in self.held
        allowed = (
            self.eligible(person, on)
            and inside
            and not is_open
            and on <= self.day
            and (last is None or (on >= last and bool(reason)))
        )
        with today(self.day):
            try:
                stored = commands.enrol(by=BY, person_code=code, on=on, reason=reason)
            except Refused:
                assert not allowed, f"{code} {on} should have been enrolled"
                return
        assert allowed, f"{code} {on} should have been refused"
        spans.append((on, None))
        self.frozen[stored.pk] = Enrolment.objects.get(pk=stored.pk).verdict

    @rule(
        person=which,
        offset=offsets,
        why=st.sampled_from(["voluntary", "completed", "conduct"]),
        note=st.sampled_from(["", "x"]),
    )
    def end(self, person: int, offset: int, why: str, note: str) -> None:
        self.end_on(person, offset, why, note)

    def end_on(self, person: int, offset: int, why: str, note: str) -> None:
        """Ends and holds the answer against the model's."""
        code, on = self.codes[person], self.day + timedelta(offset)
        spans = self.spans[code]
        current = next((place for place, (_, end) in enumerate(spans) if end is None), None)
        if current is None:
            return
        allowed = spans[current][0] <= on <= self.day and (why != "conduct" or bool(note))
        with today(self.day):
            try:
                commands.end_enrolment(by=BY, person_code=code, on=on, reason=why, note=note)
            except Refused:
                assert not allowed
                return
        assert allowed
        spans[current] = (spans[current][0], on)

    @rule(person=which, first=offsets, days=st.integers(0, 5), second=offsets, reason=st.sampled_from(["", "Acta"]))
    def leave_and_return(self, person: int, first: int, days: int, second: int, reason: str) -> None:
        """The whole way at once, so that every run meets returns: in, out some days later, and in again."""
        self.enrol_on(person, first, "Acta")
        self.day += timedelta(days)
        self.end_on(person, 0, "voluntary", "")
        self.enrol_on(person, second, reason)

    @rule(person=which)
    def transfer(self, person: int) -> None:
        code = self.codes[person]
        if code not in self.held or self.moved[code] == self.day:
            return
        target = SITES[1 - SITES.index(self.held[code])]
        register_commands.transfer(
            by=BY, person_code=code, from_facility=self.held[code], to_facility=target, on=self.day, reason="Traslado",
            today=self.day,
        )  # fmt: skip
        self.held[code], self.moved[code] = target, self.day

    @rule(person=which)
    def correct(self, person: int) -> None:
        """A correction of the register after the fact: what was frozen must not move."""
        if BORN[person] is None:
            return  # Nobody can confirm an identity without a birth date.
        changes = {"nationality": "VE" if self.day.day % 2 else "CO"}
        register_commands.correct_identity(
            by=BY, person_code=self.codes[person], changes=changes, reason="Corrección", today=self.day
        )
        register_commands.confirm_identity(by=BY, person_code=self.codes[person], reason="Confirmación")

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        if not hasattr(self, "block"):
            return
        for code in self.codes:
            rows = Enrolment.objects.filter(person_id=code).order_by("id").values_list("enrolled_on", "ended_on")
            assert list(rows) == self.spans[code]
            ordered = sorted(self.spans[code], key=lambda span: (span[0], span[1] is None, span[1]))
            for (_, end), (start, _) in pairwise(ordered):
                assert end is not None
                assert end <= start

    @invariant()
    def what_was_frozen_stays_and_was_eligible(self) -> None:
        for key, verdict in getattr(self, "frozen", {}).items():
            kept = Enrolment.objects.get(pk=key).verdict
            assert kept == verdict
            assert queries.verdict_from(kept).outcome == 2

    @invariant()
    def every_act_has_its_entry(self) -> None:
        if not hasattr(self, "block"):
            return
        starts = sum(len(spans) for spans in self.spans.values())
        ends = sum(end is not None for spans in self.spans.values() for _, end in spans)
        assert Entry.objects.filter(act="targeting.enrolled").count() == starts
        assert Entry.objects.filter(act="targeting.enrolment_ended").count() == ends


@pytest.mark.django_db
def test_no_sequence_of_acts_breaks_the_rules_of_enrolment() -> None:
    make.creo_in_force()
    piura = register.places()["EP-PIURA"]
    people = enumerate(BORN, start=1)
    Acts.codes = [make.person(number, piura, birth_date=born, earlier=int(number == 4)) for number, born in people]
    run_state_machine_as_test(
        Acts,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
