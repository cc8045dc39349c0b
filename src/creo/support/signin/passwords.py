"""What no password may be made of: common words, and the words of this house."""

from __future__ import annotations

import re
import secrets
import tomllib
import unicodedata
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from creo.support.accounts.readers import system
from creo.support.signin import limits

# Letters and digits that must be left when the known words are taken out.
OWN_LETTERS = 8
LOOKALIKES = str.maketrans("0134578@$!", "oieastbasi")
WORDS = frozenset(chain(*tomllib.loads((Path(__file__).parent / "known_words.toml").read_text("utf-8")).values()))


def plain(text: str) -> str:
    """Small letters and digits without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if sign.isalnum())


@lru_cache(maxsize=1)
def _place_words(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for name in names for part in re.split(r"\W+", name) if len(word := plain(part)) >= 4)


def _places() -> frozenset[str]:
    """Words of the names of the prisons."""
    facilities = import_string(settings.CREO_PLACES)(system())
    return _place_words(tuple(facilities.values_list("name", flat=True)))


class KnownWords:
    """Refuses a password that is little more than words anybody here would try (ASVS v5.0.0-6.2.4, 6.2.11)."""

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError when fewer than eight letters of one's own remain, or it is one sign over and over."""
        text, unmasked = plain(password), plain(password.translate(LOOKALIKES))
        own_names = [plain(part) for part in re.split(r"\W+", f"{user.username} {user.name}")] if user else []
        words = {*WORDS, *_places(), *(word for word in own_names if len(word) >= 4)}
        if min(_left(text, words), _left(unmasked, words)) < OWN_LETTERS or _sequence(text):
            raise ValidationError(self.get_help_text(), code="known_words")

    def get_help_text(self) -> str:
        """What to do instead."""
        return _(
            "La contraseña se adivina: no use nombres de penales, del INPE, de CREO, su nombre, ni palabras y números "
            "muy usados. Una frase de cuatro palabras suyas es mejor."
        )


class KnownBase:
    """Refuses a very common password with digits or signs around it."""

    def __init__(self) -> None:
        self.common = CommonPasswordValidator()

    def validate(self, password: str, user: Any = None) -> None:
        """ValidationError for «princess2026!» and the like."""
        if any(part in self.common.passwords for part in _bases(password.casefold())):
            raise ValidationError(KnownWords().get_help_text(), code="known_base")

    def get_help_text(self) -> str:
        """The same as of known words."""
        return KnownWords().get_help_text()


def _bases(text: str) -> list[str]:
    """The text without digits and signs before and after it, and with fewer and fewer of those after it."""
    # Letter by letter: an expression that looks for the last ones tries again from each of a long run of digits.
    letters = [place for place, each in enumerate(text) if not re.fullmatch(r"[\W\d_]", each)]
    first, after = (letters[0], letters[-1] + 1) if letters else (len(text), 0)
    bare, tail = text[first:after], len(text) - after
    return [bare, *(text[: len(text) - cut] for cut in range(tail + 1))]


def _left(text: str, words: set[str]) -> int:
    """How many letters and digits remain without the known words and without runs of digits."""
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, " ")
    return len(re.sub(r"\d{3,}|\s", "", text))


def _sequence(text: str) -> bool:
    """True for few different signs: «aaaaaaaaaaaa», «121212121212»."""
    return len(set(text)) < 5


def first_password() -> str:
    """A random one to be read aloud once: 20 letters and digits in groups (over 95 bits)."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(letters) for _n in range(5)) for _group in range(limits.FIRST_PASSWORD_GROUPS))
    return "-".join(groups)
