"""The people of the demonstration: the offence catalogue and a synthetic nation, measured against INPE's tables."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _

from creo.register import commands
from creo.register.demo.context import DemoContext

EXAMPLES = 5


def load(context: DemoContext) -> dict[str, Any]:
    """Loads catalogue and population into an empty register; Refused over people already there.

    Answers rows by table, every margin's deviation from INPE in percentage points, and where the planted flaws are.
    """
    from creo.register import engine

    catalogue = commands.load_offences(by=context.by)
    context.progress(0, 0, _("Generando la población"))
    population = engine.population(context.seed, context.as_of, context.scale)
    rows = commands.load_population(by=context.by, population=population, progress=context.progress)
    context.progress(0, 0, _("Midiendo los márgenes"))
    margins = engine.report(population)
    worst = max((margin.max_deviation_points for margin in margins), default=0.0)
    return {
        "offences": len(catalogue.added) + len(catalogue.changed) + catalogue.kept,
        "rows": rows,
        "in_custody": int((population.custodies.release_kind == "").sum()),
        "margins": [
            {
                "margin": margin.margin,
                "title": margin.title,
                "source": margin.source,
                "cells": len(margin.cells),
                "max_deviation_points": round(margin.max_deviation_points, 3),
            }
            for margin in margins
        ],
        "max_deviation_points": round(worst, 3),
        "within": all(margin.within for margin in margins),
        "defects": {
            kind: {"count": len(groups), "examples": [list(codes) for codes in groups[:EXAMPLES]]}
            for kind, groups in population.defects.items()
        },
        "known_answers": dict(Counter(population.answers.values())),
    }
