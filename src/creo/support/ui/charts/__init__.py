"""Charts as server-side SVG: plain data in, accessible SVG text out; no JavaScript, no style attribute."""

from creo.support.ui.charts.curves import Steps, lines, sparkline, steps
from creo.support.ui.charts.groups import grouped_bars, stacked
from creo.support.ui.charts.horizontal import Bar, bars, funnel
from creo.support.ui.charts.standalone import standalone

__all__ = ["Bar", "Steps", "bars", "funnel", "grouped_bars", "lines", "sparkline", "stacked", "standalone", "steps"]
