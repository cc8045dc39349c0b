"""What people type about places, read and checked before any command sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.kernel.verdicts import Outcome
from creo.support.refusals import Refused
from creo.territory import rules
from creo.territory.queries import FacilityFilter, FacilityRow

CROWDING = {"si": Outcome.MET, "no": Outcome.NOT_MET, "sin-dato": Outcome.UNKNOWN}


class FilterForm(forms.Form):
    """The filters of the list of facilities; its address keeps them."""

    q = forms.CharField(
        label=_("Buscar penal"), required=False, max_length=80, widget=forms.TextInput({"type": "search"})
    )
    oficina = forms.ChoiceField(label=_("Oficina regional"), required=False)
    departamento = forms.ChoiceField(label=_("Departamento"), required=False)
    sexo = forms.ChoiceField(label=_("Personas que alberga"), required=False)
    hacinamiento = forms.ChoiceField(label=_("Hacinamiento"), required=False)

    def __init__(self, data: Any, rows: Iterable[FacilityRow]) -> None:
        super().__init__(data)
        self._words: dict[str, dict[str, Any]] = {}
        rows = list(rows)
        self._offer("oficina", _("Todas"), _distinct((row.office, row.office_name) for row in rows))
        places = sorted(_distinct((row.department, row.department_name) for row in rows))
        self._offer("departamento", _("Todos"), places)
        self._offer("sexo", _("Todas"), [(sex.value, _(sex.word)) for sex in rules.SexHeld])
        crowding = [("si", _("Hacinado")), ("no", _("No hacinado")), ("sin-dato", _("Sin dato"))]
        self._offer("hacinamiento", _("Todos"), crowding)

    def _offer(self, name: str, everything: Any, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", everything), *choices]
        self._words[name] = dict(choices)

    def wanted(self) -> FacilityFilter:
        """The filter asked for. Refused with the field and the value that no list offers."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        asked = self.cleaned_data
        return FacilityFilter(
            office=asked["oficina"],
            department=asked["departamento"],
            sex=asked["sexo"],
            crowding=CROWDING.get(asked["hacinamiento"]),
            text=asked["q"],
        )

    def in_words(self) -> str:
        """The filters set, as people read them: «Oficina regional: Norte - Chiclayo; …»."""
        said = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if value:
                said.append(f"{field.label}: {self._words.get(name, {}).get(value, value)}")
        return "; ".join(said)

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.cleaned_data.values())


class CapacityForm(forms.Form):
    """A new capacity with its source."""

    places = forms.IntegerField(
        label=_("Plazas"), min_value=0, help_text=_("Capacidad de albergue del establecimiento.")
    )
    valid_from = forms.DateField(
        label=_("Rige desde"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Primer día con esta capacidad."),
    )
    source = forms.CharField(
        label=_("Fuente"), max_length=400, help_text=_("Informe, resolución u oficio que da la cifra, con su fecha.")
    )
    reason = forms.CharField(label=_("Motivo"), max_length=400, required=False, help_text=_("Qué cambió."))


class PavilionForm(forms.Form):
    """A pavilion that opens."""

    code = forms.CharField(
        label=_("Código"), max_length=20, help_text=_("Como en el establecimiento; por ejemplo, P-16.")
    )
    name = forms.CharField(label=_("Nombre"), max_length=80)
    capacity = forms.IntegerField(
        label=_("Plazas"), min_value=0, required=False, help_text=_("Déjelo vacío si no se conoce.")
    )
    valid_from = forms.DateField(label=_("Abre el"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("Sustento"), max_length=400, required=False, help_text=_("Resolución o acta."))


class ClosingForm(forms.Form):
    """A pavilion that closes."""

    on = forms.DateField(
        label=_("Cierra el"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Primer día cerrado."),
    )
    reason = forms.CharField(label=_("Motivo"), max_length=400)


def _distinct(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(pairs))
