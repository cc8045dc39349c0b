"""Which cells of a table are hidden: the small ones, and as few others as keep them from being worked out again."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from creo.support.figures.intervals import TOTAL, Counts, Network, Node, Place, ends_of


class Why(StrEnum):
    """Why a cell is hidden."""

    SMALL = "small"
    CHANGE = "change"
    COMPLEMENT = "complement"


class Stop(StrEnum):
    """Why a table may not be published as it is."""

    TINY = "tiny"
    TOTAL_CHANGED = "total_changed"
    UNPROTECTED = "unprotected"
    DIFFERENT_PEOPLE = "different_people"


class Unpublishable(ValueError):
    """The table may not be published as it is: no set of hidden cells would protect the small ones."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.value)
        self.stop = stop


@dataclass(frozen=True, slots=True)
class Need:
    """What a reader must go on thinking possible of a hidden cell: everything from `least` to `most`."""

    least: int
    most: int


def small_cells(values: Mapping[Place, int], least: int) -> dict[Place, Why]:
    """The cells and totals of 1 to `least` - 1 people. Nought is shown: it is about nobody."""
    return {place: Why.SMALL for place, value in values.items() if 0 < value < least}


def needs(
    values: Mapping[Place, int], hidden: Collection[Place], least: int, before: Mapping[Place, Collection[int]]
) -> dict[Place, Need]:
    """What hidden cells need: a small one may be anything small; a changed one also what was published before."""
    found = {}
    for place in hidden:
        value = values[place]
        told = [old for old in before.get(place, ()) if abs(value - old) < least]
        if 0 < value < least:
            found[place] = Need(min(1, *told, 1), max(least - 1, *told, value))
        elif told:
            found[place] = Need(min(value, *told), max(value, *told))
    return found


def suppress(
    counts: Counts,
    *,
    least: int,
    before: Mapping[Place, Collection[int]] | None = None,
    kept: Collection[Place] = (),
    also: Mapping[Place, Why] | None = None,
    told: Mapping[Place, int] | None = None,
) -> dict[Place, Why]:
    """The hidden cells of a table with why. The whole total is never hidden.

    `before`: values already published of each cell; what changed by 1 to `least` - 1 since is hidden as well. `kept`
    places are never taken as complements (totals that other tables show), `also` are hidden from the start (totals
    that other tables hide). `told`: what would be published, where that is rounded. Raises
    Unpublishable when the small ones cannot be protected.
    """
    values = counts.values()
    shown, published = {**values, **(told or {})}, before or {}
    whole = values[TOTAL, TOTAL]
    if 0 < whole < least:
        raise Unpublishable(Stop.TINY)
    changed = {
        place: Why.CHANGE
        for place, olds in published.items()
        if place in values and any(0 < abs(shown[place] - old) < least for old in olds)
    }
    if (TOTAL, TOTAL) in changed:
        raise Unpublishable(Stop.TOTAL_CHANGED)
    hidden = {**(also or {}), **changed, **small_cells(values, least)}
    wanted = needs(values, hidden, least, published)
    work = _Hiding(values, hidden, frozenset(kept) | {(TOTAL, TOTAL)})
    # The hardest first: what needs most room decides where the complements lie.
    for place in sorted(wanted, key=lambda each: (values[each] - wanted[each].most, each)):
        work.protect(place, wanted[place])
    for place in [place for place in work.hidden if place not in wanted]:
        work.protect(place, _more_than_one(values[place]))
    return work.hidden


def suppress_list(
    values: Sequence[int], *, least: int, before: Sequence[Collection[int]], told: Sequence[int]
) -> dict[int, Why]:
    """The hidden numbers of a list whose sum is shown, by position: the small, the little changed, and complements.

    Together the hidden ones are known; one of them may be anything up to that, so the smallest others join them until
    each may be what it needs to be. Unpublishable when there are none left.
    """
    hidden: dict[int, Why] = {}
    for number, value in enumerate(values):
        if 0 < value < least:
            hidden[number] = Why.SMALL
        elif any(0 < abs(told[number] - old) < least for old in before[number]):
            hidden[number] = Why.CHANGE
    places = {(number, 0): value for number, value in enumerate(values)}
    wanted = needs(places, [(number, 0) for number in hidden], least, {(n, 0): olds for n, olds in enumerate(before)})
    free = sorted(
        (number for number, value in enumerate(values) if value and number not in hidden), key=lambda n: values[n]
    )
    most = max((need.most for need in wanted.values()), default=0)
    while hidden and (len(hidden) < 2 or sum(values[number] for number in hidden) < most):
        if not free:
            raise Unpublishable(Stop.UNPROTECTED)
        hidden[free.pop(0)] = Why.COMPLEMENT
    return hidden


