"""Duplicates joined into one record, and given back: an act with a preview, a reason, and a memory of what moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_reason, open_custody
from creo.register.commands.dependents import DEPENDENTS, History, Repointed
from creo.register.commands.names import index_people
from creo.register.models import Custody, DuplicatePair, Merge, Person
from creo.register.queries.duplicates import merge_in_scope
from creo.register.queries.hanging import found_of
from creo.register.queries.scope import held_among
from creo.register.rules import Dependent, Dependents, Fate, Found, Joining
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.territory import queries as territory

__all__ = [
    "DEPENDENTS",
    "History",
    "MergePreview",
    "Repointed",
    "all_dependents",
    "merge_people",
    "preview_merge",
    "unmerge_obstacles",
    "unmerge_people",
]


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do to each dependent record; `digest` travels with the act, which refuses a changed one."""

    duplicate: str
    into: str
    dependents: tuple[Dependent, ...]
    digest: str

    @property
    def refused(self) -> bool:
        """True when some record stops the whole act."""
        return any(item.fate is Fate.REFUSED for item in self.dependents)


@cache
def all_dependents() -> tuple[Dependents, ...]:
    """Everything that hangs from people in every chapter, in the order of the wiring table."""
    paths: Sequence[str] = import_string(settings.CREO_MERGES)
    found = tuple(item for path in paths for item in import_string(path))
    codes = [item.code for item in found]
    if len(set(codes)) != len(codes):
        raise RuntimeError("Dos capítulos usan el mismo código de dependientes.")
    return found


def preview_merge(*, by: Reader, duplicate_code: str, into_code: str, today: date) -> MergePreview:
    """What joining would do, writing nothing. NotFound outside the scope; Refused for one record with itself."""
    by.require(Permission.REVIEW_DUPLICATES)
    joining = _joining(by, duplicate_code, into_code, today)
    lines = _preview(joining, found_of(all_dependents(), joining))
    return MergePreview(joining.duplicate_code, joining.into_code, tuple(lines), rules.preview_digest(joining, lines))


@ledger.command(permission=Permission.REVIEW_DUPLICATES)
def merge_people(*, by: Reader, duplicate_code: str, into_code: str, reason: str, today: date, seen: str = "") -> int:
    """Joins a duplicate into the record that goes on, in every chapter; answers the key of the merge.

    The duplicate's code leads to the other from then on. Refused with every reason when a dependent record cannot be
    of the same person, or when the preview `seen` (its digest) is not what would happen now.
    """
    _meet_admissions()
    asked = _joining(by, duplicate_code, into_code, today)
    duplicate, into = _locked(asked)
    joining = Joining(duplicate.pk, duplicate.code, into.pk, into.code, today, by.name, reason.strip())
    found = found_of(all_dependents(), joining)
    lines = _preview(joining, found)
    refusals = Refusals()
    check_reason(refusals, reason)
    for item in lines:
        if item.fate is Fate.REFUSED:
            refusals.add(f"{item.what} ({item.which}): {item.why}")
    if seen and seen != rules.preview_digest(joining, lines):
        refusals.add(_("Algo cambió desde que vio la vista previa: revísela otra vez."))
    refusals.raise_if_any()
    memory = {item.code: item.apply(joining, found) for item in all_dependents()}
    Person.objects.filter(pk=duplicate.pk).update(merged_into=into)
    index_people([duplicate.pk, into.pk])
    merge = Merge.objects.create(
        duplicate=duplicate, into=into, by=by.name, at=clock.now(), on=today, reason=joining.reason, memory=memory
    )
    ledger.record(
        act="register.people_merged",
        subject=("person", into.code),
        place=_place(into),
        reason=joining.reason,
        before={"duplicate": duplicate.code, "custodies": [pk for pk, _number in memory["episodes"]["moved"]]},
        after={"merge": merge.pk, "custodies": Custody.objects.filter(person=into).count(), "fates": _counted(lines)},
    )
    return merge.pk


def unmerge_obstacles(*, by: Reader, merge_id: int, today: date) -> list[str]:
    """Why a merge cannot be undone now, in words; empty when it can. NotFound outside the scope."""
    by.require(Permission.REVIEW_DUPLICATES)
    merge = merge_in_scope(by, merge_id)
    return _obstacles(merge, _joining_of(merge, by, "", today))


