"""What a lawyer or a planner would discuss about targeting. Plain Python: no database, no clock."""

from creo.targeting.rules.answers import Result, result_of
from creo.targeting.rules.enrolment import (
    EXIT_SOURCE,
    Applicant,
    Decision,
    ExitReason,
    Severity,
    aged_out,
    max_age,
    may_end,
    may_enrol,
)
from creo.targeting.rules.reporting import (
    AGE_BANDS,
    AGE_BANDS_SOURCE,
    NO_FAMILY,
    OTHER_FAMILY,
    FunnelStep,
    band_titles,
    family_of,
    family_titles,
    funnel_order,
    funnel_steps,
)
from creo.targeting.rules.rulesets import FactShape, Family, Ruleset, compile_criteria, leaves

__all__ = [
    "AGE_BANDS",
    "AGE_BANDS_SOURCE",
    "EXIT_SOURCE",
    "NO_FAMILY",
    "OTHER_FAMILY",
    "Applicant",
    "Decision",
    "ExitReason",
    "FactShape",
    "Family",
    "FunnelStep",
    "Result",
    "Ruleset",
    "Severity",
    "aged_out",
    "band_titles",
    "compile_criteria",
    "family_of",
    "family_titles",
    "funnel_order",
    "funnel_steps",
    "leaves",
    "max_age",
    "may_end",
    "may_enrol",
    "result_of",
]
