"""Every test of looking runs on one frozen day, over made-up files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from creo.support.looking.tests import factories as make


@pytest.fixture(autouse=True)
def _frozen(settings: object) -> Iterator[None]:
    make.wire(settings)
    with time_machine.travel(make.NOW, tick=False):
        yield
