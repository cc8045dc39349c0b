"""S10: what an act seals or opens is not in its entry, whatever the command that forgot it passes on."""

from __future__ import annotations

from typing import Any

import pytest

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.accounts.tests.factories import reader
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Entry
from creo.support.secrets import cipher, hiding

pytestmark = pytest.mark.django_db
CANARY = "canario-amarillo-7731"
WHERE = "prueba.tabla.columna/1"
BY = reader(Permission.EDIT_PEOPLE)


@pytest.fixture(autouse=True)
def _own_ring(settings: Any, tmp_path: Any) -> None:
    settings.CREO_KEYS = tmp_path / "keys.json"


@ledger.command(permission=Permission.EDIT_PEOPLE)
def _told(*, by: Reader, **entry: Any) -> None:
    ledger.record(act="ledger.test", subject=("person", "P-1"), **entry)


@ledger.command(permission=Permission.EDIT_PEOPLE)
def _sealing(*, by: Reader, typed: str, told: Any) -> str:
    kept = cipher.seal(typed, WHERE)
    ledger.record(act="ledger.test", subject=("person", "P-1"), before=told, after={"of": [told, ("x", typed)]})
    return kept


@ledger.command(permission=Permission.EDIT_PEOPLE)
def _outer(*, by: Reader, typed: str) -> None:
    _sealing(by=by, typed=typed, told={})
    ledger.record(act="ledger.test", subject=("person", "P-1"), after={"later": typed})


def entry() -> Any:
    return Entry.objects.values_list("before", "after", "reason").latest("id")


def opened() -> str:
    return cipher.unseal(cipher.seal(CANARY, WHERE), WHERE)


def test_a_text_out_of_a_sealed_column_is_hidden_at_any_depth_and_as_a_reason() -> None:
    text = opened()
    told = {"what": text, "list": [1, text, {"in": text}], "free": "queda", "n": 7, "yes": True, "none": None}
    _told(by=BY, before=told, after={"pair": (text, "queda")}, reason=text)
    hidden = hiding.HIDDEN
    before = told | {"what": hidden, "list": [1, hidden, {"in": hidden}]}
    assert entry() == (before, {"pair": [hidden, "queda"]}, hidden)


def test_a_text_that_the_act_seals_is_hidden_though_it_was_typed_and_not_read() -> None:
    kept = _sealing(by=BY, typed=CANARY, told={"typed": f" {CANARY} ", "kind": "medical_report"})
    hidden = hiding.HIDDEN
    assert entry()[0] == {"typed": hidden, "kind": "medical_report"}
    assert CANARY not in str(Entry.objects.values_list("before", "after", "reason"))
    assert cipher.unseal(kept, WHERE) == CANARY


def test_the_outer_act_does_not_tell_what_an_inner_one_sealed_and_the_next_act_forgets_it() -> None:
    _outer(by=BY, typed=CANARY)
    assert entry()[1] == {"later": hiding.HIDDEN}
    _told(by=BY, after={"word": CANARY})
    assert entry()[1] == {"word": CANARY}


def test_nothing_else_changes() -> None:
    told = {"empty": "", "short": "ab", "text": "canario", "deep": {"a": [1.5, None, False]}}
    _sealing(by=BY, typed="ab", told=told)
    assert entry()[0] == told
    _told(by=BY, reason="Motivo")
    assert entry() == (None, None, "Motivo")
