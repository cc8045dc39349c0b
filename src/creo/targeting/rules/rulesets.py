"""The rule of a run: the criteria of one design version, resolved for a day, as plain data that can be kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from creo.kernel.criteria import (
    AgeBetween,
    AllOf,
    AnyOf,
    Articles,
    Between,
    Criteria,
    CriteriaError,
    Not,
    OneOf,
    Test,
    parse_criteria,
)


@dataclass(frozen=True)
class Family:
    """A family of offences of the design and its articles, to tell people apart in reports."""

    code: str
    title: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class Ruleset:
    """Criteria (data form of `kernel.criteria`) and families, with the design version and reading they come from."""

    programme: str
    version: int
    digest: str
    title: str
    items: tuple[Mapping[str, Any], ...]
    families: tuple[Family, ...] = ()
    variant: str = ""

    @property
    def ages(self) -> tuple[int, int] | None:
        """The age band asked for, when the criteria ask for one."""
        bands = [
            leaf for item in parse_criteria(self.items) for leaf in leaves(item.test) if isinstance(leaf, AgeBetween)
        ]
        return (bands[0].low, bands[0].high) if bands else None

    def as_data(self) -> dict[str, Any]:
        """Plain data for a JSON column; `from_data` gives back an equal ruleset."""
        return {
            "programme": self.programme,
            "version": self.version,
            "digest": self.digest,
            "title": self.title,
            "variant": self.variant,
            "items": [dict(item) for item in self.items],
            "families": [[family.code, family.title, list(family.articles)] for family in self.families],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Ruleset:
        """The ruleset that `as_data` wrote."""
        return cls(
            programme=data["programme"],
            version=data["version"],
            digest=data["digest"],
            title=data["title"],
            variant=data["variant"],
            items=tuple(data["items"]),
            families=tuple(Family(code, title, tuple(articles)) for code, title, articles in data["families"]),
        )

    def question(self) -> str:
        """SHA-256 of what is asked: equal criteria have an equal question, whatever version they stand in."""
        text = json.dumps(
            [dict(item) for item in self.items], ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class FactShape:
    """What a criterion may do with a fact: its kind (date, number, category, article, truth) and its closed values."""

    kind: str
    values: tuple[str, ...] = ()


def compile_criteria(items: Sequence[Mapping[str, Any]], shapes: Mapping[str, FactShape]) -> Criteria:
    """The criteria, each fact checked against those the register publishes.

    CriteriaError names the criterion, the fact and what is expected, so that a wrong design stops before any person
    is evaluated with it.
    """
    criteria = parse_criteria(items)
    for item in criteria:
        for leaf in leaves(item.test):
            _check(item.code, leaf, shapes)
    return criteria


def leaves(test: Test) -> list[AgeBetween | Articles | Between | OneOf]:
    """The tests of one fact inside a test, left to right."""
    if isinstance(test, AllOf | AnyOf):
        return [leaf for part in test.parts for leaf in leaves(part)]
    if isinstance(test, Not):
        return leaves(test.part)
    if isinstance(test, AgeBetween | Articles | Between | OneOf):
        return [test]
    raise TypeError(f"Prueba desconocida [{type(test).__name__}].")


_FITTING = {
    "date": (AgeBetween,),
    "article": (Articles, OneOf),
    "number": (Between, OneOf),
    "category": (OneOf,),
    "truth": (OneOf,),
}
_EXPECTED = {
    "date": "una fecha: admite age_between",
    "article": "un artículo: admite articles, equals u one_of con texto",
    "number": "un número: admite equals, one_of o between con enteros",
    "category": "un texto: admite equals u one_of con texto",
    "truth": "sí o no: admite equals u one_of con true o false",
}
_VALUE = {"article": str, "number": int, "category": str, "truth": bool}


def _check(code: str, leaf: AgeBetween | Articles | Between | OneOf, shapes: Mapping[str, FactShape]) -> None:
    shape = shapes.get(leaf.fact)
    if shape is None:
        known = ", ".join(sorted(shapes))
        raise CriteriaError(code, f"el registro no publica el dato «{leaf.fact}»; publica: {known}.")
    if not isinstance(leaf, _FITTING[shape.kind]):
        raise CriteriaError(code, f"«{leaf.fact}» es {_EXPECTED[shape.kind]}.")
    if not isinstance(leaf, OneOf):
        return
    wanted = _VALUE[shape.kind]
    if any(type(value) is not wanted for value in leaf.values):
        raise CriteriaError(code, f"«{leaf.fact}» es {_EXPECTED[shape.kind]}.")
    strange = [str(value) for value in leaf.values if shape.values and value not in shape.values]
    if strange:
        raise CriteriaError(code, f"«{leaf.fact}» no toma el valor [{strange[0]}]; toma: {', '.join(shape.values)}.")
