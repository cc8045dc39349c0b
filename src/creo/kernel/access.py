"""How protected a piece of information is: the same six words for fields, sheets, looks and exports."""

from __future__ import annotations

from enum import StrEnum


class Access(StrEnum):
    """The protection class of a field or a sheet, from open to closed (ASVS v5.0.0-14.1.1; Ley 29733; Mandela Rule 9).

    PUBLIC        anyone may read it: reference tables, the design of the programme, names of prisons.
    INTERNAL      any signed-in member of staff: working data without a person in it.
    CONFIDENTIAL  data of a person or of an account: only within the reader's places and permissions.
    HEALTH        sensitive data: health, disability, drug use, pregnancy; only for who treats or protects.
    ASSESSMENT    answers and opinions of the technical teams: only for who assesses and decides.
    LEGAL         offences, sentences and procedural situation: only for who keeps or applies them.
    """

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    HEALTH = "health"
    ASSESSMENT = "assessment"
    LEGAL = "legal"


ACCESS_WORDS = {
    Access.PUBLIC: "Pública",
    Access.INTERNAL: "Institucional",
    Access.CONFIDENTIAL: "Reservada",
    Access.HEALTH: "Salud",
    Access.ASSESSMENT: "Evaluación",
    Access.LEGAL: "Situación jurídica",
}
"""The classes in the words of the screens."""
