"""Measurements are found in the repository, and missed in words elsewhere."""

from __future__ import annotations

import pytest

from creo.support.benches import bench_module
from creo.support.refusals import Refused


def test_a_measurement_is_a_module_of_the_repository() -> None:
    assert callable(bench_module("importing").run)


def test_without_the_repository_it_says_where_they_live() -> None:
    with pytest.raises(Refused, match="copia"):
        bench_module("no_hay")
