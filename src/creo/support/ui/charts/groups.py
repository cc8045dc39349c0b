"""Several series per category: side by side, or stacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.safestring import SafeString

from creo.support.ui import formats
from creo.support.ui.charts import canvas, scale
from creo.support.ui.charts.horizontal import AREA, figure_room

MOST_SERIES = 5
Series = Mapping[str, Sequence[object]]


def check_series(labels: Sequence[str], series: Series) -> None:
    """Raises ValueError when a series has not one value per label, or when there are more than can be told apart."""
    if len(series) > MOST_SERIES:
        raise ValueError(f"Un gráfico distingue hasta {MOST_SERIES} series [{len(series)}].")
    for name, values in series.items():
        if len(values) != len(labels):
            raise ValueError(f"La serie «{name}» trae {len(values)} valores para {len(labels)} etiquetas.")


def swatch(index: int) -> str:
    """The legend's mark of a filled series."""
    return f'<rect class="c-fill-{index + 1}" y="2" width="14" height="12" rx="2"/>'


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
    low, high = min([0.0, *known]), max([0.0, *known])
    texts = {name: [_text(value, kind, unit, lang) for value in values] for name, values in series.items()}
    room = figure_room([text for column in texts.values() for text in column])
    marks, top = canvas.legend(list(series), 0, marks=[swatch(i) for i in range(len(series))])
    out = [marks]
    top += 8
    for index, category in enumerate(categories):
        lines = canvas.wrap(category, 34)
        out.append(canvas.text_lines(lines, top + 13, "c-label c-strong"))
        top += canvas.LINE * len(lines)
        for order, (name, values) in enumerate(series.items()):
            tip = f"{category}, {name}: {texts[name][index]}"
            out.append(_bar(values[index], texts[name][index], tip, order, top, low, high, key, room))
            top += 19
        top += 10
    return canvas.frame(out, kind="grouped", key=key, title=title, desc=desc, height=top)


def _text(value: object, kind: str, unit: str, lang: str | None) -> str:
    if scale.drawable(value) is None:
        return canvas.word("unknown", lang)
    text = formats.shown(value, kind, lang)
    return f"{text} {unit}" if unit else text


def _bar(
    value: object, text: str, tip: str, order: int, top: float, low: float, high: float, key: str, room: int
) -> str:
    amount = scale.drawable(value)
    zero = scale.share(0.0, low, high)
    if amount is None:
        shape = f'<rect class="c-hatched c-absent" fill="url(#{key}-hatch)" width="100%" height="14" rx="2"/>'
    elif amount == 0:
        shape = f'<rect class="c-foot" x="{canvas.coordinate(zero)}%" width="1.5" height="14"/>'
    else:
        end = scale.share(amount, low, high)
        width = max(abs(end - zero), 0.6)
        left = min(min(zero, end), 100 - width)
        shape = (
            f'<rect class="c-bar c-fill-{order + 1}" x="{canvas.coordinate(left)}%" '
            f'width="{canvas.coordinate(width)}%" height="14" rx="2"/>'
        )
    return (
        f'<g><title>{canvas.safe(tip)}</title><svg x="0" y="{canvas.coordinate(top)}" width="{AREA[room]}%" height="14">'
        f'{shape}</svg><text class="c-figure" x="100%" y="{canvas.coordinate(top + 12)}" text-anchor="end">'
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
    """One bar per category made of its series; with `share` every bar fills the width. Raises ValueError on negatives."""
    check_series(categories, series)
    if not categories or not series:
        return canvas.empty(kind="stacked", key=key, title=title, desc=desc, lang=lang)
    columns = [[scale.drawable(values[i]) for values in series.values()] for i in range(len(categories))]
    if any(value is not None and value < 0 for column in columns for value in column):
        raise ValueError("Una barra apilada no lleva cantidades negativas.")
    totals = [sum(value or 0.0 for value in column) for column in columns]
    # a total with a part missing would be a wrong figure: the row says "sin dato" instead
    texts = [_text(None if None in column else _exact(series, i), kind, unit, lang) for i, column in enumerate(columns)]
    room = figure_room(texts)
    marks, top = canvas.legend(list(series), 0, marks=[swatch(i) for i in range(len(series))])
    out, top = [marks], top + 8
    for index, category in enumerate(categories):
        whole = totals[index] if share else max(totals)
        lines = canvas.wrap(category, 34)
        out.append(canvas.text_lines(lines, top + 13, "c-label"))
        top += canvas.LINE * len(lines)
        pieces = _pieces(list(series), columns[index], whole, key, category, kind, lang)
        out.append(
            f'<svg x="0" y="{canvas.coordinate(top)}" width="{AREA[room]}%" height="18">{pieces}</svg>'
            f'<text class="c-figure" x="100%" y="{canvas.coordinate(top + 14)}" text-anchor="end">'
            f"{canvas.safe(texts[index])}</text>"
        )
        top += 28
    return canvas.frame(out, kind="stacked", key=key, title=title, desc=desc, height=top)


def _exact(series: Series, index: int) -> object:
    """The row's total in its own number type, so that soles stay exact."""
    amounts = [formats.decimal_of(values[index]) for values in series.values()]
    return sum(amount for amount in amounts if amount is not None)


def _pieces(
    names: Sequence[str],
    column: Sequence[float | None],
    whole: float,
    key: str,
    category: str,
    kind: str,
    lang: str | None,
) -> str:
    if None in column and not any(column):
        return f'<rect class="c-hatched c-absent" fill="url(#{key}-hatch)" width="100%" height="18" rx="2"/>'
    if whole == 0:
        return '<rect class="c-foot" width="1.5" height="18"/>'
    out: list[str] = []
    left = 0.0
    for order, (name, value) in enumerate(zip(names, column, strict=True)):
        if not value:
            continue
        width = value / whole * 100
        tip = f"{category}, {name}: {formats.shown(value, kind, lang)}"
        out.append(
            f'<rect class="c-piece c-fill-{order + 1}" x="{canvas.coordinate(left)}%" '
            f'width="{canvas.coordinate(width)}%" height="18"><title>{canvas.safe(tip)}</title></rect>'
        )
        left += width
    return "".join(out)
