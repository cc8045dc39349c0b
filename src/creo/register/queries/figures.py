"""People in custody counted for the public figures: by prison and offence family, by prison and age group.

These are numbers before anything is hidden: only `support.figures` may ask for them, and only to publish.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from django.db.models import Case, CharField, Count, FilteredRelation, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.register import rules
from creo.register.models import Custody
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.figures.intervals import Counts
from creo.support.figures.tables import Axis, RawTable
from creo.support.refusals import Forbidden
from creo.territory import queries as territory

UNKNOWN = "unknown"
NO_PLACE = "none"
# First age of each group and its code; the last group has no end.
AGES = ((0, "under_20"), (20, "20_29"), (30, "30_39"), (40, "40_49"), (50, "50_59"), (60, "60_up"))
AGE_WORDS = {
    "under_20": gettext_lazy("Menos de 20"),
    "20_29": gettext_lazy("20 a 29"),
    "30_39": gettext_lazy("30 a 39"),
    "40_49": gettext_lazy("40 a 49"),
    "50_59": gettext_lazy("50 a 59"),
    "60_up": gettext_lazy("60 o más"),
    UNKNOWN: gettext_lazy("Sin dato"),
}

Pairs = Mapping[tuple[str, str], int]


def public_tables(reader: Reader, as_of: date) -> tuple[RawTable, ...]:
    """Both tables of everybody in custody now. Forbidden but to who publishes for the whole nation. Three queries."""
    reader.require(Permission.PUBLISH_FIGURES)
    if not reader.national:
        raise Forbidden(_("Las cifras públicas cuentan a todo el país."))
    by_family, by_age = _by_family(), _by_age(as_of)
    places = _places(reader, {place for place, _group in by_family})
    titles = {**rules.family_titles(), UNKNOWN: _("Sin dato")}
    families = [code for code in titles if any(group == code for _place, group in by_family)]
    source = _("Registro Penitenciario, personas en custodia al %(day)s") % {"day": as_of.isoformat()}
    return (
        _table(
            "custody-family",
            _("Personas en custodia por establecimiento y familia de delito"),
            places,
            Axis(_("Familia de delito"), tuple(families), tuple(titles[code] for code in families)),
            by_family,
            source,
        ),
        _table(
            "custody-age",
            _("Personas en custodia por establecimiento y grupo de edad"),
            places,
            Axis(_("Grupo de edad"), tuple(AGE_WORDS), tuple(str(AGE_WORDS[code]) for code in AGE_WORDS)),
            by_age,
            source,
        ),
    )


def _table(code: str, title: str, places: Axis, groups: Axis, pairs: Pairs, source: str) -> RawTable:
    cells = [[pairs.get((place, group), 0) for group in groups.codes] for place in places.codes]
    return RawTable(code, title, places, groups, Counts.of(cells), source)


def _places(reader: Reader, codes: Iterable[str]) -> Axis:
    """The prisons that hold somebody, by name; who is held nowhere that is recorded comes last."""
    wanted = set(codes)
    kinds = ("prison", "reception")
    named = {ref.code: ref.name for kind in kinds for ref in territory.facility_refs(reader, kind=kind)}
    found = sorted((named.get(code, code), code) for code in wanted - {NO_PLACE})
    if NO_PLACE in wanted:
        found.append((_("Sin establecimiento registrado"), NO_PLACE))
    return Axis(_("Establecimiento"), tuple(code for _name, code in found), tuple(name for name, _code in found))


def _by_family() -> Pairs:
    """People by prison and family of the main offence of today. One query."""
    main = FilteredRelation("offences", condition=Q(offences__is_main=True, offences__valid_to=None))
    rows = (
        Custody.objects.filter(released_on=None, person__merged_into=None)
        .annotate(main=main)
        .order_by()
        .values_list("facility__code", "main__offence__family")
        .annotate(people=Count("id"))
    )
    return _added(rows, lambda family: family or UNKNOWN)


def _by_age(as_of: date) -> Pairs:
    """People by prison and age on a day, of the birth date their present identity gives. One query."""
    groups = [
        When(now__birth_date__gt=_birthday(as_of, following), then=Value(code))
        for (_first, code), (following, _next) in pairwise(AGES)
    ]
    group = Case(
        When(now__birth_date=None, then=Value(UNKNOWN)), *groups, default=Value(AGES[-1][1]), output_field=CharField()
    )
    present = FilteredRelation("person__identities", condition=Q(person__identities__valid_to=None))
    rows = (
        Custody.objects.filter(released_on=None, person__merged_into=None)
        .annotate(now=present)
        .annotate(age_group=group)
        .order_by()
        .values_list("facility__code", "age_group")
        .annotate(people=Count("id"))
    )
    return _added(rows, str)


def _added(rows: Iterable[tuple[Any, ...]], group_of: Callable[[Any], str]) -> Pairs:
    found: Counter[tuple[str, str]] = Counter()
    for place, group, people in rows:
        found[place or NO_PLACE, group_of(group)] += people
    return found


def _birthday(on: date, age: int) -> date:
    """The day on which who is born turns `age` on a day: who is born later is younger. 29 February turns on 1 March."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:
        return date(on.year - age, 2, 28)
