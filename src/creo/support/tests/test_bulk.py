"""Bulk rows arrive whole, typed, and under the same constraints as single ones."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from creo.support import bulk, clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.tests.factories import user
from creo.support.ledger.models import Entry

pytestmark = pytest.mark.django_db


def test_dates_times_and_json_come_back_as_they_went_in() -> None:
    at = clock.now()
    fields = ("at", "actor", "act", "subject_kind", "subject_code", "place", "reason", "after")
    rows = [(at, "a", "b", "c", str(n), "", "", {"ñ": [n, None]}) for n in range(3)]
    assert bulk.insert_rows(Entry, fields, rows) == 3
    found = Entry.objects.order_by("id")
    assert [entry.after for entry in found] == [{"ñ": [n, None]} for n in range(3)]
    assert found[0].at == at
    assert found[0].before is None


def test_constraints_hold_and_nothing_is_half_done() -> None:
    somebody = user()
    fields = ("user_id", "role", "scope_kind", "scope_code", "valid_from", "valid_to")
    good = (somebody.pk, "planner", "nation", "", date(2026, 1, 1), None)
    bad = (somebody.pk, "auditor", "nation", "EP", date(2026, 1, 1), None)
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert_rows(RoleGrant, fields, [good, bad])
    assert not RoleGrant.objects.exists()
    bulk.insert_rows(RoleGrant, fields, [good])
    assert RoleGrant.objects.get().valid_from == date(2026, 1, 1)


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(ValueError, match="inventado"):
        bulk.insert_rows(User, ("inventado",), [])


def test_explicit_keys_do_not_collide_with_the_next_ones() -> None:
    first = bulk.next_id(User)
    bulk.insert_rows(User, ("id", "password", "username", "name", "is_active"), [(first, "x", "ana", "Ana", True)])
    bulk.settle_sequence(User)
    assert user("berta").pk == first + 1
