"""Jobs tell what somebody asked for: whoever asked sees them."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Nobody, Table

TABLES = (
    Table(
        "Job",
        Actor(
            "Solo quien pidió el trabajo lo ve; sus resultados pueden nombrar personas de más de un establecimiento."
        ),
        internal="id kind title state user_id actor attempts created_at started_at finished_at",
        confidential="arguments result error",
    ),
    Table("ScheduledStart", Nobody("Qué tarea diaria empezó qué día."), internal="id kind day started_at job_id"),
)
