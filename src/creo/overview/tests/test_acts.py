"""The auditor's pages: acts found and handed out, one act with its proof, and the integrity of them all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope
from creo.support.accounts.tests.factories import reader, user
from creo.support.ledger import anchoring, proving, queries, sealing, status
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Change, Entry
from creo.support.ledger.queries import Search
from creo.support.ledger.tests.tampering import AUDITOR, insider
from creo.support.refusals import Forbidden, NotFound, Refused

pytestmark = pytest.mark.django_db


@ledger.command(permission=None)
def note(*, by: Reader, code: str, place: str = "") -> None:
    """An act to look for."""
    ledger.record(act="test.noted", subject=("person", code), place=place, before={"a": 1}, after={"a": 2})


@ledger.command(permission=None)
def rename(*, by: Reader, username: str, name: str) -> None:
    """An act that changes a row."""
    User.objects.filter(username=username).update(name=name)
    ledger.record(act="test.renamed", subject=("user", username))


def auditor() -> Client:
    """A browser of the auditor."""
    client = Client()
    client.force_login(user("alicia", role="auditor"))
    return client


def test_acts_are_found_by_person_actor_act_place_and_day() -> None:
    with time_machine.travel("2026-11-20 12:00-05:00", tick=False):
        note(by=reader(), code="P-1", place="EP-PIURA")
    with time_machine.travel("2026-11-22 23:59-05:00", tick=False):
        note(by=reader(), code="P-2")

    def found(**asked: object) -> list[str]:
        return [entry.subject_code for entry in queries.entries(AUDITOR, Search(**asked)).rows]  # type: ignore[arg-type]

    assert found() == ["P-2", "P-1"]
    assert found(subject_code="P-1") == found(place="EP-PIURA") == ["P-1"]
    assert found(actor="ALICIA") == ["P-2", "P-1"]
    assert found(actor="nadie") == found(act="register.") == []
    assert found(since=date(2026, 11, 21)) == found(since=date(2026, 11, 22)) == ["P-2"]
    assert found(until=date(2026, 11, 21)) == found(until=date(2026, 11, 20)) == ["P-1"]
    assert found(until=date(2026, 11, 22)) == ["P-2", "P-1"]
    assert found(since=date(2026, 11, 23)) == found(until=date(2026, 11, 19)) == []


def test_days_find_the_same_as_a_look_at_every_entry_even_where_the_clock_was_set_back() -> None:
    hours = [0, 30, 60, 40, 41, 80, 200, 190, 400]
    for number, hour in enumerate(hours):
        with time_machine.travel(f"2026-11-0{1 + hour // 240} 05:00+00:00", tick=False) as travel:
            travel.shift(timedelta(hours=hour % 240))
            note(by=reader(), code=f"P-{number}")
    everything = list(Entry.objects.order_by("-id"))
    for first in range(1, 20):
        day = date(2026, 11, first)
        plain = [entry.pk for entry in everything if (entry.at - timedelta(hours=5)).date() >= day]
        assert [entry.pk for entry in queries.entries(AUDITOR, Search(since=day)).rows] == plain


def test_who_audits_one_place_reads_the_acts_of_that_place() -> None:
    note(by=reader(), code="P-1", place="EP-PIURA")
    local = reader(Permission.VIEW_LEDGER, scope=Scope("facility", "EP-ICA"))
    assert queries.entries(local).rows == []
    with pytest.raises(NotFound):
        queries.entry(local, Entry.objects.get().pk)
    with pytest.raises(Forbidden):
        queries.entries(reader(Permission.EDIT_PEOPLE))


def test_a_file_of_acts_leaves_its_own_act() -> None:
    note(by=reader(), code="=cmd()")
    answer = auditor().get(reverse("overview:export_ledger", args=["csv"]), {"act": "test."})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    assert answer.status_code == 200
    assert "'=cmd()" in content.decode()
    assert Entry.objects.filter(act="ledger.exported").count() == 1


def test_one_act_shows_its_seal_and_the_rows_it_changed() -> None:
    client = auditor()
    rename(by=reader(), username="alicia", name="Alicia Dos")
    entry = Entry.objects.get(act="test.renamed")
    address = reverse("overview:act", args=[entry.pk])
    assert "Espera su sello" in client.get(address).content.decode()
    sealing.seal_due()
    page = client.get(address).content.decode()
    assert "Es el que se selló" in page
    assert "name: Alicia → Alicia Dos" in page
    assert "Fila modificada" in page
    with insider() as cursor:
        cursor.execute("UPDATE ledger_entry SET actor = 'Nadie' WHERE id = %s", [entry.pk])
    assert "No es el que se selló" in client.get(address).content.decode()
    assert client.get(reverse("overview:act", args=[999_999])).status_code == 404


def test_the_page_of_integrity_says_plainly_what_is_missing() -> None:
    client = auditor()
    page = client.get(reverse("overview:integrity")).content.decode()
    assert "Sin un segundo lugar" in page
    assert "Todavía no se verificó" in page
    assert "Hay cambios de filas hechos fuera de todo acto" in page
    note(by=reader(), code="P-1")
    sealing.seal_due()
    anchoring.anchor()
    proving.verify(by=AUDITOR)
    page = client.get(reverse("overview:integrity")).content.decode()
    assert "Todo está como se selló" in page
    assert "Faltan o están alteradas" not in page
    with connection.cursor() as cursor:
        on = ' ON "ledger_entry"' if connection.vendor == "postgresql" else ""
        name = "creo_no_change" if connection.vendor == "postgresql" else "creo_no_delete__ledger_entry"
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert "Faltan o están alteradas" in client.get(reverse("overview:integrity")).content.decode()


def test_changes_outside_every_act_are_an_alarm_until_somebody_says_what_they_were() -> None:
    client = auditor()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET name = 'Otra' WHERE username = 'alicia'")
    change = Change.objects.order_by("-id")[0]
    assert (change.operation, change.pack, (change.after or {})["name"]) == ("U", None, "Otra")
    address = reverse("overview:review_changes")
    assert client.post(address, {"reason": " ", "until": change.pk}).status_code == 422
    assert client.post(address, {"reason": "prueba de soporte", "until": change.pk}).status_code == 302
    left = list(status.unaudited().values_list("table", "operation", "before", "after"))
    assert left == []
    assert "Hay cambios de filas hechos" not in client.get(reverse("overview:integrity")).content.decode()
    with pytest.raises(Refused):
        proving.review_changes(by=AUDITOR, until=change.pk, reason="otra vez")


def test_a_verification_is_asked_for_by_who_may_and_only_with_a_form() -> None:
    client = auditor()
    assert client.get(reverse("overview:verify")).status_code == 404
    assert client.post(reverse("overview:verify")).status_code == 302
    planner = Client()
    planner.force_login(user("berta", role="planner"))
    assert planner.get(reverse("overview:integrity")).status_code == 403
    assert planner.post(reverse("overview:verify")).status_code == 403
