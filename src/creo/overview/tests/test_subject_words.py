"""Whatever an act is about has words for whoever reads the record: no chapter's own code is shown to people."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import creo
from creo.overview.pages.acts import SUBJECT_WORDS, subject_words

ROOT = Path(creo.__file__).parent


def recorded_kinds() -> set[str]:
    """The kind of every subject that a command writes: in place, by a constant, or by a function of its module."""
    found: set[str] = set()
    for path in sorted(ROOT.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            found |= set(_kinds(ast.parse(path.read_text("utf-8"))))
    return found


def _kinds(module: ast.Module) -> Iterator[str]:
    constants = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.keyword) and node.arg == "subject":
            yield from _first(node.value, constants)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "subject":
                    yield from _first(value, constants)
        elif isinstance(node, ast.FunctionDef) and "subject" in node.name:
            for each in ast.walk(node):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield from _first(each.value, constants)


def _first(value: ast.expr, constants: dict[str, ast.expr]) -> Iterator[str]:
    """The kind of a pair written in place; a name is looked up among the module's constants."""
    if isinstance(value, ast.Name) and value.id in constants:
        value = constants[value.id]
    if not isinstance(value, ast.Tuple) or len(value.elts) != 2:
        return
    kind = value.elts[0]
    if isinstance(kind, ast.Name) and kind.id in constants:
        kind = constants[kind.id]
    if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
        yield kind.value


def test_every_kind_of_subject_that_is_recorded_has_words_and_no_other() -> None:
    found = recorded_kinds()
    assert {"person", "account", "file", "canary", "ledger", "offence", "proposal", "access_review"} <= found
    assert found == set(SUBJECT_WORDS)


def test_a_kind_is_shown_in_words() -> None:
    assert [subject_words(kind) for kind in ("file", "account", "canary")] == ["Ficha", "Cuenta", "Ficha de control"]
    assert subject_words("de-otra-casa") == "de-otra-casa"
