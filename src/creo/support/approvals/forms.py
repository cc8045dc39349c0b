"""What people type about proposals: filters, decisions, corrections, delegations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support.approvals import queries, rules
from creo.support.approvals.acts import act_words, wired
from creo.support.refusals import Refused

WHOSE_WORDS = {
    queries.MINE_TO_DECIDE: gettext_lazy("Por decidir por mí"),
    queries.MADE_BY_ME: gettext_lazy("Propuestas por mí"),
    queries.IN_SIGHT: gettext_lazy("Todas las de mi ámbito"),
}


def _reason(label: Any, help_text: Any, missing: Any, *, required: bool = True, most: int = 2_000) -> forms.CharField:
    messages = {"required": missing}
    widget = forms.Textarea({"rows": 3})
    return forms.CharField(
        label=label, help_text=help_text, max_length=most, widget=widget, error_messages=messages, required=required
    )


class FiltersForm(forms.Form):
    """The filters of the list; its address keeps them."""

    cuales = forms.ChoiceField(label=gettext_lazy("Cuáles"), required=False, choices=list(WHOSE_WORDS.items()))
    estado = forms.ChoiceField(label=gettext_lazy("Estado"), required=False)
    acto = forms.ChoiceField(label=gettext_lazy("Acto"), required=False)
    lugar = forms.ChoiceField(label=gettext_lazy("Establecimiento"), required=False)

    def __init__(self, data: Any, places: Mapping[str, str]) -> None:
        super().__init__(data)
        states = [(state.value, _(rules.STATE_WORDS[state])) for state in rules.State]
        _offer(self, "estado", [("", _("Todos")), *states])
        _offer(self, "acto", [("", _("Todos")), *((act, act_words(act)) for act in wired())])
        _offer(self, "lugar", [("", _("Todos")), *places.items()])

    def wanted(self) -> queries.Filters:
        """The filters asked for. Refused with the field that holds what no list offers."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        asked = self.cleaned_data
        return queries.Filters(
            asked["cuales"] or queries.MINE_TO_DECIDE, asked["estado"], asked["acto"], asked["lugar"]
        )

    def in_words(self) -> str:
        """The filters set, as people read them."""
        said = []
        for name, value in self.cleaned_data.items():
            field: Any = self.fields[name]
            if value:
                said.append(f"{field.label}: {dict(field.choices).get(value, value)}")
        return "; ".join(said)


class DecisionForm(forms.Form):
    """A decision on exactly what the page shows: the fingerprint and the tier travel with it."""

    decision = forms.ChoiceField(
        label=gettext_lazy("¿Qué decide?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Elija qué decide.")},
    )
    reason = _reason(
        gettext_lazy("Motivo"),
        gettext_lazy("Obligatorio para devolver o rechazar. Lo lee quien la propuso y queda en el registro de actos."),
        gettext_lazy("Escriba el motivo: lo lee quien la propuso."),
        required=False,
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    tier = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=99)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "decision", [(kind.value, _(rules.DECISION_WORDS[kind])) for kind in rules.DECISION_WORDS])


class TextForm(forms.Form):
    """Why something is proposed, again."""

    text = _reason(
        gettext_lazy("Sustento"),
        gettext_lazy("Por qué lo propone y qué documento lo respalda."),
        gettext_lazy("Escriba por qué lo propone: lo lee quien decide."),
    )


class WithdrawForm(forms.Form):
    """Why a proposal is taken back."""

    reason = _reason(
        gettext_lazy("Motivo"), gettext_lazy("Por qué ya no se propone."), gettext_lazy("Escriba por qué la retira.")
    )


class DelegationForm(forms.Form):
    """Which tier is lent, to whom, for which days and why."""

    what = forms.ChoiceField(
        label=gettext_lazy("Qué nivel delega"),
        error_messages={"required": gettext_lazy("Elija el nivel que delega.")},
    )
    delegate = forms.ChoiceField(
        label=gettext_lazy("A quién"),
        help_text=gettext_lazy("Otra persona que también decide propuestas. Nunca decide lo que ella misma propuso."),
        error_messages={"required": gettext_lazy("Elija a otra persona que también decida propuestas.")},
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Desde"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Una delegación empieza hoy o después.")},
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Hasta"),
        help_text=gettext_lazy("El primer día en que ya no rige."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Indique el primer día en que ya no rige.")},
    )
    reason = _reason(
        gettext_lazy("Motivo"),
        gettext_lazy("Vacaciones, licencia, encargo: con su documento."),
        gettext_lazy("Escriba por qué se delega."),
        most=400,
    )

    def __init__(
        self, *args: Any, tiers: Iterable[tuple[str, str]], people: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "what", [("", _("Elija…")), *tiers])
        _offer(self, "delegate", [("", _("Elija…")), *people])


class EndForm(forms.Form):
    """Why a delegation ends before its day."""

    reason = _reason(
        gettext_lazy("Motivo"), gettext_lazy("Por qué termina."), gettext_lazy("Escriba por qué termina."), most=400
    )


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
