"""The data quality board of the demonstration: today's run, the weeks before it, and cases that somebody accepted.

Nothing is invented: each past week is recomputed from the dates that the tables keep, by the checks that can look back;
the others have no earlier point. Exceptions are real acts over findings that are there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from creo.register.demo.context import DemoContext
from creo.support.quality import commands, queries
from creo.support.quality.checks import check_for
from creo.support.quality.queries import FindingFilters

WEEKS = 8
# Check, the reason of its exceptions, how many, and how many days they last.
ACCEPTED = (
    ("age_under_18", _("Resolución de internamiento por la Ley 32330; está separada (demostración)"), 6, 120),
    ("birth_date_missing", _("Partida solicitada al registro civil de su lugar de origen (demostración)"), 4, 60),
    ("identity_without_document", _("Trámite de DNI en curso con RENIEC (demostración)"), 5, 30),
    ("offence_not_in_force", _("Hecho anterior a la reforma; consta en la resolución (demostración)"), 8, 170),
)


def load(context: DemoContext) -> dict[str, Any]:
    """Runs the checks for eight past weeks and today, and grants some exceptions."""
    today = context.as_of
    for week in range(WEEKS, 0, -1):
        context.progress(WEEKS - week, WEEKS + 1, _("Calidad de datos: semanas anteriores"))
        commands.run(by=context.by, as_of=today - timedelta(weeks=week), today=today)
    context.progress(WEEKS, WEEKS + 1, _("Calidad de datos: revisión de hoy"))
    commands.run(by=context.by, as_of=today, today=today)
    accepted = sum(_accept(context, *terms) for terms in ACCEPTED)
    context.progress(WEEKS + 1, WEEKS + 1, "")
    summary = queries.summary(context.by, today)
    return {
        "runs": WEEKS + 1,
        "exceptions": accepted,
        "states": {state.value: number for state, number in summary.by_state.items()},
    }


def _accept(context: DemoContext, code: str, reason: str, most: int, lasts: int) -> int:
    """Accepts the first findings of a check for a while; how many."""
    today = context.as_of
    page = queries.findings_page(context.by, check_for(code), FindingFilters(), today, size=most)
    for row in page.rows:
        commands.grant_exception(
            by=context.by, finding_id=row.id, reason=reason, expires_on=today + timedelta(days=lasts), today=today
        )
    return len(page.rows)
