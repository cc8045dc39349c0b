"""The pages are opened over the small nation, with the files that it keeps."""

from __future__ import annotations

import pytest

from tests.conftest import Nation


@pytest.fixture(autouse=True)
def _private_data_dir(nation: Nation) -> None:
    """In place of a folder a test: what the nation's samples uploaded lies in the nation's own."""
