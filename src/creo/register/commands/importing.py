"""The rows of a checked list into the register: new people, new episodes, and one act in the ledger for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from creo.register import rules
from creo.register.commands.common import hold_numbers, renumber_episodes
from creo.register.commands.loading import notes
from creo.register.commands.snapshots import Change
from creo.register.commands.writing import NAMES, Batch, Words, slices, write
from creo.register.models import Custody, Person, Statement
from creo.register.queries.known import CHUNK
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.bulk import next_id
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger

if TYPE_CHECKING:
    import polars as pl

    Frames = Iterable[pl.DataFrame]

ACT = "register.episode_imported"
IDENTITY = (
    "given_names", "first_surname", "second_surname", "birth_date", "sex", "document_kind", "document_number",
    "nationality", "identity_confirmed", "admitted_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportedRows:
    """A checked frame: one row a new episode, with `person_key` (who), `person_id` (null: new), keys and dates."""

    frame: pl.DataFrame
    changes: Sequence[Change] = ()


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
    words = Words(people)
    written = write(
        Batch(
            act=ACT,
            words=words,
            persons=_persons(people),
            identities=_identities(people),
            name_keys=(words.keys(part.select("owner", *NAMES)) for part in slices(people)),
            custodies=_custodies(frame),
            movements=_movements(frame),
            offences=_offences(frame),
            references=_references(frame),
            statements=_statements(frame),
            entries=_entries(frame, batch),
            total=6 * people.height + 4 * frame.height,
        ),
        progress,
        notes(),
    )
    _renumber(frame)
    return {"persons": written["persons"], "custodies": written["custodies"]}


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `owner` (the person's key, old or new), `custody` (the episode's key) and `number` within the person."""
    import polars as pl

    if frame["person_id"].null_count() == frame.height == frame["person_key"].n_unique():
        return _all_new(frame)
    # The frame is wide: whatever is looked up or put in order is done on few columns.
    narrow = frame.select("person_key", "person_id", "admitted_on", "released_on").with_row_index("place")
    fresh = narrow.filter(pl.col("person_id").is_null()).select("person_key").unique(maintain_order=True)
    first = next_id(Person)
    fresh = fresh.with_columns(new_id=pl.int_range(first, first + fresh.height, dtype=pl.Int64))
    narrow = narrow.join(fresh, on="person_key", how="left", maintain_order="left")
    narrow = narrow.with_columns(owner=pl.coalesce("person_id", "new_id"))
    narrow = narrow.sort("owner", "admitted_on", "released_on", nulls_last=True, maintain_order=True)
    start = next_id(Custody)
    had = _episodes_had(narrow["person_id"].drop_nulls().unique().to_list())
    counts = pl.DataFrame({"owner": list(had), "had": list(had.values())}, schema={"owner": pl.Int64, "had": pl.Int64})
    narrow = narrow.join(counts, on="owner", how="left", maintain_order="left")
    numbers = narrow.select(
        "owner",
        custody=pl.int_range(start, start + pl.len(), dtype=pl.Int64),
        number=pl.col("had").fill_null(0) + pl.int_range(1, pl.len() + 1).over("owner"),
    )
    moved = not narrow["place"].is_sorted()
    return (frame[narrow["place"]] if moved else frame).with_columns(numbers.get_columns())


def _all_new(frame: pl.DataFrame) -> pl.DataFrame:
    """The same for a list where everybody is new, with one episode: nothing to look up, nothing to put in order."""
    import polars as pl

    first, start = next_id(Person), next_id(Custody)
    return frame.with_columns(
        owner=pl.int_range(first, first + frame.height, dtype=pl.Int64),
        custody=pl.int_range(start, start + frame.height, dtype=pl.Int64),
        number=pl.lit(1, pl.Int64),
    )


def _episodes_had(ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(ids), CHUNK):
        rows = Custody.objects.filter(person_id__in=ids[start : start + CHUNK]).order_by()
        found |= dict(rows.values_list("person_id").annotate(Count("id")))
    return found


