"""The menu: what each role may open, and nothing else."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from creo.site.menu import GROUPS, context
from creo.support.accounts.permissions import ROLES
from creo.support.accounts.readers import NOBODY, Reader
from creo.support.accounts.tests.factories import reader_as, user

ITEMS = {item.code: item for group in GROUPS for item in group.items}


def menu_of(reader: Reader, path: str = "/") -> dict[str, object]:
    """The menu's context on a page."""
    request = RequestFactory().get(path)
    request.reader = reader  # type: ignore[attr-defined]
    request.resolver_match = None
    return context(request)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_what_it_may_open_and_nothing_else(role: str) -> None:
    reader = reader_as(role)
    shown = {item["label"] for group in menu_of(reader)["menu"] for item in group["items"]}  # type: ignore[attr-defined]
    allowed = {item.label for item in ITEMS.values() if item.permission is None or reader.can(item.permission)}
    assert shown == allowed


@pytest.mark.parametrize("role", ROLES)
def test_the_phone_bar_has_the_four_things_of_the_role(role: str) -> None:
    assert len(ROLES[role].bottom) == 4
    assert len(menu_of(reader_as(role))["bottom_menu"]) == 4  # type: ignore[arg-type]


def test_nobody_gets_no_menu() -> None:
    assert menu_of(NOBODY) == {"sign_in_url": "/entrar/"}


@pytest.mark.parametrize(
    ("path", "label"), [("/", "Hoy"), ("/programa/metas/", "Metas"), ("/focalizacion/7/", "Focalización")]
)
def test_one_place_is_marked_as_the_present_one(path: str, label: str) -> None:
    menu = menu_of(reader_as("technical_lead"), path)["menu"]
    marked = [item["label"] for group in menu for item in group["items"] if item["active"]]  # type: ignore[attr-defined]
    assert marked == [label]


@pytest.mark.django_db
def test_a_private_page_is_never_kept_by_the_browser() -> None:
    client = Client()
    client.force_login(user("ana", role="planner"))
    answer = client.get("/")
    assert answer["Cache-Control"] == "no-store"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer() -> None:
    user("ana", role="planner")
    texts = []
    for name in ("ana", "nadie"):
        answer = Client().post("/entrar/", {"username": name, "password": "no-es-esta"})
        assert answer.status_code == 422
        texts.append("no coinciden" in answer.content.decode())
    assert texts == [True, True]
