"""The API keeps its own contract: calls drawn from its description find no fault of ours, no undeclared answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error

from creo.register.tests import factories as register
from creo.site.api import described
from creo.site.wsgi import application
from creo.support.api.tests.factories import make_key

schema = schemathesis.openapi.from_dict(described())
schema.app = application


@pytest.fixture
def headers(db: None) -> Iterator[dict[str, str]]:
    """A national key in force, over a register with the cast."""
    with time_machine.travel("2026-11-23 15:00:00Z", tick=False):
        register.cast()
        # Django's own test client does the same: the test's transaction must outlive each call.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            yield {"Authorization": f"Bearer {make_key()[1]}"}
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None, derandomize=True)
def test_no_call_finds_a_fault_or_an_answer_outside_the_description(case: Case, headers: dict[str, str]) -> None:
    response = case.call(headers=headers)
    # Some calls are drawn with the key left out or spoilt on purpose; ours must be let in.
    assert (response.status_code == 401) == (response.request.headers.get("Authorization") != headers["Authorization"])
    case.validate_response(response, checks=[not_a_server_error, *DECLARED])


def _declared() -> list[object]:
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    return [status_code_conformance, content_type_conformance, response_schema_conformance]


DECLARED = _declared()
