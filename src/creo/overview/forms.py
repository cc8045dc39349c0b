"""What an auditor types to find acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support.ledger.queries import Search
from creo.support.ui import formats


class ActsForm(forms.Form):
    """The filters of the record of acts."""

    subject = forms.CharField(label=gettext_lazy("Persona o código"), required=False, max_length=80)
    act = forms.CharField(label=gettext_lazy("Acto (empieza con)"), required=False, max_length=80)
    actor = forms.CharField(label=gettext_lazy("Quién"), required=False, max_length=120)
    place = forms.ChoiceField(label=gettext_lazy("Lugar"), required=False)
    since = forms.DateField(
        label=gettext_lazy("Desde"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Hasta"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any, places: Mapping[str, str]) -> None:
        super().__init__(data)
        field: Any = self.fields["place"]
        field.choices = [("", _("Todos")), *sorted(places.items(), key=lambda item: item[1])]
        self.places = places

    def wanted(self) -> Search:
        """What was asked; a filter that makes no sense is left out and told beside its field."""
        self.is_valid()
        asked = self.cleaned_data
        return Search(
            act=asked.get("act", "").strip(),
            subject_code=asked.get("subject", "").strip(),
            actor=asked.get("actor", "").strip(),
            place=asked.get("place", ""),
            since=asked.get("since"),
            until=asked.get("until"),
        )

    def in_words(self) -> str:
        """The filters as a file tells them."""
        asked = self.wanted()
        told = {
            _("Persona o código"): asked.subject_code,
            _("Acto (empieza con)"): asked.act,
            _("Quién"): asked.actor,
            _("Lugar"): self.places.get(asked.place, asked.place),
            _("Desde"): formats.day(asked.since) if asked.since else "",
            _("Hasta"): formats.day(asked.until) if asked.until else "",
        }
        return "; ".join(f"{label}: {value}" for label, value in told.items() if value)


class ReviewForm(forms.Form):
    """What changes made outside every act were."""

    reason = forms.CharField(
        label=gettext_lazy("¿Qué fueron esos cambios, y quién los hizo?"),
        widget=forms.Textarea({"rows": 3}),
        max_length=1000,
    )
    until = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
