"""Facts that the law protects and asks for at the same time, and references to what identifies a body.

Community (Regl. CEP art. 47), disability (art. 48), language (arts. 11.8, 11.10 and 42), pregnancy (arts. 8 and 11.13),
children who live inside until they are three (art. 12) and other children (Mandela Rule 7). "Asked and none" is an
answer; no row at all is "not asked": unknown. Health, ethnicity and biometrics are sensitive data (Ley 29733 art. 2.5).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from creo.kernel.citations import Citation

REGULATION = "Reglamento del Código de Ejecución Penal (DS 015-2003-JUS)"
CHILD_LEAVES_AT = 3  # years: Regl. CEP art. 12
MOST_CHILDREN = 20
# Bytes of an answer as it is kept: nearly every one has the first length, so that its length does not tell it.
LENGTHS = (191, 767)


class ProtectedKind(StrEnum):
    """What is asked."""

    COMMUNITY = "community"
    DISABILITY = "disability"
    LANGUAGE = "language"
    PREGNANCY = "pregnancy"
    CHILDREN_INSIDE = "children_inside"
    CHILDREN = "children"


class ProtectedAnswer(StrEnum):
    """What was answered: `none` was asked and there is none."""

    YES = "yes"
    NONE = "none"


class Disability(StrEnum):
    """Kinds of disability; legs decide the floor (Regl. CEP art. 48)."""

    LEGS = "legs"
    PHYSICAL = "physical"
    SIGHT = "sight"
    HEARING = "hearing"
    INTELLECTUAL = "intellectual"
    PSYCHOSOCIAL = "psychosocial"
    SEVERAL = "several"


PROTECTED_WORDS: Mapping[str, str] = {
    ProtectedKind.COMMUNITY: "Comunidad campesina o nativa, o pueblo indígena",
    ProtectedKind.DISABILITY: "Discapacidad",
    ProtectedKind.LANGUAGE: "Lengua materna e intérprete",
    ProtectedKind.PREGNANCY: "Embarazo",
    ProtectedKind.CHILDREN_INSIDE: "Hijos menores de tres años que viven en el establecimiento",
    ProtectedKind.CHILDREN: "Otros hijos menores de edad",
}
ANSWER_WORDS: Mapping[str, str] = {
    ProtectedAnswer.YES: "Sí",
    ProtectedAnswer.NONE: "Se preguntó: no",
    "": "No se preguntó",
}
DISABILITY_WORDS: Mapping[str, str] = {
    Disability.LEGS: "Motora, en las extremidades inferiores",
    Disability.PHYSICAL: "Física o motora, otra",
    Disability.SIGHT: "Visual",
    Disability.HEARING: "Auditiva",
    Disability.INTELLECTUAL: "Intelectual",
    Disability.PSYCHOSOCIAL: "Psicosocial",
    Disability.SEVERAL: "Múltiple",
}
PROTECTED_SOURCES: Mapping[str, Citation] = {
    ProtectedKind.COMMUNITY: Citation(REGULATION, "art. 47"),
    ProtectedKind.DISABILITY: Citation(REGULATION, "art. 48"),
    ProtectedKind.LANGUAGE: Citation(REGULATION, "arts. 11.10 y 42"),
    ProtectedKind.PREGNANCY: Citation(REGULATION, "arts. 8 y 11.13"),
    ProtectedKind.CHILDREN_INSIDE: Citation(REGULATION, "art. 12"),
    ProtectedKind.CHILDREN: Citation("Reglas Nelson Mandela", "regla 7"),
}


@dataclass(frozen=True, slots=True, repr=False)
class ProtectedValue:
    """What was answered to one question. `day` is the expected birth, or the birth of the eldest child inside."""

    kind: str
    answer: str
    value: str = ""
    needs: str = ""
    interpreter: bool | None = None
    number: int | None = None
    day: date | None = None

    def __repr__(self) -> str:
        # What shows values to developers (a log, a report of a fault) shows the question alone.
        return f"<respuesta protegida: {self.kind}>"


def protected_told(item: ProtectedValue) -> str:
    """An answer as the one text that is sealed: all of it, even whether it was yes. ValueError for what cannot be."""
    ProtectedKind(item.kind)
    said = (item.value, item.needs, item.interpreter, item.number, item.day)
    if ProtectedAnswer(item.answer) is ProtectedAnswer.NONE and any(each not in ("", None) for each in said):
        raise ValueError("«Se preguntó: no» no lleva nada más.")
    if item.answer == ProtectedAnswer.YES and item.kind == ProtectedKind.DISABILITY:
        Disability(item.value)
    day = item.day and item.day.isoformat()
    told = [str(item.answer), str(item.value), item.needs, item.interpreter, item.number, day]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode())
    return text + " " * (next((length for length in LENGTHS if length >= size), size) - size)


def protected_read(kind: str, told: str) -> ProtectedValue:
    """What `protected_told` was given for a kind. ValueError for any other text."""
    answer, value, needs, interpreter, number, day = json.loads(told)
    return ProtectedValue(kind, answer, value, needs, interpreter, number, day and date.fromisoformat(day))


Problem = tuple[str, str]


def protected_problems(item: ProtectedValue, since: date, today: date) -> list[Problem]:
    """Every (field, reason) that stops an answer; empty when nothing does. ValueError for a kind off the list."""
    kind, answer = ProtectedKind(item.kind), ProtectedAnswer(item.answer)
    problems: list[Problem] = []
    if since > today:
        problems.append(("since", "La fecha es posterior al día de hoy."))
    if answer is ProtectedAnswer.NONE:
        said = (item.value, item.needs, item.interpreter, item.number, item.day)
        if any(value not in ("", None) for value in said):
            problems.append(("answer", "Si se preguntó y no hay, deje vacíos los demás campos."))
        if kind is ProtectedKind.LANGUAGE:
            problems.append(("answer", "Toda persona tiene una lengua materna: indíquela, o no registre nada."))
        return problems
    return problems + _PROBLEMS[kind](item, since, today)


def _community(item: ProtectedValue, since: date, today: date) -> list[Problem]:
    return [] if item.value.strip() else [("value", "Escriba la comunidad o el pueblo, como la persona lo nombra.")]


def _disability(item: ProtectedValue, since: date, today: date) -> list[Problem]:
    return [] if item.value in set(Disability) else [("value", "Elija el tipo de discapacidad.")]


def _language(item: ProtectedValue, since: date, today: date) -> list[Problem]:
    return [] if item.value.strip() else [("value", "Escriba la lengua materna.")]


def _pregnancy(item: ProtectedValue, since: date, today: date) -> list[Problem]:
    if item.day is not None and not 0 <= (item.day - since).days <= 300:
        return [("day", "La fecha probable de parto está entre el día del dato y diez meses después.")]
    return []


def _children_inside(item: ProtectedValue, since: date, today: date) -> list[Problem]:
    problems = _children(item, since, today)
    if item.day is None:
        problems.append(("day", "Indique la fecha de nacimiento del mayor de ellos."))
    elif item.day > today:
        problems.append(("day", "La fecha de nacimiento es posterior al día de hoy."))
    elif since >= leaves_on(item.day):
        problems.append(("day", "Ya había cumplido tres años: no puede permanecer (Regl. CEP art. 12)."))
    return problems


def _children(item: ProtectedValue, since: date, today: date) -> list[Problem]:
    if item.number is None or not 1 <= item.number <= MOST_CHILDREN:
        return [("number", f"Indique cuántos, de 1 a {MOST_CHILDREN}.")]
    return []


_PROBLEMS = {
    ProtectedKind.COMMUNITY: _community,
    ProtectedKind.DISABILITY: _disability,
    ProtectedKind.LANGUAGE: _language,
    ProtectedKind.PREGNANCY: _pregnancy,
    ProtectedKind.CHILDREN_INSIDE: _children_inside,
    ProtectedKind.CHILDREN: _children,
}


def leaves_on(born: date) -> date:
    """The day on which a child who lives inside turns three; 29 February counts as 1 March."""
    try:
        return born.replace(year=born.year + CHILD_LEAVES_AT)
    except ValueError:
        return date(born.year + CHILD_LEAVES_AT, 3, 1)


def duty(item: ProtectedValue) -> str:
    """What the law asks of the prison for an answer, in one line; empty when it asks for nothing more."""
    if item.answer != ProtectedAnswer.YES:
        return ""
    match ProtectedKind(item.kind):
        case ProtectedKind.COMMUNITY:
            return "Ubicarla donde se respete su identidad, sin aislarla (Regl. CEP art. 47)."
        case ProtectedKind.DISABILITY:
            if item.value in (Disability.LEGS, Disability.SEVERAL):
                return "Le corresponde un ambiente del primer piso (Regl. CEP art. 48)."
            return "Facilitarle el acceso y el desplazamiento (Regl. CEP art. 48)."
        case ProtectedKind.LANGUAGE:
            return "Informarla en su lengua, con intérprete (Regl. CEP art. 11.10)." if item.interpreter else ""
        case ProtectedKind.PREGNANCY:
            return "Atención médica y ningún medio de coerción (Regl. CEP arts. 8 y 11.13)."
        case ProtectedKind.CHILDREN_INSIDE:
            return "El niño permanece hasta cumplir tres años (Regl. CEP art. 12)."
        case ProtectedKind.CHILDREN:
            return ""


# What identifies a body: references only -----------------------------------------------------------------------------

FINGERS = tuple(
    f"{hand}_{finger}" for hand in ("right", "left") for finger in ("thumb", "index", "middle", "ring", "little")
)
PHOTOGRAPH, DENTAL_CHART, MARKS = "photograph", "dental_chart", "marks"
BIOMETRIC_WORDS: Mapping[str, str] = {
    "right_thumb": "Pulgar derecho",
    "right_index": "Índice derecho",
    "right_middle": "Medio derecho",
    "right_ring": "Anular derecho",
    "right_little": "Meñique derecho",
    "left_thumb": "Pulgar izquierdo",
    "left_index": "Índice izquierdo",
    "left_middle": "Medio izquierdo",
    "left_ring": "Anular izquierdo",
    "left_little": "Meñique izquierdo",
    PHOTOGRAPH: "Fotografía",
    DENTAL_CHART: "Odontograma",
    MARKS: "Estigmas y señas",
}
_REFERENCE = re.compile(r"[A-Z0-9](?:[A-Z0-9]|[-./](?=[A-Z0-9])){3,38}")


def reference_problem(reference: str) -> str:
    """Why a text cannot be a reference; empty when it can. A reference is a short code of another system, never data.

    Images, templates and anything in base64 are refused: they are long, or mix small letters with signs.
    """
    if _REFERENCE.fullmatch(reference) and any(letter.isdigit() for letter in reference):
        return ""
    if len(reference) > 40 or re.search(r"data:|base64|[+=<>{}]|[a-z][A-Z]|[A-Z][a-z]", reference):
        return "Aquí va solo el código con que otro sistema la guarda, nunca la imagen ni la huella."
    return "El código lleva de 4 a 39 mayúsculas, cifras, guiones, puntos o barras, con alguna cifra."


class SheetPart(StrEnum):
    """The parts of the identification sheet (Regl. CEP arts. 45, 47, 48 and 48-A)."""

    PHOTOGRAPH = "photograph"
    FILIATION = "filiation"
    FINGERPRINTS = "fingerprints"
    DENTAL_CHART = "dental_chart"
    MARKS = "marks"
    DISABILITY = "disability"
    COMMUNITY = "community"
    MINOR = "minor"


SHEET_WORDS: Mapping[str, str] = {
    SheetPart.PHOTOGRAPH: "Fotografía",
    SheetPart.FILIATION: "Datos de filiación",
    SheetPart.FINGERPRINTS: "Impresión dactilar",
    SheetPart.DENTAL_CHART: "Odontograma",
    SheetPart.MARKS: "Estigmas, señas y características",
    SheetPart.DISABILITY: "Discapacidad o impedimento físico",
    SheetPart.COMMUNITY: "Comunidad campesina o nativa",
    SheetPart.MINOR: "Edad al ingreso, por si tenía 16 o 17 años",
}
SHEET_SOURCES: Mapping[str, Citation] = {
    **{part: Citation(REGULATION, "art. 45") for part in SheetPart},
    SheetPart.DISABILITY: Citation(REGULATION, "arts. 45 y 48"),
    SheetPart.COMMUNITY: Citation(REGULATION, "art. 47"),
    SheetPart.MINOR: Citation(REGULATION, "art. 48-A"),
}


def sheet_parts(
    *, identity_complete: bool, birth_known: bool, references: set[str], asked: set[str]
) -> dict[str, bool]:
    """Which parts of the sheet are recorded. A protected part counts as soon as it was asked, whatever the answer."""
    return {
        SheetPart.PHOTOGRAPH: PHOTOGRAPH in references,
        SheetPart.FILIATION: identity_complete,
        SheetPart.FINGERPRINTS: bool(references & set(FINGERS)),
        SheetPart.DENTAL_CHART: DENTAL_CHART in references,
        SheetPart.MARKS: MARKS in references,
        SheetPart.DISABILITY: ProtectedKind.DISABILITY in asked,
        SheetPart.COMMUNITY: ProtectedKind.COMMUNITY in asked,
        SheetPart.MINOR: birth_known,
    }
