"""Looks, purposes, accesses in an emergency and alerts: who reads them is decided by permission and place of work."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Nobody, Table

TABLES = (
    Table(
        "StatedPurpose",
        Actor("solo quien la indicó"),
        confidential="id user_id subject_kind subject_code access purpose stated_at until",
    ),
    Table(
        "Emergency",
        Actor("quien abrió la ficha y quien revisa los accesos de su establecimiento, de la persona o del país"),
        confidential="""id user_id actor subject_kind subject_code place home reason opened_at until ended_at review_due
            state reviewed_by_id reviewed_by reviewed_at review_reason""",
    ),
    Table(
        "Look",
        Actor("quien consultó, quien revisa consultas y la auditoría"),
        confidential="""id at user_id actor subject_kind subject_code sheet purpose place outside refused emergency
            told""",
    ),
    Table(
        "Canary",
        Actor("quien revisa consultas de todo el país"),
        confidential="id subject_kind subject_code reason set_by set_at withdrawn_at withdrawn_by",
    ),
    Table(
        "Alert",
        Actor("quien revisa las consultas del establecimiento de la cuenta, o de todo el país"),
        confidential="""id key rule user_id actor place first_at last_at count evidence raised_at state decided_by_id
            decided_by decided_at reason incident""",
    ),
    Table("Watch", Nobody("hasta dónde llegó la vigilancia"), internal="id name entry_id at"),
)
