"""A chart on its own, with fixed width and its own style: for PDF (Typst) and download."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString, mark_safe

from creo.support.ui.tokens import palette

MARGIN = 10
_FONT = "DejaVu Sans, Liberation Sans, Arial, sans-serif"


def standalone(svg: str, width: int = 640) -> SafeString:
    """The same chart, `width` pixels wide, in the light palette. Raises ValueError when given something else."""
    found = re.match(r'<svg [^>]*?class="chart chart-[a-z]+" (width="100%" height="([0-9.]+)")', svg)
    if found is None:
        raise ValueError("Esto no es un gráfico de creo.support.ui.charts.")
    height = float(found[2])
    # a margin of its own, since readers of SVG outside a browser cut what leaves the frame
    size = f'width="{width}" height="{height + 2 * MARGIN:g}"'
    place = f'x="{MARGIN}" y="{MARGIN}" width="{width - 2 * MARGIN}" height="{height:g}" overflow="visible"'
    inner = svg[: found.start(1)] + place + svg[found.end(1) :]
    return mark_safe(  # the inner part is a finished chart, the rest is ours
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width} {height + 2 * MARGIN:g}">'
        f"<style>{style()}</style>{inner}</svg>"
    )


def style() -> str:
    """The classes of a chart as plain CSS: readers of SVG outside a browser know no variables."""
    colour = palette("light")
    rules = [
        f"text{{font-family:{_FONT};font-size:14px;fill:{colour['ink']}}}",
        ".c-strong,.c-figure{font-weight:bold}",
        f".c-axis,.c-small,.c-empty{{font-size:12px;fill:{colour['ink-2']}}}",
        f".c-tone-plain,.c-tone-strong{{fill:{colour['chart-1']}}}",
        f".c-hatched{{stroke:{colour['chart-unknown']}}}.c-hatch-ground{{fill:{colour['unknown-2']}}}",
        f".c-hatch-line{{fill:{colour['chart-unknown']}}}.c-absent{{opacity:.45}}.c-foot{{fill:{colour['edge']}}}",
        f".c-rule{{stroke:{colour['line']}}}.c-base{{stroke:{colour['edge']}}}",
        f".c-shape{{stroke:{colour['paper']};stroke-width:1}}.c-narrow{{display:none}}.c-link{{text-decoration:none}}",
        ".c-line{fill:none;stroke-width:2}.c-band{opacity:.15}",
    ]
    for state in ("yes", "no", "info"):
        rules.append(f".c-tone-{state}{{fill:{colour[state]}}}")
    rules.append(f".c-tone-neutral{{fill:{colour['chart-5']}}}")
    for order in range(1, 6):
        tone = colour[f"chart-{order}"]
        rules.append(f".c-fill-{order},.c-band-{order}{{fill:{tone}}}.c-line-{order}{{stroke:{tone}}}")
        rules.append(f".c-mark-{order}{{fill:{tone};stroke:{tone}}}.c-map-{order}{{fill:{colour[f'map-{order}']}}}")
    return "".join(rules)
