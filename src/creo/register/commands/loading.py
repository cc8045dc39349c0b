"""A whole made population into an empty register, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.writing import NAMES, Batch, Words, slices, write
from creo.register.models import Offence
from creo.register.queries.references import is_empty
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused
from creo.territory import queries as territory

if TYPE_CHECKING:
    import polars as pl

    from creo.register.engine.population import Population

SOURCE = "demostración"
ACT = "register.person_loaded"


def notes() -> dict[str, str]:
    """What each step of a bulk load is called on its bar."""
    return {
        "persons": _("Personas"),
        "identities": _("Identidades"),
        "name_keys": _("Nombres para la búsqueda"),
        "custodies": _("Episodios"),
        "movements": _("Movimientos"),
        "offences": _("Delitos"),
        "references": _("Referencias"),
        "statements": _("Declaraciones"),
        "rebuilt": _("Comprobando claves e índices"),
        "entries": _("Registro de actos"),
    }


@ledger.command(permission=Permission.IMPORT_REGISTER)
def load_population(*, by: Reader, population: Population, progress: Report) -> dict[str, int]:
    """Loads a made population with one ledger entry a person; returns rows by table.

    Refused over an existing register, and when a prison or an offence of the population is unknown.
    """
    if not is_empty():
        raise Refused(_("El registro ya tiene personas: la población de demostración solo se carga en uno vacío."))
    facilities = _facilities(by, population)
    offences = _offences(population)
    people = _people(population)
    words = Words(people)
    tables = (population.persons, population.identities, population.custodies, population.movements)
    total = sum(len(table) for table in (*tables, population.custody_offences)) + 5 * len(population.persons)
    batch = Batch(
        act=ACT,
        words=words,
        persons=slices(people.select("owner", "code")),
        identities=slices(people.drop("code")),
        name_keys=(words.keys(part.select("owner", *NAMES)) for part in slices(people)),
        custodies=_custodies(population, facilities),
        movements=_movements(population, facilities),
        offences=_custody_offences(population, offences),
        entries=_entries(population, facilities),
        total=total,
    )
    return write(batch, progress, notes())


def _facilities(by: Reader, population: Population) -> dict[str, tuple[int, str]]:
    """Key and code of each prison that the population names. Refused with the names that are unknown."""
    lookup = territory.facility_lookup(by)
    names = set(population.custodies.facility.tolist()) | set(population.movements.to_facility.tolist())
    names |= set(population.movements.from_facility.tolist())
    found = {name: lookup.find(name) for name in sorted(names) if name}
    unknown = [name for name, ref in found.items() if ref is None]
    if unknown:
        raise Refused([_("No se conoce el establecimiento «%(name)s».") % {"name": name} for name in unknown])
    return {name: (ref.id, ref.code) for name, ref in found.items() if ref is not None}


def _offences(population: Population) -> dict[str, int]:
    keys = dict(Offence.objects.values_list("code", "id"))
    unknown = sorted(set(population.custody_offences.offence.tolist()) - set(keys))
    if unknown:
        raise Refused(_("No están en el catálogo los delitos %(codes)s.") % {"codes": ", ".join(unknown)})
    return keys


def _texts(column: Any) -> pl.Series:
    import polars as pl

    return pl.Series(column.tolist(), dtype=pl.String)


def _days(column: Any) -> pl.Series:
    import polars as pl

    return pl.Series(column.astype("datetime64[ms]")).cast(pl.Date)


def _flags(column: Any) -> pl.Series:
    """True, False or None."""
    import polars as pl

    return pl.Series(column.tolist(), dtype=pl.Boolean)


def _people(population: Population) -> pl.DataFrame:
    """Identities in the order of their table, with the person's key as `owner` and code."""
    import polars as pl

    table = population.identities
    people = {
        "owner": table.person,
        "code": _texts(population.persons.code[table.person - 1]),
        "given_names": _texts(table.given_names),
        "first_surname": _texts(table.first_surname),
        "second_surname": _texts(table.second_surname),
        "birth_date": _days(table.birth_date),
        "sex": _texts(table.sex),
        "document_kind": _texts(table.document_kind),
        "document_number": _texts(table.document_number),
        "nationality": _texts(table.nationality),
        "status": _texts(table.status),
        "valid_from": _days(table.valid_from),
    }
    return pl.DataFrame(people)


