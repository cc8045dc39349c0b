"""A form that arrives twice: one effect, one answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from creo.support.idempotency import commands
from creo.support.idempotency.commands import once
from creo.support.idempotency.models import SentForm

pytestmark = pytest.mark.django_db
TOKEN = {"csrfmiddlewaretoken": "a" * 64}


def request_of(typed: dict[str, Any], path: str = "/acto/", method: str = "post") -> HttpRequest:
    request = getattr(RequestFactory(), method)(path, typed)
    request._messages = CookieStorage(request)
    return request


class Page:
    """A page that counts its effects."""

    def __init__(self, answer: Callable[[], HttpResponse] = lambda: HttpResponseRedirect("/hecho/7/")) -> None:
        self.answer, self.effects = answer, 0

    def __call__(self) -> HttpResponse:
        self.effects += 1
        return self.answer()


def send(page: Page, typed: dict[str, Any], user: int = 1, path: str = "/acto/") -> HttpResponse:
    return once(request_of(typed, path), user, page)


def test_the_same_form_twice_has_one_effect_and_leads_to_the_same_place() -> None:
    page = Page()
    answers = [send(page, {**TOKEN, "name": "Ana"}) for _ in range(5)]
    assert page.effects == 1
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/hecho/7/")}


def test_the_second_says_that_it_was_already_done() -> None:
    page, again = Page(), request_of({**TOKEN, "name": "Ana"})
    send(page, {**TOKEN, "name": "Ana"})
    once(again, 1, page)
    assert [str(message) for message in get_messages(again)] == [
        "El mismo envío llegó más de una vez y se hizo una sola."
    ]


@pytest.mark.parametrize(
    ("typed", "path", "user"),
    [
        ({"name": "Eva"}, "/acto/", 1),
        ({"name": ["Ana", "Ana"]}, "/acto/", 1),
        ({"name": "Ana", "more": ""}, "/acto/", 1),
        ({"nam": "eAna"}, "/acto/", 1),
        ({"name": "Ana"}, "/otro/", 1),
        ({"name": "Ana"}, "/acto/?x=1", 1),
        ({"name": "Ana"}, "/acto/", 2),
        ({"name": "Ana", "csrfmiddlewaretoken": "b" * 64}, "/acto/", 1),
        ({"name": "Ana", "paper": SimpleUploadedFile("a.pdf", b"x")}, "/acto/", 1),
    ],
)
def test_any_other_form_is_another_act(typed: dict[str, Any], path: str, user: int) -> None:
    page = Page()
    send(page, {**TOKEN, "name": "Ana"})
    send(page, {**TOKEN, **typed}, user, path)
    assert page.effects == 2


@pytest.mark.parametrize("typed", [{"name": "Ana"}, {"csrfmiddlewaretoken": "", "name": "Ana"}])
def test_what_comes_from_no_page_is_not_kept(typed: dict[str, str]) -> None:
    page = Page()
    send(page, typed)
    send(page, typed)
    assert page.effects == 2
    assert not SentForm.objects.exists()


def test_a_reading_is_not_kept() -> None:
    page = Page()
    once(request_of(TOKEN, method="get"), 1, page)
    assert (page.effects, SentForm.objects.count()) == (1, 0)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422, 500])
def test_a_refused_form_leaves_no_trace_and_may_be_sent_again(status: int) -> None:
    page = Page(lambda: HttpResponse(status=status))
    assert [send(page, TOKEN).status_code for _ in range(2)] == [status, status]
    assert page.effects == 2
    assert not SentForm.objects.exists()


def test_a_fault_leaves_no_trace() -> None:
    def fault() -> HttpResponse:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send(Page(fault), TOKEN)
    assert not SentForm.objects.exists()


def test_a_page_that_is_shown_once_is_not_shown_again() -> None:
    """The text of a new key, for one: the second sending leads to the form, and no second key is made."""
    page = Page(lambda: HttpResponse("secreto"))
    assert send(page, TOKEN).content == b"secreto"
    again = send(page, TOKEN)
    assert (again.status_code, again["Location"], page.effects) == (302, "/acto/", 1)


def test_old_forms_are_forgotten() -> None:
    page = Page()
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC), tick=False):
        send(page, TOKEN)
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC), tick=False):
        send(page, {**TOKEN, "name": "Ana"})
    assert commands.prune(sent_before=datetime(2026, 11, 20, tzinfo=UTC) - timedelta(days=7)) == 1
    assert SentForm.objects.count() == 1


def test_nothing_that_was_typed_is_kept() -> None:
    send(Page(), {**TOKEN, "name": "CANARIO-1"})
    assert "CANARIO" not in str(SentForm.objects.values().get())


def test_the_database_keeps_one_form_of_a_person_and_none_without_its_digest() -> None:
    send(Page(), TOKEN)
    row = SentForm.objects.get()
    for digest in (row.digest, ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            SentForm.objects.create(user_id=1, digest=digest, at=row.at)
