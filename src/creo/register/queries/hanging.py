"""What hangs from two people, over every chapter: one query, however many tables there are and whatever they hold.

Each reading (`rules.Reading`) is one branch of a UNION ALL whose rows are alike: which reading, whose record, and the
columns as one JSON object. The caller answers for who may see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Field, IntegerField, JSONField, Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

from creo.register.rules import Dependents, Found, Joining, Reading, ReadRow

_KEY, _NUMBER = "pk", "number"
# Names that no table has for a column.
_PLACE, _OWNER, _BODY = "reading_place", "reading_owner", "reading_body"


def found_of(dependents: Iterable[Dependents], joining: Joining) -> Found:
    """Everything that some dependents have to know of the two people of a merge. One query; none for no reading."""
    readings = list(dict.fromkeys(reading for item in dependents for reading in item.reads))
    duplicate: dict[Reading, list[ReadRow]] = {reading: [] for reading in readings}
    into: dict[Reading, list[ReadRow]] = {reading: [] for reading in readings}
    fields = [_fields(reading) for reading in readings]
    mine = (str(joining.duplicate_id), joining.duplicate_code)
    for place, owner, body in _rows(readings, joining):
        values = {name: _read(field, body[name]) for name, field in fields[place].items()}
        side = duplicate if owner in mine else into
        side[readings[place]].append(ReadRow(values.pop(_KEY, None), values))
    for rows in (*duplicate.values(), *into.values()):
        # Counted readings give one row a person, without a key.
        if len(rows) > 1:
            rows.sort(key=lambda row: row.pk)
    return Found(duplicate, into)


def _rows(readings: Sequence[Reading], joining: Joining) -> Iterable[tuple[int, str, Mapping[str, Any]]]:
    branches = [_branch(place, reading, joining) for place, reading in enumerate(readings)]
    if len(branches) < 2:
        return branches[0] if branches else ()
    return branches[0].union(*branches[1:], all=True)


def _branch(place: int, reading: Reading, joining: Joining) -> QuerySet[Any, Any]:
    model = _model(reading)
    keys = [joining.duplicate_id, joining.into_id]
    people: list[Any] = keys if not _leads_to_code(reading) else [joining.duplicate_code, joining.into_code]
    rows = model._default_manager.filter(Q(**{f"{reading.owner}__in": people})).order_by()
    if reading.counted:
        body: dict[str, Any] = {_NUMBER: Count("*")}
    else:
        body = {name: F(name) for name in (_KEY, *reading.columns)}
    marks = {_PLACE: Value(place, IntegerField()), _OWNER: Cast(F(reading.owner), TextField())}
    made = rows.annotate(**marks)
    # One row a person when counted: grouped by who they are of.
    made = made.values(_PLACE, _OWNER) if reading.counted else made
    return made.annotate(**{_BODY: JSONObject(**body)}).values_list(_PLACE, _OWNER, _BODY)


def _model(reading: Reading) -> type[Model]:
    return apps.get_model(reading.model)


def _leads_to_code(reading: Reading) -> bool:
    """True when the foreign key holds the person's code: most hold the key, those of other chapters may not."""
    field: Any = _field(_model(reading), reading.owner)
    return bool(field.is_relation) and field.target_field.name == "code"


def _field(model: type[Model], path: str) -> Field[Any, Any]:
    """The field at the end of a way through relations."""
    first, _more, rest = path.partition("__")
    field: Any = model._meta.pk if first == "pk" else model._meta.get_field(first)
    return _field(field.related_model, rest) if rest else field


def _fields(reading: Reading) -> dict[str, Field[Any, Any]]:
    """The columns of a reading with what makes a value of them; RuntimeError for what JSON cannot carry inside JSON."""
    if reading.counted:
        return {_NUMBER: IntegerField()}
    found = {name: _field(_model(reading), name) for name in (_KEY, *reading.columns)}
    wrong = [name for name, field in found.items() if isinstance(field, JSONField)]
    if wrong:
        raise RuntimeError(f"Una lectura no puede pedir columnas JSON: {reading.model} {wrong}")
    return found


def _read(field: Field[Any, Any], value: Any) -> Any:
    """The value as the model has it: SQLite's JSON knows no days and no truths, and its moments no zone (UTC)."""
    made = field.to_python(value)
    return made.replace(tzinfo=UTC) if isinstance(made, datetime) and made.tzinfo is None else made
