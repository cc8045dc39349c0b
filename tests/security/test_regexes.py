"""v5.0.0-1.3.12: no regular expression of the product explodes: each against growing worst cases, under 50 ms."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "creo"
FUNCTIONS = {"compile", "fullmatch", "search", "match", "sub", "subn", "findall", "finditer", "split"}
CALLERS = {"re", "regex"}
NAMED = {"pattern", "regex"}
# Longer than any text a form, a cell or a call of the API takes for one field.
LONGEST = 4_000
LIMIT = 0.050
COMMON = ("a", "A", "1", " ", "-", "_", ".", ",", "'", "\n", "ñ", "!", "/")


def written() -> Iterator[tuple[str, str, bool]]:
    """Every regular expression of the product with its place, and whether it looks anywhere in a text or only whole.

    A pattern made at run time shows its constant parts.
    """
    for path in sorted(SOURCE.rglob("*.py")):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        source = path.read_text()
        tree = ast.parse(source)
        names = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name) and isinstance(node.value.value, str)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for given in _patterns(node):
                    text = _text(given, names)
                    if text:
                        yield f"{path.relative_to(SOURCE)}:{given.lineno}", text, _anywhere(node, source)


def _anywhere(call: ast.Call, source: str) -> bool:
    """True unless the text is only matched whole or from its beginning."""
    used = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if used != "compile":
        return used not in ("fullmatch", "match") and not call.keywords
    names = re.findall(r"(\w+) = re\.compile\(", source.splitlines()[call.lineno - 1])
    ways = {way for each in names for way in re.findall(rf"\b{each}\.(\w+)\(", source)}
    return not ways or bool(ways - {"fullmatch", "match"})


def _patterns(call: ast.Call) -> Iterator[ast.expr]:
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        if function.value.id in CALLERS and function.attr in FUNCTIONS and call.args:
            yield call.args[0]
    elif isinstance(function, ast.Name) and function.id in ("RegexValidator", "RegexField") and call.args:
        yield call.args[0]
    yield from (each.value for each in call.keywords if each.arg in NAMED)


def _text(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.JoinedStr):
        return "".join(
            each.value if isinstance(each, ast.Constant) else "x"  # what is put in at run time
            for each in node.values
        )
    return ""


ALL = sorted(set(written()))


def worst(pattern: str) -> Iterator[str]:
    """Texts that make a pattern try again and again: its own letters and the common ones, repeated, and then a stop."""
    letters = list(dict.fromkeys([*COMMON, *re.findall(r"[A-Za-z0-9:;{}<>=+]", pattern)]))[:24]
    for length in (LONGEST // 8, LONGEST):
        for letter in letters:
            for stop in ("\x00", "a", "1", ""):
                yield letter * length + stop
            yield "a" + letter * length + "a"
        for first, second in pairwise(letters):
            yield (first + second) * (length // 2) + "\x00"


def test_v5_0_0_1_3_12_they_are_collected() -> None:
    assert len(ALL) > 50
    assert "support/api/secrets.py" in {place.partition(":")[0] for place, _pattern, _anywhere in ALL}


@pytest.mark.parametrize(("place", "pattern", "anywhere"), ALL, ids=[each[0] for each in ALL])
def test_v5_0_0_1_3_12_none_explodes(place: str, pattern: str, anywhere: bool) -> None:
    tried = re.compile(pattern)
    for text in worst(pattern):
        for way in (tried.search if anywhere else tried.match, tried.fullmatch):
            # The best of two: another process on the machine is no fault of the expression.
            spent = LIMIT
            for _try in range(3):
                began = time.process_time()
                way(text)
                spent = min(spent, time.process_time() - began)
                if spent < LIMIT:
                    break
            assert spent < LIMIT, (place, pattern, text[:2], len(text))
