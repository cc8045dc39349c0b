"""What needs a second person and what went wrong: proposals in every state, three incidents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from creo.register.demo.context import DemoContext
from creo.support.approvals import demo as approvals
from creo.support.incidents import demo as incidents


def load(context: DemoContext) -> dict[str, Any]:
    """Runs after the data quality board: the proposals change its limits."""
    context.progress(0, 2, _("Propuestas e incidentes"))
    made = approvals.load(context.as_of)
    context.progress(1, 2, _("Propuestas e incidentes"))
    made |= incidents.load()
    context.progress(2, 2, "")
    return made
