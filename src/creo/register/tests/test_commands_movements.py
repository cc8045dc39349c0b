"""Absences, returns, escapes, recaptures, annulments and late movements; the caches always agree with the movements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from creo.register import commands, queries
from creo.register.commands import Admission, Back, IdentityData
from creo.register.models import Custody, Movement, Person
from creo.register.tests import factories as make
from creo.register.tests.acting import ENTRY, WHO, acts, admit, course_of, refused
from creo.register.tests.factories import BY, TODAY, Cast, reader_at
from creo.register.tests.moving import annul, caches, come_back, escape, last_entry, leave, let_go, move, readmit
from creo.support.accounts.permissions import Permission
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound

pytestmark = pytest.mark.django_db
D = timedelta(1)


@pytest.fixture
def cast() -> Cast:
    return make.cast()


# Going away and coming back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["escort", "hospital", "exit_permit"])
def test_who_leaves_for_a_while_stays_on_the_roll(cast: Cast, kind: str) -> None:
    leave(cast.rosa, kind, TODAY - D, at=time(8, 30))
    assert caches(1, cast.rosa) == ("EP-PIURA", kind, TODAY - D, None, "")
    assert queries.counts(BY, TODAY).by_facility["EP-PIURA"] == 3
    assert queries.facts_for(BY, cast.rosa, TODAY).facts["facility"] == "EP-PIURA"
    entry = last_entry(cast.rosa)
    assert (entry.act, entry.place, entry.after["kind"]) == ("register.person_left", "EP-PIURA", kind)
    come_back(cast.rosa, at=time(12))
    assert caches(1, cast.rosa) == ("EP-PIURA", "", None, None, "")
    entry = last_entry(cast.rosa)
    assert (entry.act, entry.before, entry.after["facility"]) == (
        "register.person_returned",
        {"kind": kind},
        "EP-PIURA",
    )


def test_an_exit_permit_says_when_the_person_is_due_and_is_not_longer_than_the_law_allows(cast: Cast) -> None:
    refused(lambda: leave(cast.rosa, "exit_permit", hours=73), "hasta por 72 horas", "art. 48")
    refused(lambda: leave(cast.rosa, "exit_permit", hours=None), "por cuántas horas")
    refused(lambda: leave(cast.rosa, "hospital", hours=3), "Solo un permiso")
    leave(cast.rosa, "exit_permit", TODAY, hours=72, at=time(9))
    assert last_entry(cast.rosa).after["due"] == (TODAY + 3 * D).isoformat() + "T09:00"


def test_leaving_is_refused_with_every_reason_and_each_beside_its_field(cast: Cast) -> None:
    refusal = refused(
        lambda: leave(cast.rosa, destination=" ", reason="", on=TODAY + D),
        "juzgado o la autoridad",
        "motivo",
        "día de hoy",
    )
    assert set(refusal.fields) == {"destination", "reason", "on"}
    refused(lambda: leave(cast.rosa, "hospital", destination=""), "Indique el hospital")
    refused(lambda: leave(cast.pedro), "no está en custodia")
    refused(lambda: leave(cast.rosa, at=time(15), now=time(14, 59)), "La hora todavía no llega")
    with pytest.raises(ValueError, match="transfer"):
        leave(cast.rosa, "transfer")
    with pytest.raises(NotFound):
        leave(cast.rosa, by=cast.official_of_tumbes)


def test_who_is_away_is_not_moved_nor_leaves_again_before_the_return(cast: Cast) -> None:
    leave(cast.rosa, "hospital", TODAY - D)
    for act in (lambda: move(cast.rosa, "EP-PIURA", "EP-TUMBES"), lambda: leave(cast.rosa)):
        refused(act, "fuera del establecimiento", "en hospital", "retorno")
    come_back(cast.rosa)
    refused(lambda: come_back(cast.rosa), "no ha salido")
    move(cast.rosa, "EP-PIURA", "EP-TUMBES")


def test_a_court_may_free_somebody_who_is_there(cast: Cast) -> None:
    leave(cast.rosa, "escort", TODAY - D)
    let_go(cast.rosa)
    assert caches(1, cast.rosa) == ("EP-PIURA", "", None, TODAY, "acquittal")
    assert last_entry(cast.rosa).before == {"custody": 1, "absence": "escort"}
    (absence,) = course_of(cast.rosa).absences
    assert (absence.ended_by, absence.period.end) == ("release", TODAY)


def test_an_absence_already_over_is_recorded_with_its_return(cast: Cast) -> None:
    day = TODAY - 9 * D
    leave(cast.rosa, on=day, at=time(8), back=Back(day, time(13)))
    assert caches(1, cast.rosa) == ("EP-PIURA", "", None, None, "")
    assert acts(cast.rosa)[-2:] == ["register.person_left", "register.person_returned"]
    refusal = refused(lambda: leave(cast.rosa, on=day, at=time(14), back=Back(day, time(13))), "anterior a la salida")
    assert "back_on" in refusal.fields
    refused(lambda: leave(cast.rosa, on=day, back=Back(TODAY + D)), "todavía no llega")


# Escape, recapture, revocation ----------------------------------------------------------------------------------------


def test_an_escape_ends_the_episode_and_a_recapture_is_no_admission(cast: Cast) -> None:
    escape(cast.rosa, TODAY - D)
    assert caches(1, cast.rosa) == ("EP-PIURA", "", None, TODAY - D, "escape")
    assert not course_of(cast.rosa).in_custody
    readmit(cast.rosa, "recapture")
    file = queries.person(BY, cast.rosa, TODAY)
    assert (file.admissions, course_of(cast.rosa).admissions, len(file.custodies)) == (1, 1, 2)
    facts = queries.facts_for(BY, cast.rosa, TODAY)
    assert (facts.facts["admission_count"], facts.in_custody) == (1, True)
    assert "un solo episodio" in facts.evidence["admission_count"]
    assert acts(cast.rosa)[-2:] == ["register.person_escaped", "register.person_admitted"]


def test_a_recapture_needs_an_escape(cast: Cast) -> None:
    refusal = refused(lambda: admit(replace(ENTRY, entry_kind="recapture")), "haya terminado en fuga")
    assert "entry_kind" in refusal.fields
    let_go(cast.rosa)
    refused(lambda: readmit(cast.rosa, "recapture"), "haya terminado en fuga")


def test_somebody_may_escape_while_away(cast: Cast) -> None:
    leave(cast.rosa, "exit_permit", TODAY - 5 * D)
    escape(cast.rosa)
    assert caches(1, cast.rosa) == ("EP-PIURA", "", None, TODAY, "escape")
    assert last_entry(cast.rosa).before == {"custody": 1, "absence": "exit_permit"}


# Release --------------------------------------------------------------------------------------------------------------


def test_nobody_is_released_without_the_order_of_a_court(cast: Cast) -> None:
    refusal = refused(lambda: let_go(cast.rosa, order_number=" ", court=""), "número de la orden", "juzgado que dio")
    assert {"order_number", "court"} <= set(refusal.fields)
    let_go(cast.rosa, order_number="OL 123-2026", court="2.º Juzgado de prueba")
    entry = last_entry(cast.rosa)
    assert entry.after["order"] == "OL 123-2026 · 2.º Juzgado de prueba"
    assert Movement.objects.get(custody__person__code=cast.rosa, kind="release").note == entry.after["order"]


def test_another_mandate_in_force_stops_a_release_but_not_a_death(cast: Cast) -> None:
    from creo.register.models import DetentionMandate

    custody = Custody.objects.get(person__code=cast.rosa)
    DetentionMandate.objects.create(
        custody=custody, court="Juzgado de Talara", case_number="77-2026", received_on=TODAY - D
    )
    refused(lambda: let_go(cast.rosa), "77-2026, Juzgado de Talara")
    let_go(cast.rosa, kind="death", order_number="", court="")
    assert Person.objects.get(code=cast.rosa).died_on == TODAY


@pytest.mark.parametrize("kind", ["escape", "annulled", "fuga"])
def test_what_is_no_release_is_not_recorded_as_one(cast: Cast, kind: str) -> None:
    refused(lambda: let_go(cast.rosa, kind=kind), f"[{kind}] no está en la lista")


def test_a_death_ends_everything(cast: Cast) -> None:
    let_go(cast.rosa, TODAY - D, kind="death")
    for act in (leave, escape, let_go, come_back):
        refused(lambda act=act: act(cast.rosa), "no está en custodia")
    refused(lambda: readmit(cast.rosa, "mandate"), "fallecida")


# Late movements -------------------------------------------------------------------------------------------------------


def test_a_late_movement_takes_its_place_and_later_ones_follow_it(cast: Cast) -> None:
    move(cast.rosa, "EP-PIURA", "EP-TUMBES", TODAY - 3 * D)
    day = TODAY - 10 * D
    leave(cast.rosa, on=day, back=Back(day + D))
    kinds = Movement.objects.filter(custody__person__code=cast.rosa).order_by("sequence")
    assert list(kinds.values_list("sequence", "kind", "late")) == [
        (1, "admission", False),
        (2, "escort", True),
        (3, "return", True),
        (4, "transfer", False),
    ]
    assert caches(1, cast.rosa)[0] == "EP-TUMBES"
    assert last_entry(cast.rosa).after["late"] is True
    assert course_of(cast.rosa).place_on(day) == "EP-PIURA"


def test_a_late_movement_that_breaks_the_course_is_refused_with_the_contradiction(cast: Cast) -> None:
    move(cast.rosa, "EP-PIURA", "EP-TUMBES", TODAY - 3 * D)
    refusal = refused(lambda: leave(cast.rosa, on=TODAY - 10 * D), "falta su retorno")
    assert "on" in refusal.fields
    refused(lambda: move(cast.rosa, "EP-PIURA", "EP-AREQUIPA", TODAY - 10 * D), "donde la persona no estaba")
    refused(lambda: let_go(cast.rosa, TODAY - 10 * D), "después del egreso")


def test_a_transfer_forgotten_in_an_episode_that_ended_is_recorded_late(cast: Cast) -> None:
    day = date(2019, 1, 1)
    leave(cast.ana, "hospital", day, back=Back(day + 3 * D))
    course = course_of(cast.ana)
    absence = course.absence_on(day)
    assert absence is not None
    assert (absence.kind, course.admissions, caches(1, cast.ana)[3]) == ("hospital", 2, date(2020, 2, 1))
    refused(lambda: leave(cast.ana, on=date(2022, 1, 1)), "anterior al ingreso")


def test_of_one_day_the_place_that_fits_is_found(cast: Cast) -> None:
    day = TODAY - 3 * D
    leave(cast.rosa, on=day, at=time(9))
    escape(cast.rosa, day)
    # The hour of the escape is not known: the return before it fits only between both.
    come_back(cast.rosa, day)
    kinds = Movement.objects.filter(custody__person__code=cast.rosa).order_by("sequence").values_list("kind", flat=True)
    assert list(kinds) == ["admission", "escort", "return", "escape"]


# Annulments -----------------------------------------------------------------------------------------------------------


def test_the_last_movement_is_annulled_and_what_it_changed_goes_back(cast: Cast) -> None:
    before = caches(1, cast.rosa)
    for number, act in enumerate(
        (
            lambda: leave(cast.rosa, "hospital"),
            lambda: move(cast.rosa, "EP-PIURA", "EP-TUMBES"),
            lambda: escape(cast.rosa),
            lambda: let_go(cast.rosa),
            lambda: let_go(cast.rosa, kind="death"),
        ),
        start=2,
    ):
        act()
        assert caches(1, cast.rosa) != before
        annul(cast.rosa, 1, number)
        assert caches(1, cast.rosa) == before
        assert Person.objects.get(code=cast.rosa).died_on is None
    entry = last_entry(cast.rosa)
    assert (entry.act, entry.before["kind"], entry.before["sequence"]) == ("register.movement_annulled", "release", 6)
    assert entry.reason == "Se registró en otra ficha"
    assert Movement.objects.filter(custody__person__code=cast.rosa, annulled=True).count() == 5
    move(cast.rosa, "EP-PIURA", "EP-AREQUIPA")
    assert course_of(cast.rosa).place == "EP-AREQUIPA"


def test_an_annulled_admission_leaves_an_episode_that_never_was(cast: Cast) -> None:
    annul(cast.ana, 2, 1)
    assert caches(2, cast.ana) == ("EP-PIURA", "", None, date(2025, 9, 12), "annulled")
    file = queries.person(BY, cast.ana, TODAY)
    assert (file.held, file.admissions, course_of(cast.ana).admissions) == (None, 1, 1)
    assert not queries.facts_for(BY, cast.ana, TODAY).in_custody
    # The person may enter again, on that very day: nothing of the mistake stands in the way.
    readmit(cast.ana, "mandate", date(2025, 9, 12))
    assert queries.person(BY, cast.ana, TODAY).admissions == 2


def test_only_the_last_movement_in_force_is_annulled_once_and_with_a_reason(cast: Cast) -> None:
    refused(lambda: annul(cast.luis, 1, 1), "último movimiento vigente")
    refusal = refused(lambda: annul(cast.luis, 1, 2, " "), "motivo")
    assert "reason" in refusal.fields
    refused(lambda: annul(cast.luis, 1, 9), "no existe")
    annul(cast.luis, 1, 2)
    refused(lambda: annul(cast.luis, 1, 2), "ya está anulado")
    refused(lambda: annul(cast.pedro, 1, 2), "figura como fallecida")
    with pytest.raises(NotFound):
        commands.annul_movement(by=cast.official_of_tumbes, person_code=cast.rosa, custody=1, sequence=1, reason="x")


# The same twice -------------------------------------------------------------------------------------------------------


def test_the_same_movement_of_another_system_changes_nothing_the_second_time(cast: Cast) -> None:
    repeated: tuple[Callable[[], None], ...] = (
        lambda: leave(cast.rosa, source_key="K1"),
        lambda: come_back(cast.rosa, source_key="K2"),
        lambda: move(cast.rosa, "EP-PIURA", "EP-TUMBES", source_key="K3"),
        lambda: escape(cast.luis, source_key="K4"),
        lambda: let_go(cast.rosa, source_key="K5"),
    )
    for act in repeated:
        act()
        rows, entries = Movement.objects.count(), Entry.objects.count()
        act()
        assert (Movement.objects.count(), Entry.objects.count()) == (rows, entries)
    for act in repeated:  # also much later, in any order
        act()
    assert (Movement.objects.count(), Entry.objects.count()) == (rows, entries)


def test_a_key_with_other_content_is_refused(cast: Cast) -> None:
    leave(cast.rosa, source_key="K1")
    refusal = refused(lambda: leave(cast.rosa, "hospital", source_key="K1"), "[K1] no puede repetirse")
    assert "source_key" in refusal.fields
    refused(lambda: leave(cast.rosa, on=TODAY - D, source_key="K1"), "[K1]")
    refused(lambda: leave(cast.luis, source_key="K1"), "[K1]")
    refused(lambda: escape(cast.rosa, source_key="K1"), "[K1]")
    with pytest.raises(NotFound):
        leave(cast.rosa, source_key="K1", by=cast.official_of_tumbes)


def test_an_admission_that_comes_twice_is_one(cast: Cast) -> None:
    entry = replace(ENTRY, source_key="A1", admitted_on=TODAY)
    who = replace(WHO, document_number="00000099")
    code = admit(entry, who)
    people, entries = Person.objects.count(), Entry.objects.count()
    assert admit(entry, who) == code
    assert (Person.objects.count(), Entry.objects.count()) == (people, entries)
    refused(lambda: admit(replace(entry, admitted_on=TODAY - D), who), "[A1]")
    refused(lambda: admit(entry, None, cast.pedro), "[A1]")


def test_every_movement_needs_its_permission(cast: Cast) -> None:
    looker = reader_at("EP-PIURA", permissions=frozenset({Permission.VIEW_PEOPLE}))
    for act in (
        lambda: leave(cast.rosa, by=looker),
        lambda: come_back(cast.rosa, by=looker),
        lambda: escape(cast.rosa, by=looker),
        lambda: commands.annul_movement(by=looker, person_code=cast.rosa, custody=1, sequence=1, reason="x"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_facts_of_the_nation_agree_with_those_of_each_person(cast: Cast) -> None:
    escape(cast.rosa, TODAY - D)
    readmit(cast.rosa, "recapture")
    leave(cast.luis, "hospital")
    let_go(cast.ana, kind="semi_liberty")
    readmit(cast.ana, "revocation")
    columns = queries.population_columns(BY, TODAY)
    counts = columns.columns["admission_count"]
    for at, code in enumerate(columns.codes):
        facts = queries.facts_for(BY, code, TODAY)
        assert counts.values[counts.codes[at]] == facts.facts["admission_count"]
    assert {code: counts.values[counts.codes[at]] for at, code in enumerate(columns.codes)} == {
        cast.rosa: 1,
        cast.luis: 1,
        cast.ana: 3,
        cast.julia: 2,
    }
    assert queries.counts(BY, TODAY).total == 4


def test_an_annulled_transfer_does_not_move_anybody_in_the_past(cast: Cast) -> None:
    move(cast.rosa, "EP-PIURA", "EP-TUMBES")
    annul(cast.rosa, 1, 2)
    yesterday = TODAY - D
    assert queries.facts_for(BY, cast.rosa, yesterday).facts["facility"] == "EP-PIURA"
    columns = queries.population_columns(BY, yesterday)
    where = columns.columns["facility"]
    assert where.values[where.codes[columns.codes.index(cast.rosa)]] == "EP-PIURA"


def test_somebody_new_enters_with_the_hour(cast: Cast) -> None:
    code = admit(Admission("EP-PIURA", TODAY, "Resolución 9", at=time(7, 15)), IdentityData())
    row = Movement.objects.get(custody__person__code=code)
    assert (row.at, row.detail, row.note) == (time(7, 15), "mandate", "Resolución 9")
