"""A register of national size for measuring reads: made-up people whose names have the frequencies of ours.

Filled in bulk, in a database of its own that the next run finds again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
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
DAYS = 3_650
SYLLABLES = (
    "ca", "co", "cu", "cha", "cho", "chu", "hua", "hui", "lla", "llo", "ma", "mo", "mi", "ña", "ño", "pa", "pu", "qui",
    "que", "ra", "ri", "sa", "su", "ta", "ti", "tu", "ya", "yu", "va", "le", "lo", "ne", "be", "do", "ga", "gue", "zu",
)  # fmt: skip
ENDINGS = ("", "n", "s", "z", "ri", "ca", "nca", "rez", "pa", "yo", "lla", "ña")
Report = Callable[[int, int, str], None]


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
    from creo.support.rebuilding import rebuilt
    from creo.territory import commands as territory

    by = system("medición")
    territory.load_reference(by=by)
    commands.load_offences(by=by)
    rng = np.random.default_rng(SEED)
    fast = connection.vendor == "sqlite"
    if fast:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
    filled = (
        models.Person, models.PersonReference, models.Identity, models.NameWord, models.NameKey, models.Custody,
        models.CustodyOffence, models.Movement,
    )  # fmt: skip
    with transaction.atomic(), rebuilt(filled):
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
