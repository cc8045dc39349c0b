"""Whose rows targeting's are: what was decided at a prison stays there, and goes with the person as well."""

from __future__ import annotations

from creo.support.scoping.declaring import Facility, Nobody, Person, Table

# `criteria`, `facts` and `verdict` stay clear though they assess: codes of age, law and admissions that runs compare in
# the database, worked out again at any time; nobody writes a text in them, and nothing in them is of health.
TABLES = (
    Table(
        "TargetingRun",
        Nobody("Totales de una corrida por establecimiento y el diseño con que se hizo, sin personas."),
        internal="""id scope_kind scope_code as_of programme design_version design_digest variant rule meanings
            criteria_codes inputs_hash answers_hash people eligible undecided not_eligible totals comparisons started_by
            started_by_id created_at duration_ms""",
    ),
    Table(
        "TargetingResult",
        Facility("facility"),
        Person("person"),
        confidential="run person facility outcome",
        assessment="criteria facts",
    ),
    Table(
        "Enrolment",
        Facility("facility"),
        Person("person"),
        confidential="""id person facility run enrolled_on outcome programme design_version design_digest max_age
            decided_by decided_by_id decided_at reason ended_on exit_reason exit_note ended_by""",
        assessment="verdict",
    ),
    Table(
        "Reevaluation",
        Facility("facility"),
        Person("person"),
        confidential="""id person programme design_version design_digest as_of made_at facility in_custody outcome
            previous cause_act cause_entry""",
        assessment="verdict",
    ),
)
