"""Reporting, following, annulling, reminding, contacts: each act with every refusal, and the document in time."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import system
from creo.support.announcements.models import InboxItem
from creo.support.incidents import commands, queries, reports
from creo.support.incidents.models import Incident, IncidentContact, IncidentEvent
from creo.support.incidents.queries import LedgerSearch
from creo.support.incidents.tests.factories import HOUR, NOW, assess, close, notify, person, report, told
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


@pytest.fixture
def frozen() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def refused(work: Any, *fields: str) -> str:
    with pytest.raises(Refused) as caught:
        work()
    assert set(caught.value.fields) == set(fields)
    return " ".join(caught.value.messages)


def guard(**other: Any) -> Any:
    return person("guardia", Permission.VIEW_TERRITORY, scope=("facility", "NORTE-1"), **other)


# Reporting ------------------------------------------------------------------------------------------------------------


def test_anybody_reports_and_whoever_handles_incidents_there_is_asked() -> None:
    made = report(guard())
    assert (made.code, made.state, made.due_at) == ("INC-2026-0001", "reported", NOW + 48 * HOUR)
    assert (made.people, made.severity, made.personal_data) == (None, "", "unknown")
    item = InboxItem.objects.get(topic="incidents")
    assert (item.permission, item.place) == ("manage_incidents", "NORTE-1")
    entry = Entry.objects.get(act="incidents.reported")
    assert (entry.subject_code, entry.place) == ("INC-2026-0001", "NORTE-1")


def test_a_report_is_refused_with_every_reason() -> None:
    empty = {"kind": "x", "title": " ", "description": "", "detected_at": None, "known_at": None}
    refused(lambda: report(guard(), **empty), "kind", "title", "description", "detected_at", "known_at")
    refused(lambda: report(guard(), known_at=NOW + HOUR), "known_at")
    refused(lambda: report(guard(), known_at=NOW - HOUR), "known_at")
    refused(lambda: report(guard(), title="x" * 161, description="x" * 4_001), "title", "description")
    with pytest.raises(NotFound):
        report(guard(), place="SUR-1")
    with pytest.raises(Forbidden):
        report(system())
    assert not Incident.objects.exists()


def test_numbers_have_no_gaps_and_begin_again_each_year() -> None:
    ana = person("ana")
    codes = [report(ana).code for _ in range(3)]
    refused(lambda: report(ana, title=""), "title")
    codes.append(report(ana).code)
    early = NOW.replace(year=2025)
    codes.append(report(ana, now=early, detected_at=early, known_at=early).code)
    assert codes == [*(f"INC-2026-000{n}" for n in range(1, 5)), "INC-2025-0001"]


def test_before_the_norm_there_is_no_term() -> None:
    early = NOW.replace(year=2025, month=1)
    assert report(person("ana"), now=early, detected_at=early, known_at=early).due_at is None


# Following ------------------------------------------------------------------------------------------------------------


def test_an_incident_is_followed_to_its_end_in_time() -> None:
    ana = person("ana")
    made = report(ana)
    assess(ana, made)
    assert (made.state, made.severity, made.people, made.data_kinds) == ("assessed", "high", 40, ["identity"])
    commands.add_measure(by=ana, code=made.code, at=NOW, text="Se retiró el acceso", now=NOW)
    notify(ana, made, "autoridad")
    assert made.state == "notified"
    notify(ana, made, "personas")
    assert made.state == "told"
    close(ana, made)
    assert (made.state, made.closed_at) == ("closed", NOW)
    clocks = queries.clocks(made, NOW + timedelta(days=99))
    assert (clocks.authority.state, clocks.people.state, clocks.digital.state) == ("met", "met", "free")
    assert InboxItem.objects.filter(topic="incidents", decided_at=None).count() == 0


def test_steps_are_not_skipped() -> None:
    ana = person("ana")
    made = report(ana)
    assert "Evalúe antes" in refused(lambda: notify(ana, made, "autoridad"))
    assert "Evalúe antes" in refused(lambda: close(ana, made))
    assess(ana, made, personal_data="unknown", data_kinds=())
    assert "complétela" in refused(lambda: close(ana, made))
    notify(ana, made, "personas")
    assert made.state == "assessed"  # the authority is still owed
    assess(ana, made)
    assert "avisar a la autoridad" in refused(lambda: close(ana, made))
    assert "no dice que el incidente sea digital" in refused(lambda: notify(ana, made, "digital"))
    assert "ya está registrado" in refused(lambda: notify(ana, made, "personas"))
    with pytest.raises(NotFound):
        notify(ana, made, "prensa")
    assert "depende" in refused(lambda: assess(ana, made, personal_data="no", data_kinds=()))


def test_a_digital_incident_owes_a_third_notice() -> None:
    ana = person("ana")
    made = report(ana)
    assess(ana, made, digital="yes")
    notify(ana, made, "autoridad")
    notify(ana, made, "personas")
    assert "seguridad digital" in refused(lambda: close(ana, made))
    notify(ana, made, "digital")
    close(ana, made)
    assert made.digital_at == NOW


def test_without_personal_data_it_closes_and_nobody_is_notified() -> None:
    ana = person("ana")
    made = report(ana)
    assess(ana, made, personal_data="no", data_kinds=(), people=0)
    assert "no hay a quién avisar" in refused(lambda: notify(ana, made, "autoridad"))
    close(ana, made)
    assert queries.clocks(made, NOW).authority.state == "free"


def test_each_step_is_refused_with_every_reason() -> None:
    ana = person("ana")
    made = report(ana)
    wrong = {"severity": "x", "personal_data": "", "digital": "?", "data_kinds": ("gossip",), "people": -1, "text": " "}
    refused(lambda: assess(ana, made, **wrong), *wrong)
    refused(lambda: assess(ana, made, data_kinds=()), "data_kinds")
    assess(ana, made)
    refused(lambda: notify(ana, made, "autoridad", at=None, reference=" ", text=""), "at", "reference", "text")
    refused(lambda: notify(ana, made, "autoridad", at=NOW + HOUR), "at")
    refused(lambda: notify(ana, made, "autoridad", at=NOW - HOUR, reference="x" * 201), "at", "reference")
    refused(lambda: commands.add_measure(by=ana, code=made.code, at=None, text="", now=NOW), "at", "text")
    refused(lambda: commands.close(by=ana, code=made.code, text=" ", now=NOW), "text")


def test_acts_are_of_who_handles_incidents_at_the_place() -> None:
    made = report(guard())
    for who in (
        guard(),
        person("mira", Permission.VIEW_INCIDENTS),
    ):
        with pytest.raises(Forbidden):
            assess(who, made)
    with pytest.raises(NotFound):
        assess(person("sur", scope=("facility", "SUR-1")), made)
    with pytest.raises(Forbidden):
        assess(system(), made)
    with pytest.raises(NotFound):
        commands.close(by=person("ana"), code="INC-2026-0099", text="x", now=NOW)
    assert IncidentEvent.objects.count() == 1


@pytest.mark.parametrize("code", ["", "INC-2026-1", "INC-2026-00001", "inc-2026-0001", "INC-2026-x", "INC-2026-0001-2"])
def test_a_code_is_exact(code: str) -> None:
    ana = person("ana")
    assert report(ana).code == "INC-2026-0001"
    with pytest.raises(NotFound):
        queries.by_code(ana, code)


# Correcting and annulling ---------------------------------------------------------------------------------------------


def test_what_was_reported_is_corrected_and_what_it_said_stays() -> None:
    ana = person("ana")
    made = report(ana)
    earlier = told(known_at=NOW, detected_at=NOW - 5 * HOUR, title="Otra cosa")
    commands.correct(by=ana, code=made.code, told=earlier, reason="Se revisó el correo", now=NOW)
    made.refresh_from_db()
    assert (made.title, made.detected_at) == ("Otra cosa", NOW - 5 * HOUR)
    event = made.events.get(what="corrected")
    assert event.data["changed"]["title"] == ["Lista enviada a quien no debía", "Otra cosa"]
    assert Entry.objects.get(act="incidents.corrected").before["title"] == "Lista enviada a quien no debía"
    assert "No cambió nada" in refused(
        lambda: commands.correct(by=ana, code=made.code, told=earlier, reason="x", now=NOW)
    )
    refused(
        lambda: commands.correct(by=ana, code=made.code, told=told(place=""), reason="", now=NOW), "place", "reason"
    )


def test_the_clock_moves_with_when_it_was_known_and_never_past_a_notice() -> None:
    ana = person("ana")
    made = report(ana)
    before = told(known_at=NOW - 10 * HOUR, detected_at=NOW - 10 * HOUR)
    commands.correct(by=ana, code=made.code, told=before, reason="Llegó antes", now=NOW)
    made.refresh_from_db()
    assert made.due_at == NOW + 38 * HOUR
    assess(ana, made)
    notify(ana, made, "autoridad", at=NOW - 2 * HOUR)
    refused(lambda: commands.correct(by=ana, code=made.code, told=told(), reason="x", now=NOW), "known_at")


def test_a_wrong_act_is_annulled_by_a_later_one_and_both_stay(frozen: Any) -> None:
    ana = person("ana")
    made = report(ana)
    assess(ana, made)
    notify(ana, made, "autoridad")
    first = made.events.get(what="assessed")
    assert "depende" in refused(lambda: commands.annul(by=ana, code=made.code, event_id=first.pk, reason="x", now=NOW))
    wrong = made.events.get(what="notified")
    refused(lambda: commands.annul(by=ana, code=made.code, event_id=wrong.pk, reason=" ", now=NOW), "reason")
    commands.annul(by=ana, code=made.code, event_id=wrong.pk, reason="Fue otra carta", now=NOW)
    made.refresh_from_db()
    assert (made.state, made.notified_at) == ("assessed", None)
    assert made.events.count() == 4
    assert "no se anula" in refused(
        lambda: commands.annul(by=ana, code=made.code, event_id=wrong.pk, reason="x", now=NOW)
    )
    reported = made.events.get(what="reported")
    assert "no se anula" in refused(
        lambda: commands.annul(by=ana, code=made.code, event_id=reported.pk, reason="x", now=NOW)
    )
    other = report(ana)
    with pytest.raises(NotFound):
        commands.annul(by=ana, code=other.code, event_id=first.pk, reason="x", now=NOW)
    notify(ana, made, "autoridad", now=NOW)
    assert made.state == "notified"


def test_a_closed_incident_opens_again_only_by_annulling_its_closing() -> None:
    ana = person("ana")
    made = report(ana)
    assess(ana, made, personal_data="no", data_kinds=())
    close(ana, made)
    for act in (
        lambda: assess(ana, made),
        lambda: commands.add_measure(by=ana, code=made.code, at=NOW, text="x", now=NOW),
        lambda: commands.correct(by=ana, code=made.code, told=told(title="y"), reason="x", now=NOW),
        lambda: close(ana, made),
    ):
        assert "está cerrado" in refused(act)
    closing = made.events.get(what="closed")
    commands.annul(by=ana, code=made.code, event_id=closing.pk, reason="Se supo más", now=NOW)
    made.refresh_from_db()
    assert (made.state, made.closed_at) == ("assessed", None)
    assess(ana, made)
    assert made.personal_data == "yes"


# Reminders ------------------------------------------------------------------------------------------------------------


def test_the_inbox_reminds_at_each_stage_once_and_no_more_when_told(frozen: Any) -> None:
    ana = person("ana")
    made = report(ana)
    assess(ana, made)
    reminded = []
    for hours in (0, 23, 24, 30, 40, 47, 48, 49, 60):
        frozen.move_to(NOW + hours * HOUR)
        reminded.append(commands.remind_due(by=system("plazos"), now=NOW + hours * HOUR))
    assert reminded == [0, 0, 1, 0, 1, 0, 0, 1, 0]
    asked = list(InboxItem.objects.filter(decided_at=None).order_by("id").values_list("title", flat=True))
    assert len(asked) == 3 and asked[-1].startswith("Plazo vencido")
    late = NOW + 61 * HOUR
    frozen.move_to(late)
    notify(ana, made, "autoridad", now=late)
    assert InboxItem.objects.filter(decided_at=None).count() == 0
    assert commands.remind_due(by=system("plazos"), now=late) == 0
    assert queries.clocks(made, late).authority.state == "late"
    # A notice that was annulled is owed again, and asked again.
    wrong = made.events.get(what="notified")
    commands.annul(by=ana, code=made.code, event_id=wrong.pk, reason="No llegó", now=late)
    assert commands.remind_due(by=system("plazos"), now=late) == 1
    assert InboxItem.objects.filter(decided_at=None).count() == 1


def test_what_touches_no_personal_data_is_not_reminded() -> None:
    ana = person("ana")
    made = report(ana)
    assess(ana, made, personal_data="no", data_kinds=())
    assert commands.remind_due(by=system(), now=NOW + 100 * HOUR) == 0


# Contacts -------------------------------------------------------------------------------------------------------------


def contact(by: Any, **other: Any) -> IncidentContact:
    values: dict[str, Any] = {
        "slot": "officer",
        "name": "Oficina de datos",
        "detail": "Mesa de partes",
        "source": "Resolución 1",
        "valid_from": date(2026, 1, 1),
    }
    return commands.set_contact(by=by, **(values | other))


def test_contacts_are_empty_until_the_office_gives_them_and_each_has_its_days() -> None:
    ana = person("ana")
    assert set(queries.contacts(NOW.date()).values()) == {None}
    contact(ana)
    contact(ana, name="Otra oficina", valid_from=date(2026, 6, 1))
    held = [queries.contacts(day)["officer"] for day in (date(2025, 1, 1), date(2026, 5, 31), date(2026, 6, 1))]
    assert [row and row.name for row in held] == [None, "Oficina de datos", "Otra oficina"]
    refused(lambda: contact(ana, valid_from=date(2026, 6, 1)), "valid_from")
    wrong = {"name": " ", "detail": "", "source": "x" * 301, "valid_from": None}
    refused(lambda: contact(ana, **wrong), *wrong)
    with pytest.raises(NotFound):
        contact(ana, slot="press")
    with pytest.raises(Forbidden):
        contact(person("local", scope=("facility", "NORTE-1")))
    with pytest.raises(Forbidden):
        contact(person("mira", Permission.VIEW_INCIDENTS))


# Evidence and the document --------------------------------------------------------------------------------------------


def entries(count: int, *, place: str = "NORTE-1", actor: str = "Curioso") -> None:
    Entry.objects.bulk_create(
        (
            Entry(
                at=NOW,
                actor_id=7,
                actor=actor,
                act="looking.looked",
                subject_kind="person",
                subject_code=f"P-{number % 500:07d}",
                place=place,
            )
            for number in range(count)
        ),
        batch_size=500,
    )


def test_a_search_of_the_ledger_is_kept_with_numbers_tallies_and_a_fingerprint() -> None:
    ana = person("ana")
    made = report(ana)
    entries(40)
    entries(3, actor="Otra")
    wanted = LedgerSearch(actor="Curioso")
    event = commands.add_evidence(by=ana, code=made.code, wanted=wanted, text="Miró fichas", now=NOW)
    kept = event.data
    assert (kept["total"], len(kept["entries"]), kept["subjects"], kept["actors"]) == (40, 40, 40, {"Curioso": 40})
    again = queries.search_ledger(ana, wanted, most=5_000)
    assert again.digest == kept["sha256"]
    entries(1)
    assert queries.search_ledger(ana, wanted, most=5_000).digest != kept["sha256"]
    assert "entries" not in Entry.objects.filter(act="incidents.evidence").latest("id").after


def test_evidence_is_refused_when_it_is_nothing_too_much_or_elsewhere() -> None:
    local = person("local", scope=("facility", "NORTE-1"))
    made = report(local)
    entries(10, place="SUR-1")

    def keep(text: str = "x", **search: Any) -> Any:
        wanted = LedgerSearch(**search)
        return commands.add_evidence(by=local, code=made.code, wanted=wanted, text=text, now=NOW)

    assert "no encuentra" in refused(lambda: keep())
    assert "no encuentra" in refused(lambda: keep(actor="Curioso"))
    refused(lambda: keep(text=" ", actor="Curioso"), "text")
    entries(5_001)
    assert "precísela" in refused(lambda: keep(actor="Curioso"))
    with pytest.raises(Forbidden):
        queries.search_ledger(person("mira", Permission.VIEW_INCIDENTS), LedgerSearch(actor="x"), most=10)


def test_s25_from_a_search_of_the_ledger_to_the_notification_takes_well_under_five_minutes() -> None:
    ana = person("ana")
    entries(20_000, actor="Otra")
    entries(4_800)
    begun = time.perf_counter()
    made = report(ana)
    assess(ana, made)
    wanted = LedgerSearch(actor="Curioso", since=NOW - HOUR, until=NOW + HOUR)
    commands.add_evidence(by=ana, code=made.code, wanted=wanted, text="Lo que miró", now=NOW)
    sheet = queries.sheet(ana, made.code, NOW)
    around: dict[str, Any] = {"place": "Depósito uno", "made_by": "Ana", "at": NOW}
    contacts = queries.contacts(NOW.date())
    pdf = reports.notification_pdf(sheet, contacts, **around)
    told_machine = json.loads(reports.notification_json(sheet, contacts, **around))
    assert time.perf_counter() - begun < 60
    assert pdf.startswith(b"%PDF-") and pdf == reports.notification_pdf(sheet, contacts, **around)
    assert told_machine["incident"] == made.code and len(told_machine["evidence"][0]["entries"]) == 4_800
    assert told_machine["contacts"] == {"officer": None, "authority": None, "digital": None}
    shown = reports.notification_data(sheet, contacts, **around)
    assert ["Personas", "40 personas"] in shown["facts"]
    assert [name for name, said in shown["contacts"] if said == "Sin registrar."] == [
        "Oficial de datos personales",
        "Autoridad de protección de datos personales",
        "Centro nacional de seguridad digital",
    ]
    commands.record_document(by=ana, code=made.code, kind="pdf", digest="0" * 64)
    assert Entry.objects.get(act="incidents.document_made").after["sha256"] == "0" * 64


def test_what_is_written_in_an_incident_never_becomes_code_in_the_document() -> None:
    ana = person("ana")
    made = report(ana, title='#panic("x") *', description='#import "x" $ \\ [ ] <script> @y')
    sheet = queries.sheet(ana, made.code, NOW)
    around: dict[str, Any] = {"place": "#x", "made_by": "$", "at": NOW}
    assert reports.notification_pdf(sheet, queries.contacts(NOW.date()), **around).startswith(b"%PDF-")


# Sight ----------------------------------------------------------------------------------------------------------------


def test_an_incident_is_seen_by_its_reporter_and_by_who_follows_incidents_there() -> None:
    made = report(guard())
    for who in (guard(), person("mira", Permission.VIEW_INCIDENTS), person("n", scope=("region", "NORTE"))):
        assert queries.sheet(who, made.code, NOW).incident == made
    for who in (
        person("otra", Permission.VIEW_TERRITORY, scope=("facility", "NORTE-1")),
        person("sur", Permission.VIEW_INCIDENTS, scope=("region", "SUR")),
    ):
        with pytest.raises(NotFound):
            queries.sheet(who, made.code, NOW)
        assert queries.incidents_count(who, queries.Filters(), NOW) == 0
    assert not queries.sheet(guard(), made.code, NOW).handles


def test_lists_are_narrowed_by_situation_severity_and_place() -> None:
    ana = person("ana")
    late, running, done = (report(ana, place=place) for place in ("NORTE-1", "SUR-1", "NORTE-1"))
    assess(ana, done, personal_data="no", data_kinds=(), severity="low")
    close(ana, done)
    early = told(known_at=NOW - 60 * HOUR, detected_at=NOW - 60 * HOUR)
    commands.correct(by=ana, code=late.code, told=early, reason="x", now=NOW)

    def found(**filters: str) -> set[str]:
        return {row.code for row in queries.incidents_page(ana, queries.Filters(**filters), NOW).rows}

    assert found(situation="overdue") == {late.code}
    assert found(situation="open") == {late.code, running.code}
    assert found(situation="closed") == found(severity="low") == {done.code}
    assert found(place="SUR-1") == {running.code}
