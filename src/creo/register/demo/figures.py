"""The public figures of the demonstration: today's release, so that the page opens on one and the next has a past."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from creo.register.demo.context import DemoContext
from creo.support.figures import commands, queries
from creo.support.figures.tables import digest
from creo.support.refusals import Refused


def load(context: DemoContext) -> dict[str, Any]:
    """Publishes what may be published; a demonstration of very few people has nothing to publish, and says so."""
    try:
        tables = queries.prepared(context.by, context.as_of)
    except Refused as refusal:
        return {"releases": 0, "why": " ".join(refusal.messages)}
    reason = _("Calendario de publicación (demostración)")
    commands.publish(by=context.by, today=context.as_of, reason=reason, seen=digest(tables))
    return {"releases": 1, "hidden": sum(table.hidden for table in tables)}
