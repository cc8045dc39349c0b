"""The design of the budget programme is public: it is what the State says it will do."""

from __future__ import annotations

from creo.support.scoping.declaring import Nobody, Table

_DESIGN = Nobody("El diseño del programa presupuestal y sus fuentes, sin personas en custodia.")

TABLES = (
    Table("BudgetProgramme", _DESIGN, public="id code title"),
    Table(
        "DesignVersion",
        _DESIGN,
        public="id programme number title status origin valid_from valid_to document digest based_on",
        internal="author author_name created_at approved_by approved_at",
    ),
    Table(
        "DesignItem",
        _DESIGN,
        public="""id version kind code parent position title label printed treated origin lines cites contradictions
            note data""",
    ),
    Table("Contradiction", _DESIGN, public="id version code position severity lines statement treatment applies_to"),
    Table("SourceFact", _DESIGN, public="id version code position lines text represented_by unbound_reason"),
)
