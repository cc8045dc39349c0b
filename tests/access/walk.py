"""Every address and API operation, called as every role, as nobody and without a role: what each is answered.

One line an address and method, one column a role. A role of a prison is tried at the one that holds the sample people,
any other where it is usual (its demonstration account's place), and each at another prison; a cell says one answer, or
both: «ok/404».
"""

from __future__ import annotations

import csv
import gc
import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.template.backends.django import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.safestring import mark_safe

from tests.pages.routes import Samples, sample

FILE = Path(__file__).parent / "matrix.csv"
HERE, OTHER = "EP-PIURA", "EP-TUMBES"
METHODS = ("GET", "POST")
FACILITY = "facility"
OWN = "/cuenta/"
API = "api"
NOBODY, NO_ROLE = "nobody", "no_role"
NO_SAMPLE = "no sample"
# Parameters of addresses that are not ours (sign-in by an institution's directory).
OF_OTHERS = {"provider_id": "ninguno"}
KEYS = {
    "key_all": ("view_territory", "view_people", "edit_people"),
    "key_people": ("view_people",),
    "key_territory": ("view_territory",),
}
# Bodies that pass the first reading of an operation, so that what answers is the permission and the place.
CASE = {"court": "Juzgado", "case_number": "00012-2026", "reason": "Oficio 12"}
MANDATE = {"facility": HERE, "admitted_on": "2020-01-01", "mandate": "Resolución 4"}
BODIES: dict[str, Any] = {
    "/people": {**MANDATE, "identity": {"first_surname": "Quispe"}},
    "/people/{code}/admissions": MANDATE,
    "/people/{code}/identity": {"changes": {"sex": "male"}, "reason": "Oficio 12"},
    "/people/{code}/main-offence": {"offence": {"code": "CP-189"}, "reason": "Oficio 12"},
    "/people/{code}/legal-status": {"status": "sentenced", "on": "2026-11-01", "reason": "Oficio 12"},
    "/people/{code}/movements": {"kind": "return", "on": "2026-11-22", "reason": "Oficio 12"},
    "/people/{code}/mandates": {**CASE, "received_on": "2026-11-22"},
    "/people/{code}/sentences": {**CASE, "issued_on": "2026-11-22"},
}
# Who is refused at their own prison holds no permission that another would give: it is not asked twice.
SAME_ELSEWHERE = {"403", "405", "401", "sign-in", NO_SAMPLE}


@dataclass(frozen=True)
class Call:
    """An address with a method; `shown` is how the file names it."""

    method: str
    view: str
    shown: str
    path: str
    body: Any = None
    guarded: bool = False

    def by(self, client: Client) -> HttpResponse:
        """The answer, with whatever it did taken back: in the database, and in the browser (a sign-out is one)."""
        kept = dict(client.cookies)
        with transaction.atomic():
            if self.view.startswith(f"{API}:"):
                headers = {"Idempotency-Key": "matriz-0001", "If-Match": '"v0"'}
                answer = client.generic(
                    self.method, self.path, _json(self.body), content_type="application/json", headers=headers
                )
            else:
                answer = client.generic(self.method, self.path, content_type="application/x-www-form-urlencoded")
            # Only what had an effect: SQLite reads its whole schema again after each thing taken back.
            transaction.set_rollback(self.method != "GET" and answer.status_code < 400)
        client.cookies.clear()
        client.cookies.update(kept)
        return answer


def calls(samples: Samples) -> list[Call]:
    """Everything that can be asked of the site, in the order of the file."""
    found = []
    for view, pattern, shown in routes():
        values = parameters(view, pattern, samples)
        path = reverse(view, kwargs=values) if values is not None else ""
        guarded = hasattr(pattern.callback, "permission")
        found += [Call(method, view, shown, path, guarded=guarded) for method in METHODS]
    return sorted([*found, *operations(samples)], key=lambda call: (call.shown, call.method))


def parameters(view: str, pattern: URLPattern, samples: Samples) -> dict[str, Any] | None:
    """What an address is opened with; None while tests/pages/routes.py has no sample of it."""
    known = OF_OTHERS | sample(view, samples)
    wanted = pattern.pattern.regex.groupindex
    return {name: known[name] for name in wanted} if set(wanted) <= set(known) else None


