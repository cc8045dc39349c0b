"""Every table of ours with its declaration, gathered from the `protection.py` of each installed slice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string

from creo.kernel.access import Access
from creo.support.scoping.declaring import Actor, Facility, Held, Nobody, Person, PlaceCode, Table

OURS = "creo."


@dataclass(frozen=True, slots=True)
class Declared:
    """A model with its declaration; None where the slice has none for it."""

    app: AppConfig
    model: type[Model]
    table: Table | None

    @property
    def fields(self) -> list[str]:
        """The stored columns by field name, in their order; a composite key is not a column."""
        return [field.name for field in self.model._meta.local_concrete_fields if field.column is not None]


@cache
def declared() -> tuple[Declared, ...]:
    """Every model of ours with its declaration, by slice and table, in the order they are written in."""
    return tuple(each for app in _apps() for each in _of(app))


def table_of(model: type[Model]) -> Table:
    """The declaration of one model. KeyError when it has none: the checks have said so already."""
    for each in declared():
        if each.model is model and each.table is not None:
            return each.table
    raise KeyError(model._meta.label)


def faults() -> Iterator[tuple[str, str]]:
    """What is missing or wrong: (label of the model or of the slice, what to write). Empty when all is declared."""
    for app in _apps():
        known = {model.__name__ for model in app.get_models()}
        for table in _tables(app):
            if table.model not in known:
                yield app.label, f"protection.py declares {table.model}, which is no table of this slice."
    for each in declared():
        label = each.model._meta.label
        if each.table is None:
            yield label, f"has no Table(...) in {each.app.name}.protection: how do its rows reach a place?"
            continue
        yield from ((label, problem) for problem in _problems(each, each.table))


def _problems(each: Declared, table: Table) -> Iterator[str]:
    fields = set(each.fields)
    if missing := fields - set(table.classes):
        yield f"fields without a protection class: {' '.join(sorted(missing))}."
    if strange := set(table.classes) - fields:
        yield f"classes for fields that do not exist: {' '.join(sorted(strange))}."
    if table.repeated:
        yield f"fields with more than one class: {' '.join(table.repeated)}."
    if not table.ways:
        yield "does not say how its rows reach a place, or why there is none."
    kinds = {type(way) for way in table.ways}
    if len(kinds) > 1 and kinds & {Nobody, Actor}:
        yield "has a place and says that it has none."
    personal = {Access.CONFIDENTIAL, Access.HEALTH, Access.ASSESSMENT, Access.LEGAL} & set(table.classes.values())
    if Nobody in kinds and personal:
        yield "holds protected fields and no way to a place: use Person, Facility, PlaceCode or Actor."
    for way in table.ways:
        if isinstance(way, Actor | Nobody) and len(way.reason.strip()) < 20:
            yield "says no reason for having no place."
        if isinstance(way, Person | Facility | PlaceCode):
            yield from _broken_path(each.model, way)


def _broken_path(model: type[Model], way: Person | Facility | PlaceCode) -> Iterator[str]:
    """A path that leads nowhere, or somewhere else than it says."""
    path = way.column if isinstance(way, PlaceCode) else way.path
    found: type[Model] = model
    for name in filter(None, path.split("__")):
        field = next((item for item in found._meta.get_fields() if item.name == name), None)
        if field is None:
            yield f"path {path!r}: {found._meta.label} has no {name!r}."
            return
        if field.is_relation:
            found = field.related_model  # type: ignore[assignment]
    held = how_held()
    wanted = {Person: held.person, Facility: held.place, PlaceCode: model}[type(way)]
    if found is not wanted:
        yield f"path {path!r} leads to {found._meta.label}, not to {wanted._meta.label}."


@cache
def how_held() -> Held:
    """How people are held: settings.CREO_HELD names the chapter's answer."""
    found: Held = import_string(settings.CREO_HELD)()
    return found


def _apps() -> list[AppConfig]:
    return [app for app in apps.get_app_configs() if app.name.startswith(OURS)]


def _tables(app: AppConfig) -> tuple[Table, ...]:
    name = f"{app.name}.protection"
    if find_spec(name) is None:
        return ()
    tables: tuple[Table, ...] = import_module(name).TABLES
    return tables


def _of(app: AppConfig) -> list[Declared]:
    tables = {table.model: table for table in _tables(app)}
    return [Declared(app, model, tables.get(model.__name__)) for model in app.get_models()]
