"""The rows of a checked list into the register: new people, new episodes, and one act in the ledger for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from creo.register import rules
from creo.register.commands.common import hold_numbers, renumber_episodes
from creo.register.commands.loading import notes
from creo.register.commands.writing import Batch, write
from creo.register.models import Custody, Person, PersonReference, Statement
from creo.register.queries.known import CHUNK
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.bulk import next_id
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class ImportedRows:
    """A checked frame: one row a new episode, with `person_key` (who), `person_id` (null: new), keys and dates."""

    frame: pl.DataFrame


@ledger.command(permission=Permission.IMPORT_REGISTER)
def import_people(*, by: Reader, rows: ImportedRows, batch: str, progress: Report) -> dict[str, int]:
    """Adds the people and episodes of a checked list; `batch` names it in the ledger. Returns rows by table.

    The check came before, in the same transaction; the tables' constraints stand behind it.
    """
    if rows.frame.is_empty():
        ledger.nothing_to_do("every row is already in the register")
        return {"persons": 0, "custodies": 0}
    hold_numbers()
    frame = _numbered(rows.frame)
    people = _people(frame)
    total = 2 * people.height + 4 * frame.height
    written = write(
        Batch(
            persons=((key, rules.person_code(key)) for key in people["owner"].to_list()),
            identities=_identities(people),
            custodies=_custodies(frame),
            movements=_movements(frame),
            offences=_offences(frame),
            references=_references(frame),
            statements=_statements(frame),
            entries=_entries(frame, batch),
            total=total,
        ),
        progress,
        notes(),
    )
    _renumber(frame)
    return {"persons": written["persons"], "custodies": written["custodies"]}


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `owner` (the person's key, old or new), `custody` (the episode's key) and `number` within the person."""
    import polars as pl

    fresh = frame.filter(pl.col("person_id").is_null()).select("person_key").unique(maintain_order=True)
    first = next_id(Person)
    fresh = fresh.with_columns(new_id=pl.int_range(first, first + fresh.height, dtype=pl.Int64))
    frame = frame.join(fresh, on="person_key", how="left", maintain_order="left")
    frame = frame.with_columns(owner=pl.coalesce("person_id", "new_id"))
    frame = frame.sort("owner", "admitted_on", "released_on", nulls_last=True, maintain_order=True)
    start = next_id(Custody)
    had = _episodes_had(frame["person_id"].drop_nulls().unique().to_list())
    counts = pl.DataFrame({"owner": list(had), "had": list(had.values())}, schema={"owner": pl.Int64, "had": pl.Int64})
    frame = frame.join(counts, on="owner", how="left", maintain_order="left")
    return frame.with_columns(
        custody=pl.int_range(start, start + frame.height, dtype=pl.Int64),
        number=pl.col("had").fill_null(0) + pl.int_range(1, pl.len() + 1).over("owner"),
    )


def _episodes_had(ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(ids), CHUNK):
        rows = Custody.objects.filter(person_id__in=ids[start : start + CHUNK]).order_by()
        found |= dict(rows.values_list("person_id").annotate(Count("id")))
    return found


