"""The pages of access: found, filtered, taken out, acted on; and nothing for who has no business there."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creo.site.tests.access_factories import NOON, TODAY, signed_in, who
from creo.support.accounts.models import AccessReview, RoleGrant, User
from creo.support.accounts.tests.factories import grant, user
from creo.support.approvals.models import Proposal
from creo.support.ledger.models import Entry
from creo.territory.tests.factories import prison

pytestmark = pytest.mark.django_db
ROLE = {
    "role": "teacher",
    "place": "facility:EP-PIURA",
    "valid_from": "2026-11-23",
    "valid_to": "2027-11-23",
    "resolution": "RD 1-2026",
    "reason": "Designación",
}


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOON, tick=False):
        prison("EP-PIURA", "E.P. de Piura")
        prison("EP-TUMBES", "E.P. de Tumbes")
        user("marta", "teacher", "facility", "EP-TUMBES")
        yield


@pytest.fixture
def administrator() -> Client:
    return signed_in(who("admin", "administrator"))


@pytest.fixture
def director() -> Client:
    return signed_in(who("directora", "facility_director", "EP-PIURA"))


def names(client: Client, query: str = "") -> set[str]:
    page = client.get(f"/accesos/{query}")
    assert page.status_code == 200, page.content.decode()[:500]
    return set(re.findall(r"/accesos/personas/([\w.]+)/", page.content.decode()))


def test_the_staff_is_found_by_name_role_place_and_state(administrator: Client) -> None:
    ending = user("berta", "gate", "facility", "EP-PIURA")
    RoleGrant.objects.filter(user=ending).update(valid_to=TODAY + timedelta(days=9))
    User.objects.filter(pk=user("carla").pk).update(is_active=False)
    lapsed = user("dora", "security", "facility", "EP-PIURA")
    RoleGrant.objects.filter(user=lapsed).update(reviewed_on=TODAY - timedelta(days=190))
    assert names(administrator) == {"admin", "marta", "berta", "carla", "dora"}
    assert names(administrator, "?q=MART") == {"marta"}
    assert names(administrator, "?role=gate") == {"berta"}
    assert names(administrator, "?place=facility:EP-PIURA") == {"berta", "dora"}
    assert names(administrator, "?role=gate&place=facility:EP-TUMBES") == set()
    assert names(administrator, "?state=disabled") == {"carla"}
    assert names(administrator, "?state=without_role") == {"carla", "dora"}
    assert names(administrator, "?state=ending") == {"berta"}


@pytest.mark.parametrize(
    "query", ["?role=emperor", "?place=facility:EP-NADA", "?place=x", "?state=x", "?cursor=x", "?q=" + "x" * 81]
)
def test_an_altered_address_is_refused_in_words(administrator: Client, director: Client, query: str) -> None:
    assert administrator.get(f"/accesos/{query}").status_code == 422
    if not query.startswith("?q"):
        assert director.get(f"/accesos/revision/{query}").status_code == 422


@pytest.mark.parametrize("path", ["/accesos/", "/accesos/revision/"])
def test_the_pages_ask_little_of_the_database_however_many_people(path: str) -> None:
    client = signed_in(who("admin", "administrator") if path == "/accesos/" else who("oficial", "data_officer"))
    for number in range(60):
        grant(user(f"persona.{number}", "teacher", "facility", "EP-PIURA"), "gate", "EP-TUMBES")
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    assert len(queries) <= 9


def test_the_list_pages_by_name_and_is_taken_out_with_an_entry(administrator: Client) -> None:
    for number in range(60):
        user(f"persona.{number:02}")
    page = administrator.get("/accesos/")
    assert len(page.context["found"].rows) == 50
    rest = administrator.get("/accesos/", {"cursor": page.context["found"].next_cursor})
    assert len(rest.context["found"].rows) == 12
    answer = administrator.get("/accesos/lista.csv?role=teacher")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))
    assert rows[1][:3] == ["Marta", "marta", "Educación · E.P. de Tumbes"]
    entry = Entry.objects.get(act="accounts.list_exported")
    assert entry.after is not None and (entry.after["rows"], entry.after["kind"]) == (1, "csv")
    assert entry.reason == "Rol: Educación"
    assert administrator.get("/accesos/lista.xlsx").status_code == 200
    assert administrator.get("/accesos/lista.pdf").status_code == 404


def test_an_account_is_made_with_a_password_that_is_shown_once_and_must_be_changed(administrator: Client) -> None:
    form = {"name": "Rosa  Flores", "username": "Rosa.Flores", "reason": "Oficio 12"}
    page = administrator.post("/accesos/nueva/", form).content.decode()
    password = re.search(r'<p class="code">(.+?)</p>', page)
    made = User.objects.get(username="rosa.flores")
    assert made.name == "Rosa Flores"
    assert password is not None and made.check_password(password[1])
    assert password[1] not in administrator.get("/accesos/personas/rosa.flores/").content.decode()
    assert password[1] not in str(list(Entry.objects.values_list("reason", "before", "after")))
    assert Entry.objects.get(act="accounts.made").reason == "Oficio 12"
    from creo.support.signin.queries import must_change

    assert must_change(made.pk)


@pytest.mark.parametrize(
    "username", ["", "a", "MARTA", "con espacio", "ñandú", "-punta", "punta.", "a" * 65, "../x", "a\0b"]
)
def test_a_user_name_that_is_taken_or_makes_no_sense_is_refused(administrator: Client, username: str) -> None:
    before = User.objects.count()
    form = {"name": "Rosa Flores", "username": username, "reason": "Oficio 12"}
    page = administrator.post("/accesos/nueva/", form)
    assert page.status_code == 422
    assert "username" in page.context["form"].errors
    assert User.objects.count() == before


def test_a_role_is_granted_and_ended_on_the_page(administrator: Client) -> None:
    assert administrator.post("/accesos/personas/marta/otorgar/", ROLE).status_code == 302
    made = RoleGrant.objects.get(user__username="marta", scope_code="EP-PIURA")
    page = administrator.get("/accesos/personas/marta/").content.decode()
    assert "RD 1-2026" in page and "Rol otorgado" in page
    assert administrator.post(f"/accesos/roles/{made.pk}/terminar/", {"reason": ""}).status_code == 422
    assert administrator.post(f"/accesos/roles/{made.pk}/terminar/", {"reason": "Rotación"}).status_code == 302
    assert "Rotación" in administrator.get("/accesos/personas/marta/").content.decode()


def test_a_sensitive_role_says_that_it_waits_for_a_second_person(administrator: Client) -> None:
    page = administrator.post("/accesos/personas/marta/otorgar/", ROLE | {"role": "health"}, follow=True)
    assert "cuando una segunda persona lo apruebe" in page.content.decode()
    proposal = Proposal.objects.get()
    assert (proposal.act, proposal.place, proposal.subject_code) == ("accounts.role_granted", "EP-PIURA", "marta")


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "emperor"},
        {"place": "facility:EP-NADA"},
        {"place": "nation"},
        {"place": "facility:"},
        {"valid_from": "2026-02-31"},
        {"valid_to": "2026-11-23"},
        {"valid_from": "2026-11-22"},
        {"resolution": ""},
    ],
)
def test_a_form_altered_by_hand_grants_nothing_and_keeps_what_was_typed(
    administrator: Client, wrong: dict[str, str]
) -> None:
    page = administrator.post("/accesos/personas/marta/otorgar/", ROLE | wrong)
    assert page.status_code == 422
    assert "Designación" in page.content.decode()
    assert RoleGrant.objects.filter(user__username="marta").count() == 1


def test_the_form_sent_twice_grants_once(administrator: Client) -> None:
    assert administrator.post("/accesos/personas/marta/otorgar/", ROLE).status_code == 302
    assert administrator.post("/accesos/personas/marta/otorgar/", ROLE).status_code == 422
    assert RoleGrant.objects.filter(user__username="marta", scope_code="EP-PIURA").count() == 1


def test_a_disabled_account_is_out_at_its_next_click_and_back_when_enabled(administrator: Client) -> None:
    marta = signed_in(User.objects.get(username="marta"))
    assert marta.get("/personas/").status_code == 200
    assert administrator.post("/accesos/personas/marta/inhabilitar/", {"reason": "Cese"}).status_code == 302
    assert marta.get("/personas/").status_code == 302
    assert administrator.post("/accesos/personas/marta/inhabilitar/", {"reason": "Cese"}).status_code == 422
    assert administrator.post("/accesos/personas/marta/habilitar/", {"reason": "Reingreso"}).status_code == 302
    assert User.objects.get(username="marta").is_active


def test_nobody_administers_their_own_access_on_the_page(administrator: Client) -> None:
    assert "Nadie administra su propio acceso" in administrator.get("/accesos/personas/admin/").content.decode()
    answer = administrator.post("/accesos/personas/admin/otorgar/", ROLE | {"role": "security"})
    assert answer.status_code == 422
    assert administrator.post("/accesos/personas/admin/inhabilitar/", {"reason": "x"}).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/accesos/personas/nadie/",
        "/accesos/personas/nadie/otorgar/",
        "/accesos/personas/nadie/inhabilitar/",
        "/accesos/roles/999999/terminar/",
        "/accesos/roles/99999999999999999999/terminar/",
    ],
)
def test_what_does_not_exist_is_not_found(administrator: Client, path: str) -> None:
    assert administrator.get(path).status_code == 404


def test_marked_accesses_are_kept_or_ended_and_the_review_is_signed(director: Client) -> None:
    lapsed = grant(user("ana"), "teacher", "EP-PIURA", reviewed_on=TODAY - timedelta(days=190))
    sign = {"place": "facility:EP-PIURA", "note": "Acta 4"}
    assert director.post("/accesos/revision/firmar/", sign).status_code == 422
    form = {"grants": [lapsed.pk], "decision": "keep", "reason": "Sigue"}
    assert director.post("/accesos/revision/", form).status_code == 302
    assert director.post("/accesos/revision/firmar/", sign).status_code == 302
    assert AccessReview.objects.get().note == "Acta 4"
    assert "Acta 4" in director.get("/accesos/revision/").content.decode()


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"grants": [], "decision": "keep", "reason": "Sigue"}, 422),
        ({"grants": ["x", "-1"], "decision": "keep", "reason": "Sigue"}, 422),
        ({"grants": ["999999"], "decision": "keep", "reason": "Sigue"}, 404),
        ({"grants": ["99999999999999999999"], "decision": "keep", "reason": "Sigue"}, 404),
        ({"grants": ["THERE"], "decision": "end", "reason": "Cese"}, 404),
        ({"grants": ["MINE"], "decision": "maybe", "reason": "Cese"}, 422),
        ({"grants": ["MINE"], "decision": "end", "reason": ""}, 422),
    ],
)
def test_an_altered_review_changes_nothing(director: Client, form: dict[str, Any], status: int) -> None:
    mine = grant(user("ana"), "teacher", "EP-PIURA")
    there = RoleGrant.objects.get(user__username="marta")
    codes = {"MINE": str(mine.pk), "THERE": str(there.pk)}
    answer = director.post("/accesos/revision/", form | {"grants": [codes.get(one, one) for one in form["grants"]]})
    assert answer.status_code == status
    assert not RoleGrant.objects.exclude(ended_on=None).exists()


def test_the_review_is_taken_out_with_an_entry(director: Client) -> None:
    grant(user("ana"), "teacher", "EP-PIURA", reviewed_on=TODAY - timedelta(days=160))
    answer = director.get("/accesos/revision/lista.csv?state=due")
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == ["Ana (ana)"]
    assert Entry.objects.get(act="accounts.list_exported").subject_code == "access_review"


@pytest.mark.parametrize("role", ["registry", "auditor", "technical_lead", "health", "regional_office", "evaluator"])
def test_who_neither_manages_nor_reviews_access_gets_no_page_of_it(role: str) -> None:
    client = signed_in(who("otro", role))
    one = RoleGrant.objects.get(user__username="marta").pk
    for path in (
        "",
        "lista.csv",
        "nueva/",
        "catalogo/",
        "revision/",
        "revision/lista.csv",
        "revision/firmar/",
        "personas/marta/",
        "personas/nadie/",
        f"roles/{one}/terminar/",
    ):
        answer = client.get(f"/accesos/{path}")
        assert answer.status_code == 403, path
        assert "Marta" not in answer.content.decode()
