"""What people type about looks: purposes, emergencies, reviews, alerts, and the filters of their lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from creo.kernel.access import Access
from creo.support import clock
from creo.support.looking import queries
from creo.support.looking.models import Alert, Emergency
from creo.support.looking.queries import emergencies as emergency_lists
from creo.support.looking.rules import PURPOSE_WORDS, RULE_WORDS, parameters
from creo.support.ui import formats

EMERGENCY_WORDS = {
    Emergency.State.OPEN: gettext_lazy("Por revisar"),
    Emergency.State.APPROVED: gettext_lazy("Aprobado"),
    Emergency.State.OBJECTED: gettext_lazy("Objetado"),
}
ALERT_WORDS = {
    Alert.State.OPEN: gettext_lazy("Por decidir"),
    Alert.State.EXPLAINED: gettext_lazy("Explicada"),
    Alert.State.ESCALATED: gettext_lazy("Es un incidente"),
}


class PurposeForm(forms.Form):
    """Why somebody opens a sheet: the purposes of its class, in force that day."""

    purpose = forms.ChoiceField(label=gettext_lazy("¿Para qué consulta estos datos?"))

    def __init__(self, data: Any, access: Access, now: datetime) -> None:
        super().__init__(data)
        day = now.astimezone(clock.LIMA).date()
        offered = [(item.code, _(PURPOSE_WORDS[item.code])) for item in queries.purposes_for(access, day)]
        field: Any = self.fields["purpose"]
        field.choices = [("", _("Elija una finalidad")), *offered]
        minutes = parameters().on("purpose_minutes", day)
        field.help_text = ngettext(
            "Queda constancia de cada consulta, con su finalidad. Vale %(n)s minuto para esta persona.",
            "Queda constancia de cada consulta, con su finalidad. Vale %(n)s minutos para esta persona.",
            minutes,
        ) % {"n": formats.number(minutes)}


class EmergencyForm(forms.Form):
    """Which file, and why it cannot wait."""

    file = forms.CharField(
        label=gettext_lazy("Código de la ficha o número de documento"),
        max_length=40,
        help_text=gettext_lazy("Exacto, por ejemplo P-0001234 u ocho cifras del DNI. Aquí no se busca por nombre."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Motivo de la emergencia"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Qué pasó y para qué necesita la ficha. Lo leerán quienes revisan el acceso."),
    )


class ReviewForm(forms.Form):
    """What a second person says about an access in an emergency."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Su decisión"),
        choices=[
            (Emergency.State.APPROVED, gettext_lazy("Lo apruebo: el motivo es válido")),
            (Emergency.State.OBJECTED, gettext_lazy("Lo objeto: no correspondía abrir esta ficha")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=gettext_lazy("Motivo"), max_length=500, widget=forms.Textarea({"rows": 3}))


class AlertForm(forms.Form):
    """What a person says about unusual reading."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Su decisión"),
        choices=[
            (Alert.State.EXPLAINED, gettext_lazy("Tiene explicación")),
            (Alert.State.ESCALATED, gettext_lazy("Sigue como incidente: queda registrado como tal")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Motivo"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Qué explicó la persona, con quién se verificó, o por qué sigue."),
    )


class CanaryForm(forms.Form):
    """An invented person."""

    code = forms.CharField(label=gettext_lazy("Código de la ficha inventada"), max_length=80)
    reason = forms.CharField(
        label=gettext_lazy("De dónde consta que es inventada"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
    )


class WithdrawForm(forms.Form):
    """Why looks at it raise no alert any more."""

    reason = forms.CharField(label=gettext_lazy("Motivo"), max_length=300, widget=forms.Textarea({"rows": 3}))


class EmergencyFilterForm(forms.Form):
    """The filters of the accesses in an emergency; its address keeps them."""

    state = forms.ChoiceField(label=gettext_lazy("Estado"), required=False)
    actor = forms.CharField(label=gettext_lazy("Quién abrió"), required=False, max_length=120)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        _offer(
            self,
            "state",
            [
                (emergency_lists.OPEN, _("Por revisar")),
                (emergency_lists.LATE, _("Por revisar, fuera de plazo")),
                (emergency_lists.ALL, _("Todos")),
            ],
        )

    def wanted(self) -> queries.EmergencyFilters:
        """The filters asked for; what no list offers is taken for none."""
        asked = _asked(self)
        return queries.EmergencyFilters(asked.get("state") or emergency_lists.OPEN, asked.get("actor", ""))


class AlertFilterForm(forms.Form):
    """The filters of the alerts; its address keeps them."""

    state = forms.ChoiceField(label=gettext_lazy("Estado"), required=False)
    rule = forms.ChoiceField(label=gettext_lazy("Alerta"), required=False)
    actor = forms.CharField(label=gettext_lazy("Quién leyó"), required=False, max_length=120)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        _offer(self, "state", [*((str(key), word) for key, word in ALERT_WORDS.items()), ("all", _("Todas"))])
        _offer(self, "rule", [("", _("Todas")), *((str(key), _(RULE_WORDS[key])) for key in RULE_WORDS)])

    def wanted(self) -> queries.AlertFilters:
        """The filters asked for; what no list offers is taken for none."""
        asked = _asked(self)
        return queries.AlertFilters(
            asked.get("state") or Alert.State.OPEN, asked.get("rule", ""), asked.get("actor", "")
        )


class LookFilterForm(forms.Form):
    """The filters of a list of looks; its address keeps them."""

    since = forms.DateField(label=gettext_lazy("Desde"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=gettext_lazy("Hasta"), required=False, widget=forms.DateInput({"type": "date"}))
    subject = forms.CharField(label=gettext_lazy("Código"), required=False, max_length=80)

    def __init__(self, data: Any, *, one_file: bool = False) -> None:
        super().__init__(data)
        if one_file:
            del self.fields["subject"]

    def wanted(self) -> queries.LookFilters:
        """The filters asked for; a day that is none is taken for none."""
        asked = _asked(self)
        return queries.LookFilters(asked.get("since"), asked.get("until"), asked.get("subject", "").strip().upper())


def in_words(form: forms.Form) -> str:
    """The filters as the export tells them."""
    asked = _asked(form)
    return "; ".join(f"{form.fields[name].label}: {asked[name]}" for name in form.fields if asked.get(name))


def _asked(form: forms.Form) -> dict[str, Any]:
    form.is_valid()
    return form.cleaned_data


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    field: Any = form.fields[name]
    field.choices = choices
