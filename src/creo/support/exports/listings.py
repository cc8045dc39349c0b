"""What a list tells to be handed out, and the mark that goes on whatever is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from creo.support.accounts.readers import Reader
from creo.support.refusals import NotFound
from creo.support.tables import Heading
from creo.support.ui import formats

CSV, XLSX, PDF = "csv", "xlsx", "pdf"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as a reader may have it: what the ledger says of it, its file, its rows (made when they are asked for).

    `personal`: it tells of people, one by one. Those lists are marked in every row and need a reason when long.
    """

    act: str
    subject: tuple[str, str]
    name: str
    title: str
    columns: Sequence[Heading]
    rows: Callable[[], Iterable[Any]]
    count: int
    filters: str = ""
    facts: Sequence[tuple[str, object]] = ()
    personal: bool = True
    place: str = ""
    after: Mapping[str, object] = field(default_factory=dict)


Look = Callable[..., Listing]


@dataclass(frozen=True, slots=True)
class Mark:
    """Who took it, when, and the number that leads back to the ledger."""

    number: str
    name: str
    at: datetime

    @property
    def line(self) -> str:
        """The mark in one line, as it is printed on pages and sheets."""
        return _("%(number)s · Descargado por %(name)s el %(at)s · Contiene datos personales: no lo difunda") % {
            "number": self.number,
            "name": self.name,
            "at": formats.moment(self.at),
        }


def look_up(code: str) -> Look:
    """The function of a list, from the wiring table. NotFound for a list that nobody wired."""
    wiring: dict[str, str] = import_string(settings.CREO_EXPORTS)
    if code not in wiring:
        raise NotFound
    found: Look = import_string(wiring[code])
    return found


def listing_of(reader: Reader, code: str, query: str, arguments: Mapping[str, Any]) -> Listing:
    """A list as its page asks for it: with the query of the address and the parameters of its path."""
    return look_up(code)(reader, QueryDict(query), **arguments)
