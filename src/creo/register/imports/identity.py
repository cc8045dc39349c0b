"""Who each row of a list is: documents put right or refused, and people the register already has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from creo.register import queries, rules
from creo.register.queries.known import FEW
from creo.support.accounts.readers import Reader
from creo.support.imports.reading import ROW

if TYPE_CHECKING:
    import polars as pl

Wrong = Callable[..., int]
BATCH = 50_000
NAMES = ("given_names", "first_surname", "second_surname")


def check_identities(frame: pl.DataFrame, wrong: Wrong) -> pl.DataFrame:
    """Cleans documents, checks them and the names, and adds `person_key`: rows with the same one are one person."""
    import polars as pl

    frame = _documents(frame)
    _check_documents(frame, wrong)
    _check_names(frame, wrong)
    document = (
        pl.when(pl.col("document_kind") == "dni")
        .then(pl.format("d|{}", "document_number"))
        .when(pl.col("document_kind") == "foreign")
        .then(pl.format("f|{}|{}", pl.col("nationality").fill_null(""), "document_number"))
    )
    frame = frame.with_columns(document_key=document)
    frame = _joined_by_reference(frame, wrong)
    nobody = pl.col("document_number").is_null() & pl.col("reference").is_null()
    message = _("Sin número de documento ni referencia no se reconoce a la persona al importar otra vez: indique uno.")
    wrong(frame, nobody, "reference", message)
    return frame


def _documents(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers in one form; digits of a DNI that a spreadsheet cut get their zeros back; a kind left out is inferred."""
    import polars as pl

    number = pl.col("document_number").str.to_uppercase().str.replace_all(r"[\s.'’`]+", "")
    frame = frame.with_columns(document_number=number)
    digits = pl.col("document_number").str.contains(r"^\d{5,8}(?:-\d)?$")
    kind = pl.when(pl.col("document_number").is_null()).then(pl.lit("unknown")).when(digits).then(pl.lit("dni"))
    frame = frame.with_columns(document_kind=pl.coalesce("document_kind", kind))
    is_dni = pl.col("document_kind") == "dni"
    parts = pl.col("document_number").str.extract_groups(r"^(?<number>\d{5,8})(?:-(?<check>\d))?$")
    frame = frame.with_columns(_parts=pl.when(is_dni.fill_null(False)).then(parts))
    bare, check = pl.col("_parts").struct.field("number"), pl.col("_parts").struct.field("check")
    return frame.with_columns(
        document_padded=(bare.str.len_chars() < 8).fill_null(False),
        document_number=pl.coalesce(bare.str.zfill(8), "document_number"),
        document_check=pl.coalesce("document_check", check),
    ).drop("_parts")


def _check_documents(frame: pl.DataFrame, wrong: Wrong) -> None:
    """The same demands as `rules.document_problem`, by columns."""
    import polars as pl

    number, kind = pl.col("document_number"), pl.col("document_kind")
    has = number.is_not_null()
    short = (kind == "dni") & ~number.str.contains(r"^\d{8}$")
    wrong(
        frame,
        short.fill_null(True) & (kind == "dni"),
        "document_number",
        rules.document_problem("dni", ""),
        "document_number",
    )
    foreign = (kind == "foreign") & ~number.str.contains(r"^[0-9A-Z][0-9A-Z-]{3,18}[0-9A-Z]$").fill_null(False)
    wrong(frame, foreign, "document_number", rules.document_problem("foreign", ""), "document_number")
    unnamed = has & (kind.is_null() | kind.is_in(["none", "unknown"]))
    wrong(frame, unnamed, "document_kind", rules.document_problem("unknown", "1"), "document_number")
    checked = frame.filter((kind == "dni") & number.str.contains(r"^\d{8}$") & pl.col("document_check").is_not_null())
    if checked.is_empty():
        return
    total = pl.sum_horizontal(
        number.str.slice(place, 1).cast(pl.Int32) * weight for place, weight in enumerate(rules.DNI_WEIGHTS)
    )
    remainders = list(range(len(rules.DNI_DIGITS)))
    checked = checked.with_columns(_right=(total % 11).replace_strict(remainders, list(rules.DNI_DIGITS)))
    message = pl.format(
        _("El dígito verificador del DNI {} no es {}: le corresponde {}. Revise el número en el documento."),
        "document_number",
        "document_check",
        "_right",
    )
    wrong(checked, pl.col("document_check") != pl.col("_right"), "document_number", message, "document_number")


def _check_names(frame: pl.DataFrame, wrong: Wrong) -> None:
    import polars as pl

    for name in NAMES:
        wrong(frame, ~pl.col(name).str.contains(r"\p{L}"), name, _("El nombre no tiene ninguna letra."), name)
    confirmed = pl.col("identity_confirmed")
    for field, message in (
        ("given_names", _("Una identidad confirmada lleva nombres.")),
        ("first_surname", _("Una identidad confirmada lleva primer apellido.")),
        ("birth_date", _("Una identidad confirmada lleva fecha de nacimiento.")),
        ("sex", _("Una identidad confirmada lleva sexo.")),
    ):
        wrong(frame, confirmed & pl.col(f"{field}_absent"), field, message)
    unknown = confirmed & (pl.col("document_kind") == "unknown")
    wrong(frame, unknown, "document_kind", _("Una identidad confirmada dice el documento, o que no tiene."))


