"""Purposes, looks, emergencies, alerts and canaries: who may, what is written, what is refused with every reason."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from creo.kernel.access import Access
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NOBODY, system
from creo.support.accounts.tests.factories import grant, user
from creo.support.announcements import queries as inbox
from creo.support.announcements.models import InboxItem
from creo.support.incidents.models import Incident
from creo.support.ledger.models import Entry
from creo.support.looking import commands, noting, queries
from creo.support.looking.models import Alert, Canary, Emergency, Look, StatedPurpose
from creo.support.looking.sheets import Sheet
from creo.support.looking.tests import factories as make
from creo.support.looking.tests.factories import NOW, REASON
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db
P = Permission
DIARY = (Sheet("diary", Access.HEALTH, P.VIEW_MEDICAL, "Diario de salud", "test.diary_viewed"),
         Sheet("notes", Access.ASSESSMENT, P.VIEW_EVALUATIONS, "Notas", "test.notes_viewed"))  # fmt: skip
WIRED = (f"{__name__}.DIARY",)
MINUTE = timedelta(minutes=1)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _sheets(settings: object) -> None:
    settings.CREO_SHEETS = f"{__name__}.WIRED"  # type: ignore[attr-defined]


def refused(act: Callable[[], object], **fields: str) -> None:
    """Refused, each reason beside its field; nothing written but what the ledger must know."""
    with pytest.raises(Refused) as refusal:
        act()
    for field, words in fields.items():
        assert words in refusal.value.fields[field], refusal.value.fields


def state(by: object = None, sheet: str = "diary", purpose: str = "health", code: str = "P-0000001") -> StatedPurpose:
    who = by or make.nurse()
    return commands.state_purpose(by=who, kind="person", code=code, sheet=sheet, purpose=purpose, now=NOW)


def look(by: object = None, sheet: str = "diary", purpose: str = "", code: str = "P-0000001") -> str:
    return commands.look(
        by=by or make.nurse(), kind="person", code=code, sheet=sheet, purpose=purpose, place="EP-PIURA"
    )


def open_(by: object = None, file: str = "P-0000002", reason: str = REASON) -> Emergency:
    return commands.open_emergency(by=by or make.nurse(), file=file, reason=reason, now=NOW)


def review(row: Emergency, by: object = None, decision: str = "approved", reason: str = "Era urgente") -> Emergency:
    return commands.review_emergency(
        by=by or make.director(), emergency_id=row.pk, decision=decision, reason=reason, now=NOW
    )


# Purposes and looks ---------------------------------------------------------------------------------------------------


def test_a_look_needs_a_purpose_and_one_of_its_own_class() -> None:
    refused(look, purpose="para qué")
    refused(lambda: look(purpose="curiosity"), purpose="para qué")
    refused(lambda: look(purpose="benefit"), purpose="para qué")  # of other classes
    refused(lambda: state(purpose="benefit"), purpose="para qué")
    assert not Look.objects.exists() and not Entry.objects.exists()


def test_a_purpose_holds_for_minutes_for_one_person_one_class_and_one_reader() -> None:
    state()
    assert look() == "health"
    refused(lambda: look(code="P-0000002"), purpose="para qué")
    both = make.reader(P.VIEW_MEDICAL, P.VIEW_EVALUATIONS)
    refused(lambda: look(by=both, sheet="notes"), purpose="para qué")
    refused(lambda: look(by=make.nurse(user_id=8)), purpose="para qué")
    with time_machine.travel(NOW + 15 * MINUTE - timedelta(seconds=1), tick=False):
        assert look() == "health"
    with time_machine.travel(NOW + 15 * MINUTE, tick=False):
        refused(look, purpose="para qué")


def test_looks_recorded_are_looks_made() -> None:
    state()
    for _time in range(25):
        look()
    entries = Entry.objects.filter(act="test.diary_viewed")
    assert Look.objects.filter(sheet="diary", told=True).count() == entries.count() == 25
    one = entries[0]
    assert (one.actor_id, one.subject_code, one.place, one.reason) == (7, "P-0000001", "EP-PIURA", "Atención de salud")
    assert one.after["purpose"] == "health"


def test_permission_comes_before_purpose_and_an_unknown_sheet_is_a_fault() -> None:
    with pytest.raises(Forbidden):
        look(by=make.reader(P.VIEW_PEOPLE), purpose="health")
    with pytest.raises(Forbidden):
        state(by=make.reader(P.VIEW_PEOPLE))
    with pytest.raises(Forbidden):
        state(by=system())
    with pytest.raises(KeyError):
        look(sheet="diario", purpose="health")


def test_a_purpose_that_left_the_list_holds_no_more() -> None:
    make.purpose(purpose="benefit")
    assert queries.stated_purpose(make.nurse(), "person", "P-0000001", Access.HEALTH, NOW) == ""
    assert queries.stated_purpose(NOBODY, "person", "P-0000001", Access.HEALTH, NOW) == ""


# Emergencies ----------------------------------------------------------------------------------------------------------


def test_an_emergency_opens_one_file_for_an_hour_and_tells_director_and_headquarters() -> None:
    row = open_()
    assert (row.subject_code, row.place, row.home) == ("P-0000002", "EP-TUMBES", "EP-PIURA")
    assert row.until - row.opened_at == 60 * MINUTE and str(row.review_due) == "2026-11-24"
    for place, who in (("EP-TUMBES", make.director()), ("EP-PIURA", make.director(make.PIURA))):
        assert [item.place for item in inbox.visible_items(who)] == [place]
    assert inbox.visible_items(make.headquarters()).count() == 2
    assert not inbox.visible_items(make.nurse()).exists()
    entry = Entry.objects.get(act="looking.emergency_opened")
    assert (entry.subject_code, entry.place, entry.reason) == ("P-0000002", "EP-TUMBES", REASON)


def test_the_review_is_due_on_the_next_working_day() -> None:
    friday = NOW + timedelta(days=4)
    with time_machine.travel(friday, tick=False):
        row = commands.open_emergency(by=make.nurse(), file="P-0000002", reason=REASON, now=friday)
    assert str(row.review_due) == "2026-11-30"


def test_it_lasts_while_it_lasts_for_its_reader_alone() -> None:
    row = open_()

    def opened(by: object, code: str = "P-0000002") -> int | None:
        return queries.emergency_for(by, "person", code)  # type: ignore[arg-type]

    assert opened(make.nurse()) == row.pk
    assert opened(make.nurse(), "P-0000003") is None
    assert opened(make.nurse(user_id=8)) is None
    assert opened(make.reader(P.VIEW_PEOPLE)) is None, "who lost the permission lost the file"
    assert opened(system()) is None
    with time_machine.travel(row.until, tick=False):
        assert opened(make.nurse()) is None


def test_without_reason_without_file_or_in_scope_it_is_refused_with_every_reason() -> None:
    refused(lambda: open_(file=" ", reason="urgente"), file="Escriba el código", reason="Escriba el motivo")
    refused(lambda: open_(file="P-0000001"), file="está en su ámbito")
    refused(lambda: open_(reason="x" * 501), reason="más de 500")
    assert not Emergency.objects.exists()
    refused(lambda: open_(file="P-9999999"), file="No hay una sola ficha")
    tried = Entry.objects.get()
    assert tried.act == "looking.emergency_not_found" and "9999999" not in f"{tried.after}{tried.subject_code}"
    with pytest.raises(Forbidden):
        open_(by=make.reader(P.VIEW_PEOPLE))


def test_a_document_number_finds_the_file_and_one_outside_custody_goes_to_headquarters() -> None:
    assert open_(file="70000002").subject_code == "P-0000002"
    row = open_(file="P-0000003")
    assert row.place == ""
    with pytest.raises(NotFound):
        review(row)  # Tumbes has nothing to do with it
    assert review(row, by=make.headquarters()).state == "approved"


def test_a_second_person_reviews_and_an_objection_ends_it() -> None:
    row = open_()
    refused(lambda: review(row, decision="", reason=" "), decision="Elija", reason="Escriba")
    own = make.director(make.PIURA, user_id=7)
    with pytest.raises(Refused, match="otra persona"):
        review(row, by=own)
    with pytest.raises(Forbidden):
        review(row, by=make.nurse(user_id=8))
    done = review(row, decision="objected", reason="No era urgente")
    assert (done.state, done.ended_at) == ("objected", NOW)
    assert queries.emergency_for(make.nurse(), "person", "P-0000002") is None
    assert not InboxItem.objects.filter(decided_at=None).exists()
    with pytest.raises(Refused, match="ya lo revisó"):
        review(row, by=make.headquarters())


def test_an_objection_that_comes_late_changes_no_past() -> None:
    row = open_()
    with time_machine.travel(row.until, tick=False):
        late = commands.review_emergency(
            by=make.director(), emergency_id=row.pk, decision="objected", reason="No", now=row.until
        )
    assert late.ended_at is None


@pytest.mark.parametrize("seed", range(12))
def test_by_generation_nothing_but_open_to_reviewed_ever_happens(seed: int) -> None:
    """Random acts by random people: a file is open exactly while it was opened, lasts and was not objected."""
    chance, rows, model = random.Random(seed), [], {}
    now = NOW
    for _step in range(25):
        now += chance.choice((MINUTE, 20 * MINUTE, 45 * MINUTE))
        with time_machine.travel(now, tick=False):
            if chance.random() < 0.4 or not rows:
                row = commands.open_emergency(by=make.nurse(), file="P-0000002", reason=REASON, now=now)
                rows.append(row)
                model[row.pk] = [now + 60 * MINUTE, "open"]
            else:
                row, by = (
                    chance.choice(rows),
                    chance.choice((make.director(), make.headquarters(), make.headquarters(7))),
                )
                decision = chance.choice(("approved", "objected", "open", "x"))
                allowed = model[row.pk][1] == "open" and by.user_id != 7 and decision in ("approved", "objected")
                try:
                    commands.review_emergency(
                        by=by, emergency_id=row.pk, decision=decision, reason="Porque sí", now=now
                    )
                    assert allowed
                    model[row.pk][1] = decision
                    if decision == "objected":
                        model[row.pk][0] = min(model[row.pk][0], now)
                except Refused:
                    assert not allowed
            live = any(until > now for until, _state in model.values())
            assert (queries.emergency_for(make.nurse(), "person", "P-0000002") is not None) is live
    assert {row.pk: row.state for row in Emergency.objects.all()} == {
        key: state for key, (_until, state) in model.items()
    }


def test_reviewers_see_their_prisons_and_nobody_elses() -> None:
    here, there = make.emergency(), make.emergency(place="EP-LIMA", home="EP-TUMBES")
    other = make.emergency(place="EP-LIMA", home="EP-LIMA")
    assert set(queries.visible_emergencies(make.director())) == {here, there}
    assert set(queries.visible_emergencies(make.headquarters())) == {here, there, other}
    with pytest.raises(NotFound):
        queries.emergency(make.director(), other.pk)
    with pytest.raises(Forbidden):
        queries.visible_emergencies(make.nurse())
    assert queries.openings_by_actor(make.director(), NOW, 7) == [("Rosa Pérez", 2)]


# Files, ledger and watch ----------------------------------------------------------------------------------------------


def seen(*codes: str, refused_codes: tuple[str, ...] = ()) -> noting.Noted:
    noted = noting.Noted()
    noted.opened = {code: noting.Opened("EP-PIURA") for code in codes}
    noted.refused = dict.fromkeys(refused_codes, True)
    return noted


def test_looks_at_files_reach_the_ledger_once_under_who_looked() -> None:
    commands.write_looks(make.nurse(), seen("P-0000001", "P-0000002"), NOW, seen=True)
    commands.write_looks(make.nurse(8), seen(refused_codes=("P-0000003",)), NOW, seen=False)
    assert commands.tell_looks() == 3
    assert commands.tell_looks() == 0
    told = Entry.objects.order_by("id").values_list("act", "actor_id", "subject_kind", "subject_code")
    assert list(told) == [
        ("looking.file_viewed", 7, "file", "P-0000001"),
        ("looking.file_viewed", 7, "file", "P-0000002"),
        ("looking.file_refused", 8, "file", "P-0000003"),
    ]
    assert not Look.objects.filter(told=False).exists()
    assert commands.write_looks(system(), seen("P-0000001"), NOW, seen=True) == 0


def browse(count: int, user_id: int, *, start: object = NOW, seconds: int = 3, **other: object) -> None:
    Look.objects.bulk_create(
        Look(at=start + timedelta(seconds=seconds * n), user_id=user_id, actor="X", subject_kind="person",  # type: ignore[operator]
             subject_code=f"P-{100 + n:07d}", **other)
        for n in range(count)
    )  # fmt: skip


def test_browsing_two_hundred_files_raises_one_alert_that_grows_and_reaches_its_reviewers() -> None:
    who = user("curioso", "registry", "facility", "EP-PIURA")
    browse(60, who.pk)
    assert commands.watch(now=NOW + 4 * MINUTE).raised == 1
    browse(200, who.pk, start=NOW + 4 * MINUTE)
    assert commands.watch(now=NOW + 15 * MINUTE).raised == 0
    row = Alert.objects.get()
    assert (row.rule, row.actor, row.place, row.count, len(row.evidence)) == ("many", "Curioso", "EP-PIURA", 260, 60)
    assert [item.place for item in inbox.visible_items(make.director(make.PIURA))] == ["EP-PIURA"]
    assert not inbox.visible_items(make.director()).exists()
    assert Entry.objects.filter(act="looking.alert_raised").count() == 1
    assert commands.watch(now=NOW + 16 * MINUTE).raised == 0


def test_an_alert_goes_to_the_prison_where_the_account_works_today_and_to_headquarters_when_nowhere() -> None:
    moved = user("trasladado", "registry", "facility", "EP-TUMBES")
    moved.grants.update(ended_on=TODAY, ended_by="Ana", end_reason="Trasladado")
    grant(moved, "registry", "EP-PIURA")
    lapsed = user("olvidado", "registry", "facility", "EP-PIURA")
    lapsed.grants.update(reviewed_on=TODAY - timedelta(days=183))
    for who in (moved, lapsed):
        browse(60, who.pk)
    assert commands.watch(now=NOW + 4 * MINUTE).raised == 2
    assert dict(Alert.objects.values_list("user_id", "place")) == {moved.pk: "EP-PIURA", lapsed.pk: ""}


def test_what_was_explained_is_not_asked_again_but_new_browsing_is() -> None:
    who = user("curioso", "registry", "facility", "EP-PIURA")
    browse(60, who.pk)
    commands.watch(now=NOW + 4 * MINUTE)
    row = Alert.objects.get()
    commands.decide_alert(by=make.headquarters(), alert_id=row.pk, decision="explained", reason="Censo", now=NOW)
    browse(5, who.pk, start=NOW + 4 * MINUTE)
    assert commands.watch(now=NOW + 5 * MINUTE).raised == 0
    browse(60, who.pk, start=NOW + 10 * MINUTE)
    assert commands.watch(now=NOW + 14 * MINUTE).raised == 1


def test_a_canary_a_relative_and_refused_files_raise_their_alerts() -> None:
    kin = user("rosa")
    kin.name = "Rosa Quispe Ñaupari"
    kin.save()
    make.canary("P-0000002")
    make.look(user_id=kin.pk)
    near = user("cerca", "registry", "facility", "EP-PIURA").pk
    make.look(user_id=near, subject_code="P-0000002", refused=True)
    browse(5, 51, outside=True, refused=True)
    assert commands.watch(now=NOW + MINUTE).raised == 3
    assert set(Alert.objects.values_list("rule", "user_id")) == {
        ("relative", kin.pk),
        ("canary", near),
        ("outside", 51),
    }
    assert Alert.objects.get(rule="canary").place == "", "headquarters alone know the invented people"
    assert commands.watch(now=NOW + MINUTE).raised == 0
    make.look(user_id=near, subject_code="P-0000002", at=NOW + MINUTE)
    assert commands.watch(now=NOW + 2 * MINUTE).raised == 0, "once a day for each canary and account"
    assert Alert.objects.get(rule="canary").count == 2


def test_big_downloads_and_repeated_emergencies_raise_theirs() -> None:
    for rows in (10_000, 10_001):
        Entry.objects.create(at=NOW, actor_id=7, actor="Rosa", act="register.people_exported", subject_kind="list",
                             subject_code="people", after={"rows": rows})  # fmt: skip
    for _time in range(3):
        make.emergency()
    assert commands.watch(now=NOW).raised == 2
    assert commands.watch(now=NOW).raised == 0
    assert set(Alert.objects.values_list("rule", "count")) == {("export", 1), ("emergencies", 3)}


def test_a_quiet_round_asks_little(django_assert_max_num_queries: object) -> None:
    commands.watch(now=NOW)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert commands.watch(now=NOW) == commands.Round(0, 0)


# Deciding -------------------------------------------------------------------------------------------------------------


def decide(row: Alert, by: object = None, **other: object) -> Alert:
    values = {"decision": "explained", "reason": "Censo anual", "now": NOW}
    return commands.decide_alert(by=by or make.director(make.PIURA), alert_id=row.pk, **(values | other))


def test_an_alert_is_decided_once_by_another_person_of_the_place() -> None:
    row = make.alert()
    refused(lambda: decide(row, decision="", reason=""), decision="Elija", reason="Escriba")
    with pytest.raises(Refused, match="otra persona"):
        decide(row, by=make.director(make.PIURA, user_id=7))
    with pytest.raises(NotFound):
        decide(row, by=make.director())
    with pytest.raises(Forbidden):
        decide(row, by=make.nurse())
    by = make.director(make.PIURA, user_id=user("directora").pk)
    done = decide(row, by=by, decision="escalated", reason="No supo explicar por qué las abrió")
    incident = Incident.objects.get()
    assert (done.state, done.incident, done.decided_by) == ("escalated", incident.code, "Directora de prueba")
    assert incident.place == "EP-PIURA" and "Rosa" not in f"{incident.title}{incident.description}"
    with pytest.raises(Refused, match="ya lo decidió"):
        decide(row, by=make.headquarters())
    assert Entry.objects.get(act="looking.alert_escalated").after["incident"] == incident.code


def test_canaries_are_known_to_the_nation_alone_and_not_to_the_ledger() -> None:
    set_it = {"code": "P-0000001", "reason": "Inventada en la instalación", "now": NOW}
    with pytest.raises(Forbidden):
        commands.set_canary(by=make.director(), **set_it)
    with pytest.raises(Forbidden):
        queries.canaries(make.director())
    by = make.headquarters()
    refused(
        lambda: commands.set_canary(by=by, **{**set_it, "code": "P-9", "reason": " "}), code="No hay", reason="Escriba"
    )
    row = commands.set_canary(by=by, **set_it)
    refused(lambda: commands.set_canary(by=by, **set_it), code="ya es de control")
    assert "P-0000001" not in str(list(Entry.objects.values_list("subject_code", "reason", "after")))
    refused(lambda: commands.withdraw_canary(by=by, canary_id=row.pk, reason="", now=NOW), reason="motivo")
    commands.withdraw_canary(by=by, canary_id=row.pk, reason="Ya la conocen", now=NOW)
    assert Canary.objects.get().withdrawn_by == "Directora de prueba"
    with pytest.raises(NotFound):
        commands.withdraw_canary(by=by, canary_id=row.pk, reason="x", now=NOW)


# Who sees looks -------------------------------------------------------------------------------------------------------


def test_who_looked_is_for_reviewers_and_auditors_and_ones_own_looks_for_oneself() -> None:
    make.look(), make.look(refused=True), make.look(user_id=8)
    none = queries.LookFilters()
    for permission in (P.REVIEW_LOOKS, P.VIEW_LEDGER):
        assert queries.looks_at_count(make.reader(permission), "P-0000001", none) == 3
    with pytest.raises(Forbidden):
        queries.looks_at(make.nurse(), "P-0000001", none)
    with pytest.raises(Forbidden):
        list(queries.own_looks_rows(make.nurse(), none))
    assert queries.own_looks_count(make.nurse(), none) == 1, "a refused look tells nobody that the file exists"
    tomorrow = (NOW + timedelta(days=1)).date()
    assert queries.own_looks_count(make.nurse(), queries.LookFilters(since=tomorrow)) == 0
    assert queries.own_looks_count(make.nurse(), queries.LookFilters(until=NOW.date(), subject="P-0000001")) == 1
