"""Identity documents: the DNI and its check digit, and what each kind of document must look like."""

from __future__ import annotations

import re

from creo.register.rules.vocabulary import DocumentKind

DNI_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
DNI_DIGITS = "65432110987"
_DNI = re.compile(r"\d{8}")
_FOREIGN = re.compile(r"[0-9A-Z][0-9A-Z-]{3,18}[0-9A-Z]")


def dni_check_digit(number: str) -> str:
    """The digit printed after the eight of a DNI: weighted sum modulo 11. ValueError unless eight digits."""
    if not number.isascii() or not _DNI.fullmatch(number):
        raise ValueError(f"El DNI tiene ocho dígitos: [{number}].")
    total = sum(weight * int(digit) for weight, digit in zip(DNI_WEIGHTS, number, strict=True))
    return DNI_DIGITS[total % 11]


def clean_number(text: str) -> str:
    """A document number as it is stored: capitals, without spaces, dots or quotes around."""
    return re.sub(r"[\s.'’`]+", "", text).upper()


def document_problem(kind: str, number: str, check_digit: str = "") -> str:
    """What is wrong with a document, in one line that says the right form; empty when nothing is.

    `check_digit` is optional: it is checked when it was given. ValueError for a kind outside the list.
    """
    match DocumentKind(kind):
        case DocumentKind.DNI:
            return _dni_problem(number, check_digit)
        case DocumentKind.FOREIGN:
            if not _FOREIGN.fullmatch(number):
                return "El documento extranjero lleva de 5 a 20 letras o dígitos, sin espacios."
        case DocumentKind.NONE | DocumentKind.UNKNOWN:
            if number:
                return "Hay número de documento pero no se indicó de qué documento: elija DNI o documento extranjero."
    return ""


def _dni_problem(number: str, check_digit: str) -> str:
    if not number.isascii() or not _DNI.fullmatch(number):
        return "El DNI lleva ocho dígitos, con sus ceros a la izquierda."
    if check_digit and check_digit != dni_check_digit(number):
        return (
            f"El dígito verificador del DNI {number} no es {check_digit}: le corresponde {dni_check_digit(number)}. "
            "Revise el número en el documento."
        )
    return ""
