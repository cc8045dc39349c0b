"""Who may be enrolled in the programme, and how an enrolment ends (S-118, C-01, C-09, C-52)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from creo.kernel.citations import PROGRAMME, Citation
from creo.kernel.criteria import AgeBetween, Criteria
from creo.kernel.periods import completed_years
from creo.kernel.verdicts import Outcome, Reason, Verdict, all_of
from creo.targeting.rules.rulesets import leaves


class Severity(StrEnum):
    """What a failed reason does to the act: stop it, or ask for a written reason."""

    BLOCK = "block"
    WARN = "warn"


class ExitReason(StrEnum):
    """Why an enrolment ends. The source has no exit rules: this list is our treatment of C-52."""

    TRANSFER = "transfer"
    RELEASE = "release"
    RELEASE_WITH_BENEFIT = "release_with_benefit"
    VOLUNTARY = "voluntary"
    CONDUCT = "conduct"
    COMPLETED = "completed"
    DEATH = "death"
    MISTAKE = "mistake"

    @property
    def word(self) -> str:
        """The reason for people."""
        return _EXIT_WORDS[self]


_EXIT_WORDS = {
    ExitReason.TRANSFER: "Traslado a un establecimiento sin el programa",
    ExitReason.RELEASE: "Egreso del establecimiento sin beneficio penitenciario",
    ExitReason.RELEASE_WITH_BENEFIT: "Egreso con beneficio penitenciario",
    ExitReason.VOLUNTARY: "Decisión de la propia persona, sin consecuencias para ella",
    ExitReason.CONDUCT: "Decisión del Órgano Técnico de Tratamiento por conducta",
    ExitReason.COMPLETED: "Término de la intervención",
    ExitReason.DEATH: "Fallecimiento",
    ExitReason.MISTAKE: "Inscripción hecha por error",
}
EXIT_SOURCE = Citation(PROGRAMME, lines=(30,), note="C-52: la fuente no dice cómo termina una intervención")
NOTE_NEEDED = frozenset({ExitReason.CONDUCT, ExitReason.MISTAKE})

ELIGIBLE, IN_CUSTODY, HERE, ONCE, DATED, RETURNS = "eligible", "in_custody", "here", "once", "dated", "returns"
_SEVERITY = {
    ELIGIBLE: Severity.BLOCK,
    IN_CUSTODY: Severity.BLOCK,
    HERE: Severity.BLOCK,
    ONCE: Severity.BLOCK,
    DATED: Severity.BLOCK,
    RETURNS: Severity.WARN,
}


@dataclass(frozen=True)
class Applicant:
    """What enrolment looks at besides the criteria. `here` is None when no prison is recorded."""

    in_custody: bool
    here: bool | None
    enrolled_since: date | None = None
    last_exit: date | None = None


@dataclass(frozen=True)
class Decision:
    """The verdict on the act, and what each reason that is not met does to it."""

    verdict: Verdict

    @property
    def blocks(self) -> tuple[Reason, ...]:
        """Reasons that stop the act."""
        return self._with(Severity.BLOCK)

    @property
    def warnings(self) -> tuple[Reason, ...]:
        """Reasons that ask for a written reason."""
        return self._with(Severity.WARN)

    @property
    def allowed(self) -> bool:
        """True when nothing stops the act."""
        return not self.blocks

    def _with(self, severity: Severity) -> tuple[Reason, ...]:
        reasons = self.verdict.reasons
        return tuple(
            reason for reason in reasons if reason.outcome is not Outcome.MET and _SEVERITY[reason.code] is severity
        )


def may_enrol(verdict: Verdict, applicant: Applicant, *, on: date, today: date) -> Decision:
    """Whether somebody may be enrolled on a day: eligible that day (C-09), held here, once, and not in the future.

    Undecided stops like not eligible does: a missing fact is completed first, never assumed.
    """
    reasons = (
        _eligible(verdict),
        _yes(IN_CUSTODY, "Está en custodia ese día", applicant.in_custody, "no consta un episodio abierto ese día"),
        _here(applicant.here),
        _once(applicant.enrolled_since),
        _dated(on, today, applicant.last_exit),
        _returns(applicant.last_exit),
    )
    blocking = (reason.outcome for reason in reasons if _SEVERITY[reason.code] is Severity.BLOCK)
    return Decision(Verdict(all_of(blocking), reasons, verdict.changes_on, verdict.provisional))


def _eligible(verdict: Verdict) -> Reason:
    failed = "; ".join(reason.title for reason in verdict.failed)
    missing = "; ".join(reason.title for reason in verdict.missing)
    fact, action = "cumple todos los criterios", ""
    if verdict.outcome is Outcome.NOT_MET:
        fact = f"no cumple: {failed}"
    elif verdict.outcome is Outcome.UNKNOWN:
        fact = f"por decidir: falta un dato en {missing}"
        action = "; ".join(dict.fromkeys(reason.action for reason in verdict.missing if reason.action))
    citation = Citation(PROGRAMME, lines=(30, 34), note="C-09")
    responsible = "; ".join(dict.fromkeys(reason.responsible for reason in verdict.missing if reason.responsible))
    return Reason(
        ELIGIBLE, "Es elegible ese día", verdict.outcome, fact, citation, action, responsible, verdict.changes_on
    )


def _yes(code: str, title: str, holds: bool, otherwise: str) -> Reason:
    return Reason(code, title, Outcome.MET if holds else Outcome.NOT_MET, "" if holds else otherwise)


def _here(here: bool | None) -> Reason:
    title = "Está en un establecimiento de su ámbito"
    if here is None:
        return Reason(
            HERE, title, Outcome.UNKNOWN, "no consta el establecimiento", action="Registrar el establecimiento"
        )
    return _yes(HERE, title, here, "está en otro establecimiento")


def _once(enrolled_since: date | None) -> Reason:
    title = "No está inscrita en el programa"
    if enrolled_since is None:
        return Reason(ONCE, title, Outcome.MET)
    return Reason(ONCE, title, Outcome.NOT_MET, f"ya está inscrita desde el {enrolled_since:%d/%m/%Y}")


def _dated(on: date, today: date, last_exit: date | None) -> Reason:
    title = "La fecha de inscripción es posible"
    if on > today:
        return Reason(DATED, title, Outcome.NOT_MET, "la fecha es posterior a hoy")
    if last_exit is not None and on < last_exit:
        return Reason(DATED, title, Outcome.NOT_MET, f"es anterior a su salida del programa, el {last_exit:%d/%m/%Y}")
    return Reason(DATED, title, Outcome.MET)


def _returns(last_exit: date | None) -> Reason:
    title = "Es su primera inscripción"
    if last_exit is None:
        return Reason(RETURNS, title, Outcome.MET)
    fact = f"salió del programa el {last_exit:%d/%m/%Y}; indique por qué vuelve"
    return Reason(RETURNS, title, Outcome.NOT_MET, fact, Citation(PROGRAMME, lines=(30,), note="C-52"))


def may_end(reason: ExitReason, note: str, *, enrolled_on: date, on: date, today: date) -> list[str]:
    """What stops an exit, in words; an empty list when nothing does."""
    problems = []
    if on < enrolled_on:
        problems.append(f"La salida no puede ser anterior a la inscripción ({enrolled_on:%d/%m/%Y}).")
    if on > today:
        problems.append("La salida no puede ser posterior a hoy.")
    if reason in NOTE_NEEDED and not note.strip():
        problems.append(f"«{reason.word}» necesita una explicación escrita.")
    return problems


def max_age(criteria: Criteria, as_of: date) -> int | None:
    """The highest age some criterion in force still accepts; None when no criterion asks for ages."""
    bands = [leaf for item in criteria.in_force(as_of) for leaf in leaves(item.test) if isinstance(leaf, AgeBetween)]
    return max((leaf.high for leaf in bands), default=None)


def aged_out(born: date | None, highest: int | None, as_of: date) -> bool:
    """True when somebody has passed the maximum age. Who was enrolled in range stays enrolled and is flagged (C-01)."""
    return born is not None and highest is not None and completed_years(born, as_of) > highest
