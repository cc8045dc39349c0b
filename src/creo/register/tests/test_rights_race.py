"""Two officials file requests at the same moment: each gets its own number, and none is skipped."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connections

from creo.register.models import RightsRequest
from creo.register.tests.factories_files import ask, somebody

pytestmark = pytest.mark.django_db(transaction=True)

if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):  # races do not show on SQLite: one writer at a time

    def test_numbers_of_requests_filed_at_once_have_neither_gap_nor_repetition() -> None:
        codes = [somebody(number) for number in range(1, 5)]
        start = threading.Barrier(len(codes))

        def file(code: str) -> list[str]:
            try:
                start.wait()
                return [ask(code) for _time in range(5)]
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(codes)) as pool:
            found = [number for numbers in pool.map(file, codes) for number in numbers]
        assert sorted(found) == [f"2026-{number:04d}" for number in range(1, 21)]
        assert RightsRequest.objects.count() == 20