def _joined_by_reference(frame: pl.DataFrame, wrong: Wrong) -> pl.DataFrame:
    """Adds `person_key`. A reference with one document anywhere in the file speaks for its rows without document."""
    import polars as pl

    pairs = frame.select("reference", "document_key").drop_nulls().unique()
    several = pairs.filter(pl.col("reference").is_duplicated())["reference"].unique().to_list()
    if several:
        message = _("Esa referencia aparece en el archivo con más de un documento.")
        wrong(frame, pl.col("reference").is_in(several), "reference", message, "reference")
    owners = pairs.unique(subset=["reference"], keep="any").rename({"document_key": "_owner"})
    key = pl.coalesce("document_key", "_owner", pl.format("r|{}", "reference"))
    # The frame is wide: it is never joined itself, only the columns that matter.
    narrow = frame.select("reference", "document_key").join(owners, on="reference", how="left", maintain_order="left")
    return frame.with_columns(narrow.select(person_key=key)["person_key"])


def recognise(frame: pl.DataFrame, wrong: Wrong, reader: Reader) -> pl.DataFrame:
    """Adds `person_id` of people the register already has, found by document or by reference of the same source."""
    import polars as pl

    narrow = frame.select(
        ROW, "document_key", "document_number", "reference_source", "reference", "birth_date", "person_key"
    )
    narrow = narrow.join(_by_document(frame, reader), on="document_key", how="left", maintain_order="left")
    narrow = narrow.join(
        _by_reference(frame, reader), on=["reference_source", "reference"], how="left", maintain_order="left"
    )
    twice = pl.col("document_people") > 1
    message = _("Ese documento está en más de una ficha del registro: únalas antes de importar.")
    wrong(narrow, twice, "document_number", message, "document_number")
    contrary = pl.col("document_person") != pl.col("reference_person")
    message = _("El documento y la referencia son de dos personas distintas del registro.")
    wrong(narrow, contrary, "reference", message, "reference")
    person = pl.coalesce("document_person", "reference_person")
    known = narrow.select(
        "known_birth",
        person_id=_of_all_rows(narrow, person),
        reference_known=pl.col("reference_person").is_not_null(),
    )
    return frame.with_columns(known.get_columns())


def _of_all_rows(narrow: pl.DataFrame, person: pl.Expr) -> pl.Expr:
    """Who is known by one row is known by all rows of the same person."""
    import polars as pl

    nobody = narrow.select(person.is_null().all()).item()
    return pl.lit(None, pl.Int64) if nobody else person.max().over("person_key")


def _by_document(frame: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    import polars as pl

    # Only then filtered: the frame is wide, and a filter copies it.
    numbers = frame.select("document_key", "document_number").drop_nulls("document_key")["document_number"]
    schema = {"kind": pl.String, "number": pl.String, "nationality": pl.String, "person": pl.Int64, "birth": pl.Date}
    known = _gathered(queries.known_documents(reader, _asked(numbers)), schema)
    foreign = pl.format("f|{}|{}", "nationality", "number")
    key = pl.when(pl.col("kind") == "dni").then(pl.format("d|{}", "number")).otherwise(foreign)
    return (
        known.with_columns(document_key=key)
        .group_by("document_key")
        .agg(
            document_people=pl.col("person").n_unique(),
            document_person=pl.col("person").min(),
            known_birth=pl.col("birth").first(),
        )
    )


def _by_reference(frame: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    import polars as pl

    pairs = frame.select("reference_source", "reference").drop_nulls()
    schema: dict[str, Any] = {"reference": pl.String, "reference_person": pl.Int64}
    found = [pl.DataFrame(schema={"reference_source": pl.String} | schema)]
    for source in pairs["reference_source"].unique().to_list():
        references = pairs.filter(pl.col("reference_source") == source)["reference"]
        known = _gathered(queries.known_references(reader, source, _asked(references)), schema)
        found.append(known.select(pl.lit(source).alias("reference_source"), *schema))
    return pl.concat(found)


def _asked(keys: pl.Series) -> list[str] | None:
    """The keys to look up; None when they are so many that everything is read."""
    different = keys.unique()
    return None if len(different) > FEW else different.drop_nulls().to_list()


def _gathered(rows: Iterable[tuple[Any, ...]], schema: Any) -> pl.DataFrame:
    """Rows of the database as a frame, a batch at a time."""
    import polars as pl

    parts = [pl.DataFrame(list(some), schema=schema, orient="row") for some in batched(rows, BATCH)]
    return pl.concat([pl.DataFrame(schema=schema), *parts])
