"""The items of a design as one flat, ordered index: what references point to and what tables are filled from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from creo.programme.rules.base import Item
from creo.programme.rules.marked import Steps


@dataclass(frozen=True, slots=True)
class Entry:
    """An item with its reference, the reference of what it hangs from, and where it stands in the document."""

    ref: str
    kind: str
    code: str
    parent: str
    position: int
    steps: Steps
    item: Item


def nested(item: Item) -> Iterator[tuple[str, int, Item]]:
    """The items inside an item: (field, position, item)."""
    for field in type(item).model_fields:
        value = getattr(item, field)
        if isinstance(value, tuple):
            for position, part in enumerate(value):
                if isinstance(part, Item):
                    yield field, position, part


def entries_of(section: str, items: Iterable[tuple[int, Item]]) -> Iterator[Entry]:
    """Entries of a section, each item followed by its parts. A part's code is the whole's, a dot and its own."""
    for position, item in items:
        whole = Entry(f"{item.kind}:{item.code}", item.kind, item.code, item.owner, position, (section, position), item)
        yield whole
        for field, place, part in nested(item):
            code = f"{item.code}.{part.code}"
            steps: Steps = (section, position, field, place)
            yield Entry(f"{part.kind}:{code}", part.kind, code, whole.ref, place, steps, part)
