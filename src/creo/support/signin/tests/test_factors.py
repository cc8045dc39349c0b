"""Second factors of one's own: added, used, removed; and forced where this installation requires them."""

from __future__ import annotations

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client

from creo.support.accounts.permissions import Permission
from creo.support.accounts.tests.factories import reader
from creo.support.ledger import status
from creo.support.ledger.models import Entry
from creo.support.signin import factors, limits
from creo.support.signin.models import Credential, FactorSecret, UsedCode
from creo.support.signin.tests.factories import PASSWORD, SECRET, account, code, enter, signed_in, with_totp

pytestmark = pytest.mark.django_db
NOON = "2026-11-23T17:00:00Z"
FORCED = "/cuenta/segundo-factor/"


def enrol(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adds an application of codes over SECRET, by the pages."""
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.generate_totp_secret", lambda: SECRET)
    page = client.get("/cuenta/segundo-factor/aplicacion/").content.decode()
    assert "JBSW Y3DP" in page
    assert '<path d="M4 4h1v1h-1z' in page
    assert client.post("/cuenta/segundo-factor/aplicacion/", {"code": code()})["Location"].endswith("/codigos/")


@time_machine.travel(NOON, tick=False)
def test_an_application_is_added_by_its_first_code_and_asked_for_at_the_next_sign_in(monkeypatch) -> None:
    account()
    other, client = signed_in(), signed_in()
    enrol(client, monkeypatch)
    assert other.get("/cuenta/").status_code == 302  # entered without it
    assert enter(Client())["Location"] == "/entrar/segundo-factor/"
    entry = Entry.objects.get(act="accounts.factor_added")
    assert entry.after == {"kind": "totp"}
    assert SECRET not in str(list(Entry.objects.values()))


@time_machine.travel(NOON, tick=False)
def test_the_code_that_added_it_is_spent(monkeypatch) -> None:
    account()
    enrol(signed_in(), monkeypatch)
    client = Client()
    enter(client)
    assert client.post("/entrar/segundo-factor/", {"code": code()}).status_code == 422


def test_a_wrong_first_code_adds_nothing() -> None:
    account()
    client = signed_in()
    client.get("/cuenta/segundo-factor/aplicacion/")
    answer = client.post("/cuenta/segundo-factor/aplicacion/", {"code": "000000"})
    assert answer.status_code == 422
    assert "El código no corresponde" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_recovery_codes_are_shown_once_and_new_ones_end_the_old() -> None:
    user = with_totp(account())
    old = factors.make_codes(user)
    client = Client()
    client.force_login(user)
    page = client.post("/cuenta/segundo-factor/codigos/").content.decode()
    new = list(factors.RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes())
    assert all(each in page for each in new)
    listed = client.get(FORCED).content.decode()
    assert not any(each in listed for each in new)
    assert "Quedan 10 códigos sin usar" in listed
    assert factors.spend_code(user, old[0]) is None
    assert factors.spend_code(user, new[0]) is not None


def test_a_recovery_code_that_is_spent_is_an_act_and_no_use_of_a_factor_is_an_alarm() -> None:
    user = with_totp(account())
    (one, *_rest) = factors.make_codes(user)
    before = status.unaudited().count()
    assert factors.spend_code(user, "00000000") is None
    assert not Entry.objects.filter(act="accounts.recovery_code_spent").exists()
    for typed in (one, code()):
        proof = factors.spend_code(user, typed)
        assert proof is not None
        factors.used(proof)
    entry = Entry.objects.get(act="accounts.recovery_code_spent")
    assert (entry.subject_code, entry.after, entry.actor_id) == ("rosa", {"left": 9}, user.pk)
    assert status.unaudited().count() == before


def test_a_factor_is_removed_and_its_codes_go_with_the_last() -> None:
    user = with_totp(account())
    factors.make_codes(user)
    client = Client()
    client.force_login(user)
    totp = Authenticator.objects.get(type="totp")
    assert client.post(f"/cuenta/segundo-factor/{totp.pk}/quitar/").status_code == 302
    assert not Authenticator.objects.exists()
    assert not FactorSecret.objects.exists()
    assert Entry.objects.get(act="accounts.factor_removed").before == {"kind": "totp"}


def test_nobody_removes_a_factor_of_somebody_else() -> None:
    with_totp(account("ana"))
    account()
    theirs = Authenticator.objects.get()
    assert signed_in().post(f"/cuenta/segundo-factor/{theirs.pk}/quitar/").status_code == 404
    assert Authenticator.objects.exists()


@pytest.mark.parametrize("path", ["aplicacion/", "llave/", "codigos/"])
def test_each_change_asks_first_who_is_there(path: str) -> None:
    account()
    with time_machine.travel(NOON, tick=False) as at:
        client = signed_in()
        at.shift(limits.FRESH)
        for answer in (client.get(FORCED + path), client.post(FORCED + path)):
            assert answer["Location"].startswith("/cuenta/confirmar/")


def test_a_passkey_that_answers_another_question_is_refused() -> None:
    account()
    client = signed_in()
    assert "data-passkey-options" in client.get("/cuenta/segundo-factor/llave/").content.decode()
    for credential in ("{}", "[]", "nada", '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'):
        answer = client.post("/cuenta/segundo-factor/llave/", {"name": "Huella", "credential": credential})
        assert answer.status_code == 422
    assert not Authenticator.objects.exists()


def test_the_database_refuses_a_code_a_second_time_and_one_person_for_two_acts() -> None:
    user = account()
    UsedCode.objects.create(user=user, step=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        UsedCode.objects.create(user=user, step=7)
    for wrong in ({"must_change": True}, {"reset_by_id": 5, "unenrolled_by_id": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Credential.objects.create(user=user, **wrong)


class TestRequired:
    @pytest.fixture(autouse=True)
    def _required(self, settings) -> None:
        settings.CREO_SECOND_FACTOR = "required"

    def test_enrolment_comes_before_the_first_page(self, monkeypatch) -> None:
        account(role="health")
        client = signed_in()
        for path in ("/", "/personas/", "/cuenta/", "/cuenta/sesiones/", "/no-existe-en-ningun-lado/"):
            answer = client.get(path)
            assert answer.status_code == 404 or answer["Location"] == FORCED, path
        assert "necesita un segundo factor" in client.get(FORCED).content.decode()
        enrol(client, monkeypatch)
        assert client.get("/cuenta/").status_code == 200

    def test_who_entered_with_a_factor_goes_straight_in(self) -> None:
        with_totp(account(role="health"))
        client = Client()
        enter(client)
        client.post("/entrar/segundo-factor/", {"code": code()})
        assert client.get("/cuenta/").status_code == 200

    def test_a_session_without_a_factor_shows_it_first_when_one_exists(self) -> None:
        user = account(role="health")
        client = signed_in()
        with_totp(user)
        assert "Compruebe ahora" in client.get(FORCED).content.decode()
        assert client.post("/cuenta/confirmar/", {"code": code()}).status_code == 302
        assert client.get("/cuenta/").status_code == 200

    def test_an_administrator_needs_what_cannot_be_phished(self) -> None:
        with_totp(account(role="administrator"))
        client = Client()
        enter(client)
        client.post("/entrar/segundo-factor/", {"code": code()})
        assert client.get("/claves/")["Location"] == FORCED
        assert "necesita una llave de acceso" in client.get(FORCED).content.decode()

    def test_removing_the_last_one_is_no_way_round(self, monkeypatch) -> None:
        with_totp(account(role="health"))
        client = Client()
        enter(client)
        client.post("/entrar/segundo-factor/", {"code": code()})
        client.post(f"/cuenta/segundo-factor/{Authenticator.objects.get().pk}/quitar/")
        assert signed_in().get("/cuenta/")["Location"] == FORCED

    def test_a_posted_act_does_not_slip_through(self) -> None:
        account(role="administrator")
        assert signed_in().post("/claves/nueva/", {"institution": "X"})["Location"] == FORCED

    def test_sign_out_and_the_language_stay_open(self) -> None:
        account(role="health")
        client = signed_in()
        assert client.post("/idioma/setlang/", {"language": "en"})["Location"] != FORCED
        assert client.post("/salir/")["Location"] == "/entrar/"


def test_where_it_is_offered_the_password_alone_is_enough() -> None:
    account(role="administrator")
    assert signed_in().get("/cuenta/").status_code == 200


@pytest.mark.parametrize(
    ("permissions", "needed"),
    [
        ((), limits.NO_FACTOR),
        ((Permission.VIEW_PROGRAMME, Permission.VIEW_TERRITORY), limits.NO_FACTOR),
        ((Permission.VIEW_PEOPLE,), limits.CODE),
        ((Permission.VIEW_MEDICAL,), limits.CODE),
        ((Permission.EDIT_DESIGN,), limits.CODE),
        ((Permission.MANAGE_ACCESS, Permission.VIEW_PROGRAMME), limits.PASSKEY),
    ],
)
def test_what_each_permission_asks_for(permissions: tuple[Permission, ...], needed: str) -> None:
    assert limits.factor_needed(reader(*permissions)) == needed


def test_the_password_that_signs_in_is_not_in_any_page() -> None:
    account()
    client = Client()
    assert PASSWORD not in enter(client, password=PASSWORD + "x").content.decode()
