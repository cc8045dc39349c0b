"""Facts kept in a run or an enrolment, in words. Live facts come with the register's own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from creo.kernel.periods import completed_years
from creo.register import facts as register_facts
from creo.support.ui import formats


def frozen_evidence(facts: Mapping[str, Any], as_of: date) -> dict[str, str]:
    """Each kept fact in words, also when it was not known: "Fecha de nacimiento: 22 años (nació el 14 mar 2004)"."""
    words = {}
    for fact in register_facts.FACTS:
        value = facts.get(fact.name)
        shown = _("sin dato") if value is None else _value(fact.kind, value, as_of)
        words[fact.name] = f"{fact.label}: {shown}"
    return words


def _value(kind: register_facts.FactKind, value: Any, as_of: date) -> str:
    if kind is register_facts.FactKind.DATE:
        return _("%(years)s (nació el %(day)s)") % {
            "years": formats.years(completed_years(value, as_of)),
            "day": formats.day(value),
        }
    if kind is register_facts.FactKind.TRUTH:
        return _("sí") if value else _("no")
    if kind is register_facts.FactKind.ARTICLE:
        return _("art. %(article)s") % {"article": value}
    return str(value)
