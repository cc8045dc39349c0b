"""From rows of numbers to the tables that are loaded: people in order of arrival, custodies in order of time."""

from __future__ import annotations

from datetime import date

import numpy as np

from creo.register.engine.columns import Custodies, Identities
from creo.register.engine.days import day_numbers
from creo.register.engine.defects import Flaws
from creo.register.engine.episodes import Episodes, hearings, legal_status, links
from creo.register.engine.held import Held
from creo.register.engine.people import People
from creo.register.engine.streams import Integers, Streams
from creo.register.engine.tables import Tables
from creo.register.engine.timeline import RELEASE_KINDS


def in_order_of_arrival(episodes: Episodes, people: int) -> tuple[Integers, Integers, Episodes]:
    """Owners in order of first admission, the number of each (from 0), and the episodes sorted by that number."""
    first = episodes.admitted[np.searchsorted(episodes.owner, np.arange(people), side="left")]
    arrival = np.argsort(day_numbers(first), kind="stable")
    number = np.empty(people, dtype=np.int64)
    number[arrival] = np.arange(people)
    order = np.lexsort((day_numbers(episodes.admitted), number[episodes.owner]))
    columns = {name: getattr(episodes, name)[order] for name in Episodes.__dataclass_fields__}
    return arrival, number, Episodes(**columns)


def identities_table(who: People, arrival: Integers, episodes: Episodes) -> Identities:
    """One current identity per person, kept since the first admission."""
    first = episodes.admitted[np.searchsorted(episodes.owner, arrival, side="left")]
    return Identities(
        person=np.arange(1, len(arrival) + 1),
        given_names=who.given_names[arrival],
        first_surname=who.first_surname[arrival],
        second_surname=who.second_surname[arrival],
        birth_date=who.birth_date[arrival],
        sex=who.sex[arrival],
        document_kind=who.document_kind[arrival],
        document_number=who.document_number[arrival],
        document_check=who.document_check[arrival],
        nationality=who.nationality[arrival],
        status=who.status[arrival],
        valid_from=first,
    )


def custodies_table(
    tables: Tables, episodes: Episodes, number: Integers, held: Held, planted: Flaws, as_of: date, streams: Streams
) -> Custodies:
    """The custodies, numbered within each person."""
    person = number[episodes.owner]
    starts = np.searchsorted(person, person, side="left")
    names = np.array([prison.name for prison in tables.prisons], dtype=object)
    kinds = np.array([*RELEASE_KINDS, ""], dtype=object)
    status, since = legal_status(episodes, held, as_of, streams)
    organised, extreme = links(tables, episodes, held, planted, streams)
    return Custodies(
        person=person + 1,
        number=np.arange(len(person)) - starts + 1,
        admitted_on=episodes.admitted,
        released_on=episodes.released,
        facility=np.asarray(names[episodes.prison]),
        legal_status=status,
        legal_status_on=since,
        next_hearing_on=hearings(episodes, held, planted, as_of, streams),
        organised_crime=organised,
        extreme_security=extreme,
        release_kind=np.asarray(kinds[episodes.release_kind]),
    )