def pages(samples: Samples) -> Iterator[tuple[str, dict[str, Any], str]]:
    """View, parameters and address of every page that has its sample."""
    for view, pattern, _shown in routes():
        values = parameters(view, pattern, samples)
        if values is not None:
            yield view, values, reverse(view, kwargs=values)


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, space: str = "", before: str = "/"
) -> Iterator[tuple[str, URLPattern, str]]:
    """Name, pattern and written form of every address that answers pages; ValueError for one without a name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != API:
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from routes(pattern.url_patterns, inner, before + str(pattern.pattern))
            continue
        if not pattern.name:
            raise ValueError(f"An address without a name: {before}{pattern.pattern}")
        yield space + pattern.name, pattern, before + str(pattern.pattern)


def operations(samples: Samples) -> Iterator[Call]:
    """Every operation of the description of the API."""
    from creo.site.api import api

    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items():
        short = path.removeprefix("/api/v1")
        for method, operation in methods.items():
            view = f"{API}:{operation['operationId'].rpartition('_')[2]}"
            yield Call(method.upper(), view, path, path.replace("{code}", samples.person), BODIES.get(short))


@dataclass(frozen=True)
class Visitor:
    """Somebody who calls: a column of the file, at home or at another prison."""

    column: str
    client: Client
    elsewhere: bool = False


def visitors() -> list[Visitor]:
    """Nobody, somebody without a role, every role and every kind of key, in order, each made for this."""
    from creo.support.accounts.models import User
    from creo.support.accounts.permissions import ROLES, Permission
    from creo.support.api.tests.factories import make_key

    without = Client(raise_request_exception=False)
    without.force_login(User.objects.create_user("matriz.sin.rol", "Sin rol"))
    found = [Visitor(NOBODY, Client(raise_request_exception=False)), Visitor(NO_ROLE, without)]
    for role in ROLES:
        found += [Visitor(role, as_role(role)), Visitor(role, as_role(role, OTHER), True)]
    for column, permissions in KEYS.items():
        for elsewhere in (False, True):
            scope = ("facility", OTHER if elsewhere else HERE)
            text = make_key(*map(Permission, permissions), scope=scope)[1]
            client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {text}"})
            found.append(Visitor(column, client, elsewhere))
    return found


def as_role(role: str, facility: str = "") -> Client:
    """Somebody signed in with one role: at a prison; without one, where the samples are or the role is usual."""
    from creo.site.accounts import ACCOUNTS
    from creo.support.accounts.models import RoleGrant, User
    from creo.support.accounts.tests.factories import START

    usual = next(((one.scope_kind, one.scope_code) for one in ACCOUNTS if one.role == role), (FACILITY, HERE))
    kind, code = (FACILITY, facility or HERE) if facility or usual[0] == FACILITY else usual
    user = User.objects.create_user(f"matriz.{role}.{code or kind}", f"{role} {code or kind}")
    RoleGrant.objects.create(user=user, role=role, scope_kind=kind, scope_code=code, valid_from=START)
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def outcome(answer: HttpResponse) -> str:
    """The class of an answer. «sign-in» asks who is there, or for a factor; one's own account leads about itself."""
    status = answer.status_code
    if 300 <= status < 400:
        own = answer.wsgi_request.path.startswith(OWN)
        doors = (settings.LOGIN_URL, f"{OWN}confirmar/" if own else OWN)
        return "sign-in" if answer.get("Location", "").startswith(doors) else "leads"
    return "ok" if status < 300 else str(status)


def matrix(samples: Samples) -> list[list[str]]:
    """The lines of the file, its head first."""
    columns: dict[str, None] = {}
    answers: dict[tuple[str, str, str], list[str]] = {}
    everything = calls(samples)
    with bare_pages(), one_reading_each():
        for visitor in visitors():
            columns[visitor.column] = None
            for call in everything:
                cell = answers.setdefault((call.method, call.view, visitor.column), [])
                # A list has no place in its address: what it shows of another prison is asked in test_leaks.
                names_something = "<" in call.shown or "{" in call.shown
                if visitor.elsewhere and (cell[0] in SAME_ELSEWHERE or not names_something):
                    continue
                shown = answers.get(("GET", call.view, visitor.column), [""])
                if call.guarded and call.method == "POST" and shown == ["403"]:
                    cell.append("403")  # `page` refuses before it reads the method
                    continue
                cell.append(outcome(call.by(visitor.client)) if call.path else NO_SAMPLE)
    lines = [["method", "address", *columns]]
    for call in everything:
        cells = [answers[call.method, call.view, column] for column in columns]
        lines.append([call.method, call.shown, *("/".join(dict.fromkeys(cell)) for cell in cells)])
    return lines


@contextmanager
def just_proved() -> Iterator[None]:
    """Everybody proved a moment ago who they are: what a page answers after it asked again (support/signin)."""
    with (
        mock.patch("creo.support.pages.is_fresh", return_value=True),
        mock.patch("creo.support.signin.fresh.is_fresh", return_value=True),
    ):
        yield


@contextmanager
def bare_pages() -> Iterator[None]:
    """Pages and files are asked for and not drawn: who may open them is decided before."""
    blank: Callable[..., Any] = lambda *args, **kwargs: mark_safe("")  # noqa: E731
    logging.disable(logging.CRITICAL)
    try:
        with (
            mock.patch.object(Template, "render", blank),
            mock.patch("creo.support.exports.making.file_of", lambda *args, **kwargs: b""),
            just_proved(),
        ):
            yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def one_reading_each() -> Iterator[None]:
    """An account is read from the database once, with its roles, while nobody changes them. Nor is memory combed
    again and again for what the small nation still holds: it goes all at once at the end.
    """
    from creo.support.accounts.backends import WithGrants

    read, known = WithGrants.get_user, {}

    def get_user(self: WithGrants, user_id: int) -> Any:
        if user_id not in known:
            known[user_id] = read(self, user_id)
        again = copy(known[user_id])
        again.read_with = list(known[user_id].read_with)
        return again

    gc.collect()
    gc.freeze()
    try:
        with mock.patch.object(WithGrants, "get_user", get_user):
            yield
    finally:
        gc.unfreeze()


def as_text(lines: list[list[str]]) -> str:
    """The file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()


def _json(body: Any) -> bytes:
    return b"" if body is None else json.dumps(body).encode()
