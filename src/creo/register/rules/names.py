"""Names as people type them when they search, and the codes the register gives to people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

CODE = re.compile(r"P-(\d{7,9})")
_LOOSE_CODE = re.compile(r"[Pp]\s*[-–]?\s*(\d{1,9})")
_NOT_WORD = re.compile(r"[\W_]+")


class AliasKind(StrEnum):
    """Why somebody has another name: they use it, another document says it, or people call them so."""

    AKA = "aka"
    DOCUMENT = "document"
    NICKNAME = "nickname"


ALIAS_WORDS: Mapping[str, str] = {
    AliasKind.AKA: "También usa el nombre",
    AliasKind.DOCUMENT: "Nombre en otro documento",
    AliasKind.NICKNAME: "Apodo",
}


def search_key(*parts: str) -> str:
    """Names in the form that is compared: lower case, without accents or tilde, one space between words."""
    # Apart before and after lowering: a styled capital has no lower form until it is taken apart.
    whole = unicodedata.normalize("NFKD", " ".join(parts)).lower()
    split = unicodedata.normalize("NFKD", whole)
    bare = "".join(char for char in split if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", bare).strip()


def person_code(number: int) -> str:
    """The code of the n-th person: P-0000001."""
    if number < 1:
        raise ValueError(f"El código de persona empieza en 1: [{number}].")
    return f"P-{number:07d}"


def read_person_code(text: str) -> str:
    """The code somebody typed ("p 49213", "P-0049213") in its printed form; empty when it is not a code."""
    match = _LOOSE_CODE.fullmatch(text.strip())
    if match is None or not int(match[1]):
        return ""
    return person_code(int(match[1]))


def full_name(given_names: str, first_surname: str, second_surname: str) -> str:
    """Surnames first, as the register lists them; "Sin nombre registrado" when there is none."""
    surnames = " ".join(part for part in (first_surname, second_surname) if part)
    return ", ".join(part for part in (surnames, given_names) if part) or "Sin nombre registrado"
