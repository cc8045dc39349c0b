"""A whole design: its sections, its canonical document and what can be asked of it."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal, get_args

from creo.kernel.citations import PROGRAMME, Citation
from creo.programme.rules.base import Item, Plain
from creo.programme.rules.chain import (
    Activity,
    ExpectedCount,
    Header,
    Identity,
    Level,
    Organisation,
    Outcome,
    Problem,
    Product,
    Responsible,
)
from creo.programme.rules.delivery import Articulation, Catalogue, OperatingModel, Sheet
from creo.programme.rules.entries import Entry, entries_of
from creo.programme.rules.marked import Json
from creo.programme.rules.measures import Conclusion, Figure, Indicator, Slot, Target
from creo.programme.rules.notes import AgeRange, Contradiction, Fact, Table, Variant
from creo.programme.rules.population import AgeBand, Criterion, Exclusion, OffenceFamily, Statement, Term

type Form = Literal["printed", "treated"]

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NO_BREAK = "\u00a0"


class Design(Plain):
    """One version of a budget programme. Every section is a list of items whose order is that of the source."""

    design: Header
    levels: tuple[Level, ...] = ()
    counts: tuple[ExpectedCount, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    identity: tuple[Identity, ...] = ()
    populations: tuple[Statement, ...] = ()
    age_bands: tuple[AgeBand, ...] = ()
    offence_families: tuple[OffenceFamily, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    products: tuple[Product, ...] = ()
    activities: tuple[Activity, ...] = ()
    responsibles: tuple[Responsible, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    models: tuple[OperatingModel, ...] = ()
    catalogues: tuple[Catalogue, ...] = ()
    articulation: tuple[Articulation, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    slots: tuple[Slot, ...] = ()
    targets: tuple[Target, ...] = ()
    conclusions: tuple[Conclusion, ...] = ()
    figures: tuple[Figure, ...] = ()
    age_ranges: tuple[AgeRange, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    facts: tuple[Fact, ...] = ()
    variants: tuple[Variant, ...] = ()
    tables: tuple[Table, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Every item, section by section, parts after their whole."""
        header = self.design
        yield Entry(f"{header.kind}:{header.code}", header.kind, header.code, "", 0, ("design",), header)
        for section in SECTIONS:
            yield from entries_of(section, enumerate(getattr(self, section, ())))

    @cached_property
    def index(self) -> Mapping[str, Entry]:
        """Entries by reference (`product:P1`, `sheet:P1.place`)."""
        return {entry.ref: entry for entry in self.entries()}

    @cached_property
    def treatments(self) -> Mapping[str, tuple[str, ...]]:
        """Codes of the contradictions that touch each reference, named by either side, in their order."""
        found: dict[str, list[str]] = {}
        for entry in self.index.values():
            found.setdefault(entry.ref, []).extend(entry.item.contradictions)
        for contradiction in self.contradictions:
            for ref in contradiction.applies_to:
                found.setdefault(ref, []).append(contradiction.code)
        order = {item.code: place for place, item in enumerate(self.contradictions)}
        return {ref: tuple(sorted(set(codes), key=lambda c: order.get(c, 0))) for ref, codes in found.items()}

    def find(self, ref: str) -> Item:
        """The item of a reference. KeyError when there is none."""
        return self.index[ref].item

    def band(self, code: str) -> AgeBand:
        """The age band of a code. KeyError when there is none."""
        return next((band for band in self.age_bands if band.code == code), None) or _absent("age_bands", code)

    def fill(self, text: str, band: str | None = None) -> str:
        """A treated text with its parameters: `{edad:P1}` a band in words, `{meta:P4}` a target. KeyError if unknown.

        `band` puts the ages of another band wherever the text names one.
        """
        return PLACEHOLDER.sub(lambda found: self._parameter(found[1], band), text)

    def _parameter(self, name: str, band: str | None) -> str:
        what, _, code = name.partition(":")
        if what == "edad":
            return self.band(band or code).words
        if what == "meta":
            for target in self.targets:
                if target.code == code:
                    return f"{target.value:,}".replace(",", _NO_BREAK)
        return str(_absent("parámetro", name))

    def text(self, ref: str, form: Form = "treated") -> str:
        """What an item says: as printed, or as treated (the printed text when it needs no treatment)."""
        item = self.find(ref)
        if form == "printed":
            return item.printed
        return self.fill(item.treated) or item.printed or item.title

    def document(self) -> dict[str, Json]:
        """The design as canonical plain data: equal designs give equal documents."""
        document: dict[str, Json] = self.model_dump(mode="json", exclude_defaults=True)
        return document

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the design says, in hexadecimal; name, number, state and validity are not part of it."""
        document = self.document()
        document["design"] = {key: value for key, value in _header(document).items() if key not in LIFE}
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def criteria_items(self, as_of: date, band: str | None = None) -> list[dict[str, Any]]:
        """The active criteria and exclusions as `kernel.criteria` reads them, families and ages resolved.

        `band` asks the same rule with the ages of another band (a product's). Families outside their validity on
        `as_of` are left out. KeyError names a family or band that does not exist.
        """
        active = [item for item in (*self.criteria, *self.exclusions) if item.active]
        return [self._criterion(item, as_of, band) for item in active]

    def _criterion(self, item: Criterion, as_of: date, band: str | None) -> dict[str, Any]:
        citation = _shown_citation(item)
        return {
            "code": item.code,
            "title": self.fill(item.title, band),
            "test": resolve_test(self, item.test, as_of, band),
            "citation": citation
            and {
                "source": citation.source,
                "locator": citation.locator,
                "lines": list(citation.lines),
                "note": citation.note,
            },
            "missing": item.missing,
            "responsible": item.responsible,
            "valid_from": item.valid_from.isoformat() if item.valid_from else None,
            "valid_to": item.valid_to.isoformat() if item.valid_to else None,
            "exclusion": isinstance(item, Exclusion),
        }


def _shown_citation(item: Criterion) -> Citation | None:
    """The source people see beside an answer: the programme's lines, or the law for what the law leaves out."""
    if isinstance(item, Exclusion):
        law = next((citation for citation in item.citations if citation.source != PROGRAMME), None)
        if law is not None:
            return law
    return item.citations[0] if item.citations else None


def resolve_test(design: Design, test: Any, as_of: date, band: str | None = None) -> Any:
    """A test with `family` turned into articles and `age_band` into ages. KeyError when one does not exist."""
    if isinstance(test, list):
        parts = [(part, resolve_test(design, part, as_of, band)) for part in test]
        return [resolved for part, resolved in parts if resolved is not None or part is None]
    if not isinstance(test, dict):
        return test
    if "family" in test:
        family = next((item for item in design.offence_families if item.code == test["family"]), None)
        family = family or _absent("offence_families", test["family"])
        in_force = family.valid_from <= as_of and (family.valid_to is None or as_of < family.valid_to)
        return {"fact": test.get("fact"), "articles": list(family.articles)} if in_force else None
    if "age_band" in test:
        ages = design.band(band or str(test["age_band"]))
        return {"fact": test.get("fact"), "age_between": [ages.min, ages.max]}
    return {key: resolve_test(design, value, as_of, band) for key, value in test.items()}


# Fields of the header that tell the life of a version and not what the design says.
LIFE = frozenset({"title", "number", "status", "valid_from", "valid_to"})


def _header(document: dict[str, Json]) -> dict[str, Json]:
    header = document["design"]
    return header if isinstance(header, dict) else {}


def _absent(section: str, code: object) -> Any:
    raise KeyError(f"{section}: {code}")


def _section_types() -> dict[str, type[Item]]:
    types: dict[str, type[Item]] = {}
    for name, field in Design.model_fields.items():
        if name != "design":
            types[name] = get_args(field.annotation)[0]
    return types


SECTIONS: Mapping[str, type[Item]] = _section_types()
