"""A whole made population into an empty register, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.writing import Batch, write
from creo.register.models import Offence
from creo.register.queries.references import is_empty
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger
from creo.support.refusals import Refused
from creo.territory import queries as territory

if TYPE_CHECKING:
    from creo.register.engine.population import Population

SOURCE = "demostración"


def notes() -> dict[str, str]:
    """What each step of a bulk load is called on its bar."""
    return {
        "persons": _("Personas"),
        "identities": _("Identidades"),
        "custodies": _("Episodios"),
        "movements": _("Movimientos"),
        "offences": _("Delitos"),
        "references": _("Referencias"),
        "statements": _("Declaraciones"),
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
    tables = (population.persons, population.identities, population.custodies, population.movements)
    total = sum(len(table) for table in (*tables, population.custody_offences)) + len(population.persons)
    batch = Batch(
        persons=((number, code) for number, (code,) in enumerate(population.persons.rows(), start=1)),
        identities=_identities(population),
        custodies=_custodies(population, facilities),
        movements=_movements(population, facilities),
        offences=(
            (custody, offences[code], main, attempt)
            for custody, code, main, attempt in population.custody_offences.rows()
        ),
        entries=_entries(population, facilities),
        total=total,
    )
    return write(batch, progress, notes())


def _texts(days: Any) -> list[str | None]:
    """Numpy days as ISO texts, None where there is none: the database takes them as they are."""
    import numpy as np

    texts = np.datetime_as_string(days, unit="D").tolist()
    for index in np.flatnonzero(np.isnat(days)).tolist():
        texts[index] = None
    return texts


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


def _identities(population: Population) -> Iterator[Sequence[Any]]:
    table = population.identities
    columns = (
        table.person.tolist(),
        table.given_names.tolist(),
        table.first_surname.tolist(),
        table.second_surname.tolist(),
        _keys(table),
        _texts(table.birth_date),
        table.sex.tolist(),
        table.document_kind.tolist(),
        table.document_number.tolist(),
        table.nationality.tolist(),
        table.status.tolist(),
        _texts(table.valid_from),
    )
    return zip(*columns, strict=True)


def _keys(table: Any) -> list[str]:
    """Search keys of all names; each different text is worked out once."""
    parts = [
        _mapped(column.tolist(), rules.search_key)
        for column in (table.first_surname, table.second_surname, table.given_names)
    ]
    return [" ".join(filter(None, names)) for names in zip(*parts, strict=True)]


def _mapped(texts: list[str], function: Callable[[str], str]) -> list[str]:
    known = {text: function(text) for text in set(texts)}
    return [known[text] for text in texts]


def _custodies(population: Population, facilities: Mapping[str, tuple[int, str]]) -> Iterator[Sequence[Any]]:
    table = population.custodies
    size = len(table)
    columns = (
        range(1, size + 1),
        table.person.tolist(),
        table.number.tolist(),
        [rules.EntryKind.MANDATE.value] * size,
        [""] * size,
        _texts(table.admitted_on),
        [True] * size,
        _texts(table.released_on),
        table.release_kind.tolist(),
        [facilities[name][0] if name else None for name in table.facility.tolist()],
        table.legal_status.tolist(),
        _texts(table.legal_status_on),
        _texts(table.next_hearing_on),
        table.organised_crime.tolist(),
        table.extreme_security.tolist(),
    )
    return zip(*columns, strict=True)


def _movements(population: Population, facilities: Mapping[str, tuple[int, str]]) -> Iterator[Sequence[Any]]:
    table = population.movements
    keys: dict[str, int | None] = {name: pair[0] for name, pair in facilities.items()} | {"": None}
    columns = (
        table.custody.tolist(),
        table.sequence.tolist(),
        table.kind.tolist(),
        _texts(table.on),
        [keys[name] for name in table.from_facility.tolist()],
        [keys[name] for name in table.to_facility.tolist()],
    )
    return zip(*columns, strict=True)


def _entries(population: Population, facilities: Mapping[str, tuple[int, str]]) -> Iterator[Mapping[str, Any]]:
    """One act a person, at the prison of the last episode, with how many episodes came with it."""
    table = population.custodies
    episodes: dict[int, int] = {}
    places: dict[int, str] = {}
    for person, place in zip(table.person.tolist(), table.facility.tolist(), strict=True):
        episodes[person] = episodes.get(person, 0) + 1
        places[person] = facilities[place][1] if place else ""
    for number, (code,) in enumerate(population.persons.rows(), start=1):
        yield {
            "act": "register.person_loaded",
            "subject": ("person", code),
            "place": places.get(number, ""),
            "after": {"source": SOURCE, "episodes": episodes.get(number, 0)},
        }
