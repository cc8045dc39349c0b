"""Episodes of a list beside one another and beside the register: repeated rows, two open, dates that cross."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from creo.register import queries, rules
from creo.support.accounts.readers import Reader
from creo.support.imports.reading import ROW

if TYPE_CHECKING:
    import polars as pl

Wrong = Callable[..., int]
FAR = dt.date(9999, 12, 31)


def check_episodes(frame: pl.DataFrame, wrong: Wrong, reader: Reader) -> pl.DataFrame:
    """Adds `is_known` (the register has that episode already) and finds rows that cannot stand beside the others."""
    import polars as pl

    ids = frame["person_id"].drop_nulls().unique().to_list()
    schema = {"person_id": pl.Int64, "admitted_on": pl.Date, "known_release": pl.Date}
    known = pl.DataFrame(queries.known_episodes(reader, ids) if ids else [], schema=schema, orient="row")
    marks = known.select("person_id", "admitted_on").unique().with_columns(is_known=pl.lit(True))
    keys = frame.select("person_id", "admitted_on")
    found = keys.join(marks, on=["person_id", "admitted_on"], how="left", maintain_order="left")
    frame = frame.with_columns(found["is_known"].fill_null(False))
    # A copy of the few columns that matter here: a filter copies, and the frame is wide.
    narrow = frame.select(ROW, "person_key", "person_id", "birth_date", "sex", "admitted_on", "released_on", "is_known")
    narrow = narrow.drop_nulls("person_key")
    several = narrow.filter(pl.col("person_key").is_duplicated())
    _check_same_person(several, wrong)
    repeated = _check_repeated(several, wrong)
    fresh = narrow.drop_nulls("admitted_on").filter(~pl.col("is_known") & ~pl.col(ROW).is_in(repeated))
    _check_crossings(fresh, known, wrong)
    return frame


def _check_same_person(several: pl.DataFrame, wrong: Wrong) -> None:
    """Rows of one person say the same of who they are."""
    import polars as pl

    for field, message in (
        ("birth_date", _("Otra fila de la misma persona lleva otra fecha de nacimiento.")),
        ("sex", _("Otra fila de la misma persona lleva otro sexo.")),
    ):
        first = pl.col(field).drop_nulls().first().over("person_key")
        rows = several.with_columns(_first=first)
        wrong(rows, pl.col(field) != pl.col("_first"), field, message, field)


def _check_repeated(several: pl.DataFrame, wrong: Wrong) -> list[int]:
    """Rows that repeat an episode of the file; returns their numbers."""
    import polars as pl

    rows = several.drop_nulls("admitted_on").with_columns(_first=pl.col(ROW).min().over("person_key", "admitted_on"))
    again = rows.filter(pl.col(ROW) != pl.col("_first"))
    message = pl.format(_("Repite a la persona y la fecha de ingreso de la fila {}."), "_first")
    wrong(again, pl.lit(True), "admitted_on", message, "admitted_on")
    return again[ROW].to_list()


def _check_crossings(fresh: pl.DataFrame, known: pl.DataFrame, wrong: Wrong) -> None:
    """Dates that cross: found by columns among everybody, then worded by the rule for the few people they touch."""
    import polars as pl

    periods = pl.concat(
        [
            fresh.select("person_key", "admitted_on", "released_on", ROW),
            _with_keys(fresh, known).select(
                "person_key", "admitted_on", "released_on", pl.lit(None, pl.Int64).alias(ROW)
            ),
        ]
    )
    # Whoever has one episode crosses nobody: the sorting is for the others. In order of admission, if any two cross,
    # some neighbours do.
    periods = periods.filter(pl.col("person_key").is_duplicated())
    until = pl.col("released_on").fill_null(FAR)
    lasting = periods.filter(until > pl.col("admitted_on")).sort("person_key", "admitted_on")
    before = until.shift(1).over("person_key")
    crossed = lasting.filter(before > pl.col("admitted_on"))["person_key"].unique()
    touched = periods.filter(pl.col("person_key").is_in(crossed.implode())).sort(ROW, nulls_last=False)
    reasons: dict[int, str] = {}
    for _key, rows in touched.group_by("person_key", maintain_order=True):
        accepted: list[rules.Episode] = []
        for _person, admitted, released, row in rows.iter_rows():
            episode = rules.Episode(admitted, released)
            if row is not None and (released is None or released >= admitted):
                findings = rules.overlap_findings(episode, accepted)
                if findings:
                    reasons[row] = findings[0].message
                    continue
            accepted.append(episode)
    if reasons:
        bad = fresh.filter(pl.col(ROW).is_in(list(reasons)))
        message = pl.col(ROW).replace_strict(list(reasons), list(reasons.values()), return_dtype=pl.String)
        wrong(bad, pl.lit(True), "admitted_on", message, "admitted_on")


def _with_keys(fresh: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The register's episodes of the people in the file, under the file's keys."""
    keys = fresh.select("person_id", "person_key").drop_nulls().unique(subset=["person_id"], keep="any")
    return known.rename({"known_release": "released_on"}).join(keys, on="person_id", how="inner")
