"""The English of CREO: complete, faithful to the Spanish, in step with the code, and on the page when asked for."""

from __future__ import annotations

import ast
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import cache, reduce
from html import unescape
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client

from creo.register.rules import confirmation_gaps
from creo.site.translations import compile_catalogues

SOURCE = Path(__file__).resolve().parents[1] / "src" / "creo"
CATALOGUE = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
# What a translation may neither lose nor gain: values put in by the code, and marks of the page.
HOLES = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?\w[^>]*>")
# A person is never called by these (house rule; the printed words of the source are data, not messages).
FORBIDDEN = re.compile(r"\b(reos?|delincuentes?|intern[oa]s?|reclus[oa]s?|pres[oa]s?)\b", re.IGNORECASE)
KNOWN_TO_XGETTEXT = ("_", "gettext", "gettext_lazy", "gettext_noop")
Key = tuple[str | None, str, str]


def key(message: Message) -> Key:
    """Context, singular and plural (empty when there is none)."""
    ids = message.id if isinstance(message.id, tuple | list) else (message.id, "")
    return message.context, ids[0], ids[1]


@cache
def catalogue() -> dict[Key, Message]:
    """Every message of the English catalogue."""
    with CATALOGUE.open("rb") as file:
        return {key(message): message for message in read_po(file, locale="en", abort_invalid=True) if message.id}


def pairs() -> Iterable[tuple[str, str]]:
    """Each Spanish text with its English one, the forms of a plural apart."""
    for (_context, one, many), message in catalogue().items():
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        yield from zip((one, many) if many else (one,), texts, strict=True)


def python_files() -> Iterable[Path]:
    """The code whose texts a person sees."""
    return (path for path in SOURCE.rglob("*.py") if not {"tests", "locale"} & {*path.relative_to(SOURCE).parts})


def test_every_message_has_its_english() -> None:
    assert len(catalogue()) > 1000
    assert [spanish for spanish, english in pairs() if not english.strip()] == []


def test_no_message_is_a_guess_or_a_left_over() -> None:
    assert [message.id for message in catalogue().values() if message.fuzzy] == []
    text = CATALOGUE.read_text(encoding="utf-8")
    assert re.findall(r"^#~.*|^#, .*fuzzy.*", text, re.MULTILINE) == []


def test_the_header_is_that_of_english_and_names_no_machine() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert '"Language: en\\n"' in text
    assert '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"' in text
    assert re.findall(r"^#:.*|.*/(?:home|root|tmp|work)/.*", text, re.MULTILINE) == []


def test_a_translation_keeps_every_value_and_mark() -> None:
    changed = [
        (spanish, english)
        for spanish, english in pairs()
        if Counter(HOLES.findall(spanish)) != Counter(HOLES.findall(english))
    ]
    assert changed == []


def test_a_translation_keeps_the_edges_of_its_text() -> None:
    """Spaces at the ends join sentences in the code; a full stop, a colon or an ellipsis is part of the message."""

    def edges(text: str) -> tuple[bool, bool, str]:
        end = text.rstrip()[-1:]
        return text[:1] == " ", text[-1:] == " ", end if end in ".:…?" else ""

    assert [(es, en) for es, en in pairs() if edges(es) != edges(en)] == []


def test_english_quotes_as_english_does() -> None:
    assert [english for _spanish, english in pairs() if re.search("[«»¿¡]", english)] == []


def test_no_person_is_called_by_a_word_the_house_forbids() -> None:
    assert [spanish for spanish, _english in pairs() if FORBIDDEN.search(spanish)] == []


# In step with the code.


@cache
def worded(name: str) -> tuple[type[Enum], ...]:
    """The closed lists of the rules whose members say a word for people."""
    modules = [import_module("creo.kernel.verdicts")]
    modules += [import_module(f"creo.{path.parent.parent.name}.rules") for path in SOURCE.glob("*/rules/__init__.py")]
    public = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    kinds = [kind for kind in public if issubclass(kind, Enum) and isinstance(getattr(kind, name, None), property)]
    return tuple(sorted(kinds, key=lambda kind: kind.__qualname__))


@cache
def words_behind(path: Path, expression: str) -> tuple[str, ...]:
    """The texts that `_(expression)` may translate: the values of a constant table named in that file."""
    if (path.name, expression) == ("files.py", "gap"):
        return tuple(
            confirmation_gaps(given_names="", first_surname="", birth_date=None, sex="", document_kind="unknown")
        )
    if (path.parent.name, path.name, expression) == ("forms", "common.py", "label"):
        forms = "".join(form.read_text(encoding="utf-8") for form in sorted(path.parent.glob("*.py")))
        tables = re.findall(r"\bchoices\(rules\.(\w+)", forms)
        rules = import_module(f"creo.{path.parents[1].name}.rules")
        return tuple(str(word) for table in tables for value, word in getattr(rules, table).items() if value)
    node = ast.parse(expression, mode="eval").body
    if isinstance(node, ast.Attribute) and node.attr in ("word", "plural"):
        return tuple(str(getattr(member, node.attr)) for kind in worded(node.attr) for member in kind)
    if isinstance(node, ast.Subscript):
        node = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        node = node.func.value
    else:
        raise AssertionError(f"{path.name}: _({expression}) is no table of words; say here what it may hold")
    names = path.relative_to(SOURCE.parent).with_suffix("").parts
    first, *rest = ast.unparse(node).split(".")
    table = reduce(getattr, rest, vars(import_module(".".join(names)))[first])
    assert isinstance(table, Mapping), f"{path.name}: {expression}"
    return tuple(str(word) for word in table.values())


