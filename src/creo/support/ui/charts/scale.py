"""Axis limits and ticks a person would choose."""

from __future__ import annotations

import math
from collections.abc import Iterable

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def drawable(value: object) -> float | None:
    """The value as a finite float; None for nothing, text, NaN or infinity. Raises TypeError for a bool."""
    if isinstance(value, bool):
        raise TypeError("Un sí o no no es una cantidad.")
    if value is None:
        return None
    try:
        found = float(getattr(value, "amount", value))  # type: ignore[arg-type]  # Money carries .amount
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def nice_step(span: float, ticks: int) -> float:
    """The round step that cuts `span` into at most about `ticks` parts."""
    raw = span / max(1, ticks)
    if not math.isfinite(raw) or raw <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in STEPS if raw <= step * power * (1 + 1e-9))


def nice_axis(values: Iterable[float], ticks: int = 4, whole: bool = False) -> list[float]:
    """Round ticks from zero (or below the least negative) to above the greatest; never fewer than two."""
    known = list(values)
    low, high = min([0.0, *known]), max([0.0, *known])
    if low == high:
        high = 1.0
    step = nice_step(high - low, ticks)
    if whole:
        step = max(1.0, step)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, max(last, first + 1) + 1)]


def share(value: float, low: float, high: float) -> float:
    """Where the value lies between the limits, 0 to 100."""
    return 0.0 if high == low else min(100.0, max(0.0, (value - low) / (high - low) * 100))
