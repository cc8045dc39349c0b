"""S12: the door. Name and password, second factor, lock-out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test import Client

from creo.support.accounts.models import User
from creo.support.ledger.models import Entry
from creo.support.signin import factors, limits
from creo.support.signin.models import Credential, Notice
from creo.support.signin.tests.factories import PASSWORD, SECRET, account, code, enter, signed_in, with_totp

pytestmark = pytest.mark.django_db
NOON = "2026-11-23T17:00:00Z"
HOME, PRISON = "190.12.1.1", "181.65.2.2"


def acts(username: str = "rosa") -> list[str]:
    return list(Entry.objects.filter(subject_code=username).order_by("id").values_list("act", flat=True))


def test_the_right_password_opens_the_page_that_was_asked_for() -> None:
    account()
    client = Client()
    answer = client.post("/entrar/", {"username": "rosa", "password": PASSWORD, "next": "/cuenta/?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/cuenta/?a=1")
    assert client.get("/cuenta/").status_code == 200
    assert acts() == ["accounts.signed_in"]


def test_the_test_client_still_enters_both_ways() -> None:
    user = account()
    for client in (Client(), Client()):
        assert client.login(username="rosa", password=PASSWORD) or pytest.fail("login")
        client.logout()
        client.force_login(user)
        assert client.get("/cuenta/").status_code == 200
        assert client.get("/cuenta/segundo-factor/aplicacion/").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://ajeno.example/", "//ajeno.example/", "javascript:alert(1)"])
def test_nobody_is_led_to_another_house(elsewhere: str) -> None:
    account()
    answer = Client().post("/entrar/", {"username": "rosa", "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == "/"


def test_unknown_disabled_and_wrong_are_answered_alike() -> None:
    account()
    User.objects.filter(username=account("ana").username).update(is_active=False)
    pages = []
    for name, word in (("rosa", "no-es-esta"), ("nadie", "no-es-esta"), ("ana", PASSWORD)):
        answer = enter(Client(), name, word)
        assert answer.status_code == 422
        text = answer.content.decode().replace(f'value="{name}"', "")
        pages.append(text.split("<main")[1].split("csrfmiddlewaretoken")[0])
        assert "El usuario o la contraseña no coinciden" in text
    assert len(set(pages)) == 1


def test_a_name_that_nobody_has_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    account()
    weighed: list[str] = []
    from django.contrib.auth import hashers

    made = hashers.MD5PasswordHasher.encode

    def counted(self: object, password: str, salt: str) -> str:
        weighed.append(password)
        return made(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    counts = []
    for name in ("rosa", "nadie"):
        weighed.clear()
        enter(Client(), name, "no-es-esta")
        counts.append(weighed.count("no-es-esta"))
    assert counts == [1, 1]


def test_known_and_unknown_names_cost_the_same_queries(django_assert_max_num_queries) -> None:
    from django.test.utils import CaptureQueriesContext

    account()
    asked = []
    for name in ("rosa", "nadie"):
        client = Client()
        client.get("/entrar/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            enter(client, name, "no-es-esta")
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_what_was_typed_as_an_unknown_name_is_kept_nowhere() -> None:
    enter(Client(), "mi-contraseña-secreta-aqui", "x")
    entry = Entry.objects.get(act="accounts.sign_in_refused")
    assert entry.subject_code == "desconocida"
    kept = [str(value) for row in AccessAttempt.objects.values() for value in row.values()]
    kept += [str(value) for row in Entry.objects.values() for value in row.values()]
    assert not any("secreta" in value for value in kept)


@time_machine.travel(NOON, tick=False)
def test_ten_tries_then_429_with_words_that_say_when() -> None:
    account()
    client = Client()
    for _try in range(limits.TRIES):
        assert enter(client, password="no-es-esta", REMOTE_ADDR=PRISON).status_code == 422
    answer = enter(client, REMOTE_ADDR=PRISON)
    assert answer.status_code == 429
    assert "Espere 15 minutos" in answer.content.decode()
    assert answer["Retry-After"] == "900"
    assert "_auth_user_id" not in client.session
    # Ten refusals are written, the last saying that the door closed; the rest is only counted.
    assert acts() == ["accounts.sign_in_refused"] * limits.TRIES
    assert Entry.objects.latest("id").after["locked"] is True


def test_the_wait_ends() -> None:
    account()
    with time_machine.travel(NOON, tick=False) as at:
        for _try in range(limits.TRIES + 3):
            enter(Client(), password="no-es-esta", REMOTE_ADDR=PRISON)
        at.shift(limits.COOL_OFF + timedelta(seconds=1))
        assert enter(Client(), REMOTE_ADDR=PRISON).status_code == 302


def test_one_name_that_waits_shuts_nobody_else_of_the_prison_out() -> None:
    account()
    account("ana")
    for _try in range(limits.TRIES + 1):
        enter(Client(), password="no-es-esta", REMOTE_ADDR=PRISON)
    assert enter(Client(), REMOTE_ADDR=PRISON).status_code == 429
    assert enter(Client(), "ana", REMOTE_ADDR=PRISON).status_code == 302
    assert enter(Client(), REMOTE_ADDR=HOME).status_code == 302


def test_a_name_tried_from_everywhere_waits_only_where_it_was_never_used() -> None:
    account()
    signed_in(REMOTE_ADDR=HOME)
    for number in range(limits.SPREAD_TRIES):
        enter(Client(), password="no-es-esta", REMOTE_ADDR=f"10.0.{number // 5}.1")
    assert enter(Client(), REMOTE_ADDR="203.0.113.9").status_code == 429
    assert enter(Client(), REMOTE_ADDR=HOME).status_code == 302


def test_a_right_password_clears_the_count_of_its_address() -> None:
    account()
    for _round in range(2):
        for _try in range(limits.TRIES - 1):
            enter(Client(), password="no-es-esta", REMOTE_ADDR=PRISON)
        assert enter(Client(), REMOTE_ADDR=PRISON).status_code == 302


def test_the_session_has_another_number_after_sign_in() -> None:
    with_totp(account())
    client = Client()
    enter(client)
    before = client.session.session_key
    client.post("/entrar/segundo-factor/", {"code": code()})
    assert client.session.session_key != before
    assert client.session["_auth_user_id"]


class TestSecondFactor:
    def test_the_password_alone_opens_nothing(self) -> None:
        with_totp(account())
        client = Client()
        assert enter(client)["Location"] == "/entrar/segundo-factor/"
        assert client.get("/cuenta/")["Location"].startswith("/entrar/")
        assert acts() == []

    def test_a_code_opens_and_is_recorded(self) -> None:
        with_totp(account())
        client = Client()
        enter(client)
        assert client.post("/entrar/segundo-factor/", {"code": code()}).status_code == 302
        assert client.get("/cuenta/").status_code == 200
        assert Entry.objects.get(act="accounts.signed_in").after["methods"] == ["password", "mfa:totp"]

    @time_machine.travel(NOON, tick=False)
    def test_a_code_is_taken_once_in_any_process(self) -> None:
        from django.core.cache import cache

        with_totp(account())
        for status in (302, 422):
            client = Client()
            enter(client)
            cache.clear()  # another process has another memory
            assert client.post("/entrar/segundo-factor/", {"code": code()}).status_code == status

    @pytest.mark.parametrize("away", [-90, 90])
    @time_machine.travel(NOON, tick=False)
    def test_a_code_of_another_time_is_refused(self, away: int) -> None:
        with_totp(account())
        client = Client()
        enter(client)
        answer = client.post("/entrar/segundo-factor/", {"code": code(away)})
        assert answer.status_code == 422
        assert "ya se usó o ya pasó su tiempo" in answer.content.decode()

    def test_wrong_codes_count_with_wrong_passwords(self) -> None:
        with_totp(account())
        client = Client()
        enter(client)
        for _try in range(limits.TRIES):
            assert client.post("/entrar/segundo-factor/", {"code": "abc"}).status_code == 422
        assert client.post("/entrar/segundo-factor/", {"code": code()}).status_code == 429
        assert enter(Client()).status_code == 429

    def test_the_password_does_not_clear_the_count_of_wrong_codes(self) -> None:
        with_totp(account())
        for _try in range(limits.TRIES):
            client = Client()
            enter(client)
            client.post("/entrar/segundo-factor/", {"code": "abc"})
        assert enter(Client()).status_code == 429

    def test_a_recovery_code_opens_once(self) -> None:
        user = with_totp(account())
        codes = factors.make_codes(user)
        assert len(set(codes)) == 10
        for typed, status in ((codes[3], 302), (codes[3], 422), (f"{codes[4][:5]} {codes[4][5:]}", 302)):
            client = Client()
            enter(client)
            assert client.post("/entrar/segundo-factor/", {"code": typed}).status_code == status

    def test_secrets_are_sealed_in_the_database(self) -> None:
        user = with_totp(account())
        codes = factors.make_codes(user)
        with connection.cursor() as cursor:
            cursor.execute("SELECT text FROM signin_factorsecret")
            kept = str([*cursor.fetchall(), *Authenticator.objects.values_list("data", flat=True)])
        assert kept.count("s1.") == 2
        assert SECRET not in kept
        assert not any(each in kept for each in codes)

    def test_a_change_of_the_encryption_key_takes_them_along(self) -> None:
        from creo.support.accounts.readers import system
        from creo.support.secrets import commands as secrets
        from creo.support.secrets import ring

        user = with_totp(account())
        secrets.new_key(by=system(), reason="Cambio anual")
        secrets.reseal(by=system())
        with connection.cursor() as cursor:
            cursor.execute("SELECT text FROM signin_factorsecret")
            assert cursor.fetchone()[0].startswith(f"s1.{ring.load().current.id}.")
        assert factors.spend_code(user, code()) is not None

    def test_the_second_step_cannot_be_opened_without_the_first(self) -> None:
        with_totp(account())
        assert Client().post("/entrar/segundo-factor/", {"code": code()})["Location"] == "/entrar/"

    def test_the_second_step_waits_five_minutes(self) -> None:
        with_totp(account())
        client = Client()
        with time_machine.travel(NOON, tick=False) as at:
            enter(client)
            at.shift(301)
            assert client.post("/entrar/segundo-factor/", {"code": code()})["Location"] == "/entrar/"

    def test_a_passkey_of_nobody_opens_nothing(self) -> None:
        client = Client()
        assert client.get("/entrar/llave/").json()["publicKey"]["userVerification"] == "required"
        for credential in (
            "{}",
            "[]",
            "nada",
            '{"id":"x","rawId":"x","type":"public-key","response":{"userHandle":"MQ"}}',
        ):
            assert client.post("/entrar/llave/", {"credential": credential}).status_code == 422


class TestFirstPassword:
    def given(self, **values: object) -> None:
        from creo.support import clock

        user = account()
        Credential.objects.create(user=user, must_change=True, expires_at=clock.now() + limits.FIRST_PASSWORD)

    def test_it_opens_only_the_page_that_changes_it(self) -> None:
        self.given()
        client = signed_in()
        for path in ("/", "/cuenta/", "/personas/", "/cuenta/segundo-factor/"):
            assert client.get(path)["Location"] == "/cuenta/contrasena/"
        new = "nueve lunas sobre el mar"
        answer = client.post("/cuenta/contrasena/", {"current": PASSWORD, "new": new, "again": new})
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert client.get("/cuenta/").status_code == 200
        assert check_password(new, User.objects.get().password)

    def test_it_is_over_after_72_hours_and_says_nothing_more(self) -> None:
        with time_machine.travel(NOON, tick=False) as at:
            self.given()
            at.shift(limits.FIRST_PASSWORD)
            answer = enter(Client())
        assert answer.status_code == 422
        assert "no coinciden" in answer.content.decode()
        assert AccessAttempt.objects.get().failures_since_start == 1


class TestTelling:
    def test_an_odd_sign_in_is_told_in_the_other_session_at_its_next_page(self) -> None:
        account()
        mine = signed_in(REMOTE_ADDR=HOME, HTTP_USER_AGENT="Mozilla Firefox/140 Windows")
        thief = signed_in(REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Chrome/140 Linux")
        assert "no se había usado antes" not in thief.get("/cuenta/sesiones/").content.decode()
        page = mine.get("/cuenta/sesiones/", HTTP_USER_AGENT="Mozilla Firefox/140 Windows").content.decode()
        assert "no se había usado antes" in page
        assert "203.0.113.9 · Chrome · Linux" in page
        assert "no se había usado antes" not in mine.get("/cuenta/sesiones/").content.decode()

    def test_the_first_and_the_usual_sign_in_are_not_odd(self) -> None:
        account()
        for _time in range(3):
            signed_in(REMOTE_ADDR=HOME)
        assert not Notice.objects.exists()

    def test_somebody_whose_name_was_tried_is_told_when_they_enter(self) -> None:
        account()
        for _try in range(limits.TRIES):
            enter(Client(), password="no-es-esta", REMOTE_ADDR="203.0.113.9")
        assert "intentos fallidos" in signed_in(REMOTE_ADDR=HOME).get("/cuenta/sesiones/").content.decode()
