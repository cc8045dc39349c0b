"""What the register publishes about a person for criteria to look at: a closed list, each fact with its words.

A fact that is None is unknown: never a yes and never a no.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from creo.kernel.periods import completed_years
from creo.register import rules
from creo.support.ui import formats


class FactKind(StrEnum):
    """How a fact is compared."""

    DATE = "date"
    NUMBER = "number"
    CATEGORY = "category"
    ARTICLE = "article"
    TRUTH = "truth"


@dataclass(frozen=True, slots=True)
class Fact:
    """One published fact: its name in criteria, its words for people, and who can complete it when it is missing."""

    name: str
    label: str | Promise
    kind: FactKind
    responsible: str | Promise
    values: tuple[str, ...] = ()


_REGISTRY = gettext_lazy("Registro Penitenciario")
_LEGAL = gettext_lazy("Registro Penitenciario, con copia de la resolución del juzgado")
_CLASSIFICATION = gettext_lazy("Junta Técnica de Clasificación")

FACTS: tuple[Fact, ...] = (
    Fact("admission_count", gettext_lazy("Número de ingresos"), FactKind.NUMBER, _REGISTRY),
    Fact("identity_confirmed", gettext_lazy("Identidad confirmada"), FactKind.TRUTH, _REGISTRY),
    Fact("birth_date", gettext_lazy("Fecha de nacimiento"), FactKind.DATE, _REGISTRY),
    Fact("sex", gettext_lazy("Sexo"), FactKind.CATEGORY, _REGISTRY, tuple(rules.Sex)),
    Fact("nationality", gettext_lazy("Nacionalidad"), FactKind.CATEGORY, _REGISTRY),
    Fact("main_article", gettext_lazy("Artículo del delito principal"), FactKind.ARTICLE, _LEGAL),
    Fact(
        "main_family",
        gettext_lazy("Familia del delito principal"),
        FactKind.CATEGORY,
        _LEGAL,
        tuple(sorted(rules.family_titles())),
    ),
    Fact("other_articles", gettext_lazy("Artículos de los otros delitos"), FactKind.CATEGORY, _LEGAL),
    Fact("attempt", gettext_lazy("Grado de tentativa"), FactKind.TRUTH, _LEGAL),
    Fact("legal_status", gettext_lazy("Situación jurídica"), FactKind.CATEGORY, _LEGAL, tuple(rules.LegalStatus)),
    Fact("effective_conviction_count", gettext_lazy("Condenas efectivas firmes"), FactKind.NUMBER, _LEGAL),
    Fact("recidivist", gettext_lazy("Reincidente, declarado por un juzgado"), FactKind.TRUTH, _LEGAL),
    Fact("habitual", gettext_lazy("Habitual, declarado por un juzgado"), FactKind.TRUTH, _LEGAL),
    Fact("mandates_in_force", gettext_lazy("Mandatos de detención vigentes"), FactKind.NUMBER, _LEGAL),
    Fact("facility", gettext_lazy("Establecimiento"), FactKind.CATEGORY, _REGISTRY),
    Fact("organised_crime", gettext_lazy("Vínculo con crimen organizado"), FactKind.TRUTH, _LEGAL),
    Fact("extreme_security", gettext_lazy("Clasificación en Extrema Seguridad"), FactKind.TRUTH, _CLASSIFICATION),
)
FACT_NAMES = frozenset(fact.name for fact in FACTS)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is recorded about a person on a day, before it is published. None or empty text: not recorded."""

    admissions: int | None
    last_admission: date | None
    anonymous: bool
    identity_status: str
    birth_date: date | None
    sex: str
    nationality: str
    document_kind: str
    offence_law: str = ""
    offence_article: str = ""
    offence_title: str = ""
    offence_family: str = ""
    other_articles: str = ""
    other_offences: tuple[str, ...] = ()
    attempt: bool | None = None
    legal_status: str = ""
    legal_status_on: date | None = None
    facility: str = ""
    facility_name: str = ""
    organised_crime: bool | None = None
    extreme_security: bool | None = None
    judicial: rules.JudicialFacts = field(default_factory=rules.JudicialFacts)


def facts_of(situation: Situation) -> dict[str, object]:
    """The published facts by name. An unconfirmed identity is unknown, and so is what counts or declares somebody
    whose record has neither a name nor a document: nobody can have looked for earlier admissions or sentences."""
    article = situation.offence_article
    judicial = rules.JudicialFacts() if situation.anonymous else situation.judicial
    return {
        "admission_count": None if situation.anonymous else situation.admissions,
        "identity_confirmed": True if situation.identity_status == rules.IdentityStatus.CONFIRMED else None,
        "birth_date": situation.birth_date,
        "sex": situation.sex or None,
        "nationality": situation.nationality or None,
        "main_article": rules.fact_article(situation.offence_law, article) if article else None,
        "main_family": situation.offence_family or None,
        "other_articles": situation.other_articles or None,
        "attempt": situation.attempt,
        "legal_status": situation.legal_status or None,
        "effective_conviction_count": judicial.convictions,
        "recidivist": judicial.recidivist,
        "habitual": judicial.habitual,
        "mandates_in_force": judicial.mandates,
        "facility": situation.facility or None,
        "organised_crime": situation.organised_crime,
        "extreme_security": situation.extreme_security,
    }


