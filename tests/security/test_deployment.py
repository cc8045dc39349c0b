"""v5.0.0-13.2.3: what an operator may set is in docs/deployment.md, all of it and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from creo.site.settings import PREFIX, Environment

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "deployment.md"
# Asked for by the suite itself, never by an installation.
OF_THE_SUITE = {"CREO_TEST_POSTGRES"}


def told() -> dict[str, str]:
    """Each variable of the table with what happens when it is empty."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.+?) \| .+ \|$", DOCUMENT.read_text(), re.M)
    assert len(rows) == len(dict(rows))
    return dict(rows)


def read_by_code() -> set[str]:
    """Every variable that settings, tools and any module read from the environment."""
    found = {PREFIX + name.upper() for name in Environment.model_fields if name != "database_url"} | {"DATABASE_URL"}
    shell = [ROOT / "Makefile", *sorted((ROOT / "tools").glob("*.sh"))]
    for path in shell:
        found |= set(re.findall(r"\$\{?(CREO_[A-Z_]+)", path.read_text()))
    for path in sorted((ROOT / "src").rglob("*.py")):
        found |= set(re.findall(r"""(?:environ(?:\.get)?|getenv)[\[(]\s*["'](CREO_[A-Z_]+)""", path.read_text()))
    return found - OF_THE_SUITE


def test_v5_0_0_13_2_3_every_variable_that_is_read_is_told_and_no_other() -> None:
    assert set(told()) == read_by_code()
    assert len(told()) > 15


def test_v5_0_0_13_2_3_what_production_demands_is_marked() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|.+\*\*obligatory in production", DOCUMENT.read_text(), re.M)
    assert set(rows) == {"CREO_SECRET_KEY", "CREO_KEYS", "DATABASE_URL"}


def test_v5_0_0_13_2_3_what_stands_in_the_table_is_what_the_settings_do() -> None:
    table = told()
    for name, field in Environment.model_fields.items():
        if isinstance(field.default, int) and not isinstance(field.default, bool):
            assert table[PREFIX + name.upper()] == f"`{field.default}`", name
    assert table["CREO_MODE"] == f"`{Environment.model_fields['mode'].default}`"
    assert table["CREO_DATA_DIR"] == f"`{Environment.model_fields['data_dir'].default}`"


def test_every_file_that_the_document_names_exists() -> None:
    named = re.findall(r"`((?:src|tests|tools|docs)/[^`]+)`", DOCUMENT.read_text())
    assert named and [path for path in named if not (ROOT / path).exists()] == []
