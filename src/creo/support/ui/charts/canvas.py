"""The paper of every chart: frame with title and description, escaped text, wrapped labels, legend, hatching.

All charts are fluid without scaling their letters: horizontal places are percentages of the box, vertical places and
text sizes are pixels. Colours and the wide layout live in creo.css, by class; there is no style attribute.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from html import escape

from django.utils.safestring import SafeString, mark_safe

from creo.support.ui import formats

LINE = 18  # pixels of a text line
KEY = re.compile(r"[a-z][a-z0-9-]*\Z")
# characters XML forbids: a chart also goes into PDF, whose reader stops at them
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
WORDS = {
    "es": {"unknown": "Sin dato", "undecided": "Por decidir", "empty": "Sin datos que mostrar"},
    "en": {"unknown": "No data", "undecided": "Undecided", "empty": "No data to show"},
}


def word(name: str, lang: str | None = None) -> str:
    """A chart's own word in the active language."""
    return WORDS[formats.language(lang)][name]


def is_unknown(name: str, lang: str | None = None) -> bool:
    """True for the series that stand for what is not known: they are hatched, whatever their place."""
    return name in (word("unknown", lang), word("undecided", lang))


def clean(text: object) -> str:
    """Text without the characters XML forbids, on one line."""
    # str.split() alone would also break the narrow spaces inside figures
    return " ".join(re.split(r"[ \t\r\n]+", _FORBIDDEN.sub("", str(text)))).strip()


def safe(text: object) -> str:
    """Text ready to stand inside SVG, in content or in a quoted attribute."""
    return escape(clean(text), quote=True)


def wrap(label: object, width: int = 24, lines: int = 3) -> list[str]:
    """The label cut into at most `lines` lines of `width` characters; the last ends in "…" when text is left over."""
    text = clean(label)
    return textwrap.wrap(text, width, max_lines=lines, placeholder="…", break_long_words=True) or [""]


def coordinate(value: float) -> str:
    """A coordinate with two decimals and no tail of zeros: equal data give equal bytes."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def link_target(url: str) -> str:
    """The address, escaped. Raises ValueError unless it stays on this site ("/…", "?…", "#…")."""
    if not url.startswith(("/", "?", "#")) or url.startswith("//"):
        raise ValueError(f"Un gráfico solo enlaza páginas propias [{url}].")
    return safe(url)


def spans(lines: Sequence[str], x: str = "0") -> str:
    """The lines of a text, one under the other."""
    first, *rest = lines
    under = "".join(f'<tspan x="{x}" dy="{LINE}">{escape(line)}</tspan>' for line in rest)
    return f'<tspan x="{x}">{escape(first)}</tspan>{under}'


def text_lines(lines: Sequence[str], y: float, css: str, *, x: str = "0", anchor: str = "") -> str:
    """A text of several lines; `y` is the baseline of the first."""
    place = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{css}" x="{x}" y="{coordinate(y)}"{place}>{spans(lines, x)}</text>'


def hatch(key: str) -> str:
    """The pattern of what is not known; used as `fill="url(#key-hatch)"`."""
    return (
        f'<defs><pattern id="{key}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="c-hatch-ground" width="6" height="6"/>'
        '<rect class="c-hatch-line" width="2.5" height="6"/></pattern></defs>'
    )


def frame(
    parts: Iterable[str], *, kind: str, key: str, title: str, desc: str, height: float, linked: bool = False
) -> SafeString:
    """The whole SVG. Raises ValueError without a finding as title, or with a key that cannot be an id."""
    if not clean(title):
        raise ValueError("Un gráfico lleva por título su hallazgo.")
    if not KEY.match(key):
        raise ValueError(f"La clave de un gráfico son minúsculas, cifras y guiones [{key}].")
    # an image hides what it contains from assistive technology, so a chart with links is a group
    role = "group" if linked else "img"
    body = "".join(parts)
    return mark_safe(  # every text inside went through safe() or escape()
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart chart-{kind}" width="100%" '
        f'height="{coordinate(height)}" '
        f'role="{role}" aria-labelledby="{key}-t {key}-d"><title id="{key}-t">{safe(title)}</title>'
        f'<desc id="{key}-d">{safe(desc) or safe(title)}</desc>{hatch(key)}{body}</svg>'
    )


def empty(*, kind: str, key: str, title: str, desc: str, lang: str | None = None) -> SafeString:
    """A chart without data says so instead of drawing nothing."""
    line = text_lines([word("empty", lang)], 36, "c-empty", x="50%", anchor="middle")
    return frame([line], kind=kind, key=key, title=title, desc=desc, height=60)


def legend(names: Sequence[str], y: float, *, marks: Sequence[str]) -> tuple[str, float]:
    """One swatch and name per entry, in two columns when the names are short; returns the SVG and its height."""
    lines = [wrap(name, 34, 2) for name in names]
    paired = all(len(block) == 1 and len(block[0]) <= 13 for block in lines) and len(names) > 1
    out: list[str] = []
    top = y
    for index, (block, mark) in enumerate(zip(lines, marks, strict=True)):
        left = "50%" if paired and index % 2 else "0"
        out.append(
            f'<svg class="c-key" x="{left}" y="{coordinate(top)}" overflow="visible">{mark}'
            f'<text class="c-small" x="22" y="12">{spans(block, "22")}</text></svg>'
        )
        if not paired or index % 2 or index == len(names) - 1:
            top += LINE * len(block) + 2
    return f'<g class="c-legend">{"".join(out)}</g>', top - y
