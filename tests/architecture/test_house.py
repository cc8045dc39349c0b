"""The house keeps its own rules: sizes, directions that imports cannot show, locks without addresses, guarded pages."""

from __future__ import annotations

import ast
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "creo"
MAX_FILE, MAX_FUNCTION = 500, 60
SLICES = ("programme", "territory", "register", "targeting", "overview")
# Pages without sign-in: each with its reason.
OPEN_ROUTES = {
    "entrar/": "the sign-in page itself",
    "salir/": "signing out is for everybody",
    "idioma/setlang/": "the language of the sign-in page",
    "salud/": "the server's health, no data",
    "estilo/": "the design system, made-up data only",
    "entrar/segundo-factor/": "the second step of signing in",
    "entrar/llave/": "signing in with a passkey",
    "entrar/sin-directorio/": "what an institution's directory answers when it opens nothing",
    "entrar/oidc/<slug:provider_id>/login/": "signing in at an institution's directory",
    "entrar/oidc/<slug:provider_id>/login/callback/": "coming back from it",
    "politica/informes/": "where browsers report a breach of the policy",
}
# Behind a key instead of a session: tests/api/test_operations.py calls every operation without one.
BEHIND_A_KEY = "api/v1/"


def python_files() -> list[Path]:
    return [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def test_no_file_is_over_the_limit() -> None:
    long = {str(p.relative_to(ROOT)): n for p in python_files() if (n := len(p.read_text().splitlines())) > MAX_FILE}
    assert long == {}


def test_no_function_is_over_the_limit() -> None:
    long = []
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > MAX_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({length})")
    assert long == []


def test_public_functions_of_rules_queries_and_commands_say_what_they_promise() -> None:
    silent = []
    for path in python_files():
        if "tests" in path.parts or not {"kernel", "rules", "queries", "commands", "engine"} & {*path.parts, path.stem}:
            continue
        for node in ast.parse(path.read_text()).body:
            is_public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if is_public and ast.get_docstring(node) is None:
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert silent == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-bench.txt", "tools/uv.txt"])
def test_lock_files_are_hashed_and_hold_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.search(r"://|--index|--find-links", text) is None
    pinned = re.findall(r"^[A-Za-z0-9_.-]+==", text, re.MULTILINE)
    assert pinned
    assert text.count("--hash=sha256:") >= len(pinned)


def test_every_dependency_says_why_it_is_there() -> None:
    block = (ROOT / "pyproject.toml").read_text().split("dependencies = [", 1)[1].split("[project.scripts]")[0]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert lines and [line for line in lines if "#" not in line] == []


def test_a_form_with_an_act_behind_it_is_answered_in_one_place() -> None:
    # Besides: the page of a refusal without a form, the sign-in, and a search form that does not read.
    known = {
        "support/asking.py",
        "support/pages.py",
        "support/signin/pages/entry.py",
        "programme/pages/versions.py",
    }
    again = re.compile(r"status\s*=\s*422|\badd_refusal\(|\badd_error\(None")
    found = {
        str(path.relative_to(SOURCE))
        for path in python_files()
        if "tests" not in path.parts and again.search(path.read_text())
    }
    assert found == known


def test_templates_include_only_their_own_chapter_or_the_support() -> None:
    foreign = []
    for path in SOURCE.rglob("templates/**/*.html"):
        own = path.relative_to(SOURCE).parts[0]
        for name in re.findall(r"{%\s*(?:extends|include)\s+\"([a-z_]+)/", path.read_text()):
            if own not in ("support", name) and name not in ("ui", "jobs", "imports", own):
                foreign.append(f"{path.relative_to(ROOT)} -> {name}")
    assert foreign == []


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"|javascript:", re.IGNORECASE)
    found = [str(p.relative_to(ROOT)) for p in SOURCE.rglob("templates/**/*.html") if inline.search(p.read_text())]
    assert found == []


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[tuple[str, object]]:
    """Every address of the site with the function that answers it."""
    found: list[tuple[str, object]] = []
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern.url_patterns, address)
        else:
            found.append((address, pattern.callback))
    return found


def test_every_route_is_guarded_or_open_for_a_stated_reason() -> None:
    unguarded = [
        address
        for address, view in routes(get_resolver().url_patterns)
        if not hasattr(view, "permission") and address not in OPEN_ROUTES and not address.startswith(BEHIND_A_KEY)
    ]
    assert unguarded == []


def test_the_wiring_names_functions_that_exist() -> None:
    from creo.site import wiring

    reactions = [path for paths in wiring.REACTIONS.values() for path in paths]
    wired = [*wiring.JOBS.values(), *wiring.IMPORT_KINDS.values(), *reactions, *wiring.MERGES, *wiring.QUALITY]
    for path in [*wired, wiring.QUALITY_PLACES]:
        module, name = path.rsplit(".", 1)
        assert hasattr(import_module(module), name), path
    for name in wiring.DEMOS:
        assert callable(import_module(name).load)
    assert set(wiring.JOB_LINKS) == set(wiring.JOBS)
    assert {kind for kind, _hour, _title in wiring.SCHEDULE} <= set(wiring.JOBS)


@pytest.mark.parametrize("name", SLICES)
def test_every_chapter_tells_its_story_on_one_page(name: str) -> None:
    text = (SOURCE / name / "README.md").read_text()
    assert 300 < len(text) < 9_000


def test_no_table_lets_a_later_chapter_look_back_through_it() -> None:
    from django.apps import apps

    leaks = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("creo.")
        for field in model._meta.local_fields
        if field.is_relation
        and field.related_model._meta.app_label != model._meta.app_label
        and not field.remote_field.hidden
    ]
    assert leaks == []


def test_the_private_person_of_the_source_is_nowhere_in_the_project() -> None:
    seeds = sorted((ROOT.parent / "shared" / "seed").glob("*.txt"))
    if not seeds:
        pytest.skip("el documento fuente no está en esta máquina")
    name = seeds[0].read_text().splitlines()[19].strip()
    assert len(name.split()) >= 2
    tracked = subprocess.run(["git", "grep", "-liF", name], cwd=ROOT, capture_output=True, text=True, check=False)
    assert tracked.stdout == ""
