"""Reads criteria from plain data (the design files) and says exactly what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from creo.kernel.citations import Citation
from creo.kernel.criteria.articles import ArticleRange
from creo.kernel.criteria.sets import Criteria, Criterion
from creo.kernel.criteria.trees import AgeBetween, AllOf, AnyOf, Articles, Between, Not, OneOf, Test
from creo.kernel.periods import Period

FORMS = "all, any, not, o un dato (fact) con equals, one_of, between, age_between o articles"


class CriteriaError(ValueError):
    """A criterion that cannot be read: `item` says which, the message what is expected."""

    def __init__(self, item: str, message: str) -> None:
        super().__init__(f"{item}: {message}")
        self.item = item
        self.message = message


def parse_criteria(items: Sequence[Mapping[str, Any]]) -> Criteria:
    """Criteria from their data form (see the design files). CriteriaError names the item and what is expected."""
    criteria = tuple(_criterion(item) for item in items)
    codes = [item.code for item in criteria]
    for code in codes:
        if codes.count(code) > 1:
            raise CriteriaError(code, "el código de criterio está repetido.")
    if not criteria:
        raise CriteriaError("criteria", "se espera al menos un criterio.")
    return Criteria(criteria)


def _criterion(item: Mapping[str, Any]) -> Criterion:
    code = str(item.get("code") or "")
    if not code:
        raise CriteriaError("criteria", "falta el código (code).")
    if not item.get("title"):
        raise CriteriaError(code, "falta el título (title).")
    start, end = _day(code, item.get("valid_from")), _day(code, item.get("valid_to"))
    if end is not None and start is None:
        raise CriteriaError(code, "tiene fin de vigencia (valid_to) y le falta el inicio (valid_from).")
    if start and end and end <= start:
        raise CriteriaError(code, "la vigencia termina antes de empezar.")
    return Criterion(
        code=code,
        title=str(item["title"]),
        test=parse_test(item.get("test"), code),
        citation=_citation(code, item.get("citation")),
        missing=str(item.get("missing") or ""),
        responsible=str(item.get("responsible") or ""),
        valid=Period(start, end) if start else None,
        is_exclusion=bool(item.get("exclusion", False)),
    )


def parse_test(data: Any, item: str) -> Test:
    """One test from its data form; `item` names the criterion in errors."""
    if not isinstance(data, Mapping):
        raise CriteriaError(item, f"la prueba (test) debe ser {FORMS}.")
    for word, group in (("all", AllOf), ("any", AnyOf)):
        if word in data:
            _only(data, {word}, item)
            return group(_parts(data[word], word, item))
    if "not" in data:
        _only(data, {"not"}, item)
        return Not(parse_test(data["not"], item))
    fact = data.get("fact")
    if not isinstance(fact, str) or not fact:
        raise CriteriaError(item, f"la prueba debe ser {FORMS}.")
    given = [word for word in _LEAVES if word in data]
    if len(given) != 1:
        raise CriteriaError(item, f"el dato «{fact}» lleva una sola prueba: {', '.join(_LEAVES)}.")
    _only(data, {"fact", given[0]}, item)
    return _LEAVES[given[0]](fact, data[given[0]], item)


def _only(data: Mapping[str, Any], known: set[str], item: str) -> None:
    extra = sorted(set(data) - known)
    if extra:
        raise CriteriaError(item, f"no se conoce «{', '.join(extra)}» en esta prueba.")


def _parts(data: Any, word: str, item: str) -> tuple[Test, ...]:
    if not isinstance(data, Sequence) or isinstance(data, str) or not data:
        raise CriteriaError(item, f"«{word}» lleva una lista con al menos una prueba.")
    return tuple(parse_test(part, item) for part in data)


def _equals(fact: str, value: Any, item: str) -> Test:
    if not _is_value(value):
        raise CriteriaError(item, f"«{fact}» se compara con un valor: texto, número, true o false.")
    return OneOf(fact, (value,))


def _one_of(fact: str, value: Any, item: str) -> Test:
    if not isinstance(value, list) or not value or not all(_is_value(part) for part in value):
        raise CriteriaError(item, f"«{fact}» se compara con una lista de valores: textos, números, true o false.")
    return OneOf(fact, tuple(value))


def _is_value(value: Any) -> bool:
    """What a fact can be compared with. None is no value: it means that the fact is not known."""
    return isinstance(value, str | int | bool)


def _bounds(fact: str, value: Any, item: str) -> tuple[int | None, int | None]:
    if not isinstance(value, list) or len(value) != 2 or any(type(side) not in (int, type(None)) for side in value):
        raise CriteriaError(item, f"«{fact}» lleva dos números enteros: [mínimo, máximo].")
    low, high = value
    if low is not None and high is not None and low > high:
        raise CriteriaError(item, f"el mínimo de «{fact}» ({low}) pasa del máximo ({high}).")
    return low, high


def _between(fact: str, value: Any, item: str) -> Test:
    low, high = _bounds(fact, value, item)
    if low is None and high is None:
        raise CriteriaError(item, f"«{fact}» lleva al menos un límite: [mínimo, máximo].")
    return Between(fact, low, high)


def _age_between(fact: str, value: Any, item: str) -> Test:
    low, high = _bounds(fact, value, item)
    if low is None or high is None or not 0 <= low <= high <= 130:
        raise CriteriaError(item, "la edad lleva un mínimo y un máximo en años cumplidos, de 0 a 130.")
    return AgeBetween(fact, low, high)


def _articles(fact: str, value: Any, item: str) -> Test:
    if not isinstance(value, list) or not value:
        raise CriteriaError(item, f"«{fact}» lleva una lista de artículos o rangos.")
    try:
        return Articles(fact, tuple(ArticleRange.parse(str(part)) for part in value))
    except ValueError as error:
        raise CriteriaError(item, str(error)) from error


_LEAVES: dict[str, Callable[[str, Any, str], Test]] = {
    "equals": _equals,
    "one_of": _one_of,
    "between": _between,
    "age_between": _age_between,
    "articles": _articles,
}


def _citation(code: str, data: Any) -> Citation | None:
    if data is None:
        return None
    if not isinstance(data, Mapping) or not data.get("source"):
        raise CriteriaError(code, "la cita (citation) lleva al menos su fuente (source).")
    lines = data.get("lines") or ()
    if isinstance(lines, str) or not all(type(line) is int for line in lines):
        raise CriteriaError(code, "las líneas de la cita (lines) son números enteros.")
    return Citation(
        source=str(data["source"]),
        locator=str(data.get("locator") or ""),
        lines=tuple(lines),
        note=str(data.get("note") or ""),
    )


def _day(code: str, value: Any) -> date | None:
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise CriteriaError(code, f"«{value}» no es una fecha: se espera AAAA-MM-DD.") from error
