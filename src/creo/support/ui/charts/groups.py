"""Several series per category: side by side, or stacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString

from creo.support.ui import formats
from creo.support.ui.charts import canvas, scale
from creo.support.ui.charts.horizontal import AREA, Ruler, figure, figure_room

MOST_SERIES = 5
THIN, THICK = 14, 18  # of a bar beside others, of a stacked bar
SLIVER = 1.2  # per cent of the width that the smallest part of a stack gets
Series = Mapping[str, Sequence[object]]


def check_series(labels: Sequence[str], series: Series) -> None:
    """Raises ValueError when a series has not one value per label, or when there are more than can be told apart."""
    if len(series) > MOST_SERIES:
        raise ValueError(f"Un gráfico distingue hasta {MOST_SERIES} series [{len(series)}].")
    for name, values in series.items():
        if len(values) != len(labels):
            raise ValueError(f"La serie «{name}» trae {len(values)} valores para {len(labels)} etiquetas.")


def _fill(order: int, name: str, key: str, lang: str | None) -> str:
    """The attributes that colour a series; those called *sin dato* or *por decidir* are hatched like every unknown."""
    if canvas.is_unknown(name, lang):
        return f'class="c-hatched" fill="url(#{key}-hatch)"'
    return f'class="c-piece c-fill-{order + 1}"'


def _swatches(names: Sequence[str], key: str, lang: str | None) -> list[str]:
    return [
        f'<rect {_fill(order, name, key, lang)} y="2" width="14" height="12" rx="2"/>'
        for order, name in enumerate(names)
    ]


def grouped_bars(
    categories: Sequence[str],
    series: Series,
    *,
    title: str,
    desc: str = "",
    key: str,
    kind: str = "number",
    unit: str = "",
    lang: str | None = None,
) -> SafeString:
    """One block per category with one bar per series, in the legend's order."""
    check_series(categories, series)
    if not categories or not series:
        return canvas.empty(kind="grouped", key=key, title=title, desc=desc, lang=lang)
    known = [v for values in series.values() for v in map(scale.drawable, values) if v is not None]
    texts = {name: [figure(value, kind, unit, lang) for value in values] for name, values in series.items()}
    room = figure_room([text for column in texts.values() for text in column])
    ruler = Ruler(min([0.0, *known]), max([0.0, *known]), key, room)
    marks, top = canvas.legend(list(series), 0, marks=_swatches(list(series), key, lang))
    out = [marks]
    top += 8
    for index, category in enumerate(categories):
        lines = canvas.wrap(category, 34)
        out.append(canvas.text_lines(lines, top + 13, "c-label c-strong"))
        top += canvas.LINE * len(lines)
        for order, (name, values) in enumerate(series.items()):
            text = texts[name][index]
            css = "c-tone-unknown" if canvas.is_unknown(name, lang) else f"c-fill-{order + 1}"
            shape = ruler.shape(scale.drawable(values[index]), css, THIN)
            out.append(_beside(shape, text, top, THIN, room, f"{category}, {name}: {text}"))
            top += THIN + 5
        top += 10
    return canvas.frame(out, kind="grouped", key=key, title=title, desc=desc, height=top)


def _beside(shape: str, text: str, top: float, thick: int, room: int, tip: str = "") -> str:
    """A bar and its figure on one line."""
    title = f"<title>{canvas.safe(tip)}</title>" if tip else ""
    return (
        f'<g>{title}<svg y="{canvas.coordinate(top)}" width="{AREA[room]}%" height="{thick}">{shape}</svg>'
        f'<text class="c-figure" x="100%" y="{canvas.coordinate(top + thick / 2 + 5)}" text-anchor="end">'
        f"{canvas.safe(text)}</text></g>"
    )


def stacked(
    categories: Sequence[str],
    series: Series,
    *,
    title: str,
    desc: str = "",
    key: str,
    kind: str = "number",
    unit: str = "",
    share: bool = False,
    lang: str | None = None,
) -> SafeString:
    """One bar per category made of its series; with `share` each fills the width. Raises ValueError on negatives."""
    check_series(categories, series)
    if not categories or not series:
        return canvas.empty(kind="stacked", key=key, title=title, desc=desc, lang=lang)
    columns = [[scale.drawable(values[i]) for values in series.values()] for i in range(len(categories))]
    if any(value is not None and value < 0 for column in columns for value in column):
        raise ValueError("Una barra apilada no lleva cantidades negativas.")
    totals = [sum(value or 0.0 for value in column) for column in columns]
    # a total with a part missing would be a wrong figure: the row says "sin dato" instead
    texts = [
        figure(None if None in column else _exact(series, i), kind, unit, lang) for i, column in enumerate(columns)
    ]
    room = figure_room(texts)
    marks, top = canvas.legend(list(series), 0, marks=_swatches(list(series), key, lang))
    fills = [_fill(order, name, key, lang) for order, name in enumerate(series)]
    out = [marks]
    top += 8
    for index, category in enumerate(categories):
        lines = canvas.wrap(category, 34)
        out.append(canvas.text_lines(lines, top + 13, "c-label"))
        top += canvas.LINE * len(lines)
        tips = [f"{category}, {name}: {figure(values[index], kind, unit, lang)}" for name, values in series.items()]
        pieces = _pieces(columns[index], totals[index] if share else max(totals), tips, fills, key)
        out.append(_beside(pieces, texts[index], top, THICK, room))
        top += THICK + 10
    return canvas.frame(out, kind="stacked", key=key, title=title, desc=desc, height=top)


def _exact(series: Series, index: int) -> object:
    """The row's total in its own number type, so that soles stay exact."""
    amounts = [formats.decimal_of(values[index]) for values in series.values()]
    return sum(amount for amount in amounts if amount is not None)


def _pieces(column: Sequence[float | None], whole: float, tips: Sequence[str], fills: Sequence[str], key: str) -> str:
    if None in column and not any(column):
        return Ruler(0, 1, key, 1).shape(None, "", THICK)
    if whole == 0:
        return Ruler(0, 1, key, 1).shape(0, "", THICK)
    drawn = [(value / whole * 100, tip, fill) for value, tip, fill in zip(column, tips, fills, strict=True) if value]
    # a part too small to see gets a sliver, and all shrink a little so that the bar keeps its length
    widths = [max(width, SLIVER) for width, _, _ in drawn]
    length = max(sum(width for width, _, _ in drawn), SLIVER * len(drawn))
    out: list[str] = []
    left = 0.0
    for wide, (_, tip, fill) in zip(widths, drawn, strict=True):
        width = wide * length / sum(widths)
        out.append(
            f'<rect {fill} x="{canvas.coordinate(left)}%" '
            f'width="{canvas.coordinate(width)}%" height="{THICK}"><title>{canvas.safe(tip)}</title></rect>'
        )
        left += width
    return "".join(out)