@ledger.command(permission=Permission.REVIEW_DUPLICATES)
def unmerge_people(*, by: Reader, merge_id: int, reason: str, today: date) -> str:
    """Gives a merged record back exactly as it was; answers its code.

    Refused, saying which, when later acts made it impossible: an episode begun since, another merge on top, a document
    confirmed elsewhere.
    """
    _meet_admissions()
    found = merge_in_scope(by, merge_id)
    people = _lock([found.duplicate_id, found.into_id])
    merge = Merge.objects.select_related("duplicate", "into").get(pk=found.pk)
    joining = _joining_of(merge, by, reason.strip(), today)
    refusals = Refusals()
    check_reason(refusals, reason)
    for problem in _obstacles(merge, joining):
        refusals.add(problem)
    refusals.raise_if_any()
    Person.objects.filter(pk=merge.duplicate_id).update(merged_into=None)
    for item in reversed(all_dependents()):
        if item.code in merge.memory:
            item.undo(joining, merge.memory[item.code])
    merge.undone_at, merge.undone_by, merge.undone_reason = clock.now(), by.name, joining.reason
    merge.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    index_people([merge.duplicate_id, merge.into_id])
    ledger.record(
        act="register.people_unmerged",
        subject=("person", joining.into_code),
        place=_place(people[merge.into_id]),
        reason=joining.reason,
        before={"merge": merge.pk, "merged_on": merge.on.isoformat()},
        after={"duplicate": joining.duplicate_code},
    )
    return joining.duplicate_code


def _preview(joining: Joining, found: Found) -> list[Dependent]:
    return [line for item in all_dependents() for line in item.preview(joining, found)]


def _counted(lines: Sequence[Dependent]) -> dict[str, int]:
    return {fate.value: sum(1 for item in lines if item.fate is fate) for fate in Fate}


def _joining(by: Reader, duplicate_code: str, into_code: str, today: date) -> Joining:
    """The records in force of both codes, seen by the reader. Refused when they are one."""
    people = Person.objects.select_related("merged_into").filter(code__in=(duplicate_code, into_code))
    records = {person.code: person.merged_into or person for person in people}
    if len(records) < len({duplicate_code, into_code}):
        raise NotFound
    duplicate, into = records[duplicate_code], records[into_code]
    _check_scope(by, duplicate, into)
    if duplicate.pk == into.pk:
        raise Refused(_("Las dos fichas son la misma."), fields={"duplicate_code": _("Indique otra ficha.")})
    return Joining(duplicate.pk, duplicate.code, into.pk, into.code, today, by.name)


def _check_scope(by: Reader, one: Person, other: Person) -> None:
    """A prison may join somebody it holds with anybody whose pair is on the list; the nation, any two."""
    allowed = territory.facility_ids(by)
    if allowed is None:
        return
    held = Custody.objects.filter(person_id__in=(one.pk, other.pk), released_on=None)
    mine = {row.person_id for row in held if held_among([row], allowed)}
    if not mine:
        raise NotFound
    if len(mine) == 1 and one.pk != other.pk:
        first, second = sorted((one.pk, other.pk))
        if not DuplicatePair.objects.filter(first_id=first, second_id=second).exists():
            raise NotFound


def _meet_admissions() -> None:
    """Takes its place behind admissions before it locks anybody: they hold the tables and then ask for a person."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE register_person, register_custody IN ROW EXCLUSIVE MODE")


def _lock(keys: Sequence[int]) -> dict[int, Person]:
    """Both people under lock, always in one order: two merges of the same two must not wait for each other."""
    return {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=keys).order_by("pk")}


def _locked(asked: Joining) -> tuple[Person, Person]:
    """Both records under lock and still in force; Refused when somebody else was faster."""
    people = _lock([asked.duplicate_id, asked.into_id])
    for person in people.values():
        if person.merged_into_id is not None:
            raise Refused(
                _("La ficha %(code)s acaba de unirse a otra. Vuelva a abrir la página.") % {"code": person.code}
            )
    return people[asked.duplicate_id], people[asked.into_id]


def _joining_of(merge: Merge, by: Reader, reason: str, today: date) -> Joining:
    return Joining(merge.duplicate_id, merge.duplicate.code, merge.into_id, merge.into.code, today, by.name, reason)


def _obstacles(merge: Merge, joining: Joining) -> list[str]:
    if merge.undone_at is not None:
        return [_("Esta unión ya se deshizo.")]
    people = (merge.duplicate_id, merge.into_id)
    touched = Q(duplicate_id__in=people) | Q(into_id__in=people)
    later = Merge.objects.filter(touched, undone_at=None, pk__gt=merge.pk).select_related("duplicate", "into")
    on_top = [
        _("Después se unió %(duplicate)s a %(into)s: deshaga antes esa unión.")
        % {"duplicate": row.duplicate.code, "into": row.into.code}
        for row in later.order_by("pk")
    ]
    if on_top:
        return on_top
    known = {item.code: item for item in all_dependents()}
    missing = sorted(set(merge.memory) - set(known))
    if missing:
        return [_("Ya no existe el capítulo que guardó una parte: %(codes)s.") % {"codes": ", ".join(missing)}]
    found = found_of([known[code] for code in merge.memory], joining)
    return [text for code, memory in merge.memory.items() for text in known[code].obstacles(joining, memory, found)]


def _place(person: Person) -> str:
    custody = open_custody(person)
    return custody.facility.code if custody is not None and custody.facility is not None else ""
