"""`python -m tests.access.write`: writes matrix.csv anew. Read what changed before it goes in."""

from __future__ import annotations

import sys

import pytest

from tests.access.walk import FILE, as_text, matrix
from tests.conftest import Nation
from tests.pages.routes import Samples


@pytest.mark.django_db
def test_write(nation: Nation, samples: Samples) -> None:
    """Not collected by the suite: asked for by name below."""
    FILE.write_text(as_text(matrix(samples)))


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-n0", *sys.argv[1:]]))