def _more_than_one(value: int) -> Need:
    """A hidden cell that nobody must know exactly: one more must be possible."""
    return Need(value, value + 1)


class _Hiding:
    """The hidden cells while complements are added."""

    def __init__(self, values: Mapping[Place, int], hidden: Mapping[Place, Why], kept: Collection[Place]) -> None:
        self._values = values
        self._kept = kept
        self.hidden: dict[Place, Why] = dict(hidden)
        self._network = Network(values, hidden)
        self._arcs: dict[Node, list[tuple[Node, Place, bool]]] = {}
        for place in values:
            tail, head = ends_of(place)
            self._arcs.setdefault(tail, []).append((head, place, True))
            self._arcs.setdefault(head, []).append((tail, place, False))

    def protect(self, place: Place, need: Need) -> None:
        """Hides complements until a cell may be anything it needs to be. Unpublishable when that is not possible."""
        while not self._network.covers(place, need.least, need.most):
            value, (tail, head) = self._values[place], ends_of(place)
            up, down = max(0, need.most - value), max(0, value - need.least)
            if self._network.around(place, head, tail, up) < up:
                self._hide_along(self._cheapest(head, tail, place, up))
            else:
                self._hide_along(self._cheapest(tail, head, place, down))

    def _hide_along(self, path: list[Place]) -> None:
        new = [place for place in path if place not in self.hidden]
        if not new:
            raise Unpublishable(Stop.UNPROTECTED)
        for place in new:
            self.hidden[place] = Why.COMPLEMENT
            self._network.open(place)

    def _cheapest(self, source: Node, target: Node, without: Place, room: int) -> list[Place]:
        """The way around a cell that hides the fewest people, over cells that can give what is needed.

        Where no way gives all of it, one that gives something; hidden cells are free, unless they give nothing.
        """
        for least_room in (room, 1):
            found = self._way(source, target, without, least_room, new=False)
            if found and any(place not in self.hidden for place in found):
                return found
            found = self._way(source, target, without, least_room, new=True)
            if found:
                return found
        raise Unpublishable(Stop.UNPROTECTED)

    def _way(self, source: Node, target: Node, without: Place, room: int, *, new: bool) -> list[Place]:
        """Dijkstra; with `new` hidden cells that could not give enough before cost as if they were shown."""
        best: dict[Node, int] = {source: 0}
        came: dict[Node, tuple[Node, Place]] = {}
        queue: list[tuple[int, Node]] = [(0, source)]
        while queue:
            cost, node = heapq.heappop(queue)
            if node == target:
                break
            if cost > best[node]:
                continue
            for following, place, forward in self._arcs[node]:
                price = self._price(place, without, forward, room, new=new)
                if price is not None and cost + price < best.get(following, cost + price + 1):
                    best[following], came[following] = cost + price, (node, place)
                    heapq.heappush(queue, (cost + price, following))
        path: list[Place] = []
        node = target
        while node in came and node != source:
            node, place = came[node]
            path.append(place)
        return path if node == source else []

    def _price(self, place: Place, without: Place, forward: bool, room: int, *, new: bool) -> int | None:
        """What hiding a cell costs: its people. None where it cannot help."""
        value = self._values[place]
        if place == without or (not forward and value < room):
            return None
        if place in self.hidden:
            return None if new else 0
        if place in self._kept:
            return None
        # A nought tells of nobody; hidden, it would be doubted: the last choice.
        return value + 1 if value else self._values[TOTAL, TOTAL] + 1
