"""What a merge of two people does to targeting: enrolments pass to the record that goes on, old results stay.

Two open enrolments in one programme are one: the later is closed as a duplicate of the earlier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.register.commands.merging import History
from creo.register.rules import Dependent, Dependents, Fate, Found, Joining, Memory, Reading, ReadRow
from creo.support.ui import formats
from creo.targeting.models import Enrolment
from creo.targeting.rules import ExitReason

_END = ("ended_on", "exit_reason", "exit_note", "ended_by")
_ENROLMENTS = Reading("targeting.Enrolment", columns=("programme", "enrolled_on", "ended_on"))


class Enrolments:
    """Enrolments in the programme."""

    code, covers = "enrolments", ("targeting.Enrolment.person",)
    reads: tuple[Reading, ...] = (_ENROLMENTS,)

    def preview(self, joining: Joining, found: Found) -> Sequence[Dependent]:
        """Each enrolment of the duplicate, and one of the survivor's when it is the later of two open ones."""
        closed = self._later(found)
        lines = []
        for row in _sorted(found.duplicate):
            if row.pk in closed:
                lines.append(self._line(row, Fate.CLOSED, _("Ya hay una inscripción abierta anterior en el programa.")))
            else:
                lines.append(self._line(row, Fate.REPOINTED))
        why = _("La otra ficha tiene una inscripción abierta anterior, que es la que sigue.")
        return lines + [self._line(row, Fate.CLOSED, why) for row in _sorted(found.into) if row.pk in closed]

    def apply(self, joining: Joining, found: Found) -> Memory:
        """Ends the later of two open ones, then moves the duplicate's."""
        ended = []
        for pk, first in self._later(found).items():
            row = Enrolment.objects.get(pk=pk)
            ended.append([pk, {name: _plain(getattr(row, name)) for name in _END}])
            row.ended_on = max(joining.on, row.enrolled_on)
            row.exit_reason, row.ended_by = ExitReason.MISTAKE.value, joining.by
            words = {"day": formats.day(first), "duplicate": joining.duplicate_code, "into": joining.into_code}
            row.exit_note = _("Duplicada de la inscripción del %(day)s: %(duplicate)s se unió a %(into)s.") % words
            row.save(update_fields=_END)
        kept = [row.pk for row in _sorted(found.into)]
        moved = [row.pk for row in _sorted(found.duplicate)]
        Enrolment.objects.filter(pk__in=moved).update(person_id=joining.into_code)
        return {"moved": moved, "kept": kept, "ended": ended}

    def obstacles(self, joining: Joining, memory: Memory, found: Found) -> Sequence[str]:
        """Enrolments that went elsewhere, or were made since: nobody knows of which of the two people."""
        known = set(memory["moved"])
        present = {row.pk: row for row in _sorted(found.into)}
        problems = []
        if known - set(present):
            problems.append(_("Hay inscripciones que ya no están en la ficha que queda."))
        since = [row for pk, row in present.items() if pk not in known and pk not in memory["kept"]]
        problems += [
            _("La inscripción del %(day)s se hizo después de la unión: no consta de cuál de las dos personas es.")
            % {"day": formats.day(row.enrolled_on)}
            for row in since
        ]
        return problems

    def undo(self, joining: Joining, memory: Memory) -> None:
        """Moves them back and opens again what the merge ended."""
        Enrolment.objects.filter(pk__in=memory["moved"]).update(person_id=joining.duplicate_code)
        for pk, before in memory["ended"]:
            Enrolment.objects.filter(pk=pk).update(**before)

    def _later(self, found: Found) -> dict[int, date]:
        """The later of two open enrolments of one programme, with the day of the one that stays."""
        mine = {row.programme: row for row in _sorted(found.duplicate) if row.ended_on is None}
        closed = {}
        for theirs in _sorted(found.into):
            other = mine.get(theirs.programme)
            if theirs.ended_on is None and other is not None:
                first, later = sorted((theirs, other), key=lambda row: (row.enrolled_on, row.pk))
                closed[later.pk] = first.enrolled_on
        return closed

    def _line(self, row: ReadRow, fate: Fate, why: str = "") -> Dependent:
        until = formats.day(row.ended_on) if row.ended_on else _("abierta")
        return Dependent(_("Inscripción en el programa"), f"{formats.day(row.enrolled_on)} – {until}", fate, why)


def _sorted(rows: Mapping[Reading, Sequence[ReadRow]]) -> list[ReadRow]:
    """One person's enrolments in the order they were made."""
    return sorted(rows[_ENROLMENTS], key=lambda row: (row.enrolled_on, row.pk))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


DEPENDENTS: tuple[Dependents, ...] = (
    Enrolments(),
    History(
        "targeting_results",
        ("targeting.TargetingResult.person",),
        gettext_lazy("Resultados de focalización"),
        why=gettext_lazy(
            "Una corrida no se reescribe: dice lo que se sabía ese día. La siguiente evalúa una sola ficha."
        ),
        # By way of the runs: the only index of results begins with the run.
        counted=Reading("targeting.TargetingRun", "results__person", counted=True),
    ),
    History(
        "targeting_reevaluations",
        ("targeting.Reevaluation.person",),
        gettext_lazy("Reevaluaciones de focalización"),
        why=gettext_lazy(
            "Dicen por qué cambió una respuesta entonces. La unión hace evaluar de nuevo la ficha que queda."
        ),
        counted=Reading("targeting.Reevaluation", counted=True),
    ),
)