def evidence_of(situation: Situation, as_of: date) -> dict[str, str]:
    """Each fact in words for people, also when it is missing: "22 años (nació el 14 mar 2004)"."""
    judicial = rules.JudicialFacts() if situation.anonymous else situation.judicial
    return {
        "admission_count": _admissions(situation),
        "identity_confirmed": _identity(situation),
        "birth_date": _birth(situation.birth_date, as_of),
        "sex": _(rules.SEX_WORDS[situation.sex]).lower(),
        "nationality": rules.nationality_name(situation.nationality) or _("sin nacionalidad registrada"),
        "main_article": _offence(situation),
        "main_family": rules.family_titles().get(situation.offence_family) or _("sin familia en el catálogo"),
        "other_articles": _others(situation),
        "attempt": _truth(
            situation.attempt, _("en grado de tentativa"), _("consumado"), _("no consta si fue tentativa")
        ),
        "legal_status": _legal_status(situation),
        **_judicial(judicial),
        "facility": situation.facility_name or _("sin establecimiento registrado"),
        "organised_crime": _truth(
            situation.organised_crime,
            _("consta vínculo con crimen organizado"),
            _("sin vínculo con crimen organizado"),
            _("no consta si hay vínculo con crimen organizado"),
        ),
        "extreme_security": _truth(
            situation.extreme_security,
            _("en Extrema Seguridad"),
            _("sin clasificación en Extrema Seguridad"),
            _("no consta la clasificación de seguridad"),
        ),
    }


def _admissions(situation: Situation) -> str:
    if situation.anonymous:
        return _("sin nombre ni documento con que buscar ingresos anteriores")
    if not situation.admissions or situation.last_admission is None:
        return _("ningún ingreso registrado")
    since = formats.day(situation.last_admission)
    if situation.admissions == 1:
        return _("un solo episodio desde %(day)s") % {"day": since}
    return ngettext(
        "%(count)d ingreso; el último, el %(day)s", "%(count)d ingresos; el último, el %(day)s", situation.admissions
    ) % {"count": situation.admissions, "day": since}


def _identity(situation: Situation) -> str:
    if situation.identity_status != rules.IdentityStatus.CONFIRMED:
        return _("identidad por confirmar")
    kind = rules.DocumentKind(situation.document_kind)
    if kind in (rules.DocumentKind.DNI, rules.DocumentKind.FOREIGN):
        return _("identidad confirmada con %(document)s") % {"document": rules.DOCUMENT_WORDS[kind]}
    return _("identidad confirmada")


def _birth(birth_date: date | None, as_of: date) -> str:
    if birth_date is None:
        return _("sin fecha de nacimiento")
    return _("%(years)s (nació el %(day)s)") % {
        "years": formats.years(completed_years(birth_date, as_of)),
        "day": formats.day(birth_date),
    }


def _offence(situation: Situation) -> str:
    if not situation.offence_article:
        return _("no consta el delito principal")
    label = rules.offence_label(situation.offence_law, situation.offence_article, situation.offence_title)
    return _("%(offence)s (tentativa)") % {"offence": label} if situation.attempt else label


def _others(situation: Situation) -> str:
    if situation.other_offences:
        return "; ".join(situation.other_offences)
    return _("ningún otro delito registrado") if situation.offence_article else _("no constan los delitos")


def _judicial(facts: rules.JudicialFacts) -> dict[str, str]:
    """Convictions, declarations and mandates in words: three things apart from the admissions (C-10)."""
    if facts.convictions is None:
        convictions = _("no constan todas las sentencias, o si son efectivas y firmes")
    else:
        convictions = ngettext(
            "%(count)d condena efectiva firme", "%(count)d condenas efectivas firmes", facts.convictions
        ) % {"count": facts.convictions}
    if facts.mandates is None:
        mandates = _("ningún mandato registrado")
    else:
        mandates = ngettext("%(count)d mandato vigente", "%(count)d mandatos vigentes", facts.mandates) % {
            "count": facts.mandates
        }
    return {
        "effective_conviction_count": convictions,
        "recidivist": _truth(
            facts.recidivist,
            _("declarado reincidente por un juzgado"),
            _("un juzgado dijo que no es reincidente"),
            _("no consta que un juzgado se pronuncie sobre la reincidencia"),
        ),
        "habitual": _truth(
            facts.habitual,
            _("declarado habitual por un juzgado"),
            _("un juzgado dijo que no es habitual"),
            _("no consta que un juzgado se pronuncie sobre la habitualidad"),
        ),
        "mandates_in_force": mandates,
    }


def _legal_status(situation: Situation) -> str:
    if not situation.legal_status:
        return _("sin situación jurídica registrada")
    words = rules.LEGAL_STATUS_WORDS[situation.legal_status].lower()
    if situation.legal_status_on is None:
        return words
    return _("%(status)s desde %(day)s") % {"status": words, "day": formats.day(situation.legal_status_on)}


def _truth(value: bool | None, yes: str, no: str, unknown: str) -> str:
    if value is None:
        return unknown
    return yes if value else no
