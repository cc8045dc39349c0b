"""The items of a version as rows, and the parts of the programme that pages show, built from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from creo.kernel.citations import PROGRAMME, Citation
from creo.programme.models import DesignItem
from creo.programme.queries.versions import VersionRow
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item: its texts, where it comes from and what it contradicts. `data` holds what is particular to its kind."""

    kind: str
    code: str
    parent: str
    title: str
    label: str
    printed: str
    treated: str
    origin: str
    lines: tuple[int, ...]
    cites: tuple[Mapping[str, str], ...]
    contradictions: tuple[str, ...]
    note: str
    data: Mapping[str, Any]

    @property
    def ref(self) -> str:
        """What other items call it by."""
        return f"{self.kind}:{self.code}"

    @property
    def last(self) -> str:
        """Its own code inside what it is part of."""
        return (
            self.code.rpartition(".")[2] if self.parent.partition(":")[2] == self.code.rpartition(".")[0] else self.code
        )

    @property
    def text(self) -> str:
        """What it says as treated, or as printed when it needs no treatment."""
        return self.treated or self.printed or self.title

    @property
    def name(self) -> str:
        """The shortest text that says what it is."""
        return self.title or self.label or self.text or self.code

    @property
    def short(self) -> str:
        """Its short name where the design gives one, else its title."""
        return str(self.data.get("short") or self.title)

    @property
    def differs(self) -> bool:
        """True when treatment changed what was printed, beyond spacing."""
        return bool(self.treated) and " ".join(self.treated.split()) != " ".join(self.printed.split())

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Its sources: the programme's lines first, then others."""
        own = (Citation(PROGRAMME, lines=self.lines),) if self.lines else ()
        return own + tuple(
            Citation(cite["source"], cite.get("locator", ""), note=cite.get("note", "")) for cite in self.cites
        )


_COLUMNS = (
    "kind",
    "code",
    "parent",
    "title",
    "label",
    "printed",
    "treated",
    "origin",
    "lines",
    "cites",
    "contradictions",
    "note",
    "data",
)


@dataclass(frozen=True)
class Items:
    """Items of a version in the order of the design."""

    rows: tuple[ItemRow, ...]

    @cached_property
    def by_ref(self) -> dict[str, ItemRow]:
        """Items by their reference."""
        return {row.ref: row for row in self.rows}

    @cached_property
    def _children(self) -> dict[str, list[ItemRow]]:
        children: dict[str, list[ItemRow]] = {}
        for row in self.rows:
            children.setdefault(row.parent, []).append(row)
        return children

    def of(self, kind: str) -> tuple[ItemRow, ...]:
        """The items of a kind."""
        return tuple(row for row in self.rows if row.kind == kind)

    def get(self, ref: str) -> ItemRow | None:
        """The item of a reference, or None."""
        return self.by_ref.get(ref)

    def below(self, ref: str, *kinds: str) -> tuple[ItemRow, ...]:
        """The items that hang from another, of some kinds (all when none is named)."""
        return tuple(row for row in self._children.get(ref, ()) if not kinds or row.kind in kinds)


def items(reader: Reader, version: VersionRow, kinds: Iterable[str] = ()) -> Items:
    """The items of a version, of some kinds (all when none is named). One query."""
    reader.require(Permission.VIEW_PROGRAMME)
    rows = DesignItem.objects.filter(version_id=version.id).order_by("position")
    wanted = tuple(kinds)
    if wanted:
        rows = rows.filter(kind__in=wanted)
    return Items(tuple(_row(values) for values in rows.values_list(*_COLUMNS)))


def _row(values: tuple[Any, ...]) -> ItemRow:
    fields = dict(zip(_COLUMNS, values, strict=True))
    for name in ("lines", "cites", "contradictions"):
        fields[name] = tuple(fields[name])
    return ItemRow(**fields)


def names(reader: Reader, version: VersionRow) -> dict[str, str]:
    """The shortest text of every item of a version, by reference. One query of few columns."""
    reader.require(Permission.VIEW_PROGRAMME)
    rows = DesignItem.objects.filter(version_id=version.id).values_list(
        "kind", "code", "title", "label", "treated", "printed"
    )
    return {f"{kind}:{code}": next((text for text in texts if text), code) for kind, code, *texts in rows}


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product with its activities, the levels of government that take part, and its target."""

    item: ItemRow
    activities: tuple[ItemRow, ...]
    levels: tuple[str, ...]
    target: ItemRow | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The four levels: final result, specific results, products, activities; and the problem they answer."""

    problems: tuple[ItemRow, ...]
    outcomes: tuple[ItemRow, ...]
    products: tuple[ProductRow, ...]
    levels_of_activity: Mapping[str, tuple[str, ...]]


