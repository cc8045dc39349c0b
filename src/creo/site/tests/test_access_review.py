"""The six-monthly review: what nobody looks at stops giving; each look and each signature stands written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from creo.site.tests.access_factories import NOON, TODAY, as_reader, who
from creo.support.accounts import commands, queries
from creo.support.accounts.models import AccessReview, GrantReview, RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.queries import ReviewFilters
from creo.support.accounts.readers import Scope, reader_for, system
from creo.support.accounts.tests.factories import grant, user
from creo.support.announcements.models import InboxItem
from creo.support.ledger.models import Entry
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.territory.tests.factories import prison

pytestmark = pytest.mark.django_db
PIURA = Scope("facility", "EP-PIURA")


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOON, tick=False):
        prison("EP-PIURA", "E.P. de Piura")
        prison("EP-TUMBES", "E.P. de Tumbes")
        yield


@pytest.fixture
def director() -> User:
    return who("directora", "facility_director", "EP-PIURA")


def teacher(username: str = "marta", code: str = "EP-PIURA", reviewed: int = 0) -> RoleGrant:
    """A teacher whose access was last looked at so many days ago."""
    return grant(user(username), "teacher", code, reviewed_on=TODAY - timedelta(days=reviewed))


def gives(found: RoleGrant, on: date = TODAY) -> bool:
    return reader_for(found.user, on).can(Permission.VIEW_PEOPLE)


def look(director: User, *grants: RoleGrant, decision: str = "keep", reason: str = "Sigue en su función") -> int:
    return commands.review_grants(
        by=as_reader(director), grant_ids=[one.pk for one in grants], decision=decision, reason=reason, today=TODAY
    )


def test_the_day_183_an_unreviewed_access_gives_nothing_and_a_look_gives_it_back(director: User) -> None:
    last, lapsed = teacher("ana", reviewed=182), teacher("berta", reviewed=183)
    assert gives(last) and not gives(lapsed)
    assert not gives(last, TODAY + timedelta(days=1))
    assert look(director, last, lapsed) == 2
    assert gives(lapsed) and gives(last, TODAY + timedelta(days=182))
    assert not gives(last, TODAY + timedelta(days=183))


def test_each_look_is_written_with_who_when_and_why(director: User) -> None:
    one = teacher(reviewed=170)
    look(director, one)
    review = GrantReview.objects.get()
    assert (review.decision, review.reason, review.on, review.reviewer_id) == (
        "keep",
        "Sigue en su función",
        TODAY,
        director.pk,
    )
    entry = Entry.objects.get(act="accounts.access_kept")
    assert (entry.subject_code, entry.place, entry.actor_id) == ("marta", "EP-PIURA", director.pk)


def test_an_access_ended_in_the_review_gives_nothing_at_once(director: User) -> None:
    one = teacher()
    look(director, one, decision="end", reason="Cambió de función")
    one.refresh_from_db()
    assert not gives(one)
    assert (one.ended_on, one.ended_by, one.end_reason) == (TODAY, director.name, "Cambió de función")
    assert Entry.objects.get(act="accounts.access_ended_by_review").reason == "Cambió de función"
    with pytest.raises(Refused, match="ya terminó"):
        look(director, one)


def test_a_director_reviews_the_staff_of_the_prison_and_nobody_else(director: User) -> None:
    there, national = teacher("otra", "EP-TUMBES"), grant(user("nacional"), "planner")
    for foreign in (there, national):
        with pytest.raises(NotFound):
            look(director, foreign)
    with pytest.raises(NotFound):
        commands.review_grants(by=as_reader(director), grant_ids=[987_654], decision="keep", reason="x", today=TODAY)
    seen = queries.review_page(as_reader(director), ReviewFilters(), TODAY).rows
    assert {row.username for row in seen} == {"directora"}


def test_all_or_none_are_reviewed(director: User) -> None:
    mine, there = teacher(reviewed=170), teacher("otra", "EP-TUMBES")
    with pytest.raises(NotFound):
        look(director, mine, there)
    assert not GrantReview.objects.exists()


def test_nobody_reviews_their_own_access(director: User) -> None:
    own = RoleGrant.objects.get(user=director)
    with pytest.raises(Refused) as error:
        look(director, own)
    assert "grants" in error.value.fields
    officer = who("oficial", "data_officer")
    assert look(officer, own) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"decision": "perhaps"}, "decision"), ({"reason": " "}, "reason"), ({"reason": "x" * 301}, "reason")],
)
def test_a_look_without_decision_or_reason_is_refused(director: User, wrong: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as error:
        look(director, teacher(), **wrong)
    assert field in error.value.fields


@pytest.mark.parametrize("role", ["administrator", "auditor", "registry"])
def test_only_reviewers_review(role: str) -> None:
    one = teacher()
    other = who("otro", role)
    with pytest.raises(Forbidden):
        look(other, one)
    with pytest.raises(Forbidden):
        queries.review_page(as_reader(other), ReviewFilters(), TODAY)
    with pytest.raises(Forbidden):
        commands.sign_review(by=as_reader(other), place=PIURA, note="x", today=TODAY)


def test_a_review_is_signed_when_every_access_was_looked_at(director: User) -> None:
    waiting, ending = teacher("ana", reviewed=160), teacher("berta", reviewed=160)
    with pytest.raises(Refused, match="Faltan mirar 2"):
        commands.sign_review(by=as_reader(director), place=PIURA, note="Acta 4", today=TODAY)
    look(director, waiting)
    look(director, ending, decision="end", reason="Cese")
    made = commands.sign_review(by=as_reader(director), place=PIURA, note="Acta 4", today=TODAY)
    assert (made.kept, made.ended, made.signer_id) == (2, 1, director.pk)
    entry = Entry.objects.get(act="accounts.review_signed")
    assert (entry.subject_code, entry.place, entry.reason) == ("EP-PIURA", "EP-PIURA", "Acta 4")
    with pytest.raises(Refused, match="ya se firmó hoy"):
        commands.sign_review(by=as_reader(director), place=PIURA, note="Acta 5", today=TODAY)
    assert [row.note for row in queries.signatures(as_reader(director))] == ["Acta 4"]


@pytest.mark.parametrize("place", [Scope("nation"), Scope("facility", "EP-TUMBES"), Scope("region", "NORTE")])
def test_a_director_signs_for_the_prison_alone(director: User, place: Scope) -> None:
    with pytest.raises(NotFound):
        commands.sign_review(by=as_reader(director), place=place, note="x", today=TODAY)


def warn(on: date = TODAY) -> int:
    return commands.warn_of_reviews(by=system(), today=on)


def test_reviewers_are_warned_thirty_days_before_and_asked_once(director: User) -> None:
    teacher(reviewed=152)
    assert warn() == 0
    assert warn(TODAY + timedelta(days=1)) == 1
    assert warn(TODAY + timedelta(days=2)) == 1
    item = InboxItem.objects.get()
    assert (item.place, item.permission, item.state) == ("EP-PIURA", Permission.REVIEW_ACCESS, "open")
    assert item.url == "/accesos/revision/?state=due"


def test_the_question_is_closed_when_the_accesses_were_looked_at(director: User) -> None:
    one = teacher(reviewed=170)
    warn()
    look(director, one)
    assert warn() == 0
    assert InboxItem.objects.get().state == "closed"


def test_national_accesses_are_asked_of_the_nation() -> None:
    grant(user("nacional"), "planner", reviewed_on=TODAY - timedelta(days=170))
    warn()
    assert InboxItem.objects.get().place == ""


def test_the_database_refuses_reviews_and_ends_that_say_nothing(director: User) -> None:
    one = teacher()
    broken = [
        lambda: RoleGrant.objects.filter(pk=one.pk).update(ended_on=TODAY),
        lambda: RoleGrant.objects.filter(pk=one.pk).update(end_reason="x"),
        lambda: GrantReview.objects.create(grant=one, on=TODAY, decision="keep", reason="", reviewer=director),
        lambda: GrantReview.objects.create(grant=one, on=TODAY, decision="no", reason="x", reviewer=director),
        lambda: signature(director, note=""),
        lambda: signature(director, scope_kind="nation"),
        lambda: signature(director, scope_code=""),
        lambda: (signature(director), signature(director)),
    ]
    for write in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_who_looked_and_who_signed_stays_by_raw_sql_too(director: User) -> None:
    GrantReview.objects.create(grant=teacher(), on=TODAY, decision="keep", reason="Sigue", reviewer=director)
    signature(director)
    for table in ("accounts_grantreview", "accounts_accessreview"):
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert GrantReview.objects.count() == AccessReview.objects.count() == 1


def signature(director: User, **other: Any) -> AccessReview:
    values: dict[str, Any] = {"scope_kind": "facility", "scope_code": "EP-PIURA", "note": "x"}
    when = {"on": TODAY, "signed_at": "2026-11-23T17:00:00Z", "kept": 0, "ended": 0, "signer": director}
    return AccessReview.objects.create(**(values | when | other))