def _places(names: Any, facilities: Mapping[str, tuple[int, str]]) -> pl.Series:
    """The key of each prison named; null where none is."""
    import polars as pl

    return pl.Series([facilities[name][0] if name else None for name in names.tolist()], dtype=pl.Int64)


def _mandates(episodes: int) -> list[str]:
    """The mandate of each episode; one in two hundred came without, as the data quality board will say."""
    return [f"Mandato {number:06d} de la demostración" if number % 200 else "" for number in range(1, episodes + 1)]


def _custodies(population: Population, facilities: Mapping[str, tuple[int, str]]) -> Iterable[pl.DataFrame]:
    import polars as pl

    table = population.custodies
    frame = pl.DataFrame(
        {
            "person": table.person,
            "number": table.number,
            "entry_kind": pl.repeat(rules.EntryKind.MANDATE.value, len(table), eager=True),
            "mandate": _mandates(len(table)),
            "admitted_on": _days(table.admitted_on),
            "admitted_on_known": pl.repeat(True, len(table), eager=True),
            "released_on": _days(table.released_on),
            "release_kind": _texts(table.release_kind),
            "facility": _places(table.facility, facilities),
            "legal_status": _texts(table.legal_status),
            "legal_status_on": _days(table.legal_status_on),
            "next_hearing_on": _days(table.next_hearing_on),
            "organised_crime": _flags(table.organised_crime),
            "extreme_security": _flags(table.extreme_security),
        }
    )
    return slices(frame.with_row_index("id", offset=1))


def _movements(population: Population, facilities: Mapping[str, tuple[int, str]]) -> Iterable[pl.DataFrame]:
    """The movements as they are; how each episode began or ended is its detail."""
    import polars as pl

    table, custodies = population.movements, population.custodies
    ended = _texts(custodies.release_kind[table.custody - 1])
    kind = pl.col("kind")
    frame = pl.DataFrame(
        {
            "custody": table.custody,
            "sequence": table.sequence,
            "kind": _texts(table.kind),
            "on": _days(table.on),
            "from": _places(table.from_facility, facilities),
            "to": _places(table.to_facility, facilities),
            "ended": ended,
        }
    ).with_columns(
        detail=pl.when(kind == rules.MovementKind.ADMISSION.value)
        .then(pl.lit(rules.EntryKind.MANDATE.value))
        .when(kind == rules.MovementKind.RELEASE.value)
        .then(pl.col("ended"))
        .otherwise(pl.lit("")),
        note=pl.lit(""),
    )
    return slices(frame.drop("ended"))


def _custody_offences(population: Population, offences: Mapping[str, int]) -> Iterable[pl.DataFrame]:
    import polars as pl

    table = population.custody_offences
    keys = pl.Series([offences[code] for code in table.offence.tolist()], dtype=pl.Int64)
    return slices(
        pl.DataFrame(
            {"custody": table.custody, "offence": keys, "main": table.is_main, "attempt": _flags(table.attempt)}
        )
    )


def _entries(population: Population, facilities: Mapping[str, tuple[int, str]]) -> Iterable[pl.DataFrame]:
    """One act a person, at the prison of the last episode, with how many episodes came with it."""
    import polars as pl

    table = population.custodies
    codes = [facilities[name][1] if name else "" for name in table.facility.tolist()]
    episodes = pl.DataFrame({"person": table.person, "place": codes})
    told = episodes.group_by("person").agg(pl.col("place").last(), episodes=pl.len())
    people = pl.DataFrame({"code": _texts(population.persons.code)}).with_row_index("person", offset=1)
    frame = people.with_columns(pl.col("person").cast(pl.Int64)).join(
        told.with_columns(pl.col("person").cast(pl.Int64)), on="person", how="left", maintain_order="left"
    )
    after = pl.struct(source=pl.lit(SOURCE), episodes=pl.col("episodes").fill_null(0)).struct.json_encode()
    entries = frame.select(
        subject_kind=pl.lit("person"),
        subject_code="code",
        place=pl.col("place").fill_null(""),
        reason=pl.lit(""),
        before=pl.lit(None, pl.String),
        after=after,
    )
    return slices(entries)
