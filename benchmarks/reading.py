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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

AS_OF = date(2026, 11, 23)
SEED = 20_261_123
SOURCE = "medición de lectura"
TAIL = 24_000  # Rare surnames; the common ones are those of register/data.
TAIL_SHARE = 0.22
PER_EPISODE = 5
HELD_SHARE = 0.10
WARM_UP = 20
PERSON_FILES = 200
DAYS = 3_650
SYLLABLES = (
    "ca", "co", "cu", "cha", "cho", "chu", "hua", "hui", "lla", "llo", "ma", "mo", "mi", "ña", "ño", "pa", "pu", "qui",
    "que", "ra", "ri", "sa", "su", "ta", "ti", "tu", "ya", "yu", "va", "le", "lo", "ne", "be", "do", "ga", "gue", "zu",
)  # fmt: skip
ENDINGS = ("", "n", "s", "z", "ri", "ca", "nca", "rez", "pa", "yo", "lla", "ña")
Report = Callable[[int, int, str], None]


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


# --- The database


def prepare(size: int, movements: int, progress: Report) -> bool:
    """A database with the people; True when an earlier run had made them."""
    from django.core.management import call_command
    from django.db import connection, connections

    from creo.register.models import Person, PersonReference
    from creo.support.refusals import Refused

    if connection.vendor == "sqlite":
        place = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        connections["default"].settings_dict["NAME"] = str(place.with_name("bench-reading.sqlite3"))
    progress(0, 0, "Preparando la base de datos")
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    mark = f"{SOURCE}-{size}-{movements}"
    if PersonReference.objects.filter(source=SOURCE, reference=mark).exists():
        return True
    if Person.objects.exists():
        if connection.vendor != "sqlite":
            raise Refused("Esta base ya tiene personas: la medición necesita una base vacía.")
        connection.close()
        place = Path(str(connection.settings_dict["NAME"]))
        for path in (place, place.with_name(place.name + "-wal"), place.with_name(place.name + "-shm")):
            path.unlink(missing_ok=True)
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    build(size, movements, mark, progress)
    return False


def build(size: int, movements: int, mark: str, progress: Report) -> None:
    """Fills every table that searches and files read, in one transaction."""
    import numpy as np
    from django.db import connection, transaction

    from creo.register import commands, models
    from creo.support.accounts.readers import system
    from creo.support.bulk import insert_rows, settle_sequence
    from creo.territory import commands as territory

    by = system("medición")
    territory.load_reference(by=by)
    commands.load_offences(by=by)
    rng = np.random.default_rng(SEED)
    fast = connection.vendor == "sqlite"
    if fast:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
    with transaction.atomic():
        progress(1, 6, "Personas")
        numbers = range(1, size + 1)
        insert_rows(models.Person, ("id", "code", "died_on"), persons(numbers))
        references = ((number, SOURCE, f"{SOURCE}-{number}") for number in numbers)
        insert_rows(models.PersonReference, ("person_id", "source", "reference"), references)
        insert_rows(models.PersonReference, ("person_id", "source", "reference"), [(1, SOURCE, mark)])
        progress(2, 6, "Identidades")
        vocabulary, drawn = names(size, rng)
        insert_rows(models.Identity, IDENTITY, identities(vocabulary, drawn))
        progress(3, 6, "Nombres para la búsqueda")
        insert_rows(models.NameWord, ("word", "sound"), words(vocabulary))
        insert_rows(models.NameKey, ("sound", "person_id", "word"), keys(vocabulary, drawn))
        progress(4, 6, "Episodios")
        episodes = max(1, round(movements / PER_EPISODE))
        # Read before: while PostgreSQL copies rows in, the connection answers nothing else.
        facilities = facility_keys()
        known = list(models.Offence.objects.order_by("pk").values_list("pk", flat=True))
        insert_rows(models.Custody, CUSTODY, custodies(size, episodes, facilities))
        charged = ((key, known[key % len(known)], True, False) for key in range(1, size * episodes + 1))
        insert_rows(models.CustodyOffence, ("custody_id", "offence_id", "is_main", "attempt"), charged)
        progress(5, 6, "Movimientos")
        insert_rows(models.Movement, MOVEMENT, moves(size, episodes, movements, facilities))
        for model in (models.Person, models.Custody):
            settle_sequence(model)
    progress(6, 6, "Estadísticas")
    with connection.cursor() as cursor:
        # What production does by itself: PostgreSQL by autovacuum, SQLite when a connection closes.
        cursor.execute("PRAGMA optimize" if fast else "VACUUM ANALYZE")
        if fast:
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


