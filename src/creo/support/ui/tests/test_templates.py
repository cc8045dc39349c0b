"""Every template of the repository: strict CSP, icons that exist, and our English catalogue complete."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import creo
from creo.support.ui import icons

SOURCE = Path(creo.__file__).parent
UI = SOURCE / "support" / "ui"


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.glob("**/templates/**/*.html")):
        yield str(path.relative_to(SOURCE)), path.read_text(encoding="utf-8")


def test_there_are_templates_to_look_at() -> None:
    assert len(list(templates())) > 25


def test_no_template_holds_a_style_attribute_or_element() -> None:
    assert [name for name, text in templates() if re.search(r"\sstyle\s*=|<style[\s>]", text, re.IGNORECASE)] == []


def test_no_template_holds_an_inline_script_or_handler() -> None:
    handler = re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']|javascript:|hx-on|<script(?![^>]*\ssrc=)", re.IGNORECASE)
    assert [name for name, text in templates() if handler.search(text)] == []


def test_no_template_asks_another_host() -> None:
    found = re.compile(r"(?:src|href|action)\s*=\s*[\"']?(?:https?:)?//", re.IGNORECASE)
    assert [name for name, text in templates() if found.search(text)] == []


def test_every_icon_asked_for_exists() -> None:
    asked = {(name, icon) for name, text in templates() for icon in re.findall(r"{%\s*icon\s+[\"']([a-z-]+)", text)}
    asked |= {(name, icon) for name, text in templates() for icon in re.findall(r"\bicon=[\"']([a-z-]+)[\"']", text)}
    assert {pair for pair in asked if pair[1] not in icons.PATHS} == set()


def test_every_component_is_told_in_the_readme_and_the_readme_tells_no_other() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| `", (UI / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    inner = {"cell", "reasons", "tree_nodes"}
    files = {path.stem for path in (UI / "templates" / "ui" / "components").glob("*.html")} - inner
    assert files - set(rows) == set()


def own_texts() -> set[str]:
    """Every Spanish text of the look, from its templates and its Python."""
    found: set[str] = set()
    for path in (UI / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"{%\s*translate\s+\"([^\"]*)\"", text))
        found |= set(re.findall(r"{%\s*translate\s+'([^']*)'", text))
        found |= set(re.findall(r"\b_\(\"([^\"]*)\"\)", text))
        for block in re.findall(r"{%\s*blocktranslate[^%]*%}(.*?){%\s*endblocktranslate", text, re.DOTALL):
            found.add(re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", block))
    for name in ("samples.py", "sample_figures.py", "templatetags/ui.py"):
        for node in ast.walk(ast.parse((UI / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "__", "ngettext", "pgettext"}:
                texts = [item.value for item in node.args if isinstance(item, ast.Constant)]
                found.add(str(texts[1 if node.func.id == "pgettext" else 0]))  # type: ignore[attr-defined]
    return found


def test_every_text_of_the_look_has_its_english() -> None:
    from babel.messages.pofile import read_po

    translated = set()
    for path in SOURCE.glob("**/locale/en/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            catalogue = read_po(file, locale="en")
        for message in catalogue:
            texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
            if message.id and all(texts):
                translated.add(message.id[0] if isinstance(message.id, tuple | list) else message.id)
    wanted = own_texts()
    assert len(wanted) > 150
    assert wanted - translated == set()
