"""Tests of imports keep their files in a folder of their own and know one kind: staff."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from creo.support.imports.tests import factories


@pytest.fixture(autouse=True)
def _own_folder_and_kinds(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CREO_DATA_DIR = tmp_path / "data"
    settings.CREO_IMPORT_KINDS = "creo.support.imports.tests.factories.KINDS"
    monkeypatch.setattr(factories.STAFF, "fail_after", None)
