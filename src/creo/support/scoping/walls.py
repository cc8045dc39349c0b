"""The policies of the database, written from the declarations: plain text in, plain text out, no connection.

Two roles without sign-in stand for the requests of the web: `creo_web` sees the rows of some prisons, `creo_nation`
all of them; neither owns a table, so neither can change a policy, skip one or touch the ledger's past. What they see
is said by two transaction settings, `creo.facilities` (keys) and `creo.people` (people let in one by one).

Policies ask views, not tables: a view reads as its owner, so that asking who is held does not ask the policies of the
table of episodes again (PostgreSQL calls that an infinite recursion). The views answer keys of the reader's own scope.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model

from creo.support.scoping.declaring import Facility, Held, Person, PlaceCode, Table, Way

WEB, NATION = "creo_web", "creo_nation"
FACILITIES, PEOPLE = "creo.facilities", "creo.people"
# One evaluation a statement, not one a row: an uncorrelated scalar subquery.
_KEYS = "ANY((SELECT string_to_array(NULLIF(current_setting('{}', true), ''), ',')::bigint[])::bigint[])"
MINE = _KEYS.format(FACILITIES)
LET_IN = _KEYS.format(PEOPLE)
HELD_VIEW, KNOWN_VIEW = "creo_held", "creo_known"
# With the views go the policies that ask them. Row security stays on: without a policy nobody sees a row.
DOWN = f"DROP VIEW IF EXISTS {HELD_VIEW}, {KNOWN_VIEW} CASCADE"
# What belongs to no chapter and is nobody's business in a request.
READ_ONLY = ("django_migrations", "django_content_type")


@dataclass(frozen=True)
class Walled:
    """A table that the database keeps to its places."""

    model: type[Model]
    table: Table

    @property
    def name(self) -> str:
        """Its name in the database."""
        return str(self.model._meta.db_table)


class Architect:
    """Writes the statements for some tables. `held` says how people are held."""

    def __init__(
        self, held: Held, tables: Sequence[Walled], append_only: Sequence[str], read_only: Sequence[str]
    ) -> None:
        self._held = held
        self._tables = tables
        self._append_only = append_only
        self._read_only = read_only
        self._views: dict[str, str] = {}

    def build(self) -> list[str]:
        """Every statement of the wall, in order; the views first."""
        policies = [line for walled in self._tables for line in self._policies(walled)]
        return [*self._base_views(), *self._views.values(), *self._grants(), *policies]

    # Views ------------------------------------------------------------------------------------------------------------

    def _base_views(self) -> Iterator[str]:
        held, person = self._held, self._held.person
        people, stays = _name(person), _name(held.stay)
        stay_person, stay_place = _column(held.stay, held.stay_person), _column(held.stay, held.stay_place)
        here = f"s.{_column(held.stay, held.stay_end)} IS NULL AND s.{stay_place} = {MINE}"
        yield DOWN
        yield (
            f"CREATE VIEW {HELD_VIEW} AS"
            f" SELECT s.{stay_person} AS key FROM {stays} s WHERE {here}"
            f" UNION ALL SELECT p.id FROM {people} p JOIN {stays} s"
            f" ON s.{stay_person} = p.{_column(person, held.survivor)} WHERE {here}"
            f" UNION ALL SELECT p.id FROM {people} p WHERE p.id = {LET_IN}"
        )
        step, (to_stay, *ends) = held.step
        through = " OR ".join(f"m.{_column(step, end)} = {MINE}" for end in ends)
        pair, first, second = held.pair
        one, other = _column(pair, first), _column(pair, second)
        sides = "".join(
            f" UNION ALL SELECT d.{shown} FROM {_name(pair)} d JOIN {HELD_VIEW} h ON h.key = d.{mine}"
            for shown, mine in ((one, other), (other, one))
        )
        yield (
            f"CREATE VIEW {KNOWN_VIEW} AS SELECT h.key FROM {HELD_VIEW} h"
            f" UNION ALL SELECT s.{stay_person} FROM {_name(step)} m JOIN {stays} s"
            f" ON s.id = m.{_column(step, to_stay)} WHERE {through}{sides}"
        )

    def _keys_view(self, model: type[Model], column: str, path: str, *, known: bool) -> str:
        """The view that answers which rows of a table (by a column) are about people in the scope."""
        base = KNOWN_VIEW if known else HELD_VIEW
        if not path and column == "id":
            return base
        name = f"{base}_{_name(model)}_{column}"
        if name not in self._views:
            joins, last, key = "", "t0", "id"
            found: type[Model] = model
            for number, step in enumerate(path.split("__") if path else (), start=1):
                field = _relation(found, step)
                found, last, key = field.related_model, f"t{number - 1}", str(field.column)
                if number < len(path.split("__")):
                    joins += f" JOIN {_name(found)} t{number} ON t{number}.{_target(field)} = {last}.{key}"
            self._views[name] = (
                f"CREATE VIEW {name} AS SELECT t0.{column} AS key FROM {_name(model)} t0{joins}"
                f" WHERE EXISTS (SELECT 1 FROM {base} h WHERE h.key = {last}.{key})"
            )
        return name

    # Policies ---------------------------------------------------------------------------------------------------------

    def _policies(self, walled: Walled) -> Iterator[str]:
        name = walled.name
        reads = " OR ".join(self._condition(walled, way, known=True) for way in walled.table.ways)
        writes = " OR ".join(self._condition(walled, way, known=False) for way in walled.table.ways if not _kept(way))
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
        for policy in ("creo_read", "creo_insert", "creo_update", "creo_delete", "creo_all"):
            yield f"DROP POLICY IF EXISTS {policy} ON {name}"
        yield f"CREATE POLICY creo_read ON {name} FOR SELECT TO {WEB} USING ({reads})"
        yield f"CREATE POLICY creo_insert ON {name} FOR INSERT TO {WEB} WITH CHECK ({writes})"
        yield f"CREATE POLICY creo_update ON {name} FOR UPDATE TO {WEB} USING ({writes}) WITH CHECK ({writes})"
        yield f"CREATE POLICY creo_delete ON {name} FOR DELETE TO {WEB} USING ({writes})"
        # A constant costs the planner nothing: lists of the whole nation keep their plans.
        yield f"CREATE POLICY creo_all ON {name} FOR ALL TO {NATION} USING (true) WITH CHECK (true)"

    def _condition(self, walled: Walled, way: Way, *, known: bool) -> str:
        match way:
            case Facility(path):
                return f"{walled.name}.{_column(walled.model, path)} = {MINE}"
            case PlaceCode(column, _):
                place = self._held.place
                code = _column(place, self._held.place_code)
                mine = f"SELECT f.{code} FROM {_name(place)} f WHERE f.id = {MINE}"
                return f"{walled.name}.{_column(walled.model, column)} IN ({mine})"
            case Person(path, wider):
                first, _dot, rest = path.partition("__")
                if not first:
                    model, column, mine = walled.model, "id", "id"
                else:
                    field = _relation(walled.model, first)
                    model, column, mine = field.related_model, _target(field), str(field.column)
                view = self._keys_view(model, column, rest, known=known and wider)
                return f"EXISTS (SELECT 1 FROM {view} v WHERE v.key = {walled.name}.{mine})"
            case _:
                raise TypeError(f"{walled.name}: {way} is no way to a place.")

    def _grants(self) -> Iterator[str]:
        """What both roles may do at all. Nothing of the ledger is changed or deleted; nothing is truncated."""
        roles = f"{WEB}, {NATION}"
        yield f"GRANT USAGE ON SCHEMA public TO {roles}"
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {roles}"
        yield f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {roles}"
        for name in self._read_only:
            yield f"REVOKE INSERT, UPDATE, DELETE ON {name} FROM {roles}"
        for name in self._append_only:
            yield f"REVOKE UPDATE, DELETE ON {name} FROM {roles}"
        for view in (HELD_VIEW, KNOWN_VIEW, *self._views):
            yield f"REVOKE INSERT, UPDATE, DELETE ON {view} FROM {roles}"


def _kept(way: Way) -> bool:
    """True for a way that only reads."""
    return isinstance(way, PlaceCode) and way.kept


def _name(model: type[Model]) -> str:
    return str(model._meta.db_table)


def _column(model: type[Model], field: str) -> str:
    return str(model._meta.get_field(field).column)  # type: ignore[union-attr]  # paths are checked before


def _relation(model: type[Model], name: str) -> Any:
    field = model._meta.get_field(name)
    if not isinstance(field, Field) or field.related_model is None:
        raise TypeError(f"{model._meta.label}.{name} leads nowhere.")
    return field


def _target(field: Any) -> str:
    """The column a foreign key points at."""
    return str(field.target_field.column)
