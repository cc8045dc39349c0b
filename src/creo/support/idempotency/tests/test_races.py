"""A double click: the two arrive at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connections
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from creo.support.accounts.models import User
from creo.support.idempotency.commands import once

pytestmark = pytest.mark.django_db(transaction=True)


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # races do not show on SQLite: one writer at a time

    def test_R7_twelve_at_once_have_one_effect_and_one_answer() -> None:
        answers: list[Any] = []
        barrier = threading.Barrier(12)

        def effect() -> HttpResponse:
            made = User.objects.create_user(f"persona-{User.objects.count()}-{threading.get_ident()}", "Persona")
            return HttpResponseRedirect(f"/hecho/{made.pk}/")

        def click() -> None:
            request = RequestFactory().post("/acto/", {"csrfmiddlewaretoken": "a" * 64})
            request._messages = CookieStorage(request)
            barrier.wait()
            try:
                answers.append(once(request, 1, effect)["Location"])
            except BaseException as fault:
                answers.append(repr(fault))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=click) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert User.objects.count() == 1
        assert answers == [f"/hecho/{User.objects.get().pk}/"] * 12