def _people(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a new person: of its rows, the first value given for each part of the identity."""
    import polars as pl

    fields = (
        "given_names", "first_surname", "second_surname", "birth_date", "sex", "document_kind", "document_number",
        "nationality", "identity_confirmed", "admitted_on",
    )  # fmt: skip
    fresh = frame.filter(pl.col("person_id").is_null())
    one = fresh.filter(~pl.col("owner").is_duplicated()).select("owner", *fields)
    several = fresh.filter(pl.col("owner").is_duplicated())
    grouped = several.group_by("owner", maintain_order=True).agg(pl.col(name).drop_nulls().first() for name in fields)
    return pl.concat([one, grouped.select(one.columns)]).sort("owner")


def _identities(people: pl.DataFrame) -> Iterator[Sequence[Any]]:
    import polars as pl

    status = (
        pl.when(pl.col("identity_confirmed").fill_null(False))
        .then(pl.lit("confirmed"))
        .otherwise(pl.lit("provisional"))
    )
    texts = [
        pl.col(name).fill_null("")
        for name in ("given_names", "first_surname", "second_surname", "sex", "document_number", "nationality")
    ]
    table = people.with_columns(*texts, status=status, born=_iso("birth_date"), since=_iso("admitted_on"))
    keys = {text: rules.search_key(text) for name in _NAMES for text in table[name].unique().to_list()}
    columns = ("owner", *_NAMES, "born", "sex", "document_kind", "document_number", "nationality", "status", "since")
    for owner, given, first, second, *rest in table.select(columns).iter_rows():
        key = " ".join(filter(None, (keys[first], keys[second], keys[given])))
        yield (owner, given, first, second, key, *rest)


_NAMES = ("given_names", "first_surname", "second_surname")


def _custodies(frame: pl.DataFrame) -> Iterator[Sequence[Any]]:
    import polars as pl

    table = frame.select(
        "custody",
        "owner",
        "number",
        pl.col("entry_kind").fill_null(rules.EntryKind.MANDATE.value),
        pl.col("mandate").fill_null(""),
        _iso("admitted_on"),
        "admitted_on_known",
        _iso("released_on"),
        pl.col("release_kind").fill_null(""),
        "facility_id",
        pl.col("legal_status").fill_null(""),
        _iso("legal_status_on"),
        _iso("next_hearing_on"),
        "organised_crime",
        "extreme_security",
    )
    return table.iter_rows()


def _movements(frame: pl.DataFrame) -> Iterator[Sequence[Any]]:
    columns = ("custody", "facility_id", _iso("admitted_on"), _iso("released_on"))
    for custody, place, admitted, released in frame.select(columns).iter_rows():
        yield (custody, 1, "admission", admitted, None, place)
        if released is not None:
            yield (custody, 2, "release", released, place, None)


def _offences(frame: pl.DataFrame) -> Iterator[Sequence[Any]]:
    columns = ("custody", "offence_id", "attempt", "second_offence_id", "second_offence_attempt")
    for custody, main, attempt, second, second_attempt in frame.select(columns).iter_rows():
        if main is not None:
            yield (custody, main, True, attempt)
        if second is not None:
            yield (custody, second, False, second_attempt)


def _references(frame: pl.DataFrame) -> list[tuple[int, str, str]]:
    """References that the register does not have yet, each once."""
    pairs = (
        frame.select("owner", "reference_source", "reference")
        .drop_nulls()
        .unique(subset=["reference_source", "reference"])
    )
    sources = pairs["reference_source"].unique().to_list()
    known = set(PersonReference.objects.filter(source__in=sources).values_list("source", "reference"))
    return [row for row in pairs.sort("owner").iter_rows() if (row[1], row[2]) not in known]


def _statements(frame: pl.DataFrame) -> list[tuple[int, str, str, str, str]]:
    """What people said of earlier sentences, once a person and question: kept as said, counted nowhere."""
    kinds = ("prior_suspended", "prior_effective")
    rows: dict[tuple[int, str, str], tuple[int, str, str, str, str]] = {}
    for kind in kinds:
        columns = ("owner", "reference_source", kind, f"{kind}_times", _iso("admitted_on"))
        for owner, source, said, times, on in frame.select(columns).drop_nulls(kind).iter_rows():
            answer = "no" if not said else "yes" if times is None else f"yes, {times}"
            rows.setdefault((owner, source or "", kind), (owner, source or "", kind, answer, on))
    known = set(
        Statement.objects.filter(person_id__in={key[0] for key in rows}).values_list("person_id", "source", "kind")
        if len(rows) <= CHUNK
        else Statement.objects.values_list("person_id", "source", "kind")
    )
    return [row for key, row in rows.items() if key not in known]


def _entries(frame: pl.DataFrame, batch: str) -> Iterator[Mapping[str, Any]]:
    from creo.support.imports.reading import ROW

    columns = (ROW, "owner", "number", "facility_code", _iso("admitted_on"))
    for row, owner, number, place, admitted in frame.select(columns).iter_rows():
        yield {
            "act": "register.episode_imported",
            "subject": ("person", rules.person_code(owner)),
            "place": place,
            "after": {"batch": batch, "row": row, "custody": number, "admitted_on": admitted},
        }


def _renumber(frame: pl.DataFrame) -> None:
    """Numbers by date the episodes of people who got one earlier than those they had."""
    import polars as pl

    ids = frame.filter(pl.col("person_id").is_not_null())["person_id"].unique().to_list()
    for start in range(0, len(ids), CHUNK):
        renumber_episodes(ids[start : start + CHUNK])


def _iso(column: str) -> pl.Expr:
    """A date column as ISO texts, which the database takes as they are."""
    import polars as pl

    return pl.col(column).dt.to_string("%Y-%m-%d").alias(f"{column}_text")
