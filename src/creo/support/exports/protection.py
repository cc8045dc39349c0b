"""Downloads belong to no prison: each is of whoever took it, and auditors find any by its number."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Table

TABLES = (
    Table(
        "HandOut",
        Actor(
            "Quien pidió la descarga ve las suyas; quien ve el registro de actos encuentra cualquiera por su número."
        ),
        confidential="""id number made_at actor_id actor roles scope title kind filters reason rows act subject_kind
            subject_code filename state listing asked job_id sha256 size expires_at fetched_at""",
    ),
)
