"""What the register's checks point at: people and prisons, and who may see which."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from creo.register.models import Person
from creo.register.rules import full_name
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.quality import checks
from creo.support.quality.checks import Place, Subject
from creo.territory import queries as territory


def places(reader: Reader) -> tuple[Place, ...]:
    """The prisons and reception centres in the reader's scope, by name."""
    refs = [ref for kind in ("prison", "reception") for ref in territory.facility_refs(reader, kind=kind)]
    return tuple(Place(ref.code, ref.name, ref.office) for ref in sorted(refs, key=lambda ref: (ref.name, ref.id)))


def people_names(reader: Reader, codes: Collection[str]) -> Mapping[str, str]:
    """Names by code of the people inside the reader's scope now; those without any name say so."""
    rows = Person.objects.filter(code__in=codes)
    if not reader.national:
        here = [place.code for place in checks.places(reader)]
        rows = rows.filter(custodies__released_on=None, custodies__facility__code__in=here)
    rows = rows.annotate(present=FilteredRelation("identities", condition=Q(identities__valid_to=None)))
    fields = ("code", "present__given_names", "present__first_surname", "present__second_surname")
    return {code: full_name(*(part or "" for part in parts)) for code, *parts in rows.values_list(*fields)}


def place_names(reader: Reader, codes: Collection[str]) -> Mapping[str, str]:
    """Names by code of the prisons inside the reader's scope."""
    wanted = set(codes)
    return {place.code: place.name for place in checks.places(reader) if place.code in wanted}


PERSON = Subject("person", _("Persona"), "register:person", Permission.VIEW_PEOPLE, people_names)
FACILITY = Subject("facility", _("Establecimiento"), "territory:facility", Permission.VIEW_TERRITORY, place_names)