def _people(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a new person: of its rows, the first value given for each part of the identity; names never null."""
    import polars as pl

    chosen = frame.select("owner", "person_id", *IDENTITY)
    if chosen["person_id"].null_count() < chosen.height:
        chosen = chosen.filter(pl.col("person_id").is_null())
    again = chosen["owner"].is_duplicated()
    if again.any():
        one, several = chosen.filter(~again), chosen.filter(again)
        grouped = several.group_by("owner", maintain_order=True).agg(
            pl.col(name).drop_nulls().first() for name in ("person_id", *IDENTITY)
        )
        chosen = pl.concat([one, grouped]).sort("owner")
    return chosen.with_columns(pl.col(name).fill_null("") for name in NAMES)


def _persons(people: pl.DataFrame) -> Frames:
    import polars as pl

    for part in slices(people):
        yield part.select("owner", code=pl.format("P-{}", pl.col("owner").cast(pl.String).str.zfill(7)))


def _identities(people: pl.DataFrame) -> Frames:
    import polars as pl

    confirmed = pl.col("identity_confirmed").fill_null(False)
    for part in slices(people):
        yield part.select(
            "owner",
            *NAMES,
            "birth_date",
            pl.col("sex").fill_null(""),
            "document_kind",
            pl.col("document_number").fill_null(""),
            pl.col("nationality").fill_null(""),
            status=pl.when(confirmed).then(pl.lit("confirmed")).otherwise(pl.lit("provisional")),
            since="admitted_on",
        )


def _custodies(frame: pl.DataFrame) -> Frames:
    import polars as pl

    for part in slices(frame):
        yield part.select(
            "custody",
            "owner",
            "number",
            pl.col("entry_kind").fill_null(rules.EntryKind.MANDATE.value),
            pl.col("mandate").fill_null(""),
            "admitted_on",
            "admitted_on_known",
            "released_on",
            pl.col("release_kind").fill_null(""),
            "facility_id",
            pl.col("legal_status").fill_null(""),
            "legal_status_on",
            "next_hearing_on",
            "organised_crime",
            "extreme_security",
        )


def _movements(frame: pl.DataFrame) -> Frames:
    """The admission of each episode and, when it ended, its release; an escape is a movement of its own."""
    import polars as pl

    nowhere = pl.lit(None, pl.Int64)
    escaped = pl.col("release_kind") == rules.ReleaseKind.ESCAPE.value
    release = pl.col("release_kind").fill_null("")
    for part in slices(frame):
        admissions = part.select(
            "custody",
            sequence=pl.lit(1),
            kind=pl.lit(rules.MovementKind.ADMISSION.value),
            on="admitted_on",
            origin=nowhere,
            target="facility_id",
            detail=pl.col("entry_kind").fill_null(rules.EntryKind.MANDATE.value),
            note=pl.col("mandate").fill_null(""),
        )
        releases = part.filter(pl.col("released_on").is_not_null()).select(
            "custody",
            sequence=pl.lit(2),
            kind=pl.when(escaped)
            .then(pl.lit(rules.MovementKind.ESCAPE.value))
            .otherwise(pl.lit(rules.MovementKind.RELEASE.value)),
            on="released_on",
            origin="facility_id",
            target=nowhere,
            detail=pl.when(escaped).then(pl.lit("")).otherwise(release),
            note=pl.lit(""),
        )
        yield pl.concat([admissions, releases]).sort("custody", "sequence")


def _offences(frame: pl.DataFrame) -> Frames:
    import polars as pl

    for part in slices(frame):
        main = part.select("custody", offence="offence_id", is_main=pl.lit(True), attempt="attempt")
        second = part.select(
            "custody", offence="second_offence_id", is_main=pl.lit(False), attempt="second_offence_attempt"
        )
        yield pl.concat([main, second]).drop_nulls("offence").sort("custody", "is_main", descending=[False, True])


def _references(frame: pl.DataFrame) -> Frames:
    """References that the register does not have yet, each once."""
    import polars as pl

    pairs = frame.select("owner", "reference_source", "reference", "reference_known")
    pairs = pairs.drop_nulls(["reference_source", "reference"]).filter(~pl.col("reference_known"))
    pairs = pairs.unique(subset=["reference_source", "reference"], keep="first", maintain_order=True)
    return slices(pairs.select("owner", "reference_source", "reference"))


def _statements(frame: pl.DataFrame) -> Frames:
    """What people said of earlier sentences, once a person and question: kept as said, counted nowhere."""
    import polars as pl

    parts = []
    for kind in ("prior_suspended", "prior_effective"):
        said, times = pl.col(kind), pl.col(f"{kind}_times")
        answer = pl.when(~said).then(pl.lit("no")).when(times.is_null()).then(pl.lit("yes"))
        parts.append(
            frame.drop_nulls(kind).select(
                "owner",
                source=pl.col("reference_source").fill_null(""),
                kind=pl.lit(kind),
                answer=answer.otherwise(pl.format("yes, {}", times)),
                on="admitted_on",
            )
        )
    key = ["owner", "source", "kind"]
    rows = pl.concat(parts).unique(subset=key, keep="first", maintain_order=True)
    if rows.is_empty():
        return slices(rows)
    old = frame["person_id"].drop_nulls().unique()
    some = Statement.objects.filter(person_id__in=old.to_list()) if len(old) <= CHUNK else Statement.objects.all()
    schema = {"owner": pl.Int64, "source": pl.String, "kind": pl.String}
    known = pl.DataFrame(list(some.values_list("person_id", "source", "kind")), schema=schema, orient="row")
    return slices(rows.join(known, on=key, how="anti", maintain_order="left"))


def _entries(frame: pl.DataFrame, batch: str) -> Frames:
    import polars as pl

    from creo.support.imports.reading import ROW

    for part in slices(frame):
        after = pl.struct(
            batch=pl.lit(batch),
            row=ROW,
            custody="number",
            admitted_on=pl.col("admitted_on").dt.to_string("%Y-%m-%d"),
        )
        yield part.select(
            subject_kind=pl.lit("person"),
            subject_code=pl.format("P-{}", pl.col("owner").cast(pl.String).str.zfill(7)),
            place=pl.col("facility_code").fill_null(""),
            reason=pl.lit(""),
            before=pl.lit(None, pl.String),
            after=after.struct.json_encode(),
        )


def _renumber(frame: pl.DataFrame) -> None:
    """Numbers by date the episodes of people who got one earlier than those they had."""
    ids = frame["person_id"].drop_nulls().unique().to_list()
    for start in range(0, len(ids), CHUNK):
        renumber_episodes(ids[start : start + CHUNK])
