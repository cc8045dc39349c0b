"""Security incidents: seen by whoever reported one, and by those who follow incidents at its place."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Nobody, Table

_FOLLOWED = Actor(
    "Incidentes de seguridad: los ve quien los reportó y quien los atiende o consulta en su lugar; no llevan nombres "
    "de personas privadas de libertad, solo cuántas y qué datos."
)

TABLES = (
    Table(
        "Incident",
        _FOLLOWED,
        confidential="""id year number kind title description place detected_at known_at reported_by reported_at state
            severity personal_data digital data_kinds people due_at notified_at digital_at told_at closed_at""",
    ),
    Table(
        "IncidentEvent",
        _FOLLOWED,
        confidential="id incident what at text data annuls recorded_by recorded_at",
        append_only=True,
    ),
    Table(
        "IncidentContact",
        Nobody("Cargos e instituciones a los que se avisa; ninguna persona privada de libertad."),
        internal="id slot name detail valid_from valid_to source set_by set_at",
    ),
)
