"""Geographic codes. Two codings live side by side and disagree from Callao on: INEI is our key, RENIEC an alias."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Scheme(StrEnum):
    """Whose code it is; the same six digits name different places in each."""

    INEI = "inei"
    RENIEC = "reniec"


class Level(IntEnum):
    """How deep a code goes; the value is its number of digits."""

    DEPARTMENT = 2
    PROVINCE = 4
    DISTRICT = 6

    @property
    def word(self) -> str:
        """The word shown to people (Spanish)."""
        return {2: "departamento", 4: "provincia", 6: "distrito"}[self.value]


class UbigeoError(ValueError):
    """Not a geographic code; the message (Spanish) says what was received and what is expected."""


@dataclass(frozen=True, slots=True)
class Ubigeo:
    """A code with its scheme. Text, never a number: the leading zero is part of it."""

    code: str
    scheme: Scheme = Scheme.INEI

    @property
    def level(self) -> Level:
        """Department, province or district."""
        return Level(len(self.code))

    @property
    def department(self) -> str:
        """The two digits of the department."""
        return self.code[:2]

    @property
    def province(self) -> str | None:
        """The four digits of the province; None for a department."""
        return self.code[:4] if self.level >= Level.PROVINCE else None

    @property
    def full(self) -> str:
        """Six digits, right-filled with zeros as the published tables print them."""
        return self.code.ljust(6, "0")


def parse_ubigeo(text: str, scheme: Scheme = Scheme.INEI) -> Ubigeo:
    """Reads 2, 4 or 6 digits; `200000` is department 20 and `200100` province 2001. UbigeoError for anything else.

    One digit short is refused, not repaired: a spreadsheet that dropped the leading zero must be fixed at its source.
    """
    code = text.strip()
    if not (code.isascii() and code.isdigit()):
        raise UbigeoError(f"«{text}» no es un ubigeo: se esperan 2, 4 o 6 dígitos.")
    if len(code) in (1, 3, 5):
        raise UbigeoError(
            f"«{text}» tiene {len(code)} dígitos: falta el cero inicial (¿«0{code}»?). Guárdelo como texto."
        )
    if len(code) > Level.DISTRICT:
        raise UbigeoError(f"«{text}» tiene {len(code)} dígitos: un ubigeo tiene 2, 4 o 6.")
    while len(code) > Level.DEPARTMENT and code.endswith("00"):
        code = code[:-2]
    if code.startswith("00") or "00" in (code[2:4], code[4:6]):
        raise UbigeoError(f"«{text}» no es un ubigeo: salta un nivel.")
    return Ubigeo(code, scheme)
