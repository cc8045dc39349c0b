"""What running a stored run again found, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from creo.support.ui.parts import Cell, Column, Fact, Row
from creo.targeting import rules
from creo.targeting.commands import RunCheck
from creo.targeting.queries import fact_labels


def check_facts(check: RunCheck) -> list[Fact]:
    """The two answers of a check, and who came and went since."""
    return [
        Fact(
            _("Con los datos guardados"),
            _("la misma respuesta para todas las personas")
            if check.kept_same
            else _("%(count)s respuestas no coinciden con sus datos") % {"count": check.broken_rows},
            state="yes" if check.kept_same else "no",
        ),
        Fact(
            _("Con lo que hoy dice el registro de ese día"),
            _("los mismos datos") if check.live_same else _("el registro cambió desde entonces"),
            state="yes" if check.live_same else "info",
        ),
        Fact(_("Personas que hoy constan y entonces no"), check.arrived, kind="number"),
        Fact(_("Personas que entonces constaban y hoy no"), check.gone, kind="number"),
    ]


def change_columns(first: str) -> list[Column]:
    """Columns of a table of changes."""
    return [Column(first), Column(_("Personas"), "number")]


def changed_fact_rows(check: RunCheck) -> list[Row]:
    """Facts that changed, and for how many people."""
    labels = fact_labels()
    return [
        Row([labels.get(name, name), count])
        for name, count in sorted(check.changed_facts.items(), key=lambda pair: -pair[1])
    ]


def changed_answer_rows(check: RunCheck) -> list[Row]:
    """Answers that would be others, and for how many people."""
    rows = []
    for pair, count in sorted(check.changed_answers.items(), key=lambda item: -item[1]):
        before, after = (rules.Result(name) for name in pair.split(">"))
        rows.append(
            Row([Cell(_("De %(before)s a %(after)s") % {"before": _(before.word), "after": _(after.word)}), count])
        )
    return rows
