"""The small nation, with the files that it keeps, and the parameters of its pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.access.walk import just_proved
from tests.conftest import Nation
from tests.pages.routes import Samples


@pytest.fixture(autouse=True)
def _private_data_dir(nation: Nation) -> None:
    """In place of a folder a test: what the nation's samples uploaded lies in the nation's own."""


@pytest.fixture(autouse=True)
def _just_proved() -> Iterator[None]:
    """Pages that ask again who is there answer what they answer after it."""
    with just_proved():
        yield


@pytest.fixture(scope="module")
def samples(nation: Nation) -> Samples:
    """Parameters of pages, out of the small nation."""
    from tests.pages.samples import find

    return find()
