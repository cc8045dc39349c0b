"""The thirteen kinds of documents of a personal file (Regl. CEP art. 51), who may open each, and which are missing."""

from __future__ import annotations

import csv
import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from creo.kernel.citations import Citation

REGULATION = "Reglamento del Código de Ejecución Penal (DS 015-2003-JUS)"


class DocumentAccess(StrEnum):
    """Who may open a document: whoever sees files, the health area alone, or the treatment body alone."""

    GENERAL = "general"
    MEDICAL = "medical"
    EVALUATION = "evaluation"


class DocumentPresence(StrEnum):
    """What the checklist says of a kind: it is there, it is missing, or nothing asks for it (yet)."""

    THERE = "there"
    MISSING = "missing"
    NOT_DUE = "not_due"
    UNDECIDED = "undecided"


ACCESS_WORDS: Mapping[str, str] = {
    DocumentAccess.GENERAL: "General",
    DocumentAccess.MEDICAL: "Médico: solo el área de salud",
    DocumentAccess.EVALUATION: "Evaluación: solo el órgano técnico",
}
PRESENCE_WORDS: Mapping[str, str] = {
    DocumentPresence.THERE: "Consta",
    DocumentPresence.MISSING: "Falta",
    DocumentPresence.NOT_DUE: "No corresponde",
    DocumentPresence.UNDECIDED: "Por decidir",
}


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One of the thirteen: `expected` says when a file must hold it; `citation` its number in the article."""

    code: str
    title: str
    access: DocumentAccess
    expected: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class FileSituation:
    """What decides which documents are due. None is unknown, never no."""

    sentenced: bool | None
    transferred: bool
    released: bool


@dataclass(frozen=True, slots=True)
class CheckedKind:
    """A line of the checklist."""

    kind: DocumentType
    presence: DocumentPresence
    count: int


def parse_kinds(lines: Iterable[str]) -> tuple[DocumentType, ...]:
    """Reads the table. ValueError for a class or a condition outside the lists, or a repeated code."""
    kinds = tuple(
        DocumentType(
            row["code"],
            row["title"],
            DocumentAccess(row["access"]),
            _condition(row["expected"]),
            Citation(REGULATION, f"art. {row['numeral']}", note=row["note"]),
        )
        for row in csv.DictReader(lines)
    )
    if len({kind.code for kind in kinds}) != len(kinds):
        raise ValueError("Un tipo de documento está repetido.")
    return kinds


def _condition(text: str) -> str:
    if text not in ("always", "sentenced", "transferred", "released", "never"):
        raise ValueError(f"Condición desconocida: [{text}].")
    return text


@functools.cache
def document_kinds() -> Mapping[str, DocumentType]:
    """The thirteen by code, in the order of the article."""
    text = (resources.files("creo.register") / "data" / "document_kinds.csv").read_text("utf-8")
    return {kind.code: kind for kind in parse_kinds(text.splitlines())}


def checklist(counts: Mapping[str, int], situation: FileSituation) -> tuple[CheckedKind, ...]:
    """The thirteen lines for a person with so many documents of each kind in force."""
    return tuple(
        CheckedKind(kind, _presence(kind, counts.get(kind.code, 0), situation), counts.get(kind.code, 0))
        for kind in document_kinds().values()
    )


def _presence(kind: DocumentType, count: int, situation: FileSituation) -> DocumentPresence:
    if count:
        return DocumentPresence.THERE
    due = {
        "always": True,
        "never": False,
        "sentenced": situation.sentenced,
        "transferred": situation.transferred,
        "released": situation.released,
    }[kind.expected]
    if due is None:
        return DocumentPresence.UNDECIDED
    return DocumentPresence.MISSING if due else DocumentPresence.NOT_DUE


def given_in_copy(access: str) -> bool:
    """Whether the person may have a copy: everything but the professional evaluations (Regl. CEP arts. 14 and 51)."""
    return DocumentAccess(access) is not DocumentAccess.EVALUATION


def titles(codes: Collection[str]) -> list[str]:
    """The titles of some kinds, in the order of the article."""
    return [kind.title for kind in document_kinds().values() if kind.code in codes]
