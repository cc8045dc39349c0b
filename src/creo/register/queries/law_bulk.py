"""The open episodes of some prisons as plain rows, for whoever completes their legal side in bulk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from creo.register.models import Custody, CustodyOffence
from creo.register.queries.scope import held_in
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.territory import queries as territory


@dataclass(frozen=True, slots=True)
class EarlierEpisode:
    """An episode that ended."""

    custody_id: int
    admitted_on: date
    released_on: date
    release_kind: str


@dataclass(frozen=True, slots=True)
class OpenEpisode:
    """An episode that lasts, with its main offence and the ones before it, oldest first."""

    custody_id: int
    person_code: str
    facility: str
    admitted_on: date
    legal_status: str
    legal_status_on: date | None
    offence_id: int | None
    offence_code: str
    attempt: bool | None
    earlier: tuple[EarlierEpisode, ...]


def open_episodes(reader: Reader, facility_codes: Collection[str]) -> list[OpenEpisode]:
    """The open episodes of some prisons in the reader's scope, by person. Four queries."""
    reader.require(Permission.VIEW_PEOPLE)
    places = {ref.id: ref.code for ref in territory.facility_refs(reader) if ref.code in facility_codes}
    held = Custody.objects.filter(held_in(frozenset(places)), released_on=None)
    before: dict[int, list[EarlierEpisode]] = {}
    ended = Custody.objects.filter(released_on__isnull=False, person_id__in=held.values("person_id")).order_by("number")
    for row in ended:
        assert row.released_on is not None  # the filter above
        item = EarlierEpisode(row.pk, row.admitted_on, row.released_on, row.release_kind)
        before.setdefault(row.person_id, []).append(item)
    mains: dict[int, tuple[int | None, str | None, bool | None]] = {
        custody: (offence, code, attempt)
        for custody, offence, code, attempt in CustodyOffence.objects.filter(
            custody__in=held.values("id"), is_main=True, valid_to=None
        ).values_list("custody_id", "offence_id", "offence__code", "attempt")
    }
    columns = ("id", "person_id", "person__code", "facility_id", "admitted_on", "legal_status", "legal_status_on")
    found = []
    for key, person, code, facility, admitted, status, since in held.order_by("person_id").values_list(*columns):
        offence, offence_code, attempt = mains.get(key, (None, "", None))
        found.append(
            OpenEpisode(
                key, code, places[facility], admitted, status, since, offence, offence_code or "", attempt,
                tuple(before.get(person, ())),
            )
        )  # fmt: skip
    return found
