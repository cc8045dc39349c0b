"""The small nation and its samples, as tests/pages has them."""

from __future__ import annotations

import pytest

from tests.conftest import Nation
from tests.pages.routes import Samples


@pytest.fixture(scope="module")
def samples(nation: Nation) -> Samples:
    """Parameters of pages, out of the small nation."""
    from tests.pages.samples import find

    return find()
