"""The list of people that the import is measured with: the synthetic nation, as many times as needed, as one CSV.

One row a person, with the columns of our own template; documents are given out anew, so that the nation repeated does
not repeat anybody, and who has none carries a reference. The same number of people gives the same bytes.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

AS_OF = date(2026, 11, 23)
SEED = 20_261_123
FIRST_DNI = 10_000_000
DOCUMENTS = {"dni": "DNI", "foreign": "documento extranjero", "none": "no tiene", "unknown": "sin dato"}
YES_NO = {"True": "sí", "False": "no", "None": ""}


def write_list(path: Path, people: int) -> int:
    """Writes the list and returns its rows; as many nations as it takes, each from the next seed."""
    from creo.register import engine

    written = 0
    with path.open("wb") as file:
        turn = 0
        while written < people:
            frame = nation(engine.population(SEED + turn, AS_OF), written).head(people - written)
            file.write(frame.write_csv(include_header=turn == 0, date_format="%Y-%m-%d").encode())
            written += frame.height
            turn += 1
    return written


def nation(population: Any, offset: int) -> Any:
    """One nation as the rows of a list: each person with the latest episode, numbered after those before."""
    import numpy as np
    import polars as pl

    who, held, offences = population.identities, population.custodies, population.custody_offences
    last = np.append(np.flatnonzero(np.diff(held.person)), len(held) - 1)
    size = len(who)
    people = pl.DataFrame(
        {
            "kind": texts(who.document_kind),
            "nombres": texts(who.given_names),
            "primer_apellido": texts(who.first_surname),
            "segundo_apellido": texts(who.second_surname),
            "fecha_nacimiento": pl.Series(who.birth_date.astype("datetime64[ms]")).cast(pl.Date),
            "sexo": texts(who.sex).replace_strict({"male": "hombre", "female": "mujer"}, default=""),
            "nacionalidad": texts(who.nationality),
            "confirmada": texts(who.status) == "confirmed",
            "establecimiento": texts(held.facility[last]),
            "fecha_ingreso": pl.Series(held.admitted_on[last].astype("datetime64[ms]")).cast(pl.Date),
            "fecha_egreso": pl.Series(held.released_on[last].astype("datetime64[ms]")).cast(pl.Date),
            "tipo_egreso": texts(held.release_kind[last]),
            "situacion_juridica": texts(held.legal_status[last]),
            "fecha_situacion": pl.Series(held.legal_status_on[last].astype("datetime64[ms]")).cast(pl.Date),
            "proxima_audiencia": pl.Series(held.next_hearing_on[last].astype("datetime64[ms]")).cast(pl.Date),
            "crimen_organizado": flags(held.organised_crime[last]),
            "extrema_seguridad": flags(held.extreme_security[last]),
            "custody": last + 1,
            "serial": np.arange(offset, offset + size),
        }
    ).with_columns(pl.col(pl.String).fill_null(""))
    main = pl.DataFrame(
        {
            "custody": np.asarray(offences.custody),
            "delito": texts(offences.offence),
            "tentativa": flags(offences.attempt),
            "is_main": np.asarray(offences.is_main),
        }
    )
    second = main.filter(~pl.col("is_main")).select("custody", segundo_delito="delito").unique("custody", keep="first")
    main = main.filter(pl.col("is_main")).select("custody", "delito", "tentativa")
    rows = people.join(main, on="custody", how="left", maintain_order="left")
    rows = rows.join(second, on="custody", how="left", maintain_order="left")
    return rows.select(columns())


def columns() -> list[Any]:
    """The columns of the template, in its order."""
    import polars as pl

    number = (pl.col("serial") + FIRST_DNI).cast(pl.String)
    foreign = pl.format("X{}", number)
    kind = pl.col("kind")
    has_main = pl.col("delito").fill_null("") != ""
    return [
        kind.replace_strict(DOCUMENTS).alias("tipo_documento"),
        pl.when(kind == "dni").then(number).when(kind == "foreign").then(foreign).otherwise(pl.lit(""))
        .alias("numero_documento"),
        pl.lit("").alias("digito_verificador"),
        "nombres", "primer_apellido", "segundo_apellido", "fecha_nacimiento", "sexo", "nacionalidad",
        pl.when(pl.col("confirmada") & (kind != "unknown")).then(pl.lit("sí")).otherwise(pl.lit("no"))
        .alias("identidad_confirmada"),
        pl.when(kind.is_in(["dni", "foreign"])).then(pl.lit("")).otherwise(pl.format("L-{}", number))
        .alias("referencia"),
        "establecimiento", "fecha_ingreso",
        pl.lit("mandato").alias("tipo_ingreso"),
        pl.format("Resolución {}, Juzgado Penal", pl.col("serial") % 9_000 + 1).alias("mandato"),
        "fecha_egreso", "tipo_egreso", "situacion_juridica",
        pl.when(pl.col("situacion_juridica") != "").then(pl.col("fecha_situacion")).alias("fecha_situacion"),
        "delito",
        pl.when(has_main).then(pl.col("tentativa")).otherwise(pl.lit("")).alias("tentativa"),
        pl.when(has_main).then(pl.col("segundo_delito")).otherwise(pl.lit("")).alias("segundo_delito"),
        "crimen_organizado", "extrema_seguridad", "proxima_audiencia",
    ]  # fmt: skip


def texts(values: Any) -> Any:
    """A column of Python texts."""
    import polars as pl

    return pl.Series(values.tolist(), dtype=pl.String)


def flags(values: Any) -> Any:
    """True, False or None as the words of offices."""
    return texts(values.astype(str)).replace_strict(YES_NO, default="")


if __name__ == "__main__":
    write_list(Path(sys.argv[1]), int(sys.argv[2]))
