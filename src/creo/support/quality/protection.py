"""Findings of the data checks: each names its prison by code; what names none is the nation's."""

from __future__ import annotations

from creo.support.scoping.declaring import Nobody, PlaceCode, Table

_COUNTS = Nobody("Cuentas y límites de las revisiones de datos, sin personas.")

TABLES = (
    Table("QualityRun", _COUNTS, internal="id as_of started_at finished_at user_id actor superseded past"),
    Table(
        "QualityAnswer",
        _COUNTS,
        internal="id run check_code ran problem found excepted population unseen listed milliseconds",
    ),
    Table("QualityCount", _COUNTS, internal="id run check_code place found excepted population seen"),
    Table(
        "QualityFinding",
        PlaceCode("place"),
        confidential="""id check_code subject_kind subject_code place detail first_seen_on last_seen_on last_run
            gone_on""",
    ),
    Table(
        "QualityException",
        PlaceCode("place"),
        confidential="""id check_code subject_kind subject_code place reason granted_by granted_by_id granted_at
            valid_from expires_on revoked_on revoked_by revoke_reason""",
    ),
    Table(
        "QualityLimit",
        _COUNTS,
        internal="id check_code kind soft hard valid_from reason decided_by decided_by_id decided_at",
    ),
)