def chain(reader: Reader, version: VersionRow) -> Chain:
    """The chain of results of a version. One query."""
    kinds = ("problem", "outcome", "product", "activity", "level", "articulation", "target")
    return chain_of(items(reader, version, kinds))


def chain_of(found: Items) -> Chain:
    """The chain out of items that were already read."""
    marks = {row.code: row.data.get("marks", {}) for row in found.of("articulation")}
    order = [level.code for level in found.of("level")]
    levels = {code: tuple(level for level in order if level in marked) for code, marked in marks.items()}
    targets = {row.data["product"]: row for row in found.of("target")}
    products = []
    for product in found.of("product"):
        activities = found.below(product.ref, "activity")
        union = {level for activity in activities for level in levels.get(activity.code, ())}
        taking_part = tuple(level for level in order if level in union)
        products.append(ProductRow(product, activities, taking_part, targets.get(product.code)))
    return Chain(found.of("problem"), found.of("outcome"), tuple(products), levels)


@dataclass(frozen=True, slots=True)
class ProductSheet:
    """Everything the design says of one product."""

    row: ProductRow
    levels_of_activity: Mapping[str, tuple[str, ...]]
    sheet: ItemRow | None
    fields: tuple[ItemRow, ...]
    for_intervened: tuple[ItemRow, ...]
    for_beneficiary: tuple[ItemRow, ...]
    mentions: tuple[ItemRow, ...]
    responsible: ItemRow | None
    organisation: ItemRow | None
    band: ItemRow | None
    official: tuple[ItemRow, ...]
    proposals: tuple[ItemRow, ...]
    sites: tuple[ItemRow, ...]
    model: ItemRow | None


def product(reader: Reader, version: VersionRow, code: str) -> ProductSheet:
    """One product with its sheet. One query. NotFound when the design has no such product."""
    found = items(reader, version)
    whole = chain_of(found)
    row = next((row for row in whole.products if row.item.code == code), None)
    if row is None:
        raise NotFound
    ref = row.item.ref
    sheet = next(iter(found.below(ref, "sheet")), None)
    goods = found.below(sheet.ref, "deliverable") if sheet else ()
    responsible = next(iter(found.below(ref, "responsible")), None)
    indicators = found.below(ref, "indicator")
    return ProductSheet(
        row=row,
        levels_of_activity=whole.levels_of_activity,
        sheet=sheet,
        fields=found.below(sheet.ref, "sheet") if sheet else (),
        for_intervened=tuple(item for item in goods if item.data["to"] == "intervention"),
        for_beneficiary=tuple(item for item in goods if item.data["to"] == "beneficiary"),
        mentions=found.below(ref, "mention"),
        responsible=responsible,
        organisation=found.get(f"organisation:{responsible.data['organisation']}") if responsible else None,
        band=next(iter(found.below(ref, "band")), None),
        official=tuple(item for item in indicators if item.origin != "proposal"),
        proposals=tuple(item for item in indicators if item.origin == "proposal"),
        sites=found.below(row.target.ref, "site") if row.target else (),
        model=next(iter(found.below(ref, "model")), None),
    )


@dataclass(frozen=True, slots=True)
class ActivitySheet:
    """Everything the design says of one activity."""

    item: ItemRow
    product: ItemRow
    articulation: ItemRow | None
    levels: tuple[tuple[ItemRow, bool], ...]
    stages: tuple[ItemRow, ...]
    responsible: ItemRow | None
    organisation: ItemRow | None
    indicators: tuple[ItemRow, ...]
    band: ItemRow | None


def activity(reader: Reader, version: VersionRow, code: str) -> ActivitySheet:
    """One activity. One query. NotFound when the design has no such activity."""
    found = items(reader, version)
    item = found.get(f"activity:{code}")
    if item is None:
        raise NotFound
    row = found.get(f"articulation:{code}")
    marks = row.data["marks"] if row else {}
    own = next(iter(found.below(item.ref, "responsible")), None)
    responsible = own or next(iter(found.below(item.parent, "responsible")), None)
    return ActivitySheet(
        item=item,
        product=found.by_ref[item.parent],
        articulation=row,
        levels=tuple((level, level.code in marks) for level in found.of("level")),
        stages=tuple(stage for stage in found.of("stage") if stage.data.get("activity") == code),
        responsible=responsible,
        organisation=found.get(f"organisation:{responsible.data['organisation']}") if responsible else None,
        indicators=found.below(item.ref, "indicator"),
        band=next(iter(found.below(item.ref, "band")), None),
    )


def changed_texts(reader: Reader, a: VersionRow, b: VersionRow) -> list[tuple[ItemRow, ItemRow]]:
    """Items of both versions whose text reads differently, as (before, after) in the order of the second."""
    old = items(reader, a).by_ref
    return [(old[row.ref], row) for row in items(reader, b).rows if row.ref in old and old[row.ref].text != row.text]
