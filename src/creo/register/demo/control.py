"""What needs a second person, what went wrong and what went out: proposals, three incidents, three downloads."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from creo.register.demo.context import DemoContext
from creo.support.approvals import demo as approvals
from creo.support.exports import demo as exports
from creo.support.incidents import demo as incidents


def load(context: DemoContext) -> dict[str, Any]:
    """Runs after the data quality board: the proposals change its limits."""
    context.progress(0, 3, _("Propuestas e incidentes"))
    made = approvals.load(context.as_of)
    context.progress(1, 3, _("Propuestas e incidentes"))
    made |= incidents.load()
    context.progress(2, 3, _("Descargas"))
    made |= exports.load(context.as_of)
    context.progress(3, 3, "")
    return made
