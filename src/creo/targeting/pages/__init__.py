"""Pages of targeting: boards, lists, one person, comparisons, enrolments."""

from creo.targeting.pages.boards import latest, missing, run
from creo.targeting.pages.comparing import compare, export_movers
from creo.targeting.pages.lists import (
    enrolments,
    export_enrolments,
    export_results,
    results,
    runs,
)
from creo.targeting.pages.people import end, enrol, find, person, person_in_run
from creo.targeting.pages.reevaluating import (
    end_enrolment,
    enrolment,
    export_reevaluations,
    reevaluations,
)
from creo.targeting.pages.running import check, new_run

__all__ = [
    "check",
    "compare",
    "end",
    "end_enrolment",
    "enrol",
    "enrolment",
    "enrolments",
    "export_enrolments",
    "export_movers",
    "export_reevaluations",
    "export_results",
    "find",
    "latest",
    "missing",
    "new_run",
    "person",
    "person_in_run",
    "reevaluations",
    "results",
    "run",
    "runs",
]
