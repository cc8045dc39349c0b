"""Where somebody works now, and what changes under an open session: places, periods, transfers of people."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from creo.register import commands as register
from creo.register import queries as people
from creo.register.tests.factories import custody, identity, person, places
from creo.site.tests.access_factories import NOON, TODAY, as_reader, signed_in, who
from creo.support.accounts import commands
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Scope, reader_for
from creo.support.accounts.tests.factories import grant
from creo.support.ledger.queries import Search, entries
from creo.support.refusals import NotFound

pytestmark = pytest.mark.django_db
PIURA, TUMBES, AREQUIPA = (Scope("facility", code) for code in ("EP-PIURA", "EP-TUMBES", "EP-AREQUIPA"))


@pytest.fixture(autouse=True)
def prisons() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield places()


@pytest.fixture
def itinerant() -> User:
    """Evaluates at Piura, registers at Tumbes."""
    somebody = who("itinerante", "treatment_body", "EP-PIURA")
    grant(somebody, "registry", "EP-TUMBES")
    return somebody


def choose(client: Client, place: str) -> int:
    return client.post("/accesos/lugar/", {"place": place}).status_code


def test_at_the_chosen_place_only_what_is_held_there_counts(itinerant: User) -> None:
    at_piura = reader_for(itinerant, TODAY, PIURA)
    assert at_piura.scopes == (PIURA,)
    assert at_piura.can(Permission.ENROL) and not at_piura.can(Permission.EDIT_PEOPLE)
    assert reader_for(itinerant, TODAY, TUMBES).can(Permission.EDIT_PEOPLE)
    elsewhere = reader_for(itinerant, TODAY, AREQUIPA)
    assert (elsewhere.scopes, elsewhere.permissions) == ((), frozenset())


def test_national_and_regional_roles_cover_the_place_chosen_and_are_held_there_alone(itinerant: User) -> None:
    grant(itinerant, "planner")
    grant(itinerant, "regional_office", "NORTE", scope_kind="region")
    at_piura = reader_for(itinerant, TODAY, PIURA)
    assert at_piura.scopes == (PIURA,) and not at_piura.national
    assert set(at_piura.roles) == {"treatment_body", "planner", "regional_office"}
    south = reader_for(itinerant, TODAY, AREQUIPA)
    assert south.roles == ("planner",)


def test_the_place_chosen_is_kept_for_the_session_and_all_of_them_are_the_default(
    itinerant: User, prisons: Any
) -> None:
    for number, code in enumerate(("EP-PIURA", "EP-TUMBES"), 1):
        identity(who_ := person(number))
        custody(who_, prisons[code])
    client = signed_in(itinerant)

    def seen() -> set[str]:
        page = client.get("/personas/").content.decode()
        return {code for code in ("P-0000001", "P-0000002") if code in page}

    assert seen() == {"P-0000001", "P-0000002"}
    assert choose(client, "facility:EP-TUMBES") == 302
    assert seen() == {"P-0000002"}
    assert client.get("/personas/P-0000001/").status_code == 404
    assert choose(client, "all") == 302
    assert seen() == {"P-0000001", "P-0000002"}


def test_the_header_leads_to_the_places_only_where_there_are_several(itinerant: User) -> None:
    link = 'class="top-scope" href="/accesos/lugar/"'
    assert link in signed_in(itinerant).get("/").content.decode()
    assert link not in signed_in(who("sola", "registry", "EP-PIURA")).get("/").content.decode()


@pytest.mark.parametrize("place", ["facility:EP-AREQUIPA", "nation:", "facility:", "x", ""])
def test_nobody_chooses_a_place_that_is_not_theirs(itinerant: User, place: str) -> None:
    client = signed_in(itinerant)
    assert choose(client, place) == 422
    assert "workplace" not in client.session


@pytest.mark.parametrize(("wanted", "leads_to"), [("/personas/", "/personas/"), ("https://malo.example/", "/")])
def test_after_choosing_one_goes_on_within_the_house(itinerant: User, wanted: str, leads_to: str) -> None:
    answer = signed_in(itinerant).post(f"/accesos/lugar/?next={wanted}", {"place": "all"})
    assert answer["Location"] == leads_to


def test_a_place_written_into_the_session_by_hand_gives_nothing(itinerant: User) -> None:
    client = signed_in(itinerant)
    session = client.session
    session["workplace"] = "nation:"
    session.save()
    assert client.get("/accesos/lugar/").status_code == 200
    assert "workplace" not in client.session


def test_somebody_moved_to_another_prison_in_mid_session_is_there_at_the_next_click(prisons: Any) -> None:
    admin = who("admin", "administrator")
    officer = who("oficial", "registry", "EP-PIURA")
    identity(held := person(1))
    custody(held, prisons["EP-PIURA"])
    client = signed_in(officer)
    assert client.get("/personas/P-0000001/").status_code == 200
    mine = RoleGrant.objects.get(user=officer)
    commands.end_grant(by=as_reader(admin), grant_id=mine.pk, reason="Rotación", today=TODAY)
    grant(officer, "registry", "EP-TUMBES")
    assert client.get("/personas/P-0000001/").status_code == 404
    assert client.get("/personas/").status_code == 200


def test_the_place_chosen_is_forgotten_when_its_role_ends_in_mid_session(itinerant: User) -> None:
    client = signed_in(itinerant)
    choose(client, "facility:EP-TUMBES")
    assert client.get("/importaciones/").status_code == 200
    RoleGrant.objects.filter(user=itinerant, role="registry").update(valid_to=TODAY)
    assert client.get("/importaciones/").status_code == 403
    assert "workplace" not in client.session
    assert client.get("/personas/").status_code == 200


def test_a_role_that_expires_at_midnight_opens_nothing_after_it() -> None:
    officer = who("oficial", "registry", "EP-PIURA")
    RoleGrant.objects.filter(user=officer).update(valid_to=TODAY + timedelta(days=1))
    # Midnight in Lima is five in the morning in UTC.
    with time_machine.travel("2026-11-24 04:59:00Z", tick=False):
        client = signed_in(officer)
        assert client.get("/personas/").status_code == 200
    with time_machine.travel("2026-11-24 05:00:00Z", tick=False):
        assert client.get("/personas/").status_code == 403


def test_the_day_of_last_use_is_marked_once_for_the_roles_worked_with(itinerant: User) -> None:
    def used() -> dict[str, date | None]:
        return dict(RoleGrant.objects.filter(user=itinerant).values_list("scope_code", "last_used_on"))

    with time_machine.travel("2026-11-24 04:50:00Z", tick=False) as clock:
        client = signed_in(itinerant)
        assert used() == {"EP-PIURA": TODAY, "EP-TUMBES": TODAY}
        choose(client, "facility:EP-TUMBES")
        RoleGrant.objects.update(last_used_on=None)
        # A page writes nothing of it, but once a minute with what its session writes anyway.
        client.get("/personas/")
        assert used() == {"EP-PIURA": None, "EP-TUMBES": None}
        clock.shift(timedelta(minutes=1))
        client.get("/personas/")
        assert used() == {"EP-PIURA": None, "EP-TUMBES": TODAY}
        # Past midnight in Lima, in the same session.
        clock.shift(timedelta(minutes=10))
        client.get("/personas/")
        assert used() == {"EP-PIURA": None, "EP-TUMBES": TODAY + timedelta(days=1)}
        with CaptureQueriesContext(connection) as queries:
            clock.shift(timedelta(minutes=2))
            client.get("/personas/")
        assert not [query["sql"] for query in queries.captured_queries if 'last_used_on" =' in query["sql"]]


def test_access_moves_with_a_transferred_person_and_what_the_old_prison_wrote_stays_with_it(prisons: Any) -> None:
    old, new = who("registro.p", "registry", "EP-PIURA"), who("registro.a", "registry", "EP-AREQUIPA")
    auditor = who("control", "auditor", "EP-PIURA")
    elsewhere = who("control.a", "auditor", "EP-AREQUIPA")
    identity(held := person(1), status="provisional")
    custody(held, prisons["EP-PIURA"])
    path = f"/personas/{held.code}/"
    assert signed_in(old).get(path).status_code == 200
    assert signed_in(new).get(path).status_code == 404
    register.confirm_identity(by=as_reader(old), person_code=held.code, reason="DNI a la vista")
    register.transfer(
        by=as_reader(old),
        person_code=held.code,
        from_facility="EP-PIURA",
        to_facility="EP-AREQUIPA",
        on=TODAY,
        reason="Resolución 7",
        today=TODAY,
    )
    assert signed_in(old).get(path).status_code == 404
    assert signed_in(new).get(path).status_code == 200
    with pytest.raises(NotFound):
        people.person_code_in_scope(as_reader(old), held.code)
    # The acts of a place are told by the ledger to who audits it; none of them left with the person.
    written = entries(as_reader(auditor), Search(subject_code=held.code)).rows
    assert [entry.act for entry in written] == ["register.person_sent", "register.identity_confirmed"]
    received = entries(as_reader(elsewhere), Search(subject_code=held.code)).rows
    assert [entry.act for entry in received] == ["register.person_transferred"]
