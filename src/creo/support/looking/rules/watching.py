"""What is unusual reading: bursts of looks, over limits that are dated data. Plain Python, for worker, tests and twin.

A burst is a stretch of looks in which at some moment a window of some minutes held as many different files as the
limit. Each burst is told once, with everything in it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from creo.support.looking.rules.parameters import Parameters

LIMA = ZoneInfo("America/Lima")


class Rule(StrEnum):
    """What is watched."""

    MANY = "many"
    OUTSIDE = "outside"
    RELATIVE = "relative"
    NIGHT = "night"
    CANARY = "canary"
    EMERGENCIES = "emergencies"
    EXPORT = "export"


RULE_WORDS: Mapping[str, str] = {
    Rule.MANY: "Muchas fichas en pocos minutos",
    Rule.OUTSIDE: "Fichas de personas fuera de su ámbito",
    Rule.RELATIVE: "Ficha de alguien con sus dos apellidos",
    Rule.NIGHT: "Muchas fichas de noche",
    Rule.CANARY: "Ficha de control",
    Rule.EMERGENCIES: "Accesos de emergencia repetidos",
    Rule.EXPORT: "Descarga grande",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One look as the rules see it. `key` tells it apart; `amount` are the rows of a download."""

    key: int
    at: datetime
    user_id: int
    code: str
    outside: bool = False
    what: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """So many different files within so many minutes."""

    files: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force on a day."""

    many: Limit
    outside: Limit
    night: Limit
    night_from: int
    night_to: int
    relative_files: int
    emergencies: Limit
    export_rows: int

    @property
    def longest_minutes(self) -> int:
        """How far back the looks of a round must reach."""
        return max(self.many.minutes, self.outside.minutes, self.night.minutes)


@dataclass(frozen=True, slots=True)
class Burst:
    """Unusual reading by one account: the rule and the looks in order."""

    rule: Rule
    user_id: int
    looks: tuple[Seen, ...]

    @property
    def files(self) -> int:
        """How many different files."""
        return len({look.code for look in self.looks})


def limits_on(parameters: Parameters, day: date) -> Limits:
    """The limits in force on a day. LookupError when one is missing."""

    def number(name: str) -> int:
        return parameters.on(name, day)

    return Limits(
        many=Limit(number("many_files"), number("many_minutes")),
        outside=Limit(number("outside_files"), number("outside_minutes")),
        night=Limit(number("night_files"), number("night_minutes")),
        night_from=number("night_from_hour"),
        night_to=number("night_to_hour"),
        relative_files=number("relative_files"),
        emergencies=Limit(number("emergency_repeated"), number("emergency_repeated_days") * 24 * 60),
        export_rows=number("export_rows"),
    )


def at_night(at: datetime, limits: Limits) -> bool:
    """True between the hours of the night in Lima; a night that crosses midnight is one night."""
    hour = at.astimezone(LIMA).hour
    if limits.night_from <= limits.night_to:
        return limits.night_from <= hour < limits.night_to
    return hour >= limits.night_from or hour < limits.night_to


def bursts(
    looks: Sequence[Seen], limit: Limit, *, same: Callable[[Seen], object] = lambda look: look.code
) -> list[tuple[Seen, ...]]:
    """The stretches of one account's looks that reach a limit, in order. `looks` come by moment.

    Windows that reach the limit and share a look are one stretch. A window holds its first minute and not its last.
    """
    span, begins = timedelta(minutes=limit.minutes), 0
    held: Counter[object] = Counter()
    stretches: list[tuple[int, int]] = []
    for place, look in enumerate(looks):
        held[same(look)] += 1
        while look.at - looks[begins].at >= span:
            gone = same(looks[begins])
            held[gone] -= 1
            if not held[gone]:
                del held[gone]
            begins += 1
        if len(held) < limit.files:
            continue
        if stretches and begins < stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], place + 1)
        else:
            stretches.append((begins, place + 1))
    return [tuple(looks[start:end]) for start, end in stretches]


def unusual(
    looks: Iterable[Seen],
    limits: Limits,
    *,
    canaries: Collection[str] = (),
    relatives: Mapping[int, Collection[str]] | None = None,
    settled: Mapping[tuple[str, int], datetime] | None = None,
) -> list[Burst]:
    """Every burst among some looks, by account and rule.

    `relatives` are the files with somebody's own two surnames. `settled` says until when a person has already
    decided about an account under a rule: looks up to there count no more.
    """
    found: list[Burst] = []
    for user_id, mine in sorted(_by_user(looks).items()):
        kin = set((relatives or {}).get(user_id, ()))
        parts: tuple[tuple[Rule, list[Seen], Callable[[list[Seen]], list[tuple[Seen, ...]]]], ...] = (
            (Rule.MANY, mine, lambda rows: bursts(rows, limits.many)),
            (Rule.OUTSIDE, [row for row in mine if row.outside], lambda rows: bursts(rows, limits.outside)),
            (Rule.NIGHT, [row for row in mine if at_night(row.at, limits)], lambda rows: bursts(rows, limits.night)),
            (Rule.CANARY, [row for row in mine if row.code in canaries], _each),
            (
                Rule.RELATIVE,
                [row for row in mine if row.code in kin],
                lambda rows: _enough(rows, limits.relative_files),
            ),
        )
        for rule, rows, stretches in parts:
            since = (settled or {}).get((rule, user_id))
            fresh = rows if since is None else [row for row in rows if row.at > since]
            found += [Burst(rule, user_id, stretch) for stretch in stretches(fresh)]
    return found


def _each(looks: list[Seen]) -> list[tuple[Seen, ...]]:
    """One stretch a file: each is an alert of its own."""
    by_code: dict[str, list[Seen]] = defaultdict(list)
    for look in looks:
        by_code[look.code].append(look)
    return [tuple(group) for group in by_code.values()]


def _enough(looks: list[Seen], files: int) -> list[tuple[Seen, ...]]:
    return [tuple(looks)] if len({look.code for look in looks}) >= files else []


def large(downloads: Iterable[Seen], limits: Limits) -> list[Burst]:
    """Downloads over the limit, each by itself; the limit itself passes."""
    return [Burst(Rule.EXPORT, item.user_id, (item,)) for item in downloads if item.amount > limits.export_rows]


def repeated(openings: Iterable[Seen], limits: Limits) -> list[Burst]:
    """Accesses in an emergency by one account that reach the limit within the window; each counts, also to one file."""
    found = []
    for user_id, mine in sorted(_by_user(openings).items()):
        stretches = bursts(mine, limits.emergencies, same=lambda look: look.key)
        found += [Burst(Rule.EMERGENCIES, user_id, stretch) for stretch in stretches]
    return found


def same_surnames(name: str, first: str, second: str) -> bool:
    """Whether somebody's name holds, one after the other, both surnames of a person; never when one is unknown."""
    wanted = [*_words(first), *_words(second)]
    if not _words(first) or not _words(second):
        return False
    words = _words(name)
    return any(words[place : place + len(wanted)] == wanted for place in range(len(words)))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(sign if sign.isalpha() else " " for sign in plain if not unicodedata.combining(sign))
    return kept.split()


def _by_user(looks: Iterable[Seen]) -> dict[int, list[Seen]]:
    found: dict[int, list[Seen]] = defaultdict(list)
    for look in sorted(looks, key=lambda item: (item.at, item.key)):
        found[look.user_id].append(look)
    return found