def gettext_names(tree: ast.Module) -> set[str]:
    """What this file calls Django's gettext functions of one message."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in ("gettext", "gettext_lazy", "gettext_noop")
    }


@cache
def out_of_sight() -> set[Key]:
    """Texts that xgettext cannot see: `_(WORDS[code])`, and those under a name of gettext it does not know (`__`)."""
    found: set[Key] = set()
    for path in python_files():
        text = path.read_text(encoding="utf-8")
        if "gettext" not in text:
            continue
        tree = ast.parse(text)
        names = gettext_names(tree)
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names):
                continue
            text_of = node.args[0]
            if not isinstance(text_of, ast.Constant):
                found |= {(None, word, "") for word in words_behind(path, ast.unparse(text_of))}
            elif node.func.id not in KNOWN_TO_XGETTEXT:
                found.add((None, str(text_of.value), ""))
    return found


def extracted(settings: LazySettings, folder: Path, work: Callable[[Path], None]) -> set[Key]:
    """What GNU gettext finds in a copy of the code (it writes beside the templates, so never in the code itself)."""
    for path in SOURCE.rglob("*"):
        within = path.relative_to(SOURCE)
        if path.suffix in (".py", ".html", ".txt") and not {"tests", "locale"} & {*within.parts}:
            (folder / within).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / within)
    (folder / "locale").mkdir()
    settings.LOCALE_PATHS = [folder / "locale"]
    work(folder)
    call_command("makemessages", locale=["en"], no_location=True, no_wrap=True, verbosity=0)
    with (folder / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {key(message) for message in read_po(file) if message.id}


def test_the_catalogue_holds_the_messages_of_the_code_and_no_other(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("xgettext") is None:
        pytest.skip("no hay GNU gettext (apt-get install gettext)")
    used = extracted(settings, tmp_path, monkeypatch.chdir) | out_of_sight()
    assert sorted(used - set(catalogue()), key=str) == []
    assert sorted(set(catalogue()) - used, key=str) == []


def test_texts_that_xgettext_cannot_see_are_in_the_catalogue() -> None:
    words = out_of_sight()
    assert (None, "Semilibertad", "") in words
    assert sorted(words - set(catalogue()), key=str) == []


# On the page.


class Visible(HTMLParser):
    """The texts of a page, each run of letters between two marks, and the labels read aloud."""

    SPOKEN = ("title", "alt", "aria-label", "placeholder", "data-label")

    def __init__(self) -> None:
        super().__init__()
        self.lang = ""
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "html":
            self.lang = said.get("lang") or ""
        self.texts += [said[name] or "" for name in self.SPOKEN if name in said]

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(" ".join(data.split()))


def seen(client: Client, address: str) -> Visible:
    """The page as a person gets it."""
    response = client.get(address)
    assert response.status_code == 200
    page = Visible()
    page.feed(unescape(response.content.decode()))
    return page


@pytest.fixture
def english_ready(settings: LazySettings, tmp_path: Path) -> None:
    """The catalogue compiled as at start-up, in a folder of the test; Django forgets what it had loaded."""
    folder = tmp_path / "locale"
    (folder / "en" / "LC_MESSAGES").mkdir(parents=True)
    shutil.copyfile(CATALOGUE, folder / "en" / "LC_MESSAGES" / "django.po")
    assert compile_catalogues([folder]) == 1
    assert compile_catalogues([folder]) == 0, "a compiled catalogue is not compiled again"
    settings.LOCALE_PATHS = [folder]


@pytest.mark.usefixtures("english_ready")
@pytest.mark.parametrize(
    ("address", "spanish", "english"),
    [("/entrar/", "Entrar a CREO", "Sign in to CREO"), ("/estilo/", "Estados y notas", "States and notes")],
)
def test_a_page_speaks_the_language_chosen(client: Client, address: str, spanish: str, english: str) -> None:
    page = seen(client, address)
    assert page.lang.startswith("es") and spanish in page.texts and english not in page.texts

    answer = client.post("/idioma/setlang/", {"language": "en", "next": address})
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = seen(client, address)
    assert page.lang.startswith("en") and english in page.texts

    differ = {spanish for spanish, english in pairs() if spanish not in english}
    assert differ & set(page.texts) == set()


@pytest.mark.usefixtures("english_ready")
def test_plurals_and_contexts_reach_the_reader() -> None:
    from django.utils import translation

    with translation.override("en"):
        words = [translation.ngettext("%(n)s persona nueva", "%(n)s personas nuevas", n) % {"n": n} for n in (0, 1, 2)]
        assert words == ["0 new people", "1 new person", "2 new people"]
        assert translation.pgettext("trabajo", "Terminado") == "Done"
    with translation.override("es"):
        assert translation.gettext("Por decidir") == "Por decidir"
