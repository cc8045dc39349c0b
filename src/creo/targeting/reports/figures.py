"""The charts of a run: funnel, map, families and ages. Each title states what it shows; each carries its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support.ui import charts, formats
from creo.support.ui.map import peru_map
from creo.support.ui.parts import Column, Figure
from creo.targeting import rules
from creo.targeting.queries import Run
from creo.territory.queries import FacilityRef


def source_of(run: Run) -> str:
    """Where the figures of a run come from, in one line."""
    return _("corrida %(number)s, diseño v%(version)s") % {"number": run.row.number, "version": run.row.version}


def funnel_figure(run: Run, enrolled: int) -> Figure:
    """From the population to the intervened, criterion by criterion."""
    counts = run.totals.outcomes()
    steps = rules.funnel_steps(run.criteria, run.row.as_of)
    sizes = run.totals.funnel()
    items = [charts.Bar(_("Población penitenciaria"), sizes[0])]
    for step, size in zip(steps, sizes[1:], strict=True):
        last = step is steps[-1]
        address = _results(run, rules.Result.ELIGIBLE) if last else ""
        items.append(charts.Bar(step.title, size, state="strong" if last else "", url=address))
    undecided = rules.Result.UNDECIDED
    items.append(
        charts.Bar(_(undecided.plural), counts[undecided.value], state="unknown", url=_results(run, undecided))
    )
    items.append(charts.Bar(_("Intervenidos"), enrolled, url=reverse("targeting:enrolments")))
    share = formats.percent(counts["eligible"] / sizes[0]) if sizes[0] else formats.percent(None)
    return Figure(
        title=_("De la población a la intervención"),
        svg=charts.funnel(
            items,
            title=_("Es elegible el %(share)s de la población") % {"share": share},
            desc=_("Una barra por criterio, en el orden del diseño; las exclusiones van al final, con los elegibles."),
            key=f"funnel-{run.row.number}",
        ),
        columns=[Column(_("Paso")), Column(_("Personas"), "number")],
        rows=[[bar.label, bar.value] for bar in items],
        source=source_of(run),
        cutoff=run.row.as_of,
        note=_("«Por decidir»: falta un dato y nada de lo que se sabe la deja fuera. No se cuenta como sí ni como no."),
    )


def map_figure(run: Run, refs: Sequence[FacilityRef]) -> Figure:
    """Eligible people by department, each leading to its place in the list."""
    answers = run.totals.by_facility()
    eligible: dict[str, int] = {}
    people: dict[str, int] = {}
    for ref in refs:
        if ref.id in answers:
            eligible[ref.department] = eligible.get(ref.department, 0) + answers[ref.id][2]
            people[ref.department] = people.get(ref.department, 0) + sum(answers[ref.id])
    names = department_names()
    ordered = sorted(eligible, key=lambda code: -eligible[code])
    first = _("%(name)s concentra más personas elegibles") % {"name": names[ordered[0]]} if ordered else ""
    return Figure(
        title=_("Elegibles por departamento"),
        svg=peru_map(
            eligible,
            title=first or _("Sin personas evaluadas"),
            desc=_("Personas elegibles por departamento del establecimiento; con trama, sin establecimientos."),
            key=f"map-{run.row.number}",
            unit=_("elegibles"),
        ),
        columns=[
            Column(_("Departamento")),
            Column(_("Población"), "number"),
            Column(_("Elegibles"), "number"),
            Column(_("De cada 100"), "percent"),
        ],
        rows=[
            [names[code], people[code], eligible[code], eligible[code] / people[code] if people[code] else None]
            for code in ordered
        ],
        source=source_of(run),
        cutoff=run.row.as_of,
    )


def family_figure(run: Run) -> Figure:
    """Answers by offence family of the design."""
    grid = run.totals.grid()
    titles = dict(rules.family_titles(run.rule.families))
    found = {code: _added(cells) for code, cells in grid.items()}
    found = {code: sums for code, sums in found.items() if sum(sums)}
    return _stacked(
        run,
        title=_("Por familia de delito"),
        desc=_("Personas por familia del delito principal y resultado."),
        key="families",
        heading=_("Familia"),
        rows={titles[code]: sums for code, sums in found.items()},
    )


def band_figure(run: Run) -> Figure:
    """Answers by age band of INPE's tables."""
    grid = run.totals.grid()
    columns = zip(*grid.values(), strict=True)
    found = {title: _added(cells) for title, cells in zip(rules.band_titles(), columns, strict=True)}
    return _stacked(
        run,
        title=_("Por grupo de edad"),
        desc=_("Personas por grupo de edad, como los publica el INPE, y resultado."),
        key="bands",
        heading=_("Edad"),
        rows={title: sums for title, sums in found.items() if sum(sums)},
        note=_("Grupos de edad: %(source)s.") % {"source": rules.AGE_BANDS_SOURCE.label()},
    )


def department_names() -> dict[str, str]:
    """Department names by INEI code, as the map writes them."""
    from creo.support.ui.map import outlines

    return {code: str(shape["name"]) for code, shape in outlines()["departments"].items()}


def _stacked(
    run: Run, *, title: str, desc: str, key: str, heading: str, rows: Mapping[str, tuple[int, int, int]], note: str = ""
) -> Figure:
    words = [_(result.plural) for result in (rules.Result.ELIGIBLE, rules.Result.UNDECIDED, rules.Result.NOT_ELIGIBLE)]
    best = max(rows, key=lambda name: rows[name][2], default="")
    finding = _("%(name)s tiene más personas elegibles") % {"name": best} if best else _("Sin personas evaluadas")
    return Figure(
        title=title,
        svg=charts.stacked(
            list(rows),
            {word: [sums[2 - place] for sums in rows.values()] for place, word in enumerate(words)},
            title=finding,
            desc=desc,
            key=f"{key}-{run.row.number}",
        ),
        columns=[Column(heading), *(Column(word, "number") for word in words)],
        rows=[[name, sums[2], sums[1], sums[0]] for name, sums in rows.items()],
        source=source_of(run),
        cutoff=run.row.as_of,
        note=note,
    )


def _added(cells: Sequence[tuple[int, int, int]]) -> tuple[int, int, int]:
    first, second, third = (sum(values) for values in zip(*cells, strict=True))
    return first, second, third


def _results(run: Run, result: rules.Result) -> str:
    return reverse("targeting:results", args=[run.row.number], query={"outcome": result.value})
