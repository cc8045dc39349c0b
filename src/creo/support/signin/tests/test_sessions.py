"""S13: sessions end in time, at sign-out, at a change of password, and when somebody ends them. Fresh proof."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creo.support import clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.ledger.models import Entry
from creo.support.signin import limits, sessions
from creo.support.signin.models import Credential
from creo.support.signin.tests.factories import PASSWORD, account, code, enter, signed_in, with_totp

pytestmark = pytest.mark.django_db
NOON = "2026-11-23T17:00:00Z"
NEW = "nueve lunas sobre el mar"
FIREFOX = {"HTTP_USER_AGENT": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "REMOTE_ADDR": "190.12.1.1"}


def is_in(client: Client) -> bool:
    return client.get("/cuenta/sesiones/").status_code == 200


def test_thirty_minutes_without_use_end_it() -> None:
    account()
    with time_machine.travel(NOON, tick=False) as at:
        client = signed_in()
        for _click in range(4):
            at.shift(limits.IDLE - timedelta(seconds=1))
            assert is_in(client)
        at.shift(limits.IDLE + timedelta(seconds=1))
        answer = client.get("/cuenta/")
        assert answer["Location"] == "/entrar/?next=/cuenta/"
        assert "Su sesión terminó por tiempo" in client.get("/entrar/").content.decode()
    assert not UserSession.objects.exists()


def test_twelve_hours_end_it_however_busy() -> None:
    account()
    with time_machine.travel(NOON, tick=False) as at:
        client = signed_in()
        for _click in range(48):
            assert is_in(client)
            at.shift(timedelta(minutes=15))
        at.shift(1)
        assert not is_in(client)


def test_it_is_dead_on_the_server_after_sign_out() -> None:
    account()
    client = signed_in()
    stolen = Client()
    stolen.cookies["sessionid"] = client.cookies["sessionid"].value
    assert is_in(stolen)
    answer = client.post("/salir/")
    assert answer["Location"] == "/entrar/"
    assert '"storage"' in answer["Clear-Site-Data"]
    assert not is_in(stolen)
    assert not Session.objects.filter(session_key=stolen.cookies["sessionid"].value).exists()
    assert Entry.objects.filter(act="accounts.signed_out", subject_code="rosa").count() == 1


def test_a_link_signs_nobody_out() -> None:
    account()
    client = signed_in()
    assert client.get("/salir/").status_code == 405
    assert is_in(client)


def test_two_tabs_are_one_session_and_both_end() -> None:
    account()
    first = signed_in()
    second = Client()
    second.cookies["sessionid"] = first.cookies["sessionid"].value
    assert UserSession.objects.count() == 1
    first.post("/salir/")
    assert not is_in(second)
    # A form sent from the forgotten tab leads to the door and does nothing.
    answer = second.post("/cuenta/contrasena/", {"current": PASSWORD, "new": NEW, "again": NEW})
    assert answer["Location"].startswith("/entrar/")
    assert User.objects.get().check_password(PASSWORD)


def test_sessions_are_listed_with_device_address_and_last_use_and_one_is_ended() -> None:
    account()
    other = signed_in(**FIREFOX)
    client = signed_in(HTTP_USER_AGENT="Chrome/141 Android")
    page = client.get("/cuenta/sesiones/").content.decode()
    for words in ("Firefox · Windows", "190.12.1.1", "Chrome · Android", "Esta sesión"):
        assert words in page
    theirs = UserSession.objects.get(ip="190.12.1.1")
    assert client.post(f"/cuenta/sesiones/{theirs.pk}/cerrar/").status_code == 302
    assert not is_in(other)
    assert is_in(client)
    assert Entry.objects.filter(act="accounts.sessions_ended").count() == 1


def test_nobody_ends_a_session_of_somebody_else() -> None:
    account()
    account("ana")
    mine, theirs = signed_in(), signed_in("ana")
    session = UserSession.objects.get(user__username="ana")
    assert mine.post(f"/cuenta/sesiones/{session.pk}/cerrar/").status_code == 404
    assert is_in(theirs)


def test_the_present_one_is_left_by_the_door() -> None:
    account()
    client = signed_in()
    answer = client.post(f"/cuenta/sesiones/{UserSession.objects.get().pk}/cerrar/")
    assert answer.status_code == 422
    assert is_in(client)


def test_one_that_is_ended_while_its_page_is_made_leads_to_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    account()

    def ended(*args: object) -> list[object]:
        sessions.end(sessions.all_but(User.objects.get().pk, None))
        return []

    with time_machine.travel(NOON, tick=False) as at:
        client = signed_in()
        at.shift(limits.TOUCH)
        monkeypatch.setattr("creo.support.signin.queries.open_sessions", ended)
        assert client.get("/cuenta/sesiones/")["Location"] == "/entrar/"
    assert not Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()


def test_all_the_others_are_ended_at_once() -> None:
    account()
    others = [signed_in() for _n in range(3)]
    client = signed_in()
    assert client.post("/cuenta/sesiones/cerrar/").status_code == 302
    assert [is_in(other) for other in others] == [False] * 3
    assert is_in(client)


class TestPassword:
    def test_a_change_ends_the_others_and_keeps_this_one(self) -> None:
        account()
        other, client = signed_in(), signed_in()
        answer = client.post("/cuenta/contrasena/", {"current": PASSWORD, "new": NEW, "again": NEW})
        assert answer.status_code == 302
        assert is_in(client)
        assert not is_in(other)
        assert UserSession.objects.get().session_key == client.session.session_key
        assert enter(Client(), password=PASSWORD).status_code == 422
        assert enter(Client(), password=NEW).status_code == 302

    def test_no_entry_holds_it(self) -> None:
        account()
        signed_in().post("/cuenta/contrasena/", {"current": PASSWORD, "new": NEW, "again": NEW})
        kept = str(list(Entry.objects.values()))
        assert "accounts.password_changed" in kept
        assert NEW not in kept
        assert PASSWORD not in kept

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"current": "otra"}, "No es su contraseña actual"),
            ({"again": "otra cosa"}, "No es igual a la contraseña nueva"),
            ({"new": PASSWORD, "again": PASSWORD}, "es igual a la actual"),
            ({"new": "corta", "again": "corta"}, "12"),
            ({"new": "InpePiura2026!!", "again": "InpePiura2026!!"}, "se adivina"),
        ],
    )
    def test_a_refusal_stands_beside_its_field(self, typed: dict[str, str], words: str) -> None:
        account()
        answer = signed_in().post("/cuenta/contrasena/", {"current": PASSWORD, "new": NEW, "again": NEW, **typed})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert User.objects.get().check_password(PASSWORD)

    def test_guessing_the_present_one_waits_too(self) -> None:
        account()
        client = signed_in()
        for number in range(limits.TRIES):
            client.post("/cuenta/contrasena/", {"current": f"otra {number}", "new": NEW, "again": NEW})
        answer = client.post("/cuenta/contrasena/", {"current": PASSWORD, "new": NEW, "again": NEW})
        assert answer.status_code == 429


class TestAccessThatEnds:
    def test_a_disabled_user_is_out_at_the_next_click(self) -> None:
        account()
        client = signed_in()
        User.objects.update(is_active=False)
        assert client.get("/cuenta/")["Location"].startswith("/entrar/")

    def test_an_expired_role_is_gone_at_the_next_click(self) -> None:
        account(role="administrator")
        with time_machine.travel(NOON, tick=False) as at:
            client = signed_in()
            assert client.get("/ingresos/").status_code == 200
            RoleGrant.objects.update(valid_to="2026-11-24")
            assert client.get("/ingresos/").status_code == 200
            at.move_to("2026-11-24T05:00:01Z")  # midnight in Lima
            client = signed_in()
            assert client.get("/ingresos/").status_code == 403

    def test_a_revoked_role_is_gone_in_the_open_session(self) -> None:
        account(role="administrator")
        client = signed_in()
        assert client.get("/ingresos/").status_code == 200
        RoleGrant.objects.update(valid_from="2026-01-01", valid_to="2026-01-02")
        assert client.get("/ingresos/").status_code == 403


class TestFresh:
    def test_a_dangerous_page_asks_again_after_five_minutes_and_comes_back(self) -> None:
        account(role="administrator")
        with time_machine.travel(NOON, tick=False) as at:
            client = signed_in()
            assert client.get("/claves/nueva/").status_code == 200
            at.shift(limits.FRESH)
            answer = client.get("/claves/nueva/?a=1")
            assert answer["Location"] == "/cuenta/confirmar/?next=/claves/nueva/%3Fa%3D1"
            assert client.post("/cuenta/confirmar/", {"password": "no es", "next": "/claves/nueva/"}).status_code == 422
            assert client.get("/claves/nueva/").status_code == 302
            back = client.post("/cuenta/confirmar/", {"password": PASSWORD, "next": "/claves/nueva/?a=1"})
            assert back["Location"] == "/claves/nueva/?a=1"
            assert client.get("/claves/nueva/").status_code == 200

    def test_whoever_has_a_factor_is_asked_for_it_and_not_for_the_password(self) -> None:
        with_totp(account(role="administrator"))
        with time_machine.travel(NOON, tick=False) as at:
            client = Client()
            enter(client)
            client.post("/entrar/segundo-factor/", {"code": code()})
            at.shift(limits.FRESH)
            assert client.post("/cuenta/confirmar/", {"password": PASSWORD}).status_code == 422
            assert client.post("/cuenta/confirmar/", {"code": code()}).status_code == 302
            assert client.get("/claves/nueva/").status_code == 200

    def test_guessing_there_waits(self) -> None:
        account(role="administrator")
        client = signed_in()
        for number in range(limits.TRIES):
            assert client.post("/cuenta/confirmar/", {"password": f"no {number}"}).status_code == 422
        assert client.post("/cuenta/confirmar/", {"password": PASSWORD}).status_code == 429

    def test_without_the_permission_the_question_is_not_asked(self) -> None:
        account(role="registry")
        with time_machine.travel(NOON, tick=False) as at:
            client = signed_in()
            at.shift(limits.FRESH)
            assert client.get("/claves/nueva/").status_code == 403

    def test_a_session_made_without_the_door_proved_nothing(self) -> None:
        user = account(role="administrator")
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = "creo.support.accounts.backends.WithGrants"
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.save()
        client = Client()
        client.cookies["sessionid"] = store.session_key
        assert is_in(client)
        assert client.get("/claves/nueva/")["Location"].startswith("/cuenta/confirmar/")


def test_a_page_costs_no_query_more_for_the_session() -> None:
    account()
    client = signed_in()
    client.get("/cuenta/sesiones/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/cuenta/sesiones/")
    tables = [query["sql"] for query in asked if "session" in query["sql"].lower()]
    # Django's own reading of the session, and the list on the page.
    assert len(tables) == 2, tables
    assert not [query for query in asked if "axes" in query["sql"] or "mfa_" in query["sql"]]


def test_the_last_use_is_written_once_a_minute() -> None:
    account()
    with time_machine.travel(NOON, tick=False) as at:
        client = signed_in()
        for seconds, seen in ((30, "17:00:00"), (31, "17:01:01"), (30, "17:01:01")):
            at.shift(seconds)
            client.get("/cuenta/")
            assert f"{UserSession.objects.get().last_seen_at:%H:%M:%S}" == seen


def test_a_page_that_asks_by_itself_keeps_no_session_open() -> None:
    from creo.support.jobs.models import Job

    user = account()
    with time_machine.travel(NOON, tick=False) as at:
        job = Job.objects.create(kind="quality.run", title="Revisión", user_id=user.pk, created_at=clock.now())
        client = signed_in()
        for _minute in range(30):
            at.shift(60)
            assert client.get(f"/trabajos/{job.pk}/", headers={"HX-Request": "true"}).status_code == 200
        at.shift(1)
        answer = client.get(f"/trabajos/{job.pk}/", headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Redirect"]) == (200, "/entrar/")
        assert not is_in(client)


def test_a_changed_password_is_remembered_with_its_moment() -> None:
    account()
    client = signed_in()
    client.post("/cuenta/contrasena/", {"current": PASSWORD, "new": NEW, "again": NEW})
    known = Credential.objects.get()
    assert (known.must_change, known.changed_at is not None) == (False, True)
    assert "Contraseña cambiada" in client.get("/cuenta/").content.decode()


def test_what_is_over_is_forgotten_and_what_is_open_stays() -> None:
    account()
    with time_machine.travel(NOON, tick=False) as at:
        enter(Client(), "nadie", "x")
        signed_in()
        at.shift(limits.IDLE)
        client = signed_in()
        assert sessions.prune(clock.now()) == 1
        assert is_in(client)
        assert UserSession.objects.count() == Session.objects.count() == 1
        assert not AccessAttempt.objects.exists()
        at.shift(limits.KNOWN_ADDRESS)
        sessions.prune(clock.now())
        assert not Session.objects.exists()
        assert not AccessLog.objects.exists()
