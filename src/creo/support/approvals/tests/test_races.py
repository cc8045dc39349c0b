"""Two people at once over one proposal: one wins, the other is told, and the act is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import IntegrityError, connections

from creo.support import clock
from creo.support.accounts.readers import system
from creo.support.approvals import commands
from creo.support.approvals.models import Decision, Proposal
from creo.support.approvals.tests.factories import DONE, TODAY, person, propose
from creo.support.refusals import Forbidden, Refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


def together(*works: Callable[[], object]) -> list[BaseException | None]:
    """Runs functions at the same moment, each with its own connection; what each raised, in order."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def go(place: int, work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            work()
        except BaseException as fault:
            found[place] = fault  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return list(found)


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # SQLite's tests share one connection in memory

    def test_of_two_deciders_at_once_one_wins_and_the_other_is_told() -> None:
        made = propose(person("ana"))
        pair = person("beto"), person("carla")

        def decider(number: int) -> Callable[[], object]:
            return lambda: commands.decide(
                by=pair[number],
                proposal_id=made.pk,
                decision="approved" if number else "rejected",
                seen=made.digest,
                reason="Visto",
                today=TODAY,
            )

        faults = together(decider(0), decider(1))
        assert sorted(type(fault).__name__ for fault in faults) == ["NoneType", "Refused"]
        made.refresh_from_db()
        assert Decision.objects.count() == 1
        assert len(DONE) == (made.state == "approved")

    def test_of_many_approvals_of_a_tier_at_once_only_one_counts() -> None:
        made = propose(person("ana"), act="box.paint_thrice")
        readers = [person(f"decide-{n}") for n in range(5)]
        works = [
            lambda who=who: commands.decide(
                by=who, proposal_id=made.pk, decision="approved", seen=made.digest, tier=1, today=TODAY
            )
            for who in readers
        ]
        faults = together(*works)
        assert sum(fault is None for fault in faults) == 1
        assert all(isinstance(fault, Refused) for fault in faults if fault is not None)
        made.refresh_from_db()
        assert (made.tier, Decision.objects.count()) == (2, 1)

    def test_a_change_and_an_approval_at_once_never_approve_what_was_not_seen() -> None:
        ana, beto = person("ana"), person("beto")
        for turn in range(6):
            DONE.clear()
            made = propose(ana, box=f"C-{turn}")
            seen = made.digest
            payload = {"box": f"C-{turn}", "colour": "verde"}
            together(
                lambda m=made, p=payload: commands.revise(
                    by=ana,
                    proposal_id=m.pk,
                    payload=p,
                    text="x",
                    today=TODAY,
                    about=(m.act, (m.subject_kind, m.subject_code)),
                ),
                lambda m=made, s=seen: commands.decide(
                    by=beto, proposal_id=m.pk, decision="approved", seen=s, today=TODAY
                ),
            )
            assert [done[2]["colour"] for done in DONE] in ([], ["rojo"])
            made.refresh_from_db()
            assert (made.state == "approved") == bool(DONE)

    def test_the_same_proposal_sent_twice_at_once_stands_once() -> None:
        ana = person("ana")
        faults = together(*[lambda: propose(ana) for _ in range(4)])
        assert sum(fault is None for fault in faults) == 1
        assert Proposal.objects.count() == 1

    def test_lapsing_and_withdrawing_at_once_close_it_once() -> None:
        ana = person("ana")
        made = propose(ana)
        Proposal.objects.update(due_on=TODAY.replace(day=1))
        together(
            lambda: commands.lapse_due(by=system(), today=TODAY),
            lambda: commands.withdraw(by=ana, proposal_id=made.pk, reason="Ya no", today=TODAY),
        )
        made.refresh_from_db()
        assert made.state in ("lapsed", "withdrawn")

    def test_the_database_keeps_maker_and_checker_apart_when_rows_race_past_the_commands() -> None:
        made, beto, carla = propose(person("ana")), person("beto"), person("carla")
        revision = made.revisions.get()

        def row(decider: int | None, tier: int) -> Callable[[], object]:
            return lambda: Decision.objects.create(
                revision=revision,
                tier=tier,
                kind="approved",
                made_by_id=made.made_by_id,
                decided_by_id=decider,
                digest=made.digest,
                decided_at=clock.now(),
            )

        maker = row(made.made_by_id, 1)
        faults = together(maker, row(beto.user_id, 1), row(carla.user_id, 1), row(beto.user_id, 2), maker)
        assert isinstance(faults[0], IntegrityError) and isinstance(faults[4], IntegrityError)
        kept = list(Decision.objects.values_list("tier", "decided_by"))
        assert len(kept) == len({tier for tier, _who in kept}) == len({who for _tier, who in kept})
        assert made.made_by_id not in {who for _tier, who in kept}


def test_the_maker_racing_themselves_is_still_the_maker() -> None:
    ana = person("ana")
    made = propose(ana)
    with pytest.raises(Forbidden):
        commands.decide(by=ana, proposal_id=made.pk, decision="approved", seen=made.digest, today=TODAY)
