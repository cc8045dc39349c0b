"""Texts of a list to keys: prisons and offences, each different text looked up once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from creo.register import queries, rules
from creo.support.accounts.readers import Reader
from creo.support.refusals import Refused
from creo.territory import queries as territory

if TYPE_CHECKING:
    import polars as pl

Wrong = Callable[..., int]


def find_facilities(
    frame: pl.DataFrame, wrong: Wrong, reader: Reader, usual: territory.FacilityRef | None, *, required: bool
) -> pl.DataFrame:
    """Adds `facility_id` and `facility_code`; an unknown prison is an error with the nearest names.

    `usual` stands for rows that do not say; without it they stay without a prison, or fail when it is `required`.
    """
    import polars as pl

    lookup = territory.facility_lookup(reader)
    texts = frame["facility"].drop_nulls().unique().to_list()
    found = {text: ref for text in texts if (ref := lookup.find(text)) is not None and ref.kind != "community_office"}
    unknown = [text for text in texts if text not in found]
    if unknown:
        names = [ref.name for kind in ("prison", "reception") for ref in territory.facility_refs(reader, kind=kind)]
        reasons = {text: _unknown_facility(text, names) for text in unknown}
        wrong(frame, pl.col("facility").is_in(unknown), "facility", _worded("facility", reasons), "facility")
    ids = {text: ref.id for text, ref in found.items()}
    codes = {text: ref.code for text, ref in found.items()}
    if required and usual is None:
        wrong(frame, pl.col("facility").is_null(), "facility", _("Falta el establecimiento."))
    absent = pl.col("facility").is_null()
    return frame.with_columns(
        facility_id=pl.when(absent).then(pl.lit(usual.id if usual else None, dtype=pl.Int64)).otherwise(
            _translated("facility", ids, pl.Int64)
        ),
        facility_code=pl.when(absent).then(pl.lit(usual.code if usual else None, dtype=pl.String)).otherwise(
            _translated("facility", codes, pl.String)
        ),
    )  # fmt: skip


def _unknown_facility(text: str, names: list[str]) -> str:
    by_key = {rules.search_key(name): name for name in names}
    near = difflib.get_close_matches(rules.search_key(text), list(by_key), n=3, cutoff=0.55)
    if not near:
        return _("No se conoce ese establecimiento en su ámbito. Escriba su nombre oficial o su código.")
    options = _(" o ").join(f"«{by_key[name]}»" for name in near)
    return _("No se conoce ese establecimiento. ¿Quiso decir %(options)s?") % {"options": options}


def find_offences(frame: pl.DataFrame, wrong: Wrong) -> pl.DataFrame:
    """Adds `offence_id`, `offence_code` and `second_offence_id`, and settles `attempt` with what the label says."""
    import polars as pl

    catalogue = {row.code: row for row in queries.offences()}
    if not catalogue:
        raise Refused(_("El catálogo de delitos está vacío: cárguelo con «creo prepare» antes de importar."))
    index = rules.OffenceIndex(queries.offence_entries())
    frame = _resolved(frame, "offence", index)
    frame = _resolved(frame, "second_offence", index)
    labels = {code: row.label for code, row in catalogue.items()}
    for field in ("offence", "second_offence"):
        lost = pl.col(field).is_not_null() & pl.col(f"{field}_code").is_null()
        texts = frame.filter(lost).select(field, f"{field}_options").unique(subset=[field]).rows()
        if texts:
            reasons = {text: _unknown_offence(text, options or "", labels) for text, options in texts}
            wrong(frame, lost, field, _worded(field, reasons), field)
        keys = {code: row.id for code, row in catalogue.items()}
        frame = frame.with_columns(_translated(f"{field}_code", keys, pl.Int64).alias(f"{field}_id"))
    contrary = pl.col("offence_attempt") & ~pl.col("attempt")
    wrong(
        frame,
        contrary,
        "attempt",
        _("La denominación del delito dice tentativa y esta columna dice que no."),
        "offence",
    )
    frame = frame.with_columns(attempt=pl.coalesce("attempt", "offence_attempt"))
    whole = [code for code, row in catalogue.items() if not row.attempt_allowed]
    wrong(
        frame,
        pl.col("attempt") & pl.col("offence_code").is_in(whole),
        "attempt",
        _("Ese delito no admite tentativa."),
        "offence",
    )
    twice = pl.col("offence_code") == pl.col("second_offence_code")
    wrong(frame, twice, "second_offence", _("Es el mismo delito que el principal."), "second_offence")
    no_main = pl.col("second_offence").is_not_null() & pl.col("offence_absent")
    wrong(frame, no_main, "offence", _("Hay segundo delito y falta el principal."))
    return frame


def _resolved(frame: pl.DataFrame, field: str, index: rules.OffenceIndex) -> pl.DataFrame:
    """Adds the code, whether the label says attempt, and the options of an ambiguous text.

    A text that means one thing on every day is looked up once; the others once a day of admission.
    """
    import polars as pl

    found: dict[tuple[str, date | None], rules.OffenceMatch] = {}
    pairs = frame.select(field, "admitted_on").drop_nulls(field).unique().rows()
    steady: dict[str, rules.OffenceMatch] = {}
    for text in {text for text, _day in pairs}:
        if not index.is_dated(text):
            steady[text] = index.find(text)
    for text, day in pairs:
        found[text, day] = steady[text] if text in steady else index.find(text, day)
    rows = [(text, day, match.code, match.attempt, "|".join(match.candidates)) for (text, day), match in found.items()]
    schema = {
        field: pl.String, "admitted_on": pl.Date,
        f"{field}_code": pl.String, f"{field}_attempt": pl.Boolean, f"{field}_options": pl.String,
    }  # fmt: skip
    table = pl.DataFrame(rows, schema=schema, orient="row")
    narrow = frame.select(field, "admitted_on")
    joined = narrow.join(table, on=[field, "admitted_on"], how="left", nulls_equal=True, maintain_order="left")
    return frame.with_columns(joined.drop(field, "admitted_on").get_columns())


def _unknown_offence(text: str, options: str, labels: Mapping[str, str]) -> str:
    if options:
        named = _(" o ").join(f"{code} («{labels[code]}»)" for code in options.split("|"))
        return _("Puede ser más de un delito: escriba el código, %(options)s.") % {"options": named}
    by_key = {rules.search_key(label.partition(" · ")[2]): code for code, label in labels.items()}
    near = difflib.get_close_matches(rules.search_key(text), list(by_key), n=2, cutoff=0.6)
    if not near:
        return _("No está en el catálogo de delitos. Escriba el código, la denominación del INPE o el artículo (189).")
    named = _(" o ").join(f"«{labels[by_key[key]]}»" for key in near)
    return _("No está en el catálogo de delitos. ¿Quiso decir %(options)s?") % {"options": named}


def _translated(column: str, words: Mapping[str, Any], dtype: Any) -> pl.Expr:
    import polars as pl

    if not words:
        return pl.lit(None, dtype=dtype)
    return pl.col(column).replace_strict(list(words), list(words.values()), default=None, return_dtype=dtype)


def _worded(column: str, reasons: Mapping[str, str]) -> pl.Expr:
    import polars as pl

    return pl.col(column).replace_strict(list(reasons), list(reasons.values()), default="", return_dtype=pl.String)
