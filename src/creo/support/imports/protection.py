"""A file may bring people of any prison: whoever holds IMPORT_REGISTER sees what it said, whole."""

from __future__ import annotations

from creo.support.scoping.declaring import Actor, Nobody, Table

_FILE = Actor("Solo quien importa: un archivo puede traer personas de varios establecimientos, aún sin lugar.")

TABLES = (
    Table(
        "ImportBatch",
        _FILE,
        internal="""id kind mapping size sha256 state rows_total rows_ok errors_total columns uploaded_by_id uploaded_by
            uploaded_at checked_at applied_at job_id""",
        confidential="filename options summary",
    ),
    Table(
        "SavedMapping",
        Nobody("Cómo se leen las columnas de un formato de origen, sin personas."),
        internal="id kind name version rules fingerprint reason made_by_id made_by made_at ended_at",
    ),
    Table("DifferenceRow", _FILE, confidential="id batch row subject kind field before after outcome why"),
    Table("CellErrorRow", _FILE, confidential="id batch row column value message"),
)
