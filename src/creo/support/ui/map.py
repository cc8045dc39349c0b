"""The departments of Peru, coloured by a figure in five classes; hatched where there is no figure."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypedDict

from django.utils.safestring import SafeString

from creo.support.ui import formats
from creo.support.ui.charts import canvas, scale

OUTLINES = Path(__file__).parent / "peru.json"
CLASSES = 5
LEGEND_LINE = 20
TONES = {0: (), 1: (3,), 2: (2, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
# pixels of the land on a phone and of the gap to the legend; on a wide box the sea beside the land holds the legend
LAND, GAP = 390, 8
WORDS = {
    "es": {"below": "menos de {0}", "between": "{0} a {1}", "from": "{0} a menos de {1}", "above": "{0} o más"},
    "en": {"below": "under {0}", "between": "{0} to {1}", "from": "{0} to under {1}", "above": "{0} or more"},
}


class Department(TypedDict):
    """Name, outline as an SVG path, and where its label would stand."""

    name: str
    d: str
    label: list[float]


class Outlines(TypedDict):
    """The file peru.json."""

    viewBox: list[float]
    departments: dict[str, Department]


@cache
def outlines() -> Outlines:
    """The simplified outlines, read once per process."""
    found: Outlines = json.loads(OUTLINES.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes of a map: `tops[i]` is the highest amount of class i, or the limit below it when `below` is set."""

    tops: Sequence[float]
    labels: Sequence[str]
    below: bool = False

    def css(self, amount: float) -> str:
        """The colour class of an amount; few classes are spread over the whole range of tones."""
        index = (bisect_right if self.below else bisect_left)(self.tops, amount)
        return f"c-map-{TONES[len(self.labels)][index]}"

    def entries(self) -> list[tuple[str, str]]:
        """Colour class and text of each class, lowest first."""
        return [(f"c-map-{tone}", label) for tone, label in zip(TONES[len(self.labels)], self.labels, strict=True)]


def peru_map(
    values: Mapping[str, object],
    *,
    title: str,
    desc: str = "",
    key: str,
    links: Mapping[str, str] | None = None,
    unit: str = "",
    kind: str = "number",
    breaks: Sequence[float] | None = None,
    lang: str | None = None,
) -> SafeString:
    """A choropleth by two-digit department code (INEI). Raises ValueError for a code that is no department.

    Classes hold equal numbers of departments unless `breaks` (up to four rising limits) says otherwise. A department
    that is absent or None is *sin dato*: hatched, never the lowest class.
    """
    shapes = outlines()["departments"]
    for code in (*values, *(links or ())):
        if code not in shapes:
            raise ValueError(f"No hay departamento con el código [{code}].")
    amounts = {code: scale.drawable(values.get(code)) for code in shapes}
    known = sorted(amount for amount in amounts.values() if amount is not None)
    classes = _by_breaks(breaks, kind, lang) if breaks is not None else _by_quantiles(known, kind, lang)
    land: list[str] = []
    for code, shape in shapes.items():
        amount = amounts[code]
        figure = canvas.word("unknown", lang) if amount is None else formats.shown(values[code], kind, lang)
        text = f"{shape['name']}: {figure}" + (f" {unit}" if unit and amount is not None else "")
        paint = f'fill="url(#{key}-hatch)" class="c-shape"'
        if amount is not None:
            paint = f'class="c-shape {classes.css(amount)}"'
        land.append(_department(shape, paint, text, (links or {}).get(code, "")))
    legend, height = _legend(classes, len(shapes) - len(known), unit, key, lang)
    # on a wide box the land grows to the whole height beside the legend, when the legend leaves it the room
    grow = f" c-grow-{round(height / LEGEND_LINE)}" if all(len(label) <= 24 for label in classes.labels) else ""
    wide, tall = outlines()["viewBox"][-2:]
    body = (
        f'<g class="c-map{grow}"><svg width="100%" height="{LAND}" viewBox="0 0 {wide:g} {tall:g}" '
        f'preserveAspectRatio="xMaxYMin meet">{"".join(land)}</svg></g>{legend}'
    )
    return canvas.frame(
        [body], kind="map", key=key, title=title, desc=desc, height=LAND + GAP + height, linked=bool(links)
    )


def _amount(value: float, kind: str, lang: str | None) -> str:
    return formats.shown(int(value) if value == int(value) else value, kind, lang)


def _by_breaks(breaks: Sequence[float], kind: str, lang: str | None) -> Classes:
    words = WORDS[formats.language(lang)]
    limits = list(breaks)
    if not 1 <= len(limits) < CLASSES or limits != sorted(set(limits)):
        raise ValueError(f"Los cortes son de uno a cuatro, en orden y sin repetirse {limits}.")
    texts = [_amount(limit, kind, lang) for limit in limits]
    middle = [words["from"].format(low, high) for low, high in pairwise(texts)]
    return Classes(limits, [words["below"].format(texts[0]), *middle, words["above"].format(texts[-1])], below=True)


def _by_quantiles(known: Sequence[float], kind: str, lang: str | None) -> Classes:
    """Five classes of equal numbers, named by the amounts really in them; one class a value when there are few."""
    distinct = sorted(set(known))
    if len(distinct) <= CLASSES:
        return Classes(distinct, [_amount(value, kind, lang) for value in distinct])
    tops = sorted({known[-(-len(known) * part // CLASSES) - 1] for part in range(1, CLASSES + 1)})
    between = WORDS[formats.language(lang)]["between"]
    labels: list[str] = []
    for index, top in enumerate(tops):
        least = next(value for value in known if bisect_left(tops, value) == index)
        low, high = _amount(least, kind, lang), _amount(top, kind, lang)
        labels.append(high if low == high else between.format(low, high))
    return Classes(tops, labels)


def _department(shape: Department, paint: str, text: str, url: str) -> str:
    path = f'<path {paint} d="{canvas.safe(shape["d"])}"><title>{canvas.safe(text)}</title></path>'
    if not url:
        return path
    return f'<a class="c-link" href="{canvas.link_target(url)}" aria-label="{canvas.safe(text)}">{path}</a>'


def _legend(classes: Classes, lacking: int, unit: str, key: str, lang: str | None) -> tuple[str, float]:
    lines: list[str] = []
    top = y = LAND + GAP
    if unit:
        name = canvas.clean(unit)
        lines.append(canvas.text_lines([name[:1].upper() + name[1:]], y + 12, "c-small c-strong"))
        y += LEGEND_LINE
    rows = [(f'class="c-shape {css}"', text) for css, text in classes.entries()]
    if lacking:
        rows.append((f'class="c-hatched" fill="url(#{key}-hatch)"', f"{canvas.word('unknown', lang)} ({lacking})"))
    for paint, text in rows:
        lines.append(f'<rect {paint} y="{canvas.coordinate(y + 1)}" width="18" height="14" rx="2"/>')
        lines.append(canvas.text_lines([canvas.clean(text)], y + 12, "c-small", x="26"))
        y += LEGEND_LINE
    return f'<g class="c-legend">{"".join(lines)}</g>', y - top
