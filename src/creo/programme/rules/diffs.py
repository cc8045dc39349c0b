"""What changes between two documents, as a list of changes that can be shown, stored and applied.

A path is made of steps joined by "/": field names, codes of items (a list whose elements all have distinct codes is
walked by code) and `#orden`, the order of such a list. Any other list is one value. "/" and "~" inside a step are
written "~1" and "~0".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import cast

from creo.programme.rules.design import Design
from creo.programme.rules.marked import Json
from creo.programme.rules.wording import effect_of, title_of

ORDER = "#orden"


class Absent(Enum):
    """The value of something that is not there, as opposed to null."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
type Value = Json | Absent


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs: where, how people call it, before, after, and what it changes in practice."""

    path: str
    title: str
    before: Value
    after: Value
    effect: str = ""

    def as_json(self) -> dict[str, Json]:
        """The change as plain data; an absent side has no key."""
        data: dict[str, Json] = {"path": self.path, "title": self.title, "effect": self.effect}
        if not isinstance(self.before, Absent):
            data["before"] = self.before
        if not isinstance(self.after, Absent):
            data["after"] = self.after
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> "Change":
        """The change written by `as_json`."""
        return cls(
            str(data["path"]),
            str(data.get("title", "")),
            data.get("before", ABSENT),
            data.get("after", ABSENT),
            str(data.get("effect", "")),
        )


class PathError(ValueError):
    """A path that leads nowhere in the document."""


def diff(a: Design, b: Design) -> list[Change]:
    """What `b` changes of `a`, worded for people. Empty when both are equal."""
    return [
        replace(change, title=title_of(a, b, change.path), effect=effect_of(change.path))
        for change in diff_documents(a.document(), b.document())
    ]


def diff_documents(a: Json, b: Json) -> list[Change]:
    """What `b` changes of `a`, path by path, without words."""
    return list(_walk(a, b, ()))


def _walk(a: Value, b: Value, steps: tuple[str, ...]) -> Iterator[Change]:
    if type(a) is type(b) and a == b and not isinstance(a, dict | list):
        return
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted({*a, *b}):
            yield from _walk(a.get(key, ABSENT), b.get(key, ABSENT), (*steps, key))
        return
    codes = (_codes(a), _codes(b))
    if isinstance(a, list) and isinstance(b, list) and codes[0] is not None and codes[1] is not None:
        yield from _walk_coded(a, b, codes[0], codes[1], steps)
        return
    if not _same(a, b):
        yield Change(join(steps), "", a, b)


def _walk_coded(
    a: list[Json], b: list[Json], codes_a: list[str], codes_b: list[str], steps: tuple[str, ...]
) -> Iterator[Change]:
    old, new = dict(zip(codes_a, a, strict=True)), dict(zip(codes_b, b, strict=True))
    for code in [*codes_a, *(code for code in codes_b if code not in old)]:
        yield from _walk(old.get(code, ABSENT), new.get(code, ABSENT), (*steps, code))
    kept = [code for code in codes_a if code in new] + [code for code in codes_b if code not in old]
    if kept != codes_b:
        yield Change(join((*steps, ORDER)), "", cast("Json", list(codes_a)), cast("Json", list(codes_b)))


def _same(a: Value, b: Value) -> bool:
    """Equality that tells true from 1, at any depth."""
    if type(a) is not type(b):
        return False
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return a == b


def _codes(value: Value) -> list[str] | None:
    """The codes of a list of items, or None when it is not one. An empty list has no codes to walk by."""
    if not isinstance(value, list) or not value:
        return None
    codes = [item.get("code") if isinstance(item, dict) else None for item in value]
    words = [code for code in codes if isinstance(code, str) and code != ORDER]
    return words if len(words) == len(value) and len(set(words)) == len(words) else None


def join(steps: Iterable[str]) -> str:
    """The path of some steps."""
    return "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)


def split(path: str) -> tuple[str, ...]:
    """The steps of a path."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in path.split("/"))


def apply_to_document(document: Json, changes: Iterable[Change]) -> Json:
    """A new document with the changes made, in their order. PathError names a path that leads nowhere."""
    result = _copy(document)
    for change in changes:
        if change.path == "":
            result = None if isinstance(change.after, Absent) else _copy(change.after)
        else:
            _put(result, split(change.path), change)
    return result


def value_at(document: Json, path: str) -> Json:
    """The value a path leads to. PathError when it leads nowhere."""
    here = document
    for step in split(path):
        here = _child(here, step, path)
    return here


def _copy(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_copy(part) for part in value]
    return value


def _put(document: Json, steps: tuple[str, ...], change: Change) -> None:
    holder = document
    for step in steps[:-1]:
        holder = _child(holder, step, change.path)
    last = steps[-1]
    after = change.after if isinstance(change.after, Absent) else _copy(change.after)
    if isinstance(holder, dict):
        if isinstance(after, Absent):
            holder.pop(last, None)
        else:
            holder[last] = after
    elif isinstance(holder, list):
        _put_in_list(holder, last, after, change.path)
    else:
        raise PathError(f"la ruta «{change.path}» no lleva a ningún campo")


def _put_in_list(holder: list[Json], last: str, after: Value, path: str) -> None:
    codes = _codes(holder)
    if codes is None and holder:
        raise PathError(f"la ruta «{path}» entra en una lista sin códigos")
    codes = codes or []
    if last == ORDER:
        places = {code: place for place, code in enumerate(codes)}
        if not isinstance(after, list) or sorted(map(str, after)) != sorted(codes):
            raise PathError(f"el orden de «{path}» no nombra los mismos códigos")
        holder[:] = [holder[places[str(code)]] for code in after]
    elif isinstance(after, Absent):
        holder[:] = [item for code, item in zip(codes, holder, strict=True) if code != last]
    elif last in codes:
        holder[codes.index(last)] = after
    else:
        holder.append(after)


def _child(holder: Json, step: str, path: str) -> Json:
    if isinstance(holder, dict) and step in holder:
        return holder[step]
    if isinstance(holder, list):
        codes = _codes(holder)
        if codes is not None and step in codes:
            return holder[codes.index(step)]
    raise PathError(f"la ruta «{path}» no existe: falta «{step}»")
