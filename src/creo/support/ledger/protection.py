"""The record of acts: the nation's evidence, read whole by auditors and person by person by whoever sees the person."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Nobody, Table

_EVIDENCE = Actor(
    "Prueba de los actos de toda la nación: auditoría la lee entera; de una persona, quien ve a la persona."
)
_PROOF = Nobody("Sellos y anclas de la prueba: números y resúmenes, sin personas.")

TABLES = (
    Table(
        "Entry",
        _EVIDENCE,
        confidential="id at actor_id actor act subject_kind subject_code place reason before after pack context",
        append_only=True,
    ),
    Table("Pack", _PROOF, internal="id first at"),
    Table(
        "Block",
        _PROOF,
        internal="id chain number first last count members previous digest key mac sealed_at",
        append_only=True,
    ),
    Table(
        "Anchor",
        _PROOF,
        internal="id number at sheet root signature public_key places token",
        append_only=True,
    ),
    Table(
        "Change",
        _EVIDENCE,
        confidential="id at table key operation before after pack actor",
        append_only=True,
    ),
)
