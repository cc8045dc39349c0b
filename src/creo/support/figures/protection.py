"""Public figures are public: what is hidden was never stored."""

from __future__ import annotations

from creo.support.scoping.declaring import Nobody, Table

_PUBLISHED = Nobody("Cifras ya publicadas, sin las casillas pequeñas.")

TABLES = (
    Table(
        "Release",
        _PUBLISHED,
        public="id number as_of published_at reason least digest",
        internal="published_by published_by_id",
    ),
    Table("ReleasedTable", _PUBLISHED, public="id release code position title rows columns cells source"),
)
