"""Looks at people: every one written down, emergencies that open one file for reading alone, and who reads too fast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from creo.register import commands, queries
from creo.register.models import Identity
from creo.register.queries.lookups import file_surnames, found_file
from creo.register.tests import factories as make
from creo.register.tests import factories_files as files
from creo.register.tests.acting import acts
from creo.register.tests.factories import TODAY
from creo.register.tests.factories_files import fact, somebody
from creo.register.tests.test_pages import text_of
from creo.support import clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import ROLES, Permission, Role
from creo.support.accounts.tests.factories import START
from creo.support.ledger.models import Entry
from creo.support.looking import commands as looking
from creo.support.looking.models import Alert, Emergency, Look
from creo.support.refusals import NotFound

pytestmark = pytest.mark.django_db
NOW = "2026-11-23 15:00:00+00:00"
P = Permission
NURSE = (
    P.VIEW_PEOPLE, P.BREAK_GLASS, P.VIEW_PROTECTED, P.EDIT_PROTECTED, P.VIEW_MEDICAL, P.EDIT_FILES, P.EDIT_PEOPLE,
    P.HANDLE_RIGHTS, P.EXPORT, P.VIEW_LEGAL,
)  # fmt: skip
REASON = "Traslado urgente al hospital: falta su grupo sanguíneo"


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    like: Any = ROLES["auditor"]
    values = {name: getattr(like, name) for name in Role.__dataclass_fields__}
    made = {"nurse": NURSE, "chief": (P.VIEW_PEOPLE, P.REVIEW_LOOKS, P.EXPORT)}
    for code, permissions in made.items():
        monkeypatch.setitem(ROLES, code, Role(**(values | {"code": code, "permissions": frozenset(permissions)})))
    with time_machine.travel(NOW, tick=False):
        yield


def client(role: str, place: str = "EP-PIURA", name: str = "") -> Client:
    who = User.objects.create_user(f"{role}.{place or 'sede'}".lower(), name or f"{role} de prueba")
    kind = "facility" if place else "nation"
    RoleGrant.objects.create(user=who, role=role, scope_kind=kind, scope_code=place, valid_from=START)
    found = Client()
    found.force_login(who)
    return found


def url(name: str, *args: object) -> str:
    return reverse(f"register:{name}", args=args)


@pytest.fixture
def places() -> dict[str, Any]:
    return make.places()


@pytest.fixture
def here(places: dict[str, Any]) -> str:
    """Somebody held in Piura."""
    who = make.person(1)
    make.identity(who, given_names="Rosa 1", document_number="70000001")
    make.custody(who, places["EP-PIURA"])
    return who.code


@pytest.fixture
def there(places: dict[str, Any]) -> str:
    """Somebody held in Tumbes."""
    who = make.person(2)
    make.identity(who, given_names="Luis", first_surname="Mamani", second_surname="Rojas", document_number="70000002")
    make.custody(who, places["EP-TUMBES"])
    return who.code


def break_glass(nurse: Client, code: str) -> None:
    answer = nurse.post(reverse("looking:open_emergency"), {"file": code, "reason": REASON})
    assert answer.status_code == 302, text_of(answer)


# Looks ----------------------------------------------------------------------------------------------------------------


def test_each_page_of_a_person_that_is_shown_is_one_look_and_no_other_page_is_any(here: str, there: str) -> None:
    nurse = client("nurse")
    shown = ["person", "identification", "documents", "legal", "add_alias"]
    for name in shown:
        assert nurse.get(url(name, here)).status_code == 200
    for address in (url("people"), url("movements"), "/", reverse("looking:mine")):
        assert nurse.get(address).status_code == 200
    assert nurse.post(url("add_alias", here), {}).status_code == 422
    looks = Look.objects.all()
    assert [(look.subject_code, look.place, look.refused, look.outside) for look in looks] == [
        (here, "EP-PIURA", False, False)
    ] * len(shown)
    assert nurse.get(url("person", there)).status_code == nurse.get(url("person", "P-9999999")).status_code == 404
    refused = Look.objects.filter(refused=True).order_by("id")
    assert [(look.subject_code, look.outside) for look in refused] == [(there, True), ("P-9999999", False)]
    assert looking.tell_looks() == len(shown) + 2
    told = Entry.objects.filter(act__startswith="looking.file_")
    assert told.count() == len(shown) + 2 and set(told.values_list("actor", flat=True)) == {"nurse de prueba"}
    assert not [act for act in acts(here) if act.startswith("register.")], "the person's acts hold no looks at the file"


def test_a_refused_answer_is_the_same_for_a_file_elsewhere_and_for_none(here: str, there: str) -> None:
    nurse = client("nurse")
    counts, bodies = [], []
    for code in (there, "P-9999999"):
        with CaptureQueriesContext(connection) as seen:
            bodies.append(text_of(nurse.get(url("person", code))).replace(code, ""))
        counts.append(sum("looking_look" in query["sql"] for query in seen.captured_queries))
    assert bodies[0] == bodies[1] and counts == [1, 1]


def test_a_sheet_is_one_look_with_its_purpose_and_not_a_second_one_at_the_file(here: str) -> None:
    nurse = client("nurse")
    assert nurse.post(url("protected", here), {"purpose": "health"}).status_code == 302
    with CaptureQueriesContext(connection) as seen:
        assert nurse.get(url("protected", here)).status_code == 200
    # On PostgreSQL each command says two words more to the ledger's sealer.
    assert len(seen) <= (14 if connection.vendor == "postgresql" else 12)
    looks = Look.objects.filter(sheet="protected")
    assert [(look.purpose, look.told) for look in looks] == [("health", True)]
    assert not Look.objects.filter(sheet="", at__gt=looks[0].at).exists()
    other = client("nurse", "EP-TUMBES")
    assert other.get(url("protected", here)).status_code == 404
    # The purpose is the reader's, whatever the session.
    again = Client()
    again.force_login(User.objects.get(username="nurse.ep-piura"))
    assert "Consulta registrada" in text_of(again.get(url("protected", here)))


def test_a_medical_document_opens_for_a_purpose_and_its_title_is_in_no_list(here: str) -> None:
    key = files.add(here, "medical_report", "Diagnóstico Canario")
    nurse = client("nurse")
    assert "Diagnóstico Canario" not in text_of(nurse.get(url("documents", here)))
    for name in ("document", "document_file", "replace_document", "withdraw_document"):
        asked = nurse.get(url(name, here, key))
        assert "¿Para qué consulta" in text_of(asked) and "Diagnóstico Canario" not in text_of(asked), name
    assert nurse.post(url("document_file", here, key), {"purpose": "health"})["Location"] == url("document", here, key)
    assert "Diagnóstico Canario" in text_of(nurse.get(url("document", here, key)))
    file = nurse.get(url("document_file", here, key))
    assert b"".join(file.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert "Diagnóstico Canario" in nurse.get(url("withdraw_document", here, key)).content.decode()
    assert acts(here)[-3:] == ["register.document_viewed", "register.document_opened", "register.document_viewed"]
    general = files.add(here, "mandate")
    assert nurse.get(url("document", here, general)).status_code == 403


def test_who_reads_too_fast_waits_until_it_calms(here: str, settings: Any) -> None:
    settings.CREO_WORKERS = 64  # every process counts at once
    nurse = client("nurse")
    who = User.objects.get(username="nurse.ep-piura").pk
    now = make.TODAY
    Look.objects.bulk_create(
        Look(at=f"{now} 14:5{5 + n % 5}:00+00:00", user_id=who, actor="X", subject_kind="person",
             subject_code=f"P-{n + 10:07d}")
        for n in range(199)
    )  # fmt: skip
    assert nurse.get(url("person", here)).status_code == 200
    for number in (2, 3, 4):
        somebody(number)
    slow = nurse.get(url("person", "P-0000003"))
    assert slow.status_code == 429 and slow["Retry-After"]
    assert "Demasiadas fichas" in text_of(slow) and "Rosa 3" not in text_of(slow)
    assert nurse.get(url("people")).status_code == 200, "lists and acts go on"
    with time_machine.travel("2026-11-23 15:10:01+00:00", tick=False):
        assert nurse.get(url("person", "P-0000003")).status_code == 200


def test_who_opens_two_hundred_files_is_stopped_and_an_alert_tells(here: str, settings: Any) -> None:
    nurse = client("nurse")
    for number in range(2, 46):
        somebody(number)
        assert nurse.get(url("person", f"P-{number:07d}")).status_code == 200
    assert looking.watch(now=Look.objects.latest("id").at + timedelta(minutes=1)).raised == 1
    assert Alert.objects.get().rule == "many"


# Emergencies ----------------------------------------------------------------------------------------------------------


def test_in_an_emergency_one_file_is_read_for_an_hour_and_nothing_is_written(here: str, there: str) -> None:
    nurse = client("nurse")
    third = make.person(3)
    make.identity(third, document_number="70000003")
    make.custody(third, make.Custody.objects.get(person_id=2).facility)
    address = url("person", there)
    assert nurse.get(address).status_code == 404
    break_glass(nurse, "70000002")
    assert nurse.get(address).status_code == 200
    for name in ("identification", "documents", "legal"):
        assert nurse.get(url(name, there)).status_code == 200, name
    assert nurse.get(url("person", third.code)).status_code == 404, "one file"
    assert client("nurse", "EP-AREQUIPA").get(address).status_code == 404, "one reader"
    emergency = Emergency.objects.get()
    looks = Look.objects.filter(emergency=emergency)
    assert looks.count() == 4 and all(look.outside for look in looks)
    for moment, status in (("15:59:59", 200), ("16:00:00", 404)):
        with time_machine.travel(f"2026-11-23 {moment}+00:00", tick=False):
            nurse.force_login(User.objects.get(username="nurse.ep-piura"))
            assert nurse.get(address).status_code == status, moment


def test_an_emergency_raises_no_permission_and_opens_no_act(here: str, there: str) -> None:
    nurse = client("nurse")
    kept = files.add(there, "medical_report")
    break_glass(nurse, there)
    before = Entry.objects.exclude(act__startswith="looking.").count()
    for name, form in {
        "correct_identity": {"given_names": "X"},
        "add_alias": {"kind": "nickname", "nickname": "X", "source": "X", "on": "2026-11-01"},
        "record_protected": {"answer": "none", "since": "2026-11-20", "source": "X"},
        "withdraw_document": {"reason": "X"},
        "release": {"reason": "X"},
        "file_right": {"kind": "access", "text": "Pido mi expediente", "asker": "person", "received_on": "2026-11-20"},
    }.items():
        args = {"record_protected": (there, "disability"), "withdraw_document": (there, kept)}.get(name, (there,))
        answer = nurse.post(url(name, *args), form)
        assert answer.status_code in (403, 404, 422), (name, answer.status_code)
    assert Entry.objects.exclude(act__startswith="looking.").count() == before
    assert Identity.objects.get(person_id=2).given_names == "Luis"
    evaluation = files.add(there, "evaluations")
    assert nurse.get(url("document", there, evaluation)).status_code == 403
    # Sheets go on asking for their purpose.
    assert "¿Para qué consulta" in text_of(nurse.get(url("protected", there)))
    nurse.post(url("protected", there), {"purpose": "health"})
    assert nurse.get(url("protected", there)).status_code == 200
    entry = Entry.objects.get(act="register.protected_viewed")
    assert entry.after["emergency"] == Emergency.objects.get().pk


@pytest.mark.parametrize(
    "act",
    [
        lambda by, code: commands.record_protected(
            by=by, person_code=code, fact=fact(), since=TODAY, source="La persona", today=TODAY
        ),
        lambda by, code: files.add(code, "medical_report", by=by),
        lambda by, code: commands.look_at_own_file(by=by, person_code=code, purpose="rights"),
    ],
)
def test_no_command_takes_an_emergency_for_a_scope(act: Any, here: str, there: str) -> None:
    nurse = make.reader_at("EP-PIURA", permissions=frozenset(NURSE))
    with pytest.raises(NotFound):
        queries.person_heading(nurse, there)
    nurse = make.reader_at("EP-PIURA", permissions=frozenset(NURSE))
    looking.open_emergency(by=nurse, file=there, reason=REASON, now=clock.now())
    assert queries.person_heading(nurse, there).code == there
    with pytest.raises(NotFound):
        act(nurse, there)


def test_the_scope_costs_one_query_more_only_where_it_would_say_no(here: str, there: str) -> None:
    nurse = make.reader_at("EP-PIURA", permissions=frozenset(NURSE))
    plain = make.reader_at("EP-PIURA", permissions=frozenset({P.VIEW_PEOPLE}))
    for who, code, asked in ((nurse, here, 0), (plain, here, 0), (nurse, there, 1), (plain, there, 0)):
        with CaptureQueriesContext(connection) as seen:
            try:
                queries.person_heading(who, code)
            except NotFound:
                assert code == there
        assert sum("looking_emergency" in query["sql"] for query in seen.captured_queries) == asked


# Who saw it -----------------------------------------------------------------------------------------------------------


def test_who_saw_a_file_is_on_its_page_for_reviewers_and_handed_out(here: str, there: str) -> None:
    nurse, chief = client("nurse"), client("chief")
    nurse.get(url("person", here))
    nurse.post(url("protected", here), {"purpose": "health"})
    nurse.get(url("protected", here))
    client("nurse", "EP-TUMBES", "Otra persona").get(url("person", here))
    with CaptureQueriesContext(connection) as seen:
        page = chief.get(url("looks", here))
    assert page.status_code == 200 and len(seen) <= 12
    text = text_of(page)
    for words in ("nurse de prueba", "Atención de salud", "Datos protegidos", "Otra persona", "Rechazada"):
        assert words in text, words
    assert nurse.get(url("looks", here)).status_code == 403
    assert chief.get(url("looks", there)).status_code == 404
    file = chief.get(url("looks_export", here, "csv"))
    content = b"".join(file) if file.streaming else file.content
    assert file.status_code == 200 and "Otra persona" in content.decode()


def test_my_own_looks_lead_back_to_the_files(here: str) -> None:
    nurse = client("nurse")
    nurse.get(url("person", here))
    assert url("person", here) in nurse.get(reverse("looking:mine")).content.decode()


# Finding --------------------------------------------------------------------------------------------------------------


def test_a_file_is_found_by_its_exact_code_or_document_alone(here: str, there: str) -> None:
    reader = make.reader_at("EP-PIURA")
    assert found_file(reader, here).inside and not found_file(reader, there).inside  # type: ignore[union-attr]
    by_number = found_file(reader, " 70000002 ")
    assert by_number is not None and (by_number.code, by_number.place) == (there, "EP-TUMBES")
    for text in ("", "Mamani", "7000000", "P-9999999"):
        assert found_file(reader, text) is None
    make.identity(make.person(4), document_number="70000002", document_kind="foreign", nationality="CO")
    assert found_file(reader, "70000002") is None, "two people bear it: only the code tells"
    assert file_surnames({here, there, "P-9"}) == {here: ("Quispe", "Ñaupari"), there: ("Mamani", "Rojas")}
