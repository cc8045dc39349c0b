"""What people type about announcements and the inbox."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support.announcements import queries
from creo.support.refusals import Refused

DECISION_WORDS = {
    "acted": gettext_lazy("Hice lo que correspondía"),
    "no_action": gettext_lazy("No corresponde hacer nada"),
}
ITEM_WORDS = {
    "open": gettext_lazy("Por decidir"),
    "decided": gettext_lazy("Decidido"),
    "closed": gettext_lazy("Cerrado por el sistema"),
}
DELIVERY_WORDS = {
    "pending": gettext_lazy("Por entregar"),
    "waiting": gettext_lazy("Falló, se reintentará"),
    "parked": gettext_lazy("Detenido"),
    "done": gettext_lazy("Entregado"),
    "dropped": gettext_lazy("Descartado"),
}


class InboxForm(forms.Form):
    """The filters of the inbox; its address keeps them."""

    state = forms.ChoiceField(label=gettext_lazy("Estado"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("Establecimiento"), required=False)
    subject = forms.CharField(label=gettext_lazy("Código"), required=False, max_length=80)

    def __init__(self, data: Any, places: dict[str, str]) -> None:
        super().__init__(data)
        _offer(self, "state", [*ITEM_WORDS.items(), (queries.ALL, _("Todos"))])
        _offer(self, "place", [("", _("Todos")), *places.items()])

    def wanted(self) -> queries.InboxFilters:
        """The filters asked for. Refused with the field that holds what no list offers."""
        asked = _checked(self)
        return queries.InboxFilters(asked["state"] or queries.OPEN, asked["place"], asked["subject"].strip().upper())


class DecideForm(forms.Form):
    """What somebody decided about an item, and why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("¿Qué decidió?"), choices=list(DECISION_WORDS.items()), widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Motivo"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Acta, informe o razón de la decisión. Queda en el registro de actos con su nombre."),
    )


class DeliveriesForm(forms.Form):
    """The filters of the deliveries; its address keeps them."""

    state = forms.ChoiceField(label=gettext_lazy("Estado"), required=False)
    act = forms.ChoiceField(label=gettext_lazy("Anuncio"), required=False)
    subject = forms.CharField(label=gettext_lazy("Código"), required=False, max_length=80)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        states = [("", _("Todos")), (queries.STUCK, _("Fallidos y detenidos")), *DELIVERY_WORDS.items()]
        _offer(self, "state", states)
        _offer(self, "act", [("", _("Todos")), *dict.fromkeys((w.act, w.act_words) for w in queries.wiring())])

    def wanted(self) -> queries.DeliveryFilters:
        """The filters asked for. Refused with the field that holds what no list offers."""
        asked = _checked(self)
        return queries.DeliveryFilters(asked["state"] or queries.ALL, asked["act"], asked["subject"].strip().upper())


class DropForm(forms.Form):
    """Why a delivery is set aside."""

    reason = forms.CharField(
        label=gettext_lazy("Motivo"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Por qué no hace falta entregarlo, o cómo se resolvió a mano."),
    )


def in_words(form: forms.Form) -> str:
    """The filters set, as people read them."""
    said = []
    for name, value in form.cleaned_data.items():
        field = form.fields[name]
        if value:
            choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
            shown = dict(choices).get(value, value)
            said.append(f"{field.label}: {shown}")
    return "; ".join(said)


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _checked(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise Refused(
            [f"{form.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
        )
    return form.cleaned_data
