"""docs/security.md stays true: every line has its proof or its reason, every proof exists, no proof is left out."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "security.md"
PROMISES = [f"R{number}" for number in range(1, 20)] + [f"S{number}" for number in range(1, 27)]
REASONS = ("Not yet:", "Not a test:")
# Code that answers calls; the command line and the worker start processes of their own.
STARTS_PROCESSES = {"site/running.py"}


def rows() -> list[tuple[str, str]]:
    """Item and proof of every line."""
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("| ") and not line.startswith("| item")
    ]
    return [(cell[0], cell[-1].rstrip("| ")) for cell in cells]


def named(proof: str) -> list[tuple[Path, str]]:
    """Files and tests that a proof names."""
    texts = re.findall(r"`((?:src|tests|benchmarks|docs)[^`]*|requirements\.txt)`", proof)
    return [(ROOT / text.partition("::")[0], text.partition("::")[2]) for text in texts]


def test_every_promise_has_its_line() -> None:
    items = [item for item, _proof in rows()]
    assert [promise for promise in PROMISES if promise not in items] == []
    assert len(items) == len(set(items))


@pytest.mark.parametrize(("item", "proof"), rows(), ids=[item for item, _proof in rows()])
def test_every_line_names_a_test_that_exists_or_a_reason(item: str, proof: str) -> None:
    found = named(proof)
    assert found or any(reason in proof for reason in REASONS), item
    for path, test in found:
        assert path.exists(), path
        if path.is_dir() and path.name == "tests":
            assert list(path.glob("test_*.py")), path
        if test:
            assert re.search(rf"^ *def {test}\(", path.read_text(), re.M), test


def test_every_test_that_carries_an_id_is_behind_its_line() -> None:
    """A test of tests/security or tests/access proves what its name says: its file stands beside that item."""
    promised = {item: {str(path.relative_to(ROOT)) for path, _test in named(proof)} for item, proof in rows()}
    lost = []
    for path in sorted([*(ROOT / "tests/security").glob("test_*.py"), *(ROOT / "tests/access").glob("test_*.py")]):
        for item in set(re.findall(r"def test_([RS]\d+)_", path.read_text())):
            if str(path.relative_to(ROOT)) not in promised.get(item, set()):
                lost.append((item, path.name))
    assert lost == []


def test_v5_0_0_1_2_5_no_request_code_starts_a_process() -> None:
    found = []
    for path in sorted((ROOT / "src" / "creo").rglob("*.py")):
        short = str(path.relative_to(ROOT / "src" / "creo"))
        if "tests" in path.parts or short in STARTS_PROCESSES:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if {"subprocess", "pickle", "marshal", "shelve"} & set(names) or called in ("eval", "exec", "os.system"):
                found.append((short, getattr(node, "lineno", 0), called or names))
    assert found == []
