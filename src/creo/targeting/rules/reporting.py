"""How a run is told: the steps of the funnel, the age bands of INPE's tables, the offence families."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from creo.kernel.citations import Citation
from creo.kernel.criteria import ArticleRange, Criteria
from creo.kernel.criteria.articles import is_article
from creo.targeting.rules.rulesets import Family

# The bands INPE prints (domain A3): whole bands, so that 18-34 is four of them and 18-29 three.
AGE_BANDS: tuple[tuple[int, int | None], ...] = (
    (0, 17),
    (18, 19),
    (20, 24),
    (25, 29),
    (30, 34),
    (35, 39),
    (40, 44),
    (45, 49),
    (50, 54),
    (55, 59),
    (60, None),
)
AGE_BANDS_SOURCE = Citation("INPE", "informes estadísticos, cuadros por grupo de edad")
NO_DATA = "Sin dato"
OTHER_FAMILY = "other"
NO_FAMILY = "unknown"


@dataclass(frozen=True)
class FunnelStep:
    """One bar of the funnel: who meets the first `upto` criteria in force."""

    code: str
    title: str
    upto: int


def funnel_steps(criteria: Criteria, as_of: date) -> tuple[FunnelStep, ...]:
    """The criteria one by one in the order of the design; the exclusions together as the last step (C-12)."""
    items = criteria.in_force(as_of)
    asked = [item for item in items if not item.is_exclusion]
    steps = [FunnelStep(item.code, item.title, place) for place, item in enumerate(asked, start=1)]
    return (*steps, FunnelStep("eligible", "Elegibles", len(items)))


def funnel_order(criteria: Criteria, as_of: date) -> tuple[int, ...]:
    """Places of the criteria in force with the exclusions last, as the funnel counts them."""
    items = criteria.in_force(as_of)
    return tuple(sorted(range(len(items)), key=lambda place: items[place].is_exclusion))


def band_titles() -> tuple[str, ...]:
    """The bands in words, "Sin dato" last."""
    return (*(_band_title(low, high) for low, high in AGE_BANDS), NO_DATA)


def _band_title(low: int, high: int | None) -> str:
    if high is None:
        return f"{low} a más"
    return f"Menos de {high + 1}" if low == 0 else f"{low} a {high}"


def family_of(article: str | None, families: Sequence[Family]) -> str:
    """The first family that holds an article; `other` when none does, `unknown` without an article."""
    if article is None or not is_article(article):
        return NO_FAMILY
    for family in families:
        if any(ArticleRange.parse(text).holds(article) for text in family.articles):
            return family.code
    return OTHER_FAMILY


def family_titles(families: Sequence[Family]) -> tuple[tuple[str, str], ...]:
    """Codes and titles of the families, then those of the rest and of who has no offence recorded."""
    return (
        *((family.code, family.title) for family in families),
        (OTHER_FAMILY, "Otros delitos"),
        (NO_FAMILY, NO_DATA),
    )
