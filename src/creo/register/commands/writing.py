"""Many people at once: frames of all tables in the order that references need, and their entries in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models

from creo.register import rules
from creo.register.models import (
    Custody,
    CustodyOffence,
    Identity,
    Movement,
    NameKey,
    NameWord,
    Person,
    PersonReference,
    Statement,
)
from creo.support.bulk import insert_frames, next_id, numbered, settle_sequence
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger
from creo.support.rebuilding import rebuilt

if TYPE_CHECKING:
    import polars as pl

    Frames = Iterable[pl.DataFrame]

PERSON = ("id", "code")
IDENTITY = (
    "person_id", "given_names", "first_surname", "second_surname", "birth_date", "sex", "document_kind",
    "document_number", "nationality", "status", "valid_from",
)  # fmt: skip
NAME_KEY = ("sound", "person_id", "word")
CUSTODY = (
    "id", "person_id", "number", "entry_kind", "mandate", "admitted_on", "admitted_on_known", "released_on",
    "release_kind", "facility_id", "legal_status", "legal_status_on", "next_hearing_on", "organised_crime",
    "extreme_security",
)  # fmt: skip
MOVEMENT = ("custody_id", "sequence", "kind", "on", "from_facility_id", "to_facility_id", "detail", "note")
OFFENCE = ("custody_id", "offence_id", "is_main", "attempt")
REFERENCE = ("person_id", "source", "reference")
STATEMENT = ("person_id", "source", "kind", "answer", "on")

_TABLES: Mapping[str, tuple[type[models.Model], Sequence[str]]] = {
    "persons": (Person, PERSON),
    "identities": (Identity, IDENTITY),
    "name_keys": (NameKey, NAME_KEY),
    "custodies": (Custody, CUSTODY),
    "movements": (Movement, MOVEMENT),
    "offences": (CustodyOffence, OFFENCE),
    "references": (PersonReference, REFERENCE),
    "statements": (Statement, STATEMENT),
}
NAMES = ("given_names", "first_surname", "second_surname")
SLICE = 50_000
SHARE = 4  # the ledger is rebuilt when it has under a quarter of the entries that come to it


@dataclass(frozen=True, slots=True)
class Batch:
    """Frames to insert, columns in the order of the tuples above, with their rows in all for the progress bar.

    `words` is the vocabulary of the names; `entries` are entries of the act `act` (ledger.FRAME).
    """

    act: str
    words: Words
    persons: Frames = ()
    identities: Frames = ()
    name_keys: Frames = ()
    custodies: Frames = ()
    movements: Frames = ()
    offences: Frames = ()
    references: Frames = ()
    statements: Frames = ()
    entries: Frames = ()
    total: int = 0


def write(batch: Batch, progress: Report, notes: Mapping[str, str]) -> dict[str, int]:
    """Inserts everything and returns rows by table; `notes` words each step for people. Inside a command only."""
    counted = _Counter(batch.total, progress)
    written: dict[str, int] = {}
    with rebuilt([model for model, _columns in _TABLES.values()]) as first_load:
        for name, (model, columns) in _TABLES.items():
            frames = counted(getattr(batch, name), notes[name])
            if first_load and columns[0] != "id" and model is not NameKey:
                # Nobody else writes here meanwhile: our own keys cost a fifth less than those of the sequence.
                columns, frames = ("id", *columns), numbered(frames, next_id(model))
            written[name] = insert_frames(model, columns, frames)
            if columns[0] == "id":
                settle_sequence(model)
        progress(counted.done, max(batch.total, counted.done), notes["rebuilt"])
    batch.words.store()
    entries = counted(batch.entries, notes["entries"])
    few = written["custodies"] // SHARE if first_load else 0
    written["entries"] = ledger.record_frames(batch.act, entries, rebuild_under=few)
    return written


def slices(frame: pl.DataFrame) -> Frames:
    """A frame in parts small enough to be turned into text beside it."""
    return frame.iter_slices(SLICE)


class Words:
    """The words of some people's names with their sounds: each different name is taken apart once."""

    def __init__(self, people: pl.DataFrame) -> None:
        """`people` has the three parts of the name, as stored."""
        import polars as pl

        texts: set[str] = set().union(*(people[name].unique().to_list() for name in NAMES)) - {""}
        known: dict[str, list[tuple[str, str]]] = {}
        rows = [(text, sound, word) for text in sorted(texts) for sound, word in self._pairs(text, known)]
        # A particle is no key beside other words; alone it is all there is.
        telling = [row for row in rows if row[2] not in rules.PARTICLES]
        schema = {"text": pl.String, "sound": pl.String, "word": pl.String}
        self._all = pl.DataFrame(rows, schema=schema, orient="row")
        self._telling = pl.DataFrame(telling, schema=schema, orient="row")

    def keys(self, people: pl.DataFrame) -> pl.DataFrame:
        """The keys of some people (`owner` and the parts of the name), in the order of the index."""
        import polars as pl

        found = self._found(people, self._telling)
        left = people.join(found, on="owner", how="anti")
        if left.height:
            found = pl.concat([found, self._found(left, self._all)])
        return found.unique().sort("sound", "owner", "word").select("sound", "owner", "word")

    def store(self) -> None:
        """Adds to the vocabulary the words that it lacks, always in one order: two at once must not wait crosswise."""
        known = set(NameWord.objects.values_list("word", flat=True))
        pairs = sorted(self._all.select("word", "sound").unique().iter_rows())
        new = [NameWord(word=word, sound=sound) for word, sound in pairs if word not in known]
        NameWord.objects.bulk_create(new, batch_size=5_000, ignore_conflicts=True)

    @staticmethod
    def _pairs(text: str, known: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
        """`rules.name_keys` of a text: names are many and their words few, so that each word is taken apart once."""
        words = text.split(" ")
        if not all(word.isalpha() for word in words):
            return rules.name_keys(text)  # a sign or a loose accent may join or part words: the rule knows
        found: list[tuple[str, str]] = []
        for word in words:
            if word not in known:
                known[word] = rules.name_keys(word)
            found += known[word]
        telling = [pair for pair in found if pair[1] not in rules.PARTICLES]
        return list(dict.fromkeys(telling or found))

    @staticmethod
    def _found(people: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
        import polars as pl

        parts = [
            people.select("owner", pl.col(name).alias("text")).join(words, on="text").drop("text") for name in NAMES
        ]
        return pl.concat(parts)


class _Counter:
    """Passes frames on and reports how many rows went by."""

    def __init__(self, total: int, progress: Report) -> None:
        self._total, self._progress, self.done = total, progress, 0

    def __call__(self, frames: Frames, note: str) -> Iterator[pl.DataFrame]:
        self._progress(self.done, self._total, note)
        for frame in frames:
            yield frame
            self.done += frame.height
            self._progress(self.done, max(self._total, self.done), note)
