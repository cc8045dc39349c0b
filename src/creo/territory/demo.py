"""The demonstration's places: the reference tables as they are, and what nobody published, marked as demonstration.

Pavilions of the five programme sites and one community office per regional seat are made up so that the chapters
that need them can be tried. Each row says so in its own column, and the pages show it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from creo.support.accounts.readers import Reader
from creo.territory import commands, queries, rules

OPENED = date(2026, 1, 1)
REASON = "demostración: los pabellones no están publicados"
# Site, and its pavilions: code, name, places. Lurigancho's pavilion 16 is where the CREO pilot was (press, Dec. 2010).
PAVILIONS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "EP-LURIGANCHO": (
        ("P-16", "Pabellón 16 (piloto CREO)", 200),
        ("P-18", "Pabellón 18", 260),
        ("P-20", "Pabellón 20", 260),
    ),
    "EP-PIURA": (("P-1", "Pabellón 1", 120), ("P-2", "Pabellón 2", 160), ("P-3", "Pabellón 3", 160)),
    "EP-HUANCAYO": (("P-A", "Pabellón A", 80), ("P-B", "Pabellón B", 110)),
    "EP-AREQUIPA": (("P-A", "Pabellón A", 80), ("P-B", "Pabellón B", 110)),
    "EP-PUCALLPA": (("P-1", "Pabellón 1", 80), ("P-2", "Pabellón 2", 110)),
}


class Context(Protocol):
    """What `creo demo` hands over."""

    by: Reader
    progress: Any


def load(ctx: Context) -> dict[str, Any]:
    """Loads the reference tables and the marked demonstration places; a second run changes nothing."""
    ctx.progress(0, 3, "Territorio: tablas de referencia")
    report = commands.load_reference(by=ctx.by)
    ctx.progress(1, 3, "Territorio: pabellones de demostración")
    pavilions = _load_pavilions(ctx.by)
    ctx.progress(2, 3, "Territorio: oficinas de medio libre de demostración")
    offices = _load_offices(ctx.by)
    ctx.progress(3, 3, "Territorio")
    rows = queries.facilities(ctx.by, OPENED)
    sums = queries.totals(rows)
    return {
        "created": report.created,
        "corrected": report.corrected,
        "prisons": sums.facilities,
        "places": sums.capacity,
        "published_population": sums.population,
        "overcrowded": sums.overcrowded,
        "demonstration_pavilions": pavilions,
        "demonstration_community_offices": offices,
    }


def _load_pavilions(by: Reader) -> int:
    """How many pavilions were opened now; those already there are left alone."""
    opened = 0
    for facility, pavilions in PAVILIONS.items():
        there = {row.code for row in queries.pavilions(by, facility, OPENED)}
        for code, name, places in pavilions:
            if code not in there:
                commands.open_pavilion(
                    by=by,
                    facility=facility,
                    code=code,
                    name=name,
                    capacity=places,
                    valid_from=OPENED,
                    reason=REASON,
                    is_demonstration=True,
                )
                opened += 1
    return opened


def _load_offices(by: Reader) -> int:
    """One community office per regional seat, named after it; how many were opened now."""
    there = {ref.code for ref in queries.facility_refs(by, kind="community_office")}
    names = {place.inei: place.name for place in rules.load_reference().departments}
    opened = 0
    for office in rules.load_reference().offices:
        code = f"EML-{office.code}"
        if code not in there:
            commands.open_community_office(
                by=by,
                code=code,
                name=f"Medio Libre {names[office.seat_department]} (demostración)",
                regional_office=office.code,
                department=office.seat_department,
                is_demonstration=True,
            )
            opened += 1
    return opened
