"""What a design holds, counted, and what a reader should know about it: gaps are findings, not errors."""

from dataclasses import dataclass
from typing import Any, Literal

from creo.programme.rules.base import Item, Origin
from creo.programme.rules.design import Design
from creo.programme.rules.entries import Entry
from creo.programme.rules.integrity import count_of

# Kinds that speak about the design itself and not about the source.
_OWN = frozenset({"design", "model_level"})


@dataclass(frozen=True, slots=True)
class Unbound:
    """A fact of the source that nothing represents, and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know before using the design: `gap` is missing in the source, `note` is a choice of ours."""

    severity: Literal["gap", "note"]
    ref: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The content of a design in numbers, with what is uncited, unrepresented or worth knowing."""

    products: int
    activities: int
    articulation: dict[str, int]
    targets: dict[str, int]
    contradictions: int
    uncited: tuple[str, ...]
    unbound: tuple[Unbound, ...]
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """The figures that `creo design check --json` prints."""
        return {
            "products": self.products,
            "activities": self.activities,
            "articulation": self.articulation,
            "targets": self.targets,
            "contradictions": self.contradictions,
            "uncited": len(self.uncited),
            "unbound": [{"fact": item.code, "reason": item.reason} for item in self.unbound],
        }


def check(design: Design) -> CheckReport:
    """Count and cross-check a design that was already loaded without errors."""
    return CheckReport(
        products=count_of(design, "product"),
        activities=count_of(design, "activity"),
        articulation={level.code: count_of(design, f"articulation.{level.code}") for level in design.levels},
        targets={target.code: target.value for target in design.targets},
        contradictions=len(design.contradictions),
        uncited=tuple(entry.ref for entry in design.entries() if not _cited(entry)),
        unbound=tuple(_unbound(design)),
        findings=(*_delivery_findings(design), *_measure_findings(design), *_proposal_findings(design)),
    )


def _cited(entry: Entry) -> bool:
    item: Item = entry.item
    return entry.kind in _OWN or bool(item.lines or item.cites)


def _unbound(design: Design) -> list[Unbound]:
    found = []
    for fact in design.facts:
        absent = [ref for ref in fact.represented_by if ref not in design.index]
        if fact.unbound_reason:
            found.append(Unbound(fact.code, fact.unbound_reason))
        elif absent:
            found.append(Unbound(fact.code, f"no existe {', '.join(absent)}"))
        elif not fact.represented_by:
            found.append(Unbound(fact.code, "nada lo representa"))
    return found


def _delivery_findings(design: Design) -> list[Finding]:
    """Products without sheet or model, and levels of government that two parts of the source count differently."""
    found = []
    sheets = {sheet.product for sheet in design.sheets}
    models = {model.product: model for model in design.models}
    for product in design.products:
        ref = f"product:{product.code}"
        if product.code not in sheets:
            found.append(Finding("gap", ref, f"{product.code}: la fuente no trae su ficha de producto."))
        if product.code not in models:
            found.append(Finding("gap", ref, f"{product.code}: la fuente no trae su modelo operativo."))
        by_activity = levels_of_product(design, product.code)
        model = models.get(product.code)
        if model is None:
            if len(by_activity) > 1:
                levels = " y ".join(by_activity)
                text = f"{product.code}: sus actividades articulan {levels} y su ficha nombra un solo nivel de entrega."
                found.append(Finding("note", ref, text))
            continue
        in_model = tuple(level.code for level in model.levels if level.marked)
        if in_model != by_activity:
            text = (
                f"{product.code}: el modelo operativo marca {', '.join(in_model) or 'ningún nivel'} "
                f"y sus actividades {', '.join(by_activity) or 'ninguno'}."
            )
            found.append(Finding("note", ref, text))
    return found


def levels_of_product(design: Design, product: str) -> tuple[str, ...]:
    """Levels of government of a product: the union of those of its activities, in the order of the design."""
    codes = {activity.code for activity in design.activities if activity.product == product}
    marked = {level for row in design.articulation if row.code in codes for level in row.marks}
    return tuple(level.code for level in design.levels if level.code in marked)


def _measure_findings(design: Design) -> list[Finding]:
    found = []
    for slot in design.slots:
        if not slot.official:
            found.append(Finding("gap", f"slot:{slot.code}", f"{slot.title}: la fuente no trae indicador."))
    for indicator in design.indicators:
        if indicator.printed_under and indicator.printed_under != indicator.bound_to:
            text = (
                f"{indicator.code}: impreso bajo {indicator.printed_under.partition(':')[2]} "
                f"y ligado por su sentido a {indicator.bound_to.partition(':')[2]}."
            )
            found.append(Finding("note", f"indicator:{indicator.code}", text))
    targets = {target.product: target for target in design.targets}
    for product in design.products:
        target = targets.get(product.code)
        if target is None:
            found.append(Finding("gap", f"product:{product.code}", f"{product.code}: la fuente no trae meta física."))
            continue
        if target.year is None:
            found.append(Finding("gap", f"target:{target.code}", f"{target.code}: la meta no tiene año."))
        if target.sites and target.split is None:
            text = f"{target.code}: la meta nombra {len(target.sites)} sedes y no la reparte entre ellas."
            found.append(Finding("gap", f"target:{target.code}", text))
    return found


def _proposal_findings(design: Design) -> list[Finding]:
    """What is ours and not the source's must be visible as such."""
    proposals = [entry for entry in design.entries() if entry.item.origin in (Origin.PROPOSAL, Origin.INHERITED)]
    words = {Origin.PROPOSAL: "es una propuesta", Origin.INHERITED: "se hereda"}
    return [
        Finding("note", entry.ref, f"{entry.code}: {words[entry.item.origin]}; la fuente no lo imprime.")
        for entry in proposals
    ]
