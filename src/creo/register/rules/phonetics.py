"""How names sound in the Spanish of Peru: spellings that one hears alike share a key, so that a search finds both.

Mute h; b and v; c, s and z (seseo); c, k and qu; g and j; ll and y (yeísmo); n and ñ; hua, gua and wa; x as in Ximena;
double letters; and the ways Quechua and Aymara surnames are written (Quispe, Qispe, Kispe; Ccori, Qori; Huamán, Waman).
Vowels stay apart: Rosas is not Rosos.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from creo.register.rules.names import search_key

MAX_WORD = 40
PARTICLES = frozenset({"de", "del", "la", "las", "los", "da", "do", "dos", "y"})
"""Words that stand between surnames: nobody is told apart by them, and half the country has one."""
SOUND_LETTERS = "abcdefgijklmnoprstuy"
"""The letters that a key is made of; c stands for the sound of «ch»."""

_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼ`´′](?=\w)")
_JOINED = re.compile(r"^de(?:la|los|las)(?=\w{4})")

# In this order; Ç, Ł and Ğ keep «ch», «ll» and hard «g» apart until the end.
_STEPS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"),
        ("th", "t"),
        ("sh", "s"),
        ("ch(?=[lr])", "k"),
        ("[ct]?ch+", "Ç"),
        # English and Italian given names: William, Nelly, Michelle, Gabriella.
        ("(w|hu)ill(?=[iy])", r"\1il"),
        ("ll(?:[iy]|ie)$", "li"),
        ("(?<=.)elle$", "el"),
        ("(?<=.)ella$", "ela"),
        ("ll(?=[aeiouywh])", "Ł"),
        ("cc+", "k"),  # Quechua: Ccente, Chocce.
        (r"(.)\1+", r"\1"),
        ("gu(?=h?[ao])", "u"),
        ("gu(?=[eiy])", "Ğ"),
        ("g(?=[eiy])", "j"),
        ("h", ""),
        ("w", "u"),
        ("^x(?=[aeiouy])", "j"),
        ("x(?=[aeiouy])", "ks"),
        ("x", "s"),
        ("c(?=[eiy])", "s"),
        ("qu(?=[eiy])", "k"),
        ("[cq]", "k"),
        ("z", "s"),
        ("v", "b"),
        ("^ps", "s"),
        ("^s(?=[bdfgjklmnpqrtÇ])", "es"),
        ("n(?=[bp])", "m"),
        ("m$", "n"),
        (r"(.)\1+", r"\1"),
        ("(?:^|(?<=[aeiou]))[iy](?=[aeou])", "Ł"),
        ("y", "i"),
        ("(?<=..)ie$", "i"),
        ("ks$", "s"),
        (r"(.)\1+", r"\1"),
        ("Ç", "c"),
        ("Ł", "y"),
        ("Ğ", "g"),
    )
)


@lru_cache(maxsize=131_072)
def sound(word: str) -> str:
    """The phonetic key of one word; the word itself without accents when nothing of it sounds. Empty for no letters."""
    bare = search_key(_APOSTROPHE.sub("", word)).replace(" ", "")[:MAX_WORD]
    key = bare
    for pattern, heard in _STEPS:
        key = pattern.sub(heard, key)
    return (key or bare)[:MAX_WORD]


def name_words(*names: str) -> list[str]:
    """The different words of some names, lower case without accents, as they stand; particles only when alone."""
    text = _APOSTROPHE.sub("", " ".join(unicodedata.normalize("NFC", name) for name in names))
    found = [_JOINED.sub("", word)[:MAX_WORD] for word in search_key(text).split()]
    telling = [word for word in found if word not in PARTICLES]
    return list(dict.fromkeys(telling or found))


def name_keys(*names: str) -> list[tuple[str, str]]:
    """(sound, word) of each different word of some names: what the search of people looks up."""
    return [(sound(word), word) for word in name_words(*names)]


def one_slip(key: str) -> list[str]:
    """The keys at one slip of the hand from a key: a letter left out, added, changed, or two swapped; itself not."""
    cuts = [(key[:place], key[place:]) for place in range(len(key) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    for letter in SOUND_LETTERS:
        found |= {left + letter + right for left, right in cuts}
        found |= {left + letter + right[1:] for left, right in cuts if right}
    return sorted(found - {key, ""})
