"""What waits for a second person: seen by its maker, by those who decide its tiers at its place, and by audit."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Table

_PARTIES = Actor(
    "Actos propuestos y decididos por el personal: los ve quien propuso, quien decide sus niveles en el lugar de la "
    "propuesta (también por delegación) y la auditoría."
)

TABLES = (
    Table(
        "Proposal",
        _PARTIES,
        confidential="""id act subject_kind subject_code place made_by made_at state revision tier tiers digest due_on
            closed_at close_reason""",
    ),
    Table(
        "Revision",
        _PARTIES,
        confidential="id proposal number payload rows text digest made_by made_at",
        append_only=True,
    ),
    Table(
        "Decision",
        _PARTIES,
        confidential="id revision tier kind made_by decided_by on_behalf_of digest reason decided_at",
        append_only=True,
    ),
    Table(
        "Delegation",
        _PARTIES,
        confidential="id act tier delegator delegate valid_from valid_to reason made_at ended_on end_reason",
    ),
)
