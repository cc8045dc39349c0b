"""Checks in words for people: limits, why a state is what it is, and the detail of a finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.support.quality import rules
from creo.support.quality.checks import Check
from creo.support.ui import formats

# How each state looks on a page; the word always stands beside it.
LOOKS = {
    rules.State.OVER_HARD: "no",
    rules.State.OVER_SOFT: "info",
    rules.State.UNKNOWN: "unknown",
    rules.State.OK: "yes",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def limit_text(kind: rules.LimitKind, value: Decimal) -> str:
    """A limit as it is read: a number of findings, or a share as per cent with as many decimals as it has."""
    if kind is rules.LimitKind.COUNT:
        return formats.number(value)
    exact = (value * 100).normalize()
    return formats.percent(value, max(0, -int(exact.as_tuple().exponent)))


def limits_text(limits: rules.Limits) -> str:
    """Both limits: «alerta 0,5 %, máximo 2 %»."""
    return _("alerta %(soft)s, máximo %(hard)s") % {
        "soft": limit_text(limits.kind, limits.soft),
        "hard": limit_text(limits.kind, limits.hard),
    }


def measured(observed: rules.Observed | None, limits: rules.Limits) -> str:
    """What was found, with its share where limits are shares: «421 (0,4 %)»; empty when it is not known."""
    if observed is None or not observed.ran:
        return ""
    left = formats.number(observed.left)
    if limits.kind is rules.LimitKind.RATE and observed.rate is not None:
        return f"{left} ({formats.percent(observed.rate, 2)})"
    return left


def why(judgement: rules.Judgement, observed: rules.Observed | None, problem: str, today: date) -> str:
    """Why the state is what it is, with what to do when it is not known."""
    limits = judgement.limits
    numbers = {
        "found": measured(observed, limits),
        "soft": limit_text(limits.kind, limits.soft),
        "hard": limit_text(limits.kind, limits.hard),
    }
    if judgement.why == "over_hard":
        return _("Quedan %(found)s: más que el límite máximo, %(hard)s.") % numbers
    if judgement.why == "over_soft":
        return _("Quedan %(found)s: más que el límite de alerta, %(soft)s; el máximo es %(hard)s.") % numbers
    if judgement.why == "within":
        return _("Quedan %(found)s: dentro del límite de alerta, %(soft)s.") % numbers
    return _unknown(judgement.why, observed, problem, today)


def _unknown(reason: str, observed: rules.Observed | None, problem: str, today: date) -> str:
    if reason == "did_not_run":
        return problem or _("La revisión no se pudo ejecutar.")
    if reason == "stale" and observed is not None and observed.on is not None:
        age = (today - observed.on).days
        return ngettext(
            "La última revisión es de hace %(days)s día: no dice cómo está hoy. Pida una nueva.",
            "La última revisión es de hace %(days)s días: no dice cómo está hoy. Pida una nueva.",
            age,
        ) % {"days": formats.number(age)}
    if reason == "no_population":
        return _("No se sabe sobre cuántos registros se cuenta: falta el total.")
    if reason == "partly_unseen" and observed is not None:
        return ngettext(
            "En %(places)s lugar no hay con qué revisar; en lo demás no se pasó ningún límite.",
            "En %(places)s lugares no hay con qué revisar; en lo demás no se pasó ningún límite.",
            observed.unseen,
        ) % {"places": formats.number(observed.unseen)}
    return _("Todavía no se revisó.")


def detail(check: Check, values: Mapping[str, Any]) -> str:
    """What is wrong with one record, in the reader's language; days and numbers as the office writes them."""
    text = str(check.detail_text)
    return text % {name: _shown(check, value) for name, value in values.items()} if text else ""


def _shown(check: Check, value: object) -> str:
    if isinstance(value, int):
        return formats.number(value)
    text = str(value)
    if text in check.words:
        return str(check.words[text])
    return formats.day(text) if _DAY.fullmatch(text) else text


def trend_text(row_trend: rules.Trend) -> str:
    """The direction in words, with the day it is compared with."""
    word = str(_(rules.DIRECTION_WORDS[row_trend.direction]))
    if row_trend.compared_with is None:
        return word
    return _("%(word)s frente al %(day)s") % {"word": word, "day": formats.day(row_trend.compared_with)}
