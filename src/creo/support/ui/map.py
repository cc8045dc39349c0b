"""The departments of Peru, coloured by a figure in five classes; hatched where there is no figure."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypedDict

from django.utils.safestring import SafeString

from creo.support.ui import formats
from creo.support.ui.charts import canvas, scale

OUTLINES = Path(__file__).parent / "peru.json"
CLASSES = 5
TONES = {0: (), 1: (3,), 2: (2, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
NARROW_HEIGHT = 390  # of the land on a phone; on a wide box it takes the whole height, its sea holds the legend
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
    classify, labels = _classes(known, breaks, kind, lang)
    tones = TONES[len(labels)]
    land = [
        _department(code, shape, values.get(code), amounts[code], classify, tones, links or {}, key, kind, unit, lang)
        for code, shape in shapes.items()
    ]
    wide, tall = outlines()["viewBox"][-2:]
    entries = [(f"c-map-{tone}", label) for tone, label in zip(tones, labels, strict=True)]
    lacking = sum(1 for amount in amounts.values() if amount is None)
    legend, height = _legend(entries, lacking, NARROW_HEIGHT + 8, unit, key, lang)
    # on a wide box the land grows to the whole height beside the legend, when the legend leaves it the room
    grow = f" c-grow-{round(height / 20)}" if all(len(label) <= 24 for label in labels) else ""
    body = (
        f'<g class="c-map{grow}"><svg width="100%" height="{NARROW_HEIGHT}" viewBox="0 0 {wide:g} {tall:g}" '
        f'preserveAspectRatio="xMaxYMin meet">{"".join(land)}</svg></g>{legend}'
    )
    return canvas.frame(
        [body], kind="map", key=key, title=title, desc=desc, height=NARROW_HEIGHT + 8 + height, linked=bool(links)
    )


def _classes(
    known: list[float], breaks: Sequence[float] | None, kind: str, lang: str | None
) -> tuple[Callable[[float], int], list[str]]:
    """A function from amount to class, and the text of each class."""
    words = WORDS[formats.language(lang)]

    def shown(value: float) -> str:
        return formats.shown(int(value) if value == int(value) else value, kind, lang)

    if breaks is not None:
        limits = list(breaks)
        if not 1 <= len(limits) < CLASSES or limits != sorted(set(limits)):
            raise ValueError(f"Los cortes son de uno a cuatro, en orden y sin repetirse {limits}.")
        middle = [words["from"].format(shown(low), shown(high)) for low, high in zip(limits, limits[1:], strict=False)]
        texts = [words["below"].format(shown(limits[0])), *middle, words["above"].format(shown(limits[-1]))]
        return (lambda value: bisect_right(limits, value)), texts
    distinct = sorted(set(known))
    if len(distinct) <= CLASSES:
        return distinct.index, [shown(value) for value in distinct]
    tops = sorted({known[-(-len(known) * part // CLASSES) - 1] for part in range(1, CLASSES + 1)})
    texts = []
    for index, top in enumerate(tops):
        members = [v for v in known if bisect_left(tops, v) == index]
        texts.append(shown(top) if members[0] == top else words["between"].format(shown(members[0]), shown(top)))
    return (lambda value: bisect_left(tops, value)), texts


def _department(
    code: str,
    shape: Department,
    value: object,
    amount: float | None,
    classify: Callable[[float], int],
    tones: Sequence[int],
    links: Mapping[str, str],
    key: str,
    kind: str,
    unit: str,
    lang: str | None,
) -> str:
    figure = canvas.word("unknown", lang) if amount is None else f"{formats.shown(value, kind, lang)} {unit}".strip()
    text = canvas.safe(f"{shape['name']}: {figure}")
    paint = (
        f'class="c-shape" fill="url(#{key}-hatch)"'
        if amount is None
        else f'class="c-shape c-map-{tones[classify(amount)]}"'
    )
    path = f'<path {paint} d="{canvas.safe(shape["d"])}"><title>{text}</title></path>'
    if code not in links:
        return path
    return f'<a class="c-link" href="{canvas.link_target(links[code])}" aria-label="{text}">{path}</a>'


def _legend(
    entries: Sequence[tuple[str, str]], lacking: int, top: float, unit: str, key: str, lang: str | None
) -> tuple[str, float]:
    lines: list[str] = []
    y = top
    if unit:
        lines.append(canvas.text_lines([canvas.clean(unit).capitalize()], y + 12, "c-small c-strong"))
        y += 20
    rows = [(f'class="c-shape {css}"', text) for css, text in entries]
    if lacking:
        rows.append((f'class="c-hatched" fill="url(#{key}-hatch)"', f"{canvas.word('unknown', lang)} ({lacking})"))
    for paint, text in rows:
        lines.append(f'<rect {paint} y="{canvas.coordinate(y + 1)}" width="18" height="14" rx="2"/>')
        lines.append(canvas.text_lines([canvas.clean(text)], y + 12, "c-small", x="26"))
        y += 20
    return f'<g class="c-legend">{"".join(lines)}</g>', y - top
