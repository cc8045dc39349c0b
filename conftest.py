"""What every test shares: frozen days, readers, and the browser when Debian's Chromium is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import hypothesis
import pytest
from django.utils import translation
from hypothesis import HealthCheck

from creo.support.ledger.tests import flushing

# Playwright's synchronous interface runs inside an event loop; Django's guard would refuse the test's own queries.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# The same examples every time: what they find is mended once, not met by chance in somebody else's change.
hypothesis.settings.register_profile(
    "creo", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
hypothesis.settings.load_profile("creo")
flushing.allow()

CHROMIUM = shutil.which("chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests say plainly why they are left out on a machine without Chromium."""
    if CHROMIUM is None:
        for item in items:
            if "browser" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="no hay Chromium de Debian (apt-get install chromium)"))


@pytest.fixture(autouse=True)
def _private_data_dir(settings: object, tmp_path: object) -> Iterator[None]:
    """Files that a test makes never meet those of another, nor a person's data folder."""
    settings.CREO_DATA_DIR = tmp_path  # type: ignore[attr-defined]
    yield


@pytest.fixture(autouse=True)
def _in_spanish() -> Iterator[None]:
    """A page asked for in English leaves its thread in English; no test inherits it."""
    translation.activate("es")
    yield
    translation.activate("es")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium, silent on the network."""
    quiet = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu", "--disable-quic", *quiet]}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    """A Peruvian desktop of one size, so that pictures compare."""
    return {"locale": "es-PE", "timezone_id": "America/Lima", "viewport": {"width": 1280, "height": 900}}
