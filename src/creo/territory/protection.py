"""Places are public: INPE and INEI publish them. No person is in these tables."""

from __future__ import annotations

from creo.support.scoping.declaring import Nobody, Table

_PUBLISHED = Nobody("Lugares y capacidad que el INPE y el INEI publican, sin personas.")

TABLES = (
    Table("Department", _PUBLISHED, public="id ubigeo reniec name capital"),
    Table("Province", _PUBLISHED, public="id department ubigeo reniec name"),
    Table("District", _PUBLISHED, public="id province ubigeo reniec name note"),
    Table("RegionalOffice", _PUBLISHED, public="id code name short_name seat number"),
    Table(
        "Facility",
        _PUBLISHED,
        public="""id kind code name regional_office department province district place_printed place_source sex
            sex_source latitude longitude opened closed is_demonstration""",
    ),
    Table("FacilityAlias", _PUBLISHED, public="id facility scheme code"),
    Table("FacilityCapacity", _PUBLISHED, public="id facility places valid_from valid_to source"),
    Table(
        "Pavilion",
        Nobody("Pabellones y su capacidad: uso interno por seguridad, sin personas."),
        internal="id facility code name capacity valid_from valid_to is_demonstration",
    ),
    Table("ReferenceFigure", _PUBLISHED, public="id facility measure month value source"),
)
