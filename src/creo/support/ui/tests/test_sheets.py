"""The style sheet and the script: contrast, weight, equal dark blocks, nothing the CSP would refuse."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from creo.support.ui import tokens
from creo.support.ui.finders import FILES, packaged, vendor_file

STATIC = Path(tokens.__file__).parent / "static" / "ui"
FIRST_LOAD = ("vendor/bootstrap.min.css", "vendor/htmx.min.js", "ui/creo.css", "ui/theme.js", "ui/creo.js")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_colours_in_use_meets_aa(theme: str) -> None:
    poor = [f"{c.front} / {c.back}: {c.ratio:.2f} < {c.least}" for c in tokens.contrasts(theme) if not c.enough]
    assert poor == []


def test_the_ratio_is_the_one_of_wcag() -> None:
    assert tokens.ratio("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_the_look_is_the_agreed_one() -> None:
    light = tokens.palette("light")
    agreed = {
        "ink": "#16211f", "ink-2": "#4b5a57", "ground": "#f4f6f5", "paper": "#ffffff", "line": "#d8dfdd",
        "brand": "#0b5d57", "brand-2": "#e3f0ee", "yes": "#17663a", "yes-2": "#e4f3ea", "no": "#9b1c1c",
        "no-2": "#fbe9e7", "unknown": "#7a4f00", "unknown-2": "#fdf1d6", "info": "#1d4f8c", "info-2": "#e5eef9",
    }  # fmt: skip
    assert {name: light[name] for name in agreed} == agreed


def test_the_chosen_and_the_system_dark_themes_are_the_same_and_complete() -> None:
    assert tokens.palette("dark") == tokens.palette("dark-system")
    assert set(tokens.palette("dark")) == set(tokens.palette("light"))


def test_every_colour_the_sheet_uses_is_a_token() -> None:
    sheet = (STATIC / "creo.css").read_text(encoding="utf-8")
    used = set(re.findall(r"var\(--c-([a-z0-9-]+)\)", sheet))
    assert used - set(tokens.palette("light")) == set()
    body = sheet[sheet.index("/* ---------- shell") : sheet.index("@media print")]
    assert re.findall(r"#[0-9a-fA-F]{3,6}\b", body) == []


def test_the_sheet_asks_for_no_image_and_no_other_file() -> None:
    assert re.findall(r"url\(|@import", (STATIC / "creo.css").read_text(encoding="utf-8")) == []


def test_the_script_writes_no_style_markup_nor_code() -> None:
    for name in ("creo.js", "theme.js"):
        script = (STATIC / name).read_text(encoding="utf-8")
        assert (
            re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function|cssText|\.style\b", script) == []
        )


def test_the_first_load_weighs_under_57_kilobytes_compressed_leaving_three_for_the_page() -> None:
    weights = {}
    for name in FIRST_LOAD:
        found = finders.find(name)
        assert isinstance(found, str), name
        weights[name] = len(gzip.compress(Path(found).read_bytes(), 9))
    assert sum(weights.values()) < 57 * 1024, weights


def test_only_the_listed_files_of_packages_are_published() -> None:
    assert finders.find("vendor/bootstrap.css") is None
    assert finders.find("vendor/../settings.py") is None
    for name in FILES:
        assert vendor_file(name).is_file()


def test_the_sheet_of_bootstrap_is_published_without_images_the_policy_refuses_nor_a_source_map() -> None:
    theirs = packaged("vendor/bootstrap.min.css").read_text(encoding="utf-8")
    assert theirs.count("data:image") > 20
    ours = vendor_file("vendor/bootstrap.min.css").read_text(encoding="utf-8")
    assert re.findall(r"data:|sourceMappingURL", ours) == []
    assert ours.count("{") == theirs.count("{")
    assert len(ours) > 0.9 * len(theirs)
