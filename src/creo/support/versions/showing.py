"""What a stale form shows: who changed the record meanwhile, and each field as typed and as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from creo.support.announcements.news import act_words
from creo.support.ui import formats
from creo.support.versions.checking import Record, _changes

MOST = 10


@dataclass(frozen=True, slots=True)
class Change:
    """An act on the record since the form was opened."""

    at: datetime
    actor: str
    words: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the form in its three columns, as `ui/components/compare.html` takes them."""

    label: str
    left: str
    right: str
    differs: bool


def changes_since(record: Record, seen: str) -> list[Change]:
    """The acts that changed a record after version `seen`, newest first, ten at most."""
    after = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else 0
    rows = sorted(_changes(record).filter(id__gt=after), key=lambda row: -row.pk)[:MOST]
    return [Change(row.at, row.actor, act_words(row.act)) for row in rows]


def differences(form: forms.Form) -> list[Difference]:
    """Each field that shows what is recorded: what was typed, and what is recorded now."""
    found = []
    for name, field in form.fields.items():
        if name not in form.initial or field.widget.is_hidden:
            continue
        bound = form[name]
        typed, now = _words(field, bound.data), _words(field, form.initial[name])
        found.append(Difference(str(bound.label), typed, now, typed != now))
    return found


def _words(field: forms.Field, value: Any) -> str:
    """A value of a field as people read it."""
    if isinstance(field, forms.BooleanField):
        return _("Sí") if field.to_python(value) else _("No")
    if isinstance(value, list | tuple):
        return ", ".join(_words(field, each) for each in value)
    if isinstance(value, date):
        return formats.day(value)
    text = "" if value is None else str(value).strip()
    if isinstance(field, forms.DateField):
        parsed = formats.date_of(text)
        return formats.day(parsed) if parsed else text
    if isinstance(field, forms.ChoiceField):
        return _chosen(field.choices, text)  # type: ignore[arg-type]  # a callable is called when the field is made
    return text


def _chosen(choices: Iterable[Any], text: str) -> str:
    for value, label in choices:
        if isinstance(label, list | tuple):
            inside = _chosen(label, text)
            if inside != text:
                return inside
        elif str(value) == text:
            return str(label)
    return text
