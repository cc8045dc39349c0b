"""Limits and days of the register's checks, from `limits.toml`."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

from creo.kernel.citations import Citation
from creo.kernel.periods import Period
from creo.support.quality.rules import LimitKind, Limits


@functools.cache
def _content() -> Mapping[str, Any]:
    text = (resources.files("creo.register.quality") / "limits.toml").read_text("utf-8")
    content = tomllib.loads(text)
    for item in content["days"]:
        if not item.get("source"):
            raise ValueError(f"El plazo [{item['name']}] no dice su fuente.")
    return content


def limits(code: str) -> Limits:
    """The default limits of a check. KeyError for one without them."""
    item = _content()["limits"][code]
    return Limits(LimitKind(item["kind"]), Decimal(item["soft"]), Decimal(item["hard"]))


def limited() -> frozenset[str]:
    """Codes that have default limits."""
    return frozenset(_content()["limits"])


@functools.lru_cache(maxsize=2**16)
def days(name: str, on: date) -> int:
    """The number in force on a day. LookupError when none is."""
    return int(_in_force(name, on)["value"])


def source(name: str, on: date) -> Citation:
    """Where that number comes from."""
    item = _in_force(name, on)
    return Citation(item["source"], item.get("locator", ""), note=item.get("note", ""))


def _in_force(name: str, on: date) -> Mapping[str, Any]:
    for item in _content()["days"]:
        if item["name"] == name and Period(item["valid_from"], item.get("valid_to")).contains(on):
            found: Mapping[str, Any] = item
            return found
    raise LookupError(f"Ningún valor de [{name}] rige el [{on}].")
