"""Numbers, money and dates as the office writes them: Spanish of Peru by default, English when it is active.

Own tables instead of Django's locale files: the same text on a page, in a chart, in an export and in a PDF.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

NARROW_SPACE = "\u202f"  # narrow no-break space: thousands in Spanish, before the per cent sign
NO_BREAK = "\u00a0"
MINUS = "\u2212"
NOTHING = "—"
LIMA = ZoneInfo("America/Lima")  # one time zone in the whole country, no summer time

MONTHS = {
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "set", "oct", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


def language(lang: str | None = None) -> str:
    """ "es" or "en": the one asked for, else the active one, else Spanish (also where no settings exist)."""
    if lang is None:
        from django.conf import settings
        from django.utils.translation import get_language

        if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
            return "es"
        lang = get_language() or "es"
    return "en" if lang.lower().startswith("en") else "es"


def decimal_of(value: object) -> Decimal | None:
    """The exact value of an int, float, Decimal, numeric text or Money; None for anything else, NaN and infinity."""
    if value is None or isinstance(value, bool):
        return None
    value = getattr(value, "amount", value)  # Money
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def number(value: object, decimals: int = 0, lang: str | None = None) -> str:
    """`103717` -> "103 717" (en "103,717"); halves go up; nothing -> "—"."""
    exact = decimal_of(value)
    if exact is None:
        return NOTHING
    rounded = _round(exact, decimals)
    text = f"{abs(rounded):,.{decimals}f}"
    if language(lang) == "es":
        text = text.replace(",", NARROW_SPACE).replace(".", ",")
    return (MINUS if rounded < 0 else "") + text


def _round(exact: Decimal, decimals: int) -> Decimal:
    # quantize raises beyond the default context's 28 digits; a huge number must print, not break the page
    digits = len(exact.as_tuple().digits) + abs(int(exact.as_tuple().exponent)) + decimals + 2
    return exact.quantize(Decimal(1).scaleb(-decimals), context=Context(prec=max(28, digits), rounding=ROUND_HALF_UP))


def decimal(value: object, lang: str | None = None) -> str:
    """Number with one decimal."""
    return number(value, 1, lang)


def percent(share: object, decimals: int = 1, lang: str | None = None) -> str:
    """A share as per cent: `0.125` -> "12,5 %" (en "12.5%")."""
    exact = decimal_of(share)
    if exact is None:
        return NOTHING
    text = number(exact * 100, decimals, lang)
    return f"{text}%" if language(lang) == "en" else f"{text}{NARROW_SPACE}%"


def soles(value: object, lang: str | None = None) -> str:
    """Soles with two decimals: "S/ 1 234,50" (en "S/ 1,234.50"); takes Money, Decimal or int."""
    text = number(value, 2, lang)
    return text if text == NOTHING else f"S/{NO_BREAK}{text}"


def date_of(value: object) -> date | None:
    """A date from a date, a datetime (its day in Lima) or ISO text; None for anything else."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return (value.astimezone(LIMA) if value.tzinfo else value).date()
    return value if isinstance(value, date) else None


def day(value: object, lang: str | None = None) -> str:
    """`2026-11-23` -> "23 nov 2026" (en "23 Nov 2026"); day with two digits, as columns align."""
    found = date_of(value)
    if found is None:
        return NOTHING
    return NO_BREAK.join((f"{found.day:02d}", MONTHS[language(lang)][found.month - 1], str(found.year)))


def month(value: object, lang: str | None = None) -> str:
    """`2026-11-23` -> "nov 2026"."""
    found = date_of(value)
    return NOTHING if found is None else f"{MONTHS[language(lang)][found.month - 1]}{NO_BREAK}{found.year}"


def moment(value: object, lang: str | None = None) -> str:
    """A datetime on Lima's clock: "23 nov 2026, 14:05"."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return NOTHING
    if not isinstance(value, datetime):
        return day(value, lang)
    local = value.astimezone(LIMA) if value.tzinfo else value
    return f"{day(local, lang)}, {local:%H:%M}"


def years(value: object, lang: str | None = None) -> str:
    """Completed years in words: "22 años", "1 año"."""
    exact = decimal_of(value)
    if exact is None:
        return NOTHING
    words = ("año", "años") if language(lang) == "es" else ("year", "years")
    return f"{number(exact, 0, lang)}{NO_BREAK}{words[exact != 1]}"


def duration(seconds: object, lang: str | None = None) -> str:
    """Seconds as "45 s", "3 min 20 s" or "2 h 05 min"; never negative."""
    exact = decimal_of(seconds)
    if exact is None:
        return NOTHING
    total = max(0, int(exact))
    if total < 60:
        return f"{total}{NO_BREAK}s"
    if total < 3600:
        minutes, rest = divmod(total, 60)
        return f"{minutes}{NO_BREAK}min" + (f"{NO_BREAK}{rest:02d}{NO_BREAK}s" if rest else "")
    hours, rest = divmod(total, 3600)
    return f"{number(hours, 0, lang)}{NO_BREAK}h{NO_BREAK}{rest // 60:02d}{NO_BREAK}min"


KINDS: dict[str, Callable[..., str]] = {
    "number": number,
    "decimal": decimal,
    "percent": percent,
    "soles": soles,
    "day": day,
    "month": month,
    "moment": moment,
    "years": years,
}
NUMERIC = frozenset({"number", "decimal", "percent", "soles", "years"})


def shown(value: object, kind: str = "text", lang: str | None = None) -> str:
    """The value as text of that kind; text stays as it is. Raises ValueError for a kind nobody knows."""
    if kind in KINDS:
        return KINDS[kind](value, lang=lang)
    if kind not in {"text", "html", "state"}:
        raise ValueError(f"Formato desconocido [{kind}].")
    return NOTHING if value is None or value == "" else str(value)
