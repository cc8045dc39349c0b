"""What a record of a person and their episodes cannot say, and what it may say but somebody should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from creo.kernel.periods import completed_years
from creo.register.rules.parameters import parameters
from creo.register.rules.stays import Episode


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt about a record: `field` is where it shows; what `blocks` is refused, the rest is kept and flagged."""

    code: str
    field: str
    message: str
    blocks: bool = True


def birth_findings(birth_date: date | None, today: date) -> list[Finding]:
    """Doubts about a birth date by itself."""
    if birth_date is None:
        return []
    if birth_date > today:
        return [Finding("birth_in_future", "birth_date", "La fecha de nacimiento es posterior al día de hoy.")]
    greatest = parameters().plausible_age_on(today).greatest
    if completed_years(birth_date, today) > greatest:
        return [Finding("birth_too_old", "birth_date", f"La fecha de nacimiento da más de {greatest} años.")]
    return []


def admission_age_findings(birth_date: date | None, admitted_on: date) -> list[Finding]:
    """Doubts about the age at admission: before birth is impossible, a very young age is kept and flagged."""
    if birth_date is None:
        return []
    if admitted_on < birth_date:
        return [Finding("admitted_before_birth", "admitted_on", "El ingreso es anterior a la fecha de nacimiento.")]
    least = parameters().plausible_age_on(admitted_on).least
    if completed_years(birth_date, admitted_on) < least:
        message = f"Tenía menos de {least} años al ingresar: revise la fecha de nacimiento y la de ingreso."
        return [Finding("admitted_too_young", "birth_date", message, blocks=False)]
    return []


def episode_findings(episode: Episode, today: date) -> list[Finding]:
    """Doubts about one episode's dates."""
    findings = []
    if episode.admitted_on > today:
        findings.append(
            Finding("admission_in_future", "admitted_on", "La fecha de ingreso es posterior al día de hoy.")
        )
    if episode.released_on is not None:
        if episode.released_on > today:
            findings.append(
                Finding("release_in_future", "released_on", "La fecha de egreso es posterior al día de hoy.")
            )
        if episode.released_on < episode.admitted_on:
            findings.append(Finding("released_before_admission", "released_on", "El egreso es anterior al ingreso."))
    return findings


def overlap_findings(episode: Episode, others: Sequence[Episode]) -> list[Finding]:
    """Doubts about an episode beside the person's other episodes: two open, or two on the same day."""
    if episode.released_on is not None and episode.released_on < episode.admitted_on:
        return []
    open_others = [other for other in others if other.released_on is None]
    if episode.released_on is None and open_others:
        message = "La persona ya tiene un episodio abierto: registre antes su egreso."
        return [Finding("second_open_episode", "admitted_on", message)]
    if any(episode.period.overlaps(other.period) for other in others):
        message = "Las fechas se cruzan con otro episodio de la misma persona."
        return [Finding("overlapping_episode", "admitted_on", message)]
    return []


def confirmation_gaps(
    *, given_names: str, first_surname: str, birth_date: date | None, sex: str, document_kind: str
) -> list[str]:
    """What an identity still lacks to be confirmed, in words (Regl. CEP art. 45: ficha de identificación)."""
    gaps = []
    if not given_names or not first_surname:
        gaps.append("Falta el nombre completo: nombres y primer apellido.")
    if birth_date is None:
        gaps.append("Falta la fecha de nacimiento.")
    if not sex:
        gaps.append("Falta el sexo.")
    if document_kind == "unknown":
        gaps.append("Falta indicar el documento de identidad, o que la persona no tiene.")
    return gaps
