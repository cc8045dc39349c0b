"""Who each row of a list is: documents put right or refused, and people the register already has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from creo.register import queries, rules
from creo.support.accounts.readers import Reader

if TYPE_CHECKING:
    import polars as pl

Wrong = Callable[..., int]
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
    frame = frame.join(owners, on="reference", how="left", maintain_order="left")
    key = pl.coalesce("document_key", "_owner", pl.format("r|{}", "reference"))
    return frame.with_columns(person_key=key).drop("_owner")


def recognise(frame: pl.DataFrame, wrong: Wrong, reader: Reader) -> pl.DataFrame:
    """Adds `person_id` of people the register already has, found by document or by reference of the same source."""
    import polars as pl

    frame = frame.join(_by_document(frame, reader), on="document_key", how="left", maintain_order="left")
    frame = frame.join(
        _by_reference(frame, reader), on=["reference_source", "reference"], how="left", maintain_order="left"
    )
    twice = pl.col("document_people") > 1
    message = _("Ese documento está en más de una ficha del registro: únalas antes de importar.")
    wrong(frame, twice, "document_number", message, "document_number")
    contrary = pl.col("document_person") != pl.col("reference_person")
    message = _("El documento y la referencia son de dos personas distintas del registro.")
    wrong(frame, contrary, "reference", message, "reference")
    other_birth = pl.col("birth_date") != pl.col("known_birth")
    message = _("El registro tiene otra fecha de nacimiento para ese documento: corríjala en la ficha o en el archivo.")
    wrong(frame, other_birth, "birth_date", message, "birth_date")
    person = pl.coalesce("document_person", "reference_person")
    frame = frame.with_columns(person_id=person.max().over("person_key"))
    return frame.drop("document_people", "document_person", "reference_person", "known_birth")


def _by_document(frame: pl.DataFrame, reader: Reader) -> pl.DataFrame:
    import polars as pl

    numbers = frame.filter(pl.col("document_key").is_not_null())["document_number"].drop_nulls().unique().to_list()
    schema = {"kind": pl.String, "number": pl.String, "nationality": pl.String, "person": pl.Int64, "birth": pl.Date}
    known = pl.DataFrame(queries.known_documents(reader, numbers), schema=schema, orient="row")
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

    rows: list[tuple[str, str, int]] = []
    for (source,), part in frame.drop_nulls("reference").group_by("reference_source"):
        references = part["reference"].unique().to_list()
        rows += [(str(source), text, key) for text, key in queries.known_references(reader, str(source), references)]
    schema = {"reference_source": pl.String, "reference": pl.String, "reference_person": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")
