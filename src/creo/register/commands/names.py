"""Names by which a person is found: the words of their names as keys of the search, and their aliases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import batched

from django.db.models import Q
from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_day, check_reason, open_custody, person_for_update
from creo.register.models import Alias, Identity, NameKey, NameWord, Person
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.jobs.progress import Report
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound

STEP = 500
_NAMES = ("given_names", "first_surname", "second_surname")
_LIMITS = {field.name: field.max_length or 0 for field in Alias._meta.concrete_fields}

Keys = set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AliasData:
    """Another name as somebody gives it: names, or a nickname when that is its kind. `source` says who knows it."""

    kind: str
    given_names: str = ""
    first_surname: str = ""
    second_surname: str = ""
    nickname: str = ""
    source: str = ""


# The keys of the search ---------------------------------------------------------------------------------------


def index_people(person_ids: Iterable[int]) -> None:
    """Derives again the search keys of some people, from every name they have or had. Inside a command only.

    A merged duplicate keeps none: its words go to the record that goes on. After a merge or its undoing call it with
    both.
    """
    for some in batched(sorted(set(person_ids)), STEP):
        _index(some)


def _index(person_ids: tuple[int, ...]) -> None:
    heads = {into or pk for pk, into in _merges(Q(pk__in=person_ids))}
    goes_to = {
        pk: into or pk for pk, into in _merges(Q(pk__in=person_ids) | Q(pk__in=heads) | Q(merged_into__in=heads))
    }
    wanted: dict[int, Keys] = defaultdict(set)
    known: Keys = set()
    for person_id, keys in _keys(goes_to):
        wanted[goes_to[person_id]] |= keys
        known |= keys
    present: dict[int, Keys] = defaultdict(set)
    # Every name somebody ever had is still recorded, so that no key of theirs has a sound outside these.
    rows = NameKey.objects.filter(sound__in={sound for sound, _word in known}, person_id__in=goes_to)
    for person_id, sound, word in rows.values_list("person_id", "sound", "word"):
        present[person_id].add((sound, word))
    for person_id in goes_to:
        for sound, word in present[person_id] - wanted[person_id]:
            NameKey.objects.filter(sound=sound, person_id=person_id, word=word).delete()
    _add_words(known)
    missing = sorted(
        (sound, person_id, word) for person_id, keys in wanted.items() for sound, word in keys - present[person_id]
    )
    NameKey.objects.bulk_create(NameKey(sound=sound, person_id=pk, word=word) for sound, pk, word in missing)


def _merges(which: Q) -> Iterable[tuple[int, int | None]]:
    return Person.objects.filter(which).values_list("pk", "merged_into_id")


def _keys(people: Mapping[int, int]) -> Iterator[tuple[int, Keys]]:
    """The keys of each name of some people, present, earlier or other."""
    identities = Identity.objects.filter(person_id__in=people).values_list("person_id", *_NAMES)
    aliases = Alias.objects.filter(person_id__in=people).values_list("person_id", *_NAMES, "nickname")
    for person_id, *names in (*identities, *aliases):
        yield person_id, set(rules.name_keys(*names))


def _add_words(keys: Keys) -> None:
    """New words of the vocabulary, always in one order: two admissions at once must not wait for each other."""
    known = set(NameWord.objects.filter(word__in={word for _sound, word in keys}).values_list("word", flat=True))
    new = sorted((word, sound) for sound, word in keys if word not in known)
    NameWord.objects.bulk_create((NameWord(word=word, sound=sound) for word, sound in new), ignore_conflicts=True)


@ledger.command(permission=Permission.MANAGE_CATALOGUE)
def rebuild_name_keys(*, by: Reader, progress: Report) -> int:
    """Derives the keys of everybody again, when the rules of sound change; returns how many people.

    The search finds fewer people to the other sessions only when it ends: one transaction.
    """
    NameKey.objects.all().delete()
    NameWord.objects.all().delete()
    people = list(Person.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True))
    done = 0
    for some in batched(people, STEP):
        _index(some)
        done += len(some)
        progress(done, len(people), _("Nombres para la búsqueda"))
    ledger.record(act="register.names_indexed", subject=("list", "names"), after={"people": done})
    return done


def index_names_if_missing(*, by: Reader, progress: Report) -> int:
    """Derives the keys of a register that has people and no keys yet, as one from before this chapter; how many."""
    if NameKey.objects.exists() or not Identity.objects.exclude(given_names="", first_surname="").exists():
        return 0
    return rebuild_name_keys(by=by, progress=progress)


# Aliases ---------------------------------------------------------------------------------------


@ledger.command(permission=Permission.EDIT_PEOPLE)
def add_alias(*, by: Reader, person_code: str, alias: AliasData, on: date, today: date) -> int:
    """Records another name of a person from a day on (Regl. CEP art. 45); they are found by it. Returns its key."""
    person = person_for_update(by, person_code)
    alias = _trimmed(alias)
    refusals = Refusals()
    check_day(refusals, "on", on, today, None, "")
    _check_alias(refusals, alias)
    if not refusals.messages and _same_names(person, alias):
        refusals.add(_("La persona ya figura con ese nombre: no hace falta repetirlo."), "given_names")
    refusals.raise_if_any()
    made = Alias.objects.create(person=person, valid_from=on, **_values(alias))
    index_people([person.pk])
    ledger.record(
        act="register.alias_added",
        subject=("person", person.code),
        place=_place(person),
        reason=alias.source,
        after={"alias": made.pk, "valid_from": on.isoformat()} | _values(alias),
    )
    return made.pk


@ledger.command(permission=Permission.EDIT_PEOPLE)
def close_alias(*, by: Reader, person_code: str, alias_id: int, reason: str, today: date) -> None:
    """Ends an alias that is not in use or was an error. It stays as history, and still leads to the person."""
    person = person_for_update(by, person_code)
    owned = Q(person=person) | Q(person__merged_into=person)
    alias = Alias.objects.filter(owned, pk=alias_id).first()
    if alias is None:
        raise NotFound
    if alias.valid_to is not None:
        ledger.nothing_to_do("alias already closed")
        return
    refusals = Refusals()
    check_reason(refusals, reason)
    refusals.raise_if_any()
    alias.valid_to = max(today, alias.valid_from)
    alias.save(update_fields=["valid_to"])
    ledger.record(
        act="register.alias_closed",
        subject=("person", person.code),
        place=_place(person),
        reason=reason,
        before={"alias": alias.pk},
        after={"alias": alias.pk, "valid_to": alias.valid_to.isoformat()},
    )


def _trimmed(alias: AliasData) -> AliasData:
    """Without spaces at the ends or doubled, so that one name is written one way."""
    return AliasData(alias.kind, **{name: " ".join(text.split()) for name, text in _texts(alias).items()})


def _check_alias(refusals: Refusals, alias: AliasData) -> None:
    if alias.kind not in set(rules.AliasKind):
        refusals.add(_("La clase de alias [%(value)s] no existe.") % {"value": alias.kind}, "kind")
    names = [getattr(alias, name) for name in _NAMES]
    if alias.kind == rules.AliasKind.NICKNAME:
        if not alias.nickname:
            refusals.add(_("Escriba el apodo."), "nickname")
        if any(names):
            refusals.add(_("Un apodo va solo en su campo: deje vacíos los nombres y apellidos."), "given_names")
    else:
        if not any(names):
            refusals.add(_("Escriba al menos un nombre o un apellido."), "given_names")
        if alias.nickname:
            refusals.add(_("Elija «Apodo» como clase para registrar un apodo."), "nickname")
    for name in (*_NAMES, "nickname"):
        text, limit = getattr(alias, name), _LIMITS[name]
        if text and not rules.search_key(text):
            refusals.add(_("El nombre no tiene ninguna letra."), name)
        if len(text) > limit:
            refusals.add(_("El nombre pasa de %(limit)d letras.") % {"limit": limit}, name)
    if len(alias.source) > _LIMITS["source"]:
        refusals.add(_("La fuente pasa de %(limit)d letras.") % {"limit": _LIMITS["source"]}, "source")
    if not alias.source:
        refusals.add(_("Indique quién o qué documento dice que usa ese nombre."), "source")


def _same_names(person: Person, alias: AliasData) -> bool:
    """True when the present identity or an open alias of that kind says exactly so."""
    names = {name: getattr(alias, name) for name in _NAMES}
    if any(names.values()) and Identity.objects.filter(person=person, valid_to=None, **names).exists():
        return True
    return Alias.objects.filter(
        person=person, valid_to=None, kind=alias.kind, nickname=alias.nickname, **names
    ).exists()


def _texts(alias: AliasData) -> dict[str, str]:
    return {name: getattr(alias, name) for name in (*_NAMES, "nickname", "source")}


def _values(alias: AliasData) -> dict[str, str]:
    return {"kind": alias.kind} | _texts(alias)


def _place(person: Person) -> str:
    custody = open_custody(person)
    return custody.facility.code if custody is not None and custody.facility is not None else ""
