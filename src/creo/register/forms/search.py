"""What narrows the list of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.forms.common import choices
from creo.register.queries import EVERYBODY, HELD, RELEASED, PeopleFilters
from creo.support.refusals import Refused
from creo.territory.queries import FacilityRef


class PeopleFilterForm(forms.Form):
    """The filters of the list of people; its address keeps them."""

    q = forms.CharField(
        label=_("Nombre, documento o código"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search"}),
    )
    penal = forms.ChoiceField(label=_("Establecimiento"), required=False)
    sexo = forms.ChoiceField(label=_("Sexo"), required=False, choices=choices(rules.SEX_WORDS, _("Todos")))
    situacion = forms.ChoiceField(
        label=_("Situación jurídica"), required=False, choices=choices(rules.LEGAL_STATUS_WORDS, _("Todas"))
    )
    identidad = forms.ChoiceField(
        label=_("Identidad"), required=False, choices=choices(rules.IDENTITY_WORDS, _("Todas"))
    )
    custodia = forms.ChoiceField(
        label=_("Custodia"),
        required=False,
        choices=[("", _("En custodia")), (RELEASED, _("Fuera de custodia")), (EVERYBODY, _("Todas"))],
    )
    sin_nacimiento = forms.BooleanField(label=_("Sin fecha de nacimiento"), required=False)

    def __init__(self, data: Any, facilities: Sequence[FacilityRef], *, national: bool) -> None:
        super().__init__(data)
        places = self.fields["penal"]
        assert isinstance(places, forms.ChoiceField)
        places.choices = [("", _("Todos")), *((ref.code, ref.name) for ref in facilities)]
        if not national:
            # A prison or a region sees the people it holds: there is nothing else to choose.
            del self.fields["custodia"]

    def wanted(self) -> PeopleFilters:
        """The filters asked for. Refused with the field and the value that no list offers."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        asked = self.cleaned_data
        return PeopleFilters(
            search=asked["q"],
            facility=asked["penal"],
            sex=asked["sexo"],
            legal_status=asked["situacion"],
            identity_status=asked["identidad"],
            without_birth_date=asked["sin_nacimiento"],
            situation=asked.get("custodia") or HELD,
        )

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.cleaned_data.values())

    def in_words(self) -> str:
        """The filters set, as people read them: «Sexo: Mujer; …»."""
        said = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if value:
                offered: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
                words = dict(offered)
                said.append(str(field.label) if value is True else f"{field.label}: {words.get(value, value)}")
        return "; ".join(said)
