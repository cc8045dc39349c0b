"""How long a person waits for the register at national size: searches and the file of one person.

`creo bench reading --people 1000000 --movements 10 --json` runs it. It makes its own database, filled in bulk with
made-up people whose names have the frequencies of ours and a long tail, and asks a fixed mix of searches through the
query of the list (level, first page and count, as the page does) and the query of the person file. Beside them, in the
same run, the floor: reading one row by its primary key. On SQLite the database is a file of its own in the data folder,
kept for the next run; with DATABASE_URL it must be empty, or made by an earlier run of the same size.
"""

from __future__ import annotations

import os
import platform
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.reading_people import AS_OF, SEED, SOURCE, Report, prepare

WARM_UP = 20
PERSON_FILES = 200


def run(size: int, movements: int, progress: Report) -> dict[str, Any]:
    """Builds what is missing, measures, and answers plain data; milliseconds."""
    load = os.getloadavg()
    started = time.perf_counter()
    reused = prepare(size, movements, progress)
    built = None if reused else round(time.perf_counter() - started, 1)
    progress(0, 3, "Búsquedas")
    searches = mix(size)
    found: dict[str, list[float]] = {kind: [] for kind in searches}
    used: list[float] = []
    empty = 0
    # The kinds take turns, so that whatever else the machine does falls on all alike.
    for number, (kind, ask) in enumerate(in_turns(searches)):
        before = time.process_time()
        seconds, rows = timed(ask)
        if number >= WARM_UP:
            found[kind].append(seconds)
            used.append(time.process_time() - before)
            empty += not rows
    progress(1, 3, "Fichas de personas")
    files = [timed(ask)[0] for ask in person_files(size)]
    progress(2, 3, "Una fila por su clave")
    floor = [timed(ask)[0] for ask in key_lookups(size)]
    progress(3, 3, "")
    return {
        "people": size,
        "movements_each": movements,
        "built_seconds": built,
        "search": told([value for values in found.values() for value in values]),
        # The processor's share of it: on a busy machine the rest is waiting for a turn (or for PostgreSQL's process).
        "search_processor": told(used),
        "search_by_kind": {kind: told(values) for kind, values in found.items()},
        "search_found_nobody": empty,
        "person_file": told(files),
        "floor_primary_key": told(floor),
        "within": told([value for values in found.values() for value in values])["p95_ms"] <= 50
        and told(files)["p95_ms"] <= 150,
        "machine": machine(load),
    }


