"""The places a role may be held at. They belong to the chapter of territory: settings name its table."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from creo.support.accounts.permissions.permission import FACILITY, NATION, REGION
from creo.support.accounts.readers import Reader, Scope


@dataclass(frozen=True, slots=True)
class Places:
    """Prisons by code (name and regional office), as a reader sees them; `national` sees the nation's too."""

    national: bool
    names: dict[str, str] = field(default_factory=dict)
    offices: dict[str, str] = field(default_factory=dict)
    own_offices: frozenset[str] = frozenset()

    def knows(self, place: Scope) -> bool:
        """True for a place that exists within the reader's sight."""
        if place.kind == NATION:
            return self.national and not place.code
        if place.kind == REGION:
            return place.code in self.own_offices
        return place.kind == FACILITY and place.code in self.names

    def label(self, place: Scope) -> str:
        """A place in words; its code when it is out of sight."""
        if place.kind == NATION:
            return _("Nacional")
        if place.kind == REGION:
            return _("Oficina regional %(code)s") % {"code": place.code}
        return self.names.get(place.code, place.code)

    def all(self) -> list[Scope]:
        """Every place: nation, offices, prisons by name."""
        nation = [Scope(NATION)] if self.national else []
        offices = [Scope(REGION, code) for code in sorted(self.own_offices)]
        return [*nation, *offices, *(Scope(FACILITY, code) for code in self.names)]


def places_of(reader: Reader) -> Places:
    """The places within a reader's sight. One query, once a request."""

    def look() -> Places:
        found = import_string(settings.CREO_PLACES)(reader).order_by("name", "code")
        rows = list(found.values_list("code", "name", "regional_office__code"))
        own = {scope.code for scope in reader.scopes if scope.kind == REGION}
        offices = {office for _code, _name, office in rows if office} if reader.national else own
        return Places(
            reader.national,
            {code: name for code, name, _office in rows},
            {code: office for code, _name, office in rows},
            frozenset(offices),
        )

    return reader.once("accounts.places", look)


def scope_from(text: str) -> Scope | None:
    """A place out of its text («facility:EP-PIURA», «nation:»); None for anything else."""
    kind, colon, code = text.partition(":")
    if not colon or kind not in (NATION, REGION, FACILITY) or bool(code) == (kind == NATION):
        return None
    return Scope(kind, code)