IDENTITY = (
    "person_id", "given_names", "first_surname", "second_surname", "birth_date", "sex", "document_kind",
    "document_number", "nationality", "status", "valid_from",
)  # fmt: skip
CUSTODY = (
    "id", "person_id", "number", "entry_kind", "mandate", "admitted_on", "admitted_on_known", "released_on",
    "release_kind", "facility_id", "legal_status", "legal_status_on", "absence", "absent_since",
)  # fmt: skip
MOVEMENT = ("custody_id", "sequence", "kind", "on", "from_facility_id", "to_facility_id")


def persons(numbers: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    """Codes; one in two hundred has died."""
    died = AS_OF - timedelta(30)
    for number in numbers:
        yield number, f"P-{number:07d}", died if not number % 200 and not is_held(number) else None


def is_held(number: int) -> bool:
    """Whether the last episode of a person is open: spread over the keys."""
    return (number * 7_919) % 1_000 < 1_000 * HELD_SHARE


def names(size: int, rng: np.random.Generator) -> tuple[list[str], Whole]:
    """Names (given first, then surnames) and, for each person, four places in them: two given, two surnames."""
    import numpy as np

    from creo.register.engine.tables import load

    tables = load()
    given = {name: weight for name, _sex, weight in tables.given_names}
    common = dict(tables.surnames)
    rare = rare_surnames(set(common))
    surnames = [*common, *rare]
    weights = np.concatenate(
        [
            np.array(list(common.values())) / sum(common.values()) * (1 - TAIL_SHARE),
            (1 / (np.arange(len(rare)) + 50)) / (1 / (np.arange(len(rare)) + 50)).sum() * TAIL_SHARE,
        ]
    )
    shares = np.array(list(given.values())) / sum(given.values())
    first = rng.choice(len(given), size, p=shares)
    second = rng.choice(len(given), size, p=shares)
    second = np.where(second == first, (second + 1) % len(given), second)
    last = rng.choice(len(surnames), (size, 2), p=weights) + len(given)
    return [*given, *surnames], np.column_stack([first, second, last]).astype(np.int64)


def rare_surnames(taken: set[str]) -> list[str]:
    """Made-up surnames that sound like ours."""
    rng = random.Random(SEED)
    found: dict[str, None] = {}
    while len(found) < TAIL:
        name = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 2, 3)))) + rng.choice(ENDINGS)
        if name.title() not in taken:
            found[name.title()] = None
    return list(found)


def identities(vocabulary: Sequence[str], drawn: Whole) -> Iterator[tuple[Any, ...]]:
    """One present identity each."""
    start = date(1955, 1, 1)
    births = [start + timedelta(days) for days in range(18_000)]
    since = date(2010, 1, 1)
    for number, (one, two, first, second) in enumerate(drawn.tolist(), 1):
        given = f"{vocabulary[one]} {vocabulary[two]}"
        document = f"{number * 61 % 100_000_000:08d}"
        yield (
            number, given, vocabulary[first], vocabulary[second], births[number * 31 % 18_000],
            "female" if number % 20 == 0 else "male", "dni", document, "PE", "provisional", since,
        )  # fmt: skip


