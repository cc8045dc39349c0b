"""What people type about targeting, read and checked before any command sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support.refusals import Refused
from creo.targeting import queries, rules
from creo.territory.queries import FacilityRef

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class RunForm(forms.Form):
    """Where, on which day, and with which reading of the design."""

    place = forms.ChoiceField(label=gettext_lazy("Ámbito"), help_text=gettext_lazy("Solo los de su ámbito."))
    as_of = forms.DateField(
        label=gettext_lazy("Fecha de corte"),
        widget=DAY,
        help_text=gettext_lazy("La edad y la custodia se cuentan a esta fecha; lo que hoy se sabe habla por ese día."),
    )
    variant = forms.ChoiceField(
        label=gettext_lazy("Diseño"),
        required=False,
        help_text=gettext_lazy("El vigente ese día o, para comparar, otra lectura de la misma fuente."),
    )

    def __init__(
        self,
        data: Any,
        *,
        today: date,
        national: bool,
        offices: Sequence[str],
        refs: Sequence[FacilityRef],
        variants: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data, initial={"as_of": today})
        self.today = today
        places: list[Any] = [("nation:", _("Nacional"))] if national else []
        places.append((_("Oficinas regionales"), [(f"region:{code}", code) for code in offices]))
        places.append((_("Establecimientos"), [(f"facility:{ref.code}", ref.name) for ref in refs]))
        _offer(self, "place", [group for group in places if group[1]])
        _offer(self, "variant", [("", _("Diseño vigente")), *variants])

    def clean_as_of(self) -> date:
        """A day up to today."""
        asked: date = self.cleaned_data["as_of"]
        if asked > self.today:
            raise forms.ValidationError(_("La fecha de corte no puede ser posterior a hoy."))
        return asked

    def arguments(self) -> dict[str, str]:
        """The arguments of the job."""
        kind, _colon, code = self.cleaned_data["place"].partition(":")
        return {
            "scope_kind": kind,
            "scope_code": code,
            "as_of": self.cleaned_data["as_of"].isoformat(),
            "variant": self.cleaned_data["variant"],
        }

    def place_name(self) -> str:
        """The place asked for, in words."""
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        flat = dict(_flat(field.choices))
        return str(flat[self.cleaned_data["place"]])


class ResultsForm(forms.Form):
    """The filters of the people of a run; its address keeps them."""

    outcome = forms.ChoiceField(label=gettext_lazy("Resultado"), required=False)
    facility = forms.ChoiceField(label=gettext_lazy("Establecimiento"), required=False)
    missing = forms.ChoiceField(label=gettext_lazy("Criterio sin dato"), required=False)

    def __init__(self, data: Any, run: queries.Run, refs: Sequence[FacilityRef]) -> None:
        super().__init__(data)
        _offer(self, "outcome", [(result.value, _(result.plural)) for result in rules.Result])
        _offer(self, "facility", [("", _("Todos")), *((ref.code, ref.name) for ref in refs)])
        titles = [(item.code, item.title) for item in run.criteria if item.code in run.criteria_codes]
        _offer(self, "missing", [("", _("Cualquiera")), *titles])

    def wanted(self) -> queries.ResultFilters:
        """The filters asked for. Refused with the field and the value that no list offers."""
        _valid(self)
        asked = self.cleaned_data
        result = rules.Result(asked["outcome"]) if asked["outcome"] else rules.Result.ELIGIBLE
        return queries.ResultFilters(result=result, facility=asked["facility"], missing=asked["missing"])

    def in_words(self) -> str:
        """The filters set, as people read them."""
        return _in_words(self)


class EnrolmentsForm(forms.Form):
    """The filters of the enrolled; its address keeps them."""

    state = forms.ChoiceField(label=gettext_lazy("Estado"), required=False)
    facility = forms.ChoiceField(label=gettext_lazy("Establecimiento"), required=False)

    def __init__(self, data: Any, refs: Sequence[FacilityRef]) -> None:
        super().__init__(data)
        states = [(queries.OPEN, _("Intervenidas")), (queries.ENDED, _("Salieron")), (queries.ALL, _("Todas"))]
        _offer(self, "state", states)
        _offer(self, "facility", [("", _("Todos")), *((ref.code, ref.name) for ref in refs)])

    def wanted(self) -> queries.EnrolmentFilters:
        """The filters asked for. Refused with the field and the value that no list offers."""
        _valid(self)
        return queries.EnrolmentFilters(
            facility=self.cleaned_data["facility"], state=self.cleaned_data["state"] or queries.OPEN
        )

    def in_words(self) -> str:
        """The filters set, as people read them."""
        return _in_words(self)


class ReevaluationsForm(forms.Form):
    """The filters of the re-evaluations; its address keeps them."""

    which = forms.ChoiceField(label=gettext_lazy("Cuáles"), required=False)
    facility = forms.ChoiceField(label=gettext_lazy("Establecimiento"), required=False)

    def __init__(self, data: Any, refs: Sequence[FacilityRef]) -> None:
        super().__init__(data)
        _offer(self, "which", [(queries.CHANGED, _("Cambiaron de respuesta")), (queries.EVERY, _("Todas"))])
        _offer(self, "facility", [("", _("Todos")), *((ref.code, ref.name) for ref in refs)])

    def wanted(self) -> queries.ReevaluationFilters:
        """The filters asked for. Refused with the field and the value that no list offers."""
        _valid(self)
        asked = self.cleaned_data
        return queries.ReevaluationFilters(which=asked["which"] or queries.CHANGED, facility=asked["facility"])

    def in_words(self) -> str:
        """The filters set, as people read them."""
        return _in_words(self)


class EnrolForm(forms.Form):
    """The act of enrolling somebody."""

    on = forms.DateField(
        label=gettext_lazy("Fecha de inscripción"),
        widget=DAY,
        help_text=gettext_lazy("La edad y los criterios se congelan a esta fecha."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Sustento"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Acta o informe. Es obligatorio si la persona ya estuvo en el programa."),
    )


class EndForm(forms.Form):
    """The end of an enrolment."""

    on = forms.DateField(label=gettext_lazy("Fecha de salida"), widget=DAY)
    reason = forms.ChoiceField(label=gettext_lazy("Motivo"))
    note = forms.CharField(
        label=gettext_lazy("Explicación"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "Obligatoria por conducta o por error. Retirarse por decisión propia no tiene consecuencias."
        ),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        _offer(self, "reason", [("", _("Elija un motivo")), *((why.value, _(why.word)) for why in rules.ExitReason)])


def _offer(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def _valid(form: forms.Form) -> None:
    if not form.is_valid():
        raise Refused(
            [f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
        )


def _in_words(form: forms.Form) -> str:
    said = []
    for name, value in form.cleaned_data.items():
        field = form.fields[name]
        if value and isinstance(field, forms.ChoiceField):
            said.append(f"{field.label}: {dict(_flat(field.choices)).get(value, value)}")
    return "; ".join(said)


def _flat(choices: Any) -> list[tuple[str, Any]]:
    flat = []
    for value, label in choices:
        flat += list(label) if isinstance(label, list | tuple) else [(value, label)]
    return flat
