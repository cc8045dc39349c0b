"""What an office would discuss about checks: limits, states, trends. Plain Python: no database, no clock."""

from creo.support.quality.rules.judging import (
    LIMIT_PROBLEM_WORDS,
    SEVERITY_WORDS,
    STATE_WORDS,
    Judgement,
    LimitKind,
    Limits,
    Observed,
    Severity,
    State,
    added,
    judge,
    limit_problems,
    limits_on,
)
from creo.support.quality.rules.parameters import Parameters, parameters, parse_parameters
from creo.support.quality.rules.trends import DIRECTION_WORDS, Direction, Point, Trend, trend

__all__ = [
    "DIRECTION_WORDS",
    "LIMIT_PROBLEM_WORDS",
    "SEVERITY_WORDS",
    "STATE_WORDS",
    "Direction",
    "Judgement",
    "LimitKind",
    "Limits",
    "Observed",
    "Parameters",
    "Point",
    "Severity",
    "State",
    "Trend",
    "added",
    "judge",
    "limit_problems",
    "limits_on",
    "parameters",
    "parse_parameters",
    "trend",
]
