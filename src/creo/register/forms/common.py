"""What the forms of the register share: fields and choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register.queries import CatalogueRow
from creo.territory.queries import FacilityRef

Choices = Sequence[tuple[str, Any]]
YES, NO = "si", "no"
TRUTH: Choices = (("", _("No consta")), (NO, _("No")), (YES, _("Sí")))


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A day, typed or picked."""
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def reason_field(help_text: Any) -> forms.CharField:
    """The reason of an act; `help_text` says which document bears it."""
    return forms.CharField(label=_("Motivo y sustento"), max_length=400, help_text=help_text)


def choices(words: Mapping[str, str], first: Any) -> Choices:
    """The choices of a closed list in words, an empty one first."""
    return [("", first), *((str(value), _(label)) for value, label in words.items() if value)]


def read_truth(text: str) -> bool | None:
    """Yes, no, or not recorded."""
    return {YES: True, NO: False}.get(text)


def truth_text(value: bool | None) -> str:
    """The choice of a recorded yes, no or nothing."""
    return "" if value is None else YES if value else NO


def offer_facilities(field: forms.Field, facilities: Sequence[FacilityRef]) -> None:
    """Offers prisons by code."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", _("Elija uno")), *((ref.code, ref.name) for ref in facilities)]


def offer_offences(field: forms.Field, catalogue: Sequence[CatalogueRow]) -> None:
    """Offers the offences in force."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", _("No consta")), *((row.code, row.label) for row in catalogue if row.valid_to is None)]