def machine(load: tuple[float, float, float]) -> dict[str, Any]:
    """Where it ran and how busy that was."""
    import django
    from django.db import connection

    return {
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": connection.vendor,
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load_before": [round(value, 2) for value in load],
        "load_after": [round(value, 2) for value in os.getloadavg()],
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of one call, and what it answered."""
    started = time.perf_counter()
    answer = ask()
    return time.perf_counter() - started, answer


def told(seconds: Sequence[float]) -> dict[str, Any]:
    """Percentiles in milliseconds."""
    if len(seconds) < 2:
        return {"count": len(seconds), "p50_ms": None, "p95_ms": None, "max_ms": None}
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    in_ms = {"p50_ms": cuts[49], "p95_ms": cuts[94], "max_ms": max(seconds)}
    return {"count": len(seconds)} | {name: round(1000 * value, 2) for name, value in in_ms.items()}


def in_turns(asked: Mapping[str, Sequence[Any]]) -> Iterator[tuple[str, Any]]:
    """The first of each kind, then the second of each…"""
    for place in range(max(map(len, asked.values()))):
        for kind, each in asked.items():
            if place < len(each):
                yield kind, each[place]


# --- What is asked


def mix(size: int) -> dict[str, list[Callable[[], Any]]]:
    """The searches, by kind: the same for the same size."""
    from creo.register import queries
    from creo.support.accounts.readers import Reader, Scope, system

    rng = random.Random(SEED)
    nation = system("medición")
    codes = facility_codes()
    prison = Reader(1, "medición", nation.permissions, (Scope("facility", codes[0]),))
    people = sample_people(size, rng, 60)

    def ask(text: str, reader: Any = nation, situation: str = queries.EVERYBODY, **other: str) -> Callable[[], Any]:
        filters = queries.PeopleFilters(search=text, situation=situation, **other)
        return lambda: queries.people_page(reader, filters, count_to=queries.COUNTED).rows

    common = ("quispe", "flores", "mamani", "díaz", "garcía", "sánchez", "rodríguez", "huamán", "rojas", "torres")
    pairs = [(one, two) for one in common for two in common if one < two]
    rng.shuffle(pairs)
    given = ("juan", "josé", "maría", "luis", "rosa", "carlos", "víctor", "ana")
    return {
        "one common word": [ask(word) for word in common],
        "two common surnames": [ask(f"{one} {two}") for one, two in pairs[:24]],
        "given name and surname": [ask(f"{rng.choice(given)} {rng.choice(common)}") for _ in range(24)],
        "full name in any order": [ask(shuffled(row["name"], rng)) for row in people[:24]],
        "beginnings": [ask(text) for text in ("qui", "mam", "ma", "hua", "flo", "c", "chu", "zu")]
        + [ask(f"{rng.choice(common)} {row['given'][:length]}") for row in people[:16] for length in (1, 3)],
        "as it sounds": [ask(respelt(row["name"], rng)) for row in people[24:44]],
        "a slip in a full name": [ask(slipped(row["name"], rng)) for row in people[:24]],
        "a slip in one word": [ask(slipped(rng.choice(common), rng)) for _ in range(12)],
        "nobody": [
            ask(text) for text in ("xqzwv", "wrtzk pfgh", "quispe xqzwvt", "brrtz mamani", "99999999", "P-9999999")
        ],
        "document": [ask(row["document"]) for row in people[:8]]
        + [ask(row["document"].lstrip("0")) for row in people[8:16]],
        "code or reference": [ask(row["code"]) for row in people[:6]] + [ask(row["reference"]) for row in people[6:12]],
        "name and document": [ask(f"{row['surname']} {row['document'][:4]}") for row in people[16:28]],
        "in custody": [ask(f"{one} {two}", situation=queries.HELD) for one, two in pairs[24:34]]
        + [ask(word, situation=queries.HELD) for word in common[:6]],
        "other states": [
            ask(word, situation=state)
            for word in common[:3]
            for state in (queries.ABSENT, queries.RELEASED, queries.DECEASED)
        ],
        "one prison": [ask(word, situation=queries.HELD, facility=rng.choice(codes)) for word in common]
        + [ask(f"{one} {two}", situation=queries.HELD, facility=rng.choice(codes)) for one, two in pairs[:8]],
        "an official of one prison": [ask(word, prison, queries.HELD) for word in (*common, "juan quispe", "xqzwv")],
    }


def person_files(size: int) -> list[Callable[[], Any]]:
    """The file of people all over the register."""
    from creo.register import queries, rules
    from creo.support.accounts.readers import system

    rng = random.Random(SEED + 1)
    reader = system("medición")

    def ask(code: str) -> Callable[[], Any]:
        return lambda: queries.person(reader, code, AS_OF)

    return [ask(rules.person_code(rng.randint(1, size))) for _ in range(PERSON_FILES)]


def key_lookups(size: int) -> list[Callable[[], Any]]:
    """One row by its primary key, through the same layer: nothing the register reads can be faster."""
    from creo.register.models import Person

    rng = random.Random(SEED + 2)

    def ask(key: int) -> Callable[[], Any]:
        return lambda: Person.objects.get(pk=key)

    return [ask(rng.randint(1, size)) for _ in range(PERSON_FILES)]


def facility_codes() -> list[str]:
    """Prisons, in the order of their keys."""
    from creo.territory.models import Facility

    return list(Facility.objects.filter(kind="prison").order_by("pk").values_list("code", flat=True))


def sample_people(size: int, rng: random.Random, count: int) -> list[dict[str, str]]:
    """Some made people as a searcher knows them."""
    from creo.register.models import Identity

    rows = Identity.objects.filter(person_id__in=[rng.randint(1, size) for _ in range(count)]).select_related("person")
    return [
        {
            "name": f"{row.given_names} {row.first_surname} {row.second_surname}",
            "given": row.given_names.lower(),
            "surname": row.first_surname,
            "document": row.document_number,
            "code": row.person.code,
            "reference": f"{SOURCE}-{row.person_id}",
        }
        for row in rows
    ]


def shuffled(name: str, rng: random.Random) -> str:
    words = name.split()
    rng.shuffle(words)
    return " ".join(words)


def respelt(name: str, rng: random.Random) -> str:
    """As another hand writes what it hears."""
    turns = [("qui", "ki"), ("z", "s"), ("v", "b"), ("hua", "gua"), ("ll", "y"), ("c", "k"), ("b", "v"), ("í", "i")]
    rng.shuffle(turns)
    text = name.lower()
    for right, wrong in turns[:4]:
        if right != "c" or not any(f"c{vowel}" in text for vowel in "eihíé"):
            text = text.replace(right, wrong)
    return text


def slipped(text: str, rng: random.Random) -> str:
    """With two letters swapped, one left out or one changed, in its longest word."""
    words = text.lower().split()
    place = max(range(len(words)), key=lambda number: len(words[number]))
    word = words[place]
    at = rng.randrange(1, len(word) - 1)
    words[place] = rng.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + rng.choice("aeiourstnlm") + word[at + 1 :],
        )
    )
    return " ".join(words)
