"""What narrows the list of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.forms.common import choices
from creo.register.queries import (
    ABSENT,
    BEGINNINGS,
    DECEASED,
    EVERYBODY,
    HELD,
    IDENTIFIER,
    RELEASED,
    SLIP,
    SOUND,
    WORDS,
    PeopleFilters,
)
from creo.support.refusals import Refused
from creo.territory.queries import FacilityRef

# The level of a search in the address: no field of the form, so that a new text begins again with the strictest.
LEVEL = "nivel"
LEVEL_ADDRESS = {
    IDENTIFIER: "identificador",
    WORDS: "palabras",
    BEGINNINGS: "comienzos",
    SOUND: "sonido",
    SLIP: "parecido",
}
_LEVELS = {address: level for level, address in LEVEL_ADDRESS.items()}
_HELD_ONLY = (HELD, ABSENT)
_STATES = (
    ("", _("En custodia")),
    (ABSENT, _("Ausentes por diligencia, hospital o permiso")),
    (RELEASED, _("Fuera de custodia")),
    (DECEASED, _("Fallecidas")),
    (EVERYBODY, _("Todas")),
)


class PeopleFilterForm(forms.Form):
    """The filters of the list of people; its address keeps them."""

    q = forms.CharField(
        label=_("Nombre, alias, documento o código"),
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
        label=_("Estado"),
        required=False,
        choices=_STATES,
    )
    sin_nacimiento = forms.BooleanField(label=_("Sin fecha de nacimiento"), required=False)

    def __init__(self, data: Any, facilities: Sequence[FacilityRef], *, national: bool) -> None:
        if not national and data.get("custodia") not in ("", None, *_HELD_ONLY):
            # A prison or a region sees the people it holds: an address from elsewhere asks for no more than that.
            data = data.copy()
            data["custodia"] = ""
        super().__init__(data)
        places = self.fields["penal"]
        assert isinstance(places, forms.ChoiceField)
        places.choices = [("", _("Todos")), *((ref.code, ref.name) for ref in facilities)]
        if not national:
            states = self.fields["custodia"]
            assert isinstance(states, forms.ChoiceField)
            states.choices = [(value, label) for value, label in _STATES if value in ("", *_HELD_ONLY)]

    def wanted(self) -> PeopleFilters:
        """The filters asked for. Refused with the field and the value that no list offers."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        asked = self.cleaned_data
        level = self.data.get(LEVEL, "")
        if level and level not in _LEVELS:
            raise Refused(_("El nivel de búsqueda [%(value)s] no existe.") % {"value": level})
        return PeopleFilters(
            search=asked["q"],
            facility=asked["penal"],
            sex=asked["sexo"],
            legal_status=asked["situacion"],
            identity_status=asked["identidad"],
            without_birth_date=asked["sin_nacimiento"],
            situation=asked["custodia"] or HELD,
            level=_LEVELS.get(level, "") if asked["q"] else "",
        )

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.cleaned_data.values())

    def in_words(self) -> str:
        """The filters set, as people read them: «Sexo: Mujer; …»."""
        return "; ".join(words for _name, words in self.said())

    def said(self) -> list[tuple[str, str]]:
        """Each filter set: its name in the address and its words."""
        said = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if value:
                offered: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
                words = dict(offered)
                said.append((name, str(field.label) if value is True else f"{field.label}: {words.get(value, value)}"))
        return said
