"""Requests of people about their own data: filed, assigned, answered, filtered; and the copy of their file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.commands import RequestData
from creo.register.forms.common import choices, day_field
from creo.register.queries import REQUESTS_ALL, REQUESTS_ANSWERED, REQUESTS_LATE, RequestFilters
from creo.support.refusals import Refused
from creo.territory.queries import FacilityRef

LONG = {"rows": 5, "maxlength": 1_000}


class RequestForm(forms.Form):
    """What a person asks, who brings it, when it came and with which document."""

    kind = forms.ChoiceField(label=_("Qué pide"), choices=choices(rules.RIGHT_WORDS, _("Elija uno")))
    what = forms.CharField(
        label=_("En sus palabras"),
        max_length=1_000,
        widget=forms.Textarea(LONG),
        help_text=_("Qué dato es, qué dice hoy y qué debería decir."),
    )
    asker = forms.ChoiceField(label=_("Quién la presenta"), choices=choices(rules.ASKER_WORDS, _("Elija uno")))
    asker_name = forms.CharField(
        label=_("Nombre de quien la presenta"),
        required=False,
        max_length=160,
        help_text=_("Vacío si es la propia persona."),
    )
    received_on = day_field(_("Recibida el"), help_text=_("El plazo corre desde el día hábil siguiente."))
    evidence = forms.TypedChoiceField(
        label=_("Documento que la sustenta"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Primero súbalo en los documentos de la persona."),
    )

    def __init__(self, data: Any, *, documents: Sequence[tuple[int, str]], **other: Any) -> None:
        super().__init__(data, **other)
        evidence = self.fields["evidence"]
        assert isinstance(evidence, forms.ChoiceField)
        evidence.choices = [("", _("Ninguno")), *((str(key), title) for key, title in documents)]

    def data_typed(self) -> RequestData:
        """The request typed."""
        typed = self.cleaned_data
        return RequestData(
            kind=typed["kind"],
            what=typed["what"],
            received_on=typed["received_on"],
            asker=typed["asker"],
            asker_name=typed["asker_name"],
            evidence_id=typed["evidence"],
        )


class AssignForm(forms.Form):
    """Who reviews a request."""

    assigned_to = forms.CharField(label=_("Quién la revisa"), max_length=120, help_text=_("Nombre y cargo."))


class AnswerForm(forms.Form):
    """The answer, with the act that carried it out."""

    act = forms.ChoiceField(label=_("Respuesta"), choices=choices(rules.RIGHT_ACT_WORDS, _("Elija una")))
    answer = forms.CharField(
        label=_("Razones"),
        max_length=1_000,
        widget=forms.Textarea(LONG),
        help_text=_("Como se le entregará por escrito a la persona."),
    )
    on = day_field(_("Fecha de la respuesta"))
    entry = forms.TypedChoiceField(
        label=_("Acto que corrigió el dato"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Lo pide una rectificación aceptada. Son los actos sobre la persona desde que llegó la solicitud."),
    )

    def __init__(self, data: Any, *, acts: Sequence[tuple[int, str]], **other: Any) -> None:
        super().__init__(data, **other)
        entry = self.fields["entry"]
        assert isinstance(entry, forms.ChoiceField)
        entry.choices = [("", _("Ninguno")), *((str(key), words) for key, words in acts)]


class DeliveryForm(forms.Form):
    """Who takes the copy of a person's own file, and when."""

    receiver = forms.ChoiceField(label=_("Quién recibe la copia"), choices=choices(rules.ASKER_WORDS, _("Elija uno")))
    receiver_name = forms.CharField(
        label=_("Nombre de quien la recibe"),
        required=False,
        max_length=160,
        help_text=_("Vacío si es la propia persona."),
    )
    on = day_field(_("Fecha de entrega"))


class RequestFilterForm(forms.Form):
    """What narrows the list of requests; its address keeps them."""

    situacion = forms.ChoiceField(
        label=_("Situación"),
        required=False,
        choices=[
            ("", _("Por responder")),
            (REQUESTS_LATE, _("Vencidas")),
            (REQUESTS_ANSWERED, _("Respondidas")),
            (REQUESTS_ALL, _("Todas")),
        ],
    )
    pedido = forms.ChoiceField(label=_("Qué pide"), required=False, choices=choices(rules.RIGHT_WORDS, _("Todo")))
    penal = forms.ChoiceField(label=_("Establecimiento"), required=False)

    def __init__(self, data: Any, facilities: Sequence[FacilityRef]) -> None:
        super().__init__(data)
        places = self.fields["penal"]
        assert isinstance(places, forms.ChoiceField)
        places.choices = [("", _("Todos")), *((ref.code, ref.name) for ref in facilities)]

    def wanted(self) -> RequestFilters:
        """The filters asked for. Refused with the field and the value that no list offers."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        asked = self.cleaned_data
        return RequestFilters(asked["situacion"], asked["pedido"], asked["penal"])

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.cleaned_data.values())

    def in_words(self) -> str:
        """The filters set, as people read them."""
        said = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if value and isinstance(field, forms.ChoiceField):
                words: dict[Any, Any] = dict(field.choices)  # type: ignore[arg-type]
                said.append(f"{field.label}: {words.get(value, value)}")
        return "; ".join(said)
