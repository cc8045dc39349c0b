"""The legal side of a file in words and rows, for its page and for the printed sheet."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.kernel.citations import Citation
from creo.register import rules
from creo.register.queries import LegalFile, MandateRow, OffencePeriod, SentenceRow, StatusPeriod
from creo.support.ui import formats


def term_words(term: rules.Term | None) -> str:
    """A term in words: «4 años, 6 meses y 10 días»; empty when it is not on record."""
    if term is None:
        return ""
    parts = [
        ngettext("%(count)d año", "%(count)d años", term.years) % {"count": term.years} if term.years else "",
        ngettext("%(count)d mes", "%(count)d meses", term.months) % {"count": term.months} if term.months else "",
        days_words(term.days) if term.days else "",
    ]
    kept = [part for part in parts if part]
    if len(kept) < 2:
        return "".join(kept)
    return _("%(first)s y %(last)s") % {"first": ", ".join(kept[:-1]), "last": kept[-1]}


def days_words(days: int) -> str:
    """A number of days in words."""
    return ngettext("%(count)s día", "%(count)s días", days) % {"count": formats.number(days)}


def penalty_words(row: SentenceRow) -> str:
    """The penalty of a sentence in words."""
    if row.penalty == rules.PenaltyKind.LIFE:
        return _(rules.PENALTY_WORDS[row.penalty])
    return term_words(row.term) or _("No consta la duración")


def step_words(step: rules.Step) -> str:
    """One step of a computation in words."""
    return _(rules.STEP_WORDS[step.code]) % {
        "day": formats.day(step.day) if step.day is not None else "",
        "days": days_words(step.days or 0),
        "years": formats.years(step.days or 0),
        "term": term_words(step.term),
    }


def step_source(step: rules.Step) -> str:
    """Where the rule of a step comes from."""
    return citation_words(step.citation)


def citation_words(citation: Citation | None) -> str:
    """A citation in one line; empty without one."""
    return citation.label() if citation is not None else ""


def end_words(file: LegalFile) -> str:
    """The end of all penalties in one phrase."""
    found = file.computation
    if not file.sentences:
        return _("Ninguna sentencia registrada")
    if not found.serving:
        return _("Ninguna pena vigente que cumplir en prisión")
    if found.life:
        return _("Cadena perpetua: no tiene día de cumplimiento")
    if found.last_day is None:
        return _("No se puede calcular: faltan datos")
    return formats.day(found.last_day)


def count_words(count: int | None) -> str:
    """A number that may not be known."""
    return _("No se puede contar: faltan datos") if count is None else formats.number(count)


def truth_words(value: bool | None, kind: str) -> str:
    """A declaration in words: yes, expressly no, or nothing said."""
    words = _(rules.JUDICIAL_WORDS[kind])
    if value is None:
        return _("No consta que un juzgado lo haya declarado")
    return words if value else _("Un juzgado dijo que no")


def status_words(row: StatusPeriod) -> str:
    """A legal status in words."""
    return _(rules.LEGAL_STATUS_WORDS[row.status])


def offence_words(row: OffencePeriod) -> str:
    """An offence with its grade, as a court would write it."""
    label = row.label or _("El mandato no lo indica")
    return _("%(offence)s (tentativa)") % {"offence": label} if row.attempt else label


def sentence_offences(row: SentenceRow) -> str:
    """The offences of a sentence in one line."""
    words = [_("%(offence)s (tentativa)") % {"offence": label} if attempt else label for label, attempt in row.offences]
    return "; ".join(words) or _("No constan")


def final_words(row: SentenceRow) -> str:
    """Whether a sentence is final and since when."""
    words = _(rules.FINALITY_WORDS[row.finality])
    if row.final_on is None:
        return words
    return _("%(word)s desde el %(day)s") % {"word": words, "day": formats.day(row.final_on)}


def served_words(row: SentenceRow, sentences: dict[int, SentenceRow]) -> str:
    """How a sentence is served beside the others."""
    if row.relation == rules.Relation.CONSECUTIVE and row.after in sentences:
        return _("A continuación de la del expediente %(case)s") % {"case": sentences[row.after].case_number}
    return _(rules.RELATION_WORDS[row.relation])


def mandate_state(row: MandateRow, today: date) -> tuple[str, str]:
    """State and word of a mandate: in force, past its term, or lifted and why."""
    if row.lifted_on is not None:
        words = {"day": formats.day(row.lifted_on), "why": _(rules.LIFT_WORDS[row.lift_kind])}
        return "neutral", _("Levantado el %(day)s: %(why)s") % words
    if row.term_ends_on is not None and row.term_ends_on <= today:
        return "unknown", _("Vigente, con el plazo vencido")
    return "info", _("Vigente")


def last_day(first_outside: date | None) -> date | None:
    """The last day of a period by the first one outside."""
    return first_outside - timedelta(1) if first_outside is not None else None
