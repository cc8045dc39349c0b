"""Numbers of downloads: printed on paper, read aloud, typed back. «D-7K3M-9QXF-2HVA».

Letters and digits that nobody takes for one another; the last one checks the others. They count nothing: nobody guesses
how many there are, nor the next.
"""

from __future__ import annotations

import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
SIZE = 12


def new_number() -> str:
    """A number that nobody has seen."""
    body = "".join(secrets.choice(LETTERS) for _letter in range(SIZE - 1))
    return _written(body + _check(body))


def read_number(text: str) -> str | None:
    """The number that somebody typed, however they wrote it; None when it cannot be one: a letter was copied wrong."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum()).translate(_READ_AS)
    plain = plain.removeprefix("D") if len(plain) == SIZE + 1 else plain
    if len(plain) != SIZE or not set(plain) <= set(LETTERS) or plain[-1] != _check(plain[:-1]):
        return None
    return _written(plain)


def _check(body: str) -> str:
    """Finds every wrong letter: each place counts with an odd weight, so that no change of one letter is lost."""
    return LETTERS[sum((2 * place + 1) * LETTERS.index(letter) for place, letter in enumerate(body)) % len(LETTERS)]


def _written(plain: str) -> str:
    return f"D-{plain[:4]}-{plain[4:8]}-{plain[8:]}"
