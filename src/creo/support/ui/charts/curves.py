"""Lines over time, survival steps and the small line beside a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from creo.support.ui import formats
from creo.support.ui.charts import canvas, scale
from creo.support.ui.charts.groups import Series, check_series

PLOT = 200  # height of the drawn field
ACROSS = 1000.0  # width of its inner coordinates, stretched to the box
LEFT, RIGHT = 40, 15  # so that the outer marks are whole and the first one clears the axis figures
MARKS = (
    '<circle class="c-mark c-mark-1" r="3.5"/>',
    '<path class="c-mark c-mark-2" d="M-3.5-3.5h7v7h-7z"/>',
    '<path class="c-mark c-mark-3" d="M0-4.5 4.2 3.5h-8.4z"/>',
    '<path class="c-mark c-mark-4" d="M0-4.8 4.8 0 0 4.8-4.8 0z"/>',
    '<path class="c-mark c-mark-5" d="M-3.5-3.5l7 7m0-7l-7 7"/>',
)


@dataclass(frozen=True, slots=True)
class Steps:
    """A step curve, with the limits of its uncertainty when known; every point is (x, y)."""

    points: Sequence[tuple[float, float]]
    lower: Sequence[tuple[float, float]] = ()
    upper: Sequence[tuple[float, float]] = ()


Place = Callable[[float], float]


def lines(
    labels: Sequence[str],
    series: Series,
    *,
    title: str,
    desc: str = "",
    key: str,
    kind: str = "number",
    unit: str = "",
    lang: str | None = None,
) -> SafeString:
    """One line per series over the same labels; a missing value leaves a gap, never a bridge nor a zero."""
    check_series(labels, series)
    values = {name: [scale.drawable(value) for value in column] for name, column in series.items()}
    known = [value for column in values.values() for value in column if value is not None]
    if not labels or not known:
        return canvas.empty(kind="lines", key=key, title=title, desc=desc, lang=lang)
    ticks = scale.nice_axis(known, whole=kind == "number" and all(value == int(value) for value in known))
    marks, top = canvas.legend(list(series), 0, marks=[_legend_mark(i) for i in range(len(series))])
    top += 22
    x = _across(len(labels))
    y = _down(ticks[0], ticks[-1])
    out = [marks, _grid(ticks, top, y, kind, unit, lang)]
    drawn = [_line(column, x, y, order) for order, column in enumerate(values.values())]
    out.append(_field("".join(drawn), top))
    for order, (name, column) in enumerate(values.items()):
        for index, value in enumerate(column):
            if value is not None and (len(labels) <= 24 or _alone(column, index)):
                tip = f"{name}, {labels[index]}: {formats.shown(series[name][index], kind, lang)}"
                out.append(_mark(x(index) / ACROSS * 100, top + y(value), order, tip))
    out.append(_x_labels(labels, x, top + PLOT + 18))
    return canvas.frame(out, kind="lines", key=key, title=title, desc=desc, height=top + PLOT + 28)


def steps(
    series: Mapping[str, Steps | Sequence[tuple[float, float]]],
    *,
    title: str,
    desc: str = "",
    key: str,
    x_label: str = "",
    kind: str = "percent",
    lang: str | None = None,
) -> SafeString:
    """Step curves such as survival: each value holds until the next point. y is a share from 0 to 1 by default."""
    check_series((), dict.fromkeys(series, ()))
    curves = {name: _known(curve if isinstance(curve, Steps) else Steps(curve)) for name, curve in series.items()}
    points = [point for curve in curves.values() for point in (*curve.points, *curve.upper)]
    if not points:
        return canvas.empty(kind="steps", key=key, title=title, desc=desc, lang=lang)
    x_ticks = scale.nice_axis([point[0] for point in points], 5)
    last = max(point[0] for point in points) or x_ticks[-1]
    y_ticks = [0.0, 0.25, 0.5, 0.75, 1.0] if kind == "percent" else scale.nice_axis([point[1] for point in points])
    marks, top = canvas.legend(list(series), 0, marks=[_legend_mark(i) for i in range(len(series))])
    top += 22
    y = _down(y_ticks[0], y_ticks[-1])
    bands = "".join(_band(curve, last, y, order) for order, curve in enumerate(curves.values()))
    drawn = "".join(_stroke(_stairs(curve.points, last, y), order) for order, curve in enumerate(curves.values()))
    out = [marks, _grid(y_ticks, top, y, kind, "", lang), _field(bands + drawn, top)]
    shown = [tick for tick in x_ticks if tick <= last]
    texts = [formats.number(tick, 0 if tick == int(tick) else 1, lang) for tick in shown]
    for index, (tick, text) in enumerate(zip(shown, texts, strict=True)):
        place = tick / last * 100 if last else 0.0
        anchor = "start" if index == 0 else "end" if place > 97 else "middle"
        out.append(
            canvas.text_lines([text], top + PLOT + 18, "c-axis", x=f"{canvas.coordinate(place)}%", anchor=anchor)
        )
    height = top + PLOT + 28
    if x_label:
        out.append(canvas.text_lines([canvas.clean(x_label)], height + 8, "c-axis", x="100%", anchor="end"))
        height += 18
    return canvas.frame(out, kind="steps", key=key, title=title, desc=desc, height=height)


def _known(curve: Steps) -> Steps:
    """The curve as plain floats; a point without a finite place is left out."""

    def floats(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        places = [(scale.drawable(x), scale.drawable(y)) for x, y in points]
        return [(x, y) for x, y in places if x is not None and y is not None]

    return Steps(floats(curve.points), floats(curve.lower), floats(curve.upper))


def sparkline(values: Sequence[object], *, title: str, key: str, desc: str = "", lang: str | None = None) -> SafeString:
    """A line without axes, for beside a figure; its title carries the finding."""
    found = [scale.drawable(value) for value in values]
    known = [value for value in found if value is not None]
    if not known:
        return canvas.empty(kind="spark", key=key, title=title, desc=desc, lang=lang)
    low, high = min(known), max(known)
    x = _across(len(found))

    def y(value: float) -> float:
        return 20.0 if high == low else 36 - (value - low) / (high - low) * 32

    body = _line(found, x, y, 0)
    last = max(index for index, value in enumerate(found) if value is not None)
    mark = _mark(x(last) / ACROSS * 100, y(found[last] or 0.0), 0, "")
    field = f'<svg width="100%" height="40" viewBox="0 0 1000 40" preserveAspectRatio="none">{body}</svg>'
    return canvas.frame([field, mark], kind="spark", key=key, title=title, desc=desc, height=40)


def _across(count: int) -> Place:
    """Places `count` points over the width, a little inside its edges."""
    return lambda index: ACROSS / 2 if count == 1 else LEFT + index / (count - 1) * (ACROSS - LEFT - RIGHT)


def _down(low: float, high: float) -> Place:
    return lambda value: PLOT - scale.share(value, low, high) / 100 * PLOT


def _field(body: str, top: float) -> str:
    return (
        f'<svg class="c-field" x="0" y="{canvas.coordinate(top)}" width="100%" height="{PLOT}" '
        f'viewBox="0 0 1000 {PLOT}" preserveAspectRatio="none" overflow="visible">{body}</svg>'
    )


def _line(column: Sequence[float | None], x: Place, y: Place, order: int) -> str:
    path: list[str] = []
    pen_down = False
    for index, value in enumerate(column):
        if value is None:
            pen_down = False
            continue
        path.append(f"{'L' if pen_down else 'M'}{canvas.coordinate(x(index))} {canvas.coordinate(y(value))}")
        pen_down = True
    return _stroke("".join(path), order)


def _stroke(path: str, order: int) -> str:
    return f'<path class="c-line c-line-{order + 1}" vector-effect="non-scaling-stroke" d="{path}"/>'


def _alone(column: Sequence[float | None], index: int) -> bool:
    """True for a value between two gaps: without a mark it would not be seen at all."""
    before = column[index - 1] if index else None
    after = column[index + 1] if index + 1 < len(column) else None
    return before is None and after is None


def _mark(place: float, y: float, order: int, tip: str) -> str:
    title = f"<title>{canvas.safe(tip)}</title>" if tip else ""
    at = f'x="{canvas.coordinate(place)}%" y="{canvas.coordinate(y)}"'
    return f'<svg {at} overflow="visible">{title}{MARKS[order]}</svg>'


def _legend_mark(order: int) -> str:
    return (
        f'<path class="c-line c-line-{order + 1}" d="M0 8h16"/><svg x="8" y="8" overflow="visible">{MARKS[order]}</svg>'
    )


def _grid(ticks: Sequence[float], top: float, y: Place, kind: str, unit: str, lang: str | None) -> str:
    """Rules with their figure standing on them, at the left: no margin is lost on a phone."""
    decimals = 0 if all(abs(tick - round(tick)) < 1e-9 for tick in ticks) else 2
    out: list[str] = []
    for index, tick in enumerate(ticks):
        place = canvas.coordinate(top + y(tick))
        css = "c-base" if tick == 0 else "c-rule"
        out.append(f'<line class="{css}" x1="0" x2="100%" y1="{place}" y2="{place}"/>')
        if kind == "percent":
            text = formats.percent(tick, 0 if round(tick * 100, 6) % 1 == 0 else 1, lang)
        else:
            text = formats.number(tick, decimals, lang)
        if unit and index == len(ticks) - 1:
            text = f"{text} {unit}"
        out.append(canvas.text_lines([canvas.clean(text)], top + y(tick) - 4, "c-axis"))
    return "".join(out)


def _x_labels(labels: Sequence[str], x: Place, baseline: float) -> str:
    """As many labels as fit a phone; those that only fit a wide box carry c-wide."""
    widest = max(len(canvas.clean(label)) for label in labels) * 7 + 12
    narrow, wide = (_chosen(len(labels), max(2, room // widest)) for room in (250, 420))
    out: list[str] = []
    for index in sorted(set(narrow) | set(wide)):
        place = x(index) / ACROSS * 100
        anchor = "middle"
        if len(labels) > 1 and index == 0:
            anchor, place = "start", 0.0
        elif len(labels) > 1 and index == len(labels) - 1:
            anchor, place = "end", 100.0
        css = "c-axis" if index in narrow and index in wide else "c-axis c-wide" if index in wide else "c-axis c-narrow"
        out.append(
            canvas.text_lines(
                [canvas.clean(labels[index])], baseline, css, x=f"{canvas.coordinate(place)}%", anchor=anchor
            )
        )
    return "".join(out)


def _chosen(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(count))
    stride = -(-(count - 1) // (most - 1))
    picked = list(range(0, count, stride))
    # the last one always shows; its neighbour leaves when both would touch
    if picked[-1] != count - 1:
        if count - 1 - picked[-1] < stride * 0.7 and len(picked) > 1:
            picked.pop()
        picked.append(count - 1)
    return picked


def _stairs(points: Sequence[tuple[float, float]], last: float, y: Place) -> str:
    path: list[str] = []
    for index, (when, value) in enumerate(sorted(points)):
        across = when / last * ACROSS if last else 0.0
        down = canvas.coordinate(y(value))
        path.append(f"H{canvas.coordinate(across)}V{down}" if index else f"M{canvas.coordinate(across)} {down}")
    return "".join(path)


def _band(curve: Steps, last: float, y: Place, order: int) -> str:
    if not curve.lower or not curve.upper:
        return ""
    corners: list[str] = []
    for limits, backwards in ((curve.upper, False), (curve.lower, True)):
        stairs: list[tuple[float, float]] = []
        for when, value in sorted(limits):
            across = when / last * ACROSS if last else 0.0
            if stairs:
                stairs.append((across, stairs[-1][1]))
            stairs.append((across, y(value)))
        for across, down in reversed(stairs) if backwards else stairs:
            corners.append(f"{canvas.coordinate(across)},{canvas.coordinate(down)}")
    return f'<polygon class="c-band c-band-{order + 1}" points="{" ".join(corners)}"/>'
