"""Horizontal bars and the funnel: label, bar, and the figure always outside the bar."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from creo.support.ui import formats
from creo.support.ui.charts import canvas, scale

BAR_STATES = ("", "strong", "unknown", "yes", "no", "info", "neutral")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `state`: "strong" (the result), "unknown" (hatched) or a state's colour; None as value is *sin dato*."""

    label: str
    value: object
    state: str = ""
    url: str = ""
    note: str = ""


Items = Iterable[Bar | tuple[str, object]]


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
    low, high = min([0.0, *known]), max([0.0, *known])
    return _draw(prepared, low, high, "bars", title, desc, key, _writer(kind, unit, lang), lang)


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
    """Bars that narrow from a whole to its parts: widths are shares of the first one. Raises ValueError on negatives."""
    prepared = _prepare(items, highlight, links)
    values = [scale.drawable(bar.value) for bar in prepared]
    if any(value is not None and value < 0 for value in values):
        raise ValueError("Un embudo no lleva cantidades negativas.")
    whole = values[0] if values and values[0] is not None else max([v for v in values if v is not None], default=0.0)
    return _draw(prepared, 0.0, whole, "funnel", title, desc, key, _writer(kind, unit, lang), lang)


def _writer(kind: str, unit: str, lang: str | None) -> Callable[[object], str]:
    def write(value: object) -> str:
        text = formats.shown(value, kind, lang)
        return f"{text} {unit}" if unit else text

    return write


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
    prepared: list[Bar],
    low: float,
    high: float,
    kind: str,
    title: str,
    desc: str,
    key: str,
    write: Callable[[object], str],
    lang: str | None,
) -> SafeString:
    if not prepared:
        return canvas.empty(kind=kind, key=key, title=title, desc=desc, lang=lang)
    figures = [
        canvas.word("unknown", lang) if scale.drawable(bar.value) is None else write(bar.value) for bar in prepared
    ]
    room = figure_room(figures)
    out: list[str] = []
    top = 0.0
    for bar, figure in zip(prepared, figures, strict=True):
        row, height = _row(bar, figure, top, low, high, key, room)
        out.append(row)
        top += height
    body = f'<g class="c-rows c-room-{room}">{"".join(out)}</g>'
    return canvas.frame(
        [body], kind=kind, key=key, title=title, desc=desc, height=top, linked=any(bar.url for bar in prepared)
    )


def figure_room(figures: Sequence[str]) -> int:
    """How much of the width the figures need, in four sizes (1 = 28 % … 4 = 64 % of a phone's box)."""
    longest = max((len(figure) for figure in figures), default=0)
    return 1 if longest <= 8 else 2 if longest <= 12 else 3 if longest <= 16 else 4


BOX = 24  # room for the thicker bar
THICK = 14  # of a bar on a phone; creo.css makes it thicker on a wide box
AREA = {1: 72, 2: 60, 3: 48, 4: 36}  # per cent of the box left to the bar beside its figure, on a phone


def _row(bar: Bar, figure: str, top: float, low: float, high: float, key: str, room: int) -> tuple[str, float]:
    lines = canvas.wrap(bar.label)
    block = canvas.LINE * len(lines)
    strong = " c-strong" if bar.state == "strong" else ""
    label = canvas.text_lines(lines, top + 13, f"c-label{strong}")
    if bar.url:
        label = f'<a class="c-link" href="{canvas.link_target(bar.url)}">{label}</a>'
    value = scale.drawable(bar.value)
    tip = ". ".join(filter(None, (f"{canvas.clean(bar.label)}: {figure}", canvas.clean(bar.note))))
    # on a wide box creo.css puts this side beside its label, by the label's number of lines
    area = (
        f'<g class="c-area"><svg x="0" y="{canvas.coordinate(top + block)}" width="{AREA[room]}%" height="{BOX}">'
        f"{_shape(value, bar.state, low, high, key)}</svg></g>"
    )
    number = (
        f'<text class="c-figure{strong}" x="100%" y="{canvas.coordinate(top + block + 12)}" text-anchor="end">'
        f"{canvas.safe(figure)}</text>"
    )
    row = f'<g class="c-row c-lines-{len(lines)}"><title>{canvas.safe(tip)}</title>{label}'
    return f'{row}<g class="c-side">{area}{number}</g></g>', block + THICK + 8


def _shape(value: float | None, state: str, low: float, high: float, key: str) -> str:
    """The bar itself: hatched track when unknown, a visible sliver for any amount above zero, nothing but its foot at zero."""
    zero = scale.share(0.0, low, high)
    foot = f'<rect class="c-foot" x="{canvas.coordinate(zero)}%" width="1.5" height="{THICK}"/>'
    if value is None:
        return f'<rect class="c-hatched c-absent c-bar" fill="url(#{key}-hatch)" width="100%" height="{THICK}" rx="3"/>'
    if value == 0:
        return foot
    end = scale.share(value, low, high)
    left, width = min(zero, end), max(abs(end - zero), 0.6)
    left = min(left, 100 - width)
    place = f'x="{canvas.coordinate(left)}%" width="{canvas.coordinate(width)}%" height="{THICK}" rx="3"'
    if state == "unknown":
        return f'<rect class="c-hatched c-bar" fill="url(#{key}-hatch)" {place}/>{foot}'
    return f'<rect class="c-bar c-tone-{state or "plain"}" {place}/>{foot if low < 0 else ""}'