def words(vocabulary: Sequence[str]) -> list[tuple[str, str]]:
    """The vocabulary of the names."""
    from creo.register import rules

    return sorted({(word, sound) for name in vocabulary for sound, word in rules.name_keys(name)})


def keys(vocabulary: Sequence[str], drawn: Whole) -> Iterator[tuple[str, int, str]]:
    """The keys of everybody in the order of their index: each page of it is written once."""
    import numpy as np

    from creo.register import rules

    listed = sorted({key for name in vocabulary for key in rules.name_keys(name)})
    places = {key: place for place, key in enumerate(listed)}
    most = max(len(rules.name_keys(name)) for name in vocabulary)
    of_name = np.full((len(vocabulary), most), -1, dtype=np.int64)
    for number, name in enumerate(vocabulary):
        for column, key in enumerate(rules.name_keys(name)):
            of_name[number, column] = places[key]
    person = np.arange(1, len(drawn) + 1, dtype=np.int64)
    parts = []
    for column in range(drawn.shape[1]):
        for part in range(most):
            place = of_name[drawn[:, column], part]
            parts.append((place * 2**32 + person)[place >= 0])
    every = np.unique(np.concatenate(parts))
    for some in np.array_split(every, max(1, len(every) // 100_000)):
        # By sound and person; two words of one sound may stand side by side in any order.
        for packed in some.tolist():
            sound, word = listed[packed >> 32]
            yield sound, packed & 0xFFFFFFFF, word


def custodies(size: int, episodes: int, facilities: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Episodes one after another; the last of one person in ten is open, and some of those are away for a while."""
    spans = DAYS // episodes
    first = AS_OF - timedelta(DAYS + 60)
    days = [first + timedelta(offset) for offset in range(DAYS + 60)]
    key = 0
    for number in range(1, size + 1):
        held = is_held(number)
        for episode in range(1, episodes + 1):
            key += 1
            begins = (episode - 1) * spans + number % 20
            is_open = held and episode == episodes
            absence = "hospital" if is_open and number % 97 == 0 else ""
            yield (
                key, number, episode, "mandate", "Resolución de medición", days[begins], True,
                None if is_open else days[begins + PER_EPISODE * 20 + 10], "" if is_open else "sentence_completed",
                facilities[last_place(key, len(facilities))], "sentenced", days[begins], absence,
                days[begins + 90] if absence else None,
            )  # fmt: skip


def last_place(key: int, count: int) -> int:
    """Where an episode ends: prisons of very different size."""
    drawn = key * 7_919 % 10_007 / 10_007
    return int(drawn**2 * count)


def facility_keys() -> list[int]:
    """Prisons, in the order of their keys."""
    from creo.territory.models import Facility

    return list(Facility.objects.filter(kind="prison").order_by("pk").values_list("pk", flat=True))


def moves(size: int, episodes: int, movements: int, facilities: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Admission, then transfers, the last one to the place of the episode, and the release of those that ended."""
    count = len(facilities)
    spans = DAYS // episodes
    first = AS_OF - timedelta(DAYS + 60)
    days = [first + timedelta(offset) for offset in range(DAYS + 60)]
    each = [movements // episodes + (number < movements % episodes) for number in range(episodes)]
    key = 0
    for number in range(1, size + 1):
        held = is_held(number)
        for episode, steps in enumerate(each, 1):
            key += 1
            begins = (episode - 1) * spans + number % 20
            ended = not (held and episode == episodes)
            last = last_place(key, count)
            stays = steps - ended
            at = (last + stays - 1) % count
            yield key, 1, "admission", days[begins], None, facilities[at]
            for step in range(2, stays + 1):
                to = (last + stays - step) % count
                yield key, step, "transfer", days[begins + 20 * (step - 1)], facilities[at], facilities[to]
                at = to
            if ended:
                out = days[begins + PER_EPISODE * 20 + 10]
                yield key, stays + 1, "release", out, facilities[at], None
