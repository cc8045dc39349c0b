"""Horizontal bars and the funnel: label, bar, and the figure always outside the bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from creo.support.ui import formats
from creo.support.ui.charts import canvas, scale

BAR_STATES = ("", "strong", "unknown", "yes", "no", "info", "neutral")
AREA = {1: 72, 2: 60, 3: 48, 4: 36}  # per cent of the box left to the bar beside its figure, on a phone
THICK = 14  # of a bar on a phone
BOX = 24  # of a bar on a wide box, where creo.css makes it so


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `state`: "strong" (the result), "unknown" (hatched) or a state's colour; None as value is *sin dato*."""

    label: str
    value: object
    state: str = ""
    url: str = ""
    note: str = ""


Items = Iterable[Bar | tuple[str, object]]


@dataclass(frozen=True, slots=True)
class Ruler:
    """What all bars of a chart share: the limits of their scale, the chart's key and the room of their figures."""

    low: float
    high: float
    key: str
    room: int

    def shape(self, value: float | None, css: str, thick: int) -> str:
        """A bar: a hatched track when unknown, a visible sliver for any amount, nothing but its foot at zero."""
        zero = scale.share(0.0, self.low, self.high)
        foot = f'<rect class="c-foot" x="{canvas.coordinate(zero)}%" width="1.5" height="{thick}"/>'
        hatched = f'fill="url(#{self.key}-hatch)"'
        if value is None:
            return f'<rect class="c-hatched c-absent" {hatched} width="100%" height="{thick}" rx="3"/>'
        if value == 0:
            return foot
        end = scale.share(value, self.low, self.high)
        width = max(abs(end - zero), 0.6)
        left = min(zero, end, 100 - width)
        place = f'x="{canvas.coordinate(left)}%" width="{canvas.coordinate(width)}%" height="{thick}" rx="{thick // 4}"'
        if css == "c-tone-unknown":
            return f'<rect class="c-hatched" {hatched} {place}/>{foot}'
        return f'<rect class="c-bar {css}" {place}/>{foot if self.low < 0 else ""}'


def bars(
    items: Items,
    *,
    title: str,
    desc: str = "",
    key: str,
    kind: str = "number",
    unit: str = "",
    highlight: Sequence[str] = (),
    links: Mapping[str, str] | None = None,
    lang: str | None = None,
) -> SafeString:
    """Horizontal bars on one scale from zero (negatives to its left). `highlight` names the labels to make strong."""
    prepared = _prepare(items, highlight, links)
    known = [v for v in (scale.drawable(bar.value) for bar in prepared) if v is not None]
    figures = [figure(bar.value, kind, unit, lang) for bar in prepared]
    ruler = Ruler(min([0.0, *known]), max([0.0, *known]), key, figure_room(figures))
    return _draw(prepared, figures, ruler, "bars", title, desc, lang)


def funnel(
    items: Items,
    *,
    title: str,
    desc: str = "",
    key: str,
    kind: str = "number",
    unit: str = "",
    highlight: Sequence[str] = (),
    links: Mapping[str, str] | None = None,
    lang: str | None = None,
) -> SafeString:
    """Bars that narrow from a whole to its parts: widths are shares of the first. Raises ValueError on negatives."""
    prepared = _prepare(items, highlight, links)
    values = [scale.drawable(bar.value) for bar in prepared]
    if any(value is not None and value < 0 for value in values):
        raise ValueError("Un embudo no lleva cantidades negativas.")
    whole = values[0] if values and values[0] is not None else max([v for v in values if v is not None], default=0.0)
    figures = [figure(bar.value, kind, unit, lang) for bar in prepared]
    return _draw(prepared, figures, Ruler(0.0, whole, key, figure_room(figures)), "funnel", title, desc, lang)


def figure(value: object, kind: str, unit: str, lang: str | None) -> str:
    """The figure beside a bar, with its unit; *sin dato* when there is none."""
    if scale.drawable(value) is None:
        return canvas.word("unknown", lang)
    text = formats.shown(value, kind, lang)
    return f"{text} {unit}" if unit else text


def figure_room(figures: Sequence[str]) -> int:
    """How much of the width the figures need, in four sizes (1 = 28 % … 4 = 64 % of a phone's box)."""
    longest = max((len(text) for text in figures), default=0)
    return 1 if longest <= 8 else 2 if longest <= 12 else 3 if longest <= 16 else 4


def _prepare(items: Items, highlight: Sequence[str], links: Mapping[str, str] | None) -> list[Bar]:
    out: list[Bar] = []
    for item in items:
        bar = item if isinstance(item, Bar) else Bar(item[0], item[1])
        if bar.state not in BAR_STATES:
            raise ValueError(f"Estado de barra desconocido [{bar.state}].")
        if bar.label in highlight:
            bar = replace(bar, state="strong")
        if links and bar.label in links:
            bar = replace(bar, url=links[bar.label])
        out.append(bar)
    return out


def _draw(
    prepared: list[Bar], figures: list[str], ruler: Ruler, kind: str, title: str, desc: str, lang: str | None
) -> SafeString:
    if not prepared:
        return canvas.empty(kind=kind, key=ruler.key, title=title, desc=desc, lang=lang)
    out: list[str] = []
    top = 0.0
    for bar, text in zip(prepared, figures, strict=True):
        row, height = _row(bar, text, top, ruler)
        out.append(row)
        top += height
    linked = any(bar.url for bar in prepared)
    return canvas.frame(out, kind=kind, key=ruler.key, title=title, desc=desc, height=top, linked=linked)


def _row(bar: Bar, text: str, top: float, ruler: Ruler) -> tuple[str, float]:
    """Label above, bar and figure below it; on a wide box creo.css puts this side beside its label."""
    lines = canvas.wrap(bar.label)
    block = canvas.LINE * len(lines)
    strong = " c-strong" if bar.state == "strong" else ""
    label = canvas.text_lines(lines, top + 13, f"c-label{strong}")
    if bar.url:
        label = f'<a class="c-link" href="{canvas.link_target(bar.url)}">{label}</a>'
    tip = ". ".join(filter(None, (f"{canvas.clean(bar.label)}: {text}", canvas.clean(bar.note))))
    shape = ruler.shape(scale.drawable(bar.value), f"c-tone-{bar.state or 'plain'}", THICK)
    area = (
        f'<g class="c-area"><svg y="{canvas.coordinate(top + block)}" width="{AREA[ruler.room]}%" height="{BOX}">'
        f"{shape}</svg></g>"
    )
    number = (
        f'<text class="c-figure{strong}" x="100%" y="{canvas.coordinate(top + block + 12)}" text-anchor="end">'
        f"{canvas.safe(text)}</text>"
    )
    row = f'<g class="c-row c-lines-{len(lines)}"><title>{canvas.safe(tip)}</title>{label}'
    return f'{row}<g class="c-side">{area}{number}</g></g>', block + THICK + 8
