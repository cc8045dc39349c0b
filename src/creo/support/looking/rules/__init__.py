"""Rules of looking: purposes, dated limits, and what is unusual reading. Plain Python."""

from creo.support.looking.rules.parameters import (
    PURPOSE_WORDS,
    Parameters,
    Purpose,
    parameters,
    parse_parameters,
)
from creo.support.looking.rules.watching import (
    RULE_WORDS,
    Burst,
    Limit,
    Limits,
    Rule,
    Seen,
    at_night,
    bursts,
    large,
    limits_on,
    repeated,
    same_surnames,
    unusual,
)

__all__ = [
    "PURPOSE_WORDS",
    "RULE_WORDS",
    "Burst",
    "Limit",
    "Limits",
    "Parameters",
    "Purpose",
    "Rule",
    "Seen",
    "at_night",
    "bursts",
    "large",
    "limits_on",
    "parameters",
    "parse_parameters",
    "repeated",
    "same_surnames",
    "unusual",
]
