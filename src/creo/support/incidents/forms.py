"""What people type about incidents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support.incidents import queries, rules
from creo.support.incidents.commands import Assessment, Report
from creo.support.refusals import Refused

SITUATION_WORDS = {
    queries.OPEN: gettext_lazy("Abiertos"),
    queries.OVERDUE: gettext_lazy("Con el plazo vencido"),
    queries.CLOSED: gettext_lazy("Cerrados"),
}


def _text(label: Any, help_text: Any, missing: Any, rows: int = 4) -> forms.CharField:
    widget = forms.Textarea({"rows": rows})
    messages = {"required": missing}
    return forms.CharField(label=label, help_text=help_text, max_length=4_000, widget=widget, error_messages=messages)


def _moment(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    messages = {"required": gettext_lazy("Indique el día y la hora.")}
    return forms.DateTimeField(
        label=label, help_text=help_text, widget=widget, error_messages=messages, required=required
    )


class FiltersForm(forms.Form):
    """The filters of the list; its address keeps them."""

    situacion = forms.ChoiceField(label=gettext_lazy("Situación"), required=False)
    gravedad = forms.ChoiceField(label=gettext_lazy("Gravedad"), required=False)
    lugar = forms.ChoiceField(label=gettext_lazy("Establecimiento"), required=False)

    def __init__(self, data: Any, places: Mapping[str, str]) -> None:
        super().__init__(data)
        _offer(self, "situacion", [("", _("Todos")), *SITUATION_WORDS.items()])
        words = [(code, _(rules.SEVERITY_WORDS[code])) for code in rules.SEVERITY_WORDS]
        _offer(self, "gravedad", [("", _("Todas")), *words])
        _offer(self, "lugar", [("", _("Todos")), *places.items()])

    def wanted(self) -> queries.Filters:
        """The filters asked for. Refused with the field that holds what no list offers."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        asked = self.cleaned_data
        return queries.Filters(asked["situacion"], asked["gravedad"], asked["lugar"])

    def in_words(self) -> str:
        """The filters set, as people read them."""
        said = []
        for name, value in self.cleaned_data.items():
            field: Any = self.fields[name]
            if value:
                said.append(f"{field.label}: {dict(field.choices).get(value, value)}")
        return "; ".join(said)


class ReportForm(forms.Form):
    """What happened. Without anybody's name: whom it touched is found in the ledger."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Qué pasó"), error_messages={"required": gettext_lazy("Elija qué pasó.")}
    )
    title = forms.CharField(
        label=gettext_lazy("En una línea"),
        max_length=160,
        error_messages={"required": gettext_lazy("Escriba en una línea qué pasó.")},
    )
    description = _text(
        gettext_lazy("Qué pasó y cómo se supo"),
        gettext_lazy("Sin nombres de personas privadas de libertad: se buscan después en el registro de actos."),
        gettext_lazy("Cuente qué pasó y cómo se supo, sin nombres de personas."),
    )
    place = forms.ChoiceField(label=gettext_lazy("Dónde"), required=False)
    detected_at = _moment(gettext_lazy("Cuándo se detectó"))
    known_at = _moment(
        gettext_lazy("Cuándo lo supo la institución"), gettext_lazy("Desde ese momento corre el plazo del aviso.")
    )

    def __init__(self, *args: Any, places: Mapping[str, str], national: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "kind", [("", _("Elija…")), *((code, _(rules.KIND_WORDS[code])) for code in rules.KIND_WORDS)])
        none = [("", _("Ningún establecimiento en particular"))] if national else []
        _offer(self, "place", [*none, *places.items()])

    def told(self) -> Report:
        """What was typed, as the command takes it."""
        typed = self.cleaned_data
        return Report(
            typed["kind"],
            typed["title"],
            typed["description"],
            typed["place"],
            typed["detected_at"],
            typed["known_at"],
        )


class CorrectForm(ReportForm):
    """The report again, with why it is corrected."""

    reason = _text(
        gettext_lazy("Por qué se corrige"),
        gettext_lazy("Lo que decía antes queda en la historia."),
        gettext_lazy("Escriba por qué se corrige."),
        2,
    )

    def __init__(self, *args: Any, held_at: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held_at = held_at
        del self.fields["place"]

    def told(self) -> Report:
        """What was typed, at the place that does not change."""
        typed = self.cleaned_data
        return Report(
            typed["kind"], typed["title"], typed["description"], self.held_at, typed["detected_at"], typed["known_at"]
        )


class AssessForm(forms.Form):
    """What is known of the incident now."""

    severity = forms.ChoiceField(
        label=gettext_lazy("Gravedad"), error_messages={"required": gettext_lazy("Elija la gravedad.")}
    )
    personal_data = forms.ChoiceField(label=gettext_lazy("¿Afecta datos personales?"), widget=forms.RadioSelect)
    data_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Qué datos"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.IntegerField(
        label=gettext_lazy("Cuántas personas"),
        required=False,
        min_value=0,
        max_value=10_000_000,
        help_text=gettext_lazy("Vacío si todavía no se sabe: no es lo mismo que ninguna."),
    )
    digital = forms.ChoiceField(
        label=gettext_lazy("¿Es un incidente digital?"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Si lo es, se avisa también al centro nacional de seguridad digital."),
    )
    text = _text(
        gettext_lazy("En qué se basa"),
        gettext_lazy("Puede evaluar de nuevo cuando se sepa más: la anterior queda."),
        gettext_lazy("Escriba en qué se basa la evaluación."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        severities = [(code, _(rules.SEVERITY_WORDS[code])) for code in rules.SEVERITY_WORDS]
        _offer(self, "severity", [("", _("Elija…")), *severities])
        answers = [(code, _(rules.ANSWER_WORDS[code])) for code in rules.ANSWER_WORDS]
        _offer(self, "personal_data", answers)
        _offer(self, "digital", answers)
        _offer(self, "data_kinds", [(code, _(rules.DATA_WORDS[code])) for code in rules.DATA_WORDS])

    def told(self) -> Assessment:
        """What was typed, as the command takes it."""
        typed = self.cleaned_data
        return Assessment(
            typed["severity"],
            typed["personal_data"],
            typed["digital"],
            tuple(typed["data_kinds"]),
            typed["people"],
            typed["text"],
        )


class StepForm(forms.Form):
    """Something that was done, and when."""

    at = _moment(gettext_lazy("Cuándo se hizo"))
    text = _text(gettext_lazy("Qué se hizo"), "", gettext_lazy("Escriba qué se hizo."))


class NoticeForm(StepForm):
    """A notice that was given."""

    reference = forms.CharField(
        label=gettext_lazy("Cargo o medio"),
        max_length=200,
        help_text=gettext_lazy("Número del cargo o de la carta; a las personas, por qué medio se les avisó."),
        error_messages={"required": gettext_lazy("Escriba el número del cargo, o por qué medio se avisó.")},
    )
    field_order = ("at", "reference", "text")


class EvidenceForm(forms.Form):
    """A search of the ledger; sent with «Guardar» it is kept as evidence."""

    subject = forms.CharField(
        label=gettext_lazy("Código de la ficha"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Sobre quién o qué: P-0001234, o el código de otra ficha."),
    )
    actor = forms.CharField(
        label=gettext_lazy("Quién actuó"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("El nombre como figura en el registro de actos."),
    )
    act = forms.CharField(
        label=gettext_lazy("Acto"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Su código o el comienzo: register., looking."),
    )
    since = _moment(gettext_lazy("Desde"), required=False)
    until = _moment(gettext_lazy("Hasta"), required=False)

    def wanted(self) -> queries.LedgerSearch:
        """The search that was typed. Refused with the field that cannot be read."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        typed = self.cleaned_data
        return queries.LedgerSearch(
            typed["subject"].strip(), typed["actor"].strip(), typed["act"].strip(), typed["since"], typed["until"]
        )


class KeepForm(forms.Form):
    """What a search proves."""

    text = _text(gettext_lazy("Qué prueba"), "", gettext_lazy("Escriba qué prueba esta búsqueda."), 2)


class TextForm(forms.Form):
    """How it ended, or why it is annulled."""

    text = _text(gettext_lazy("Texto"), "", gettext_lazy("Escriba el motivo."))

    def __init__(self, *args: Any, label: str, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text


class ContactForm(forms.Form):
    """Who fills a post, from a day on."""

    name = forms.CharField(label=gettext_lazy("Nombre o institución"), max_length=160)
    detail = forms.CharField(
        label=gettext_lazy("Cómo se le avisa"),
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Mesa de partes, correo, teléfono de guardia."),
    )
    source = forms.CharField(
        label=gettext_lazy("De dónde sale"),
        max_length=300,
        help_text=gettext_lazy("La resolución que lo designa, o dónde publica la institución su contacto."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Desde"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def _offer(form: forms.Form, name: str, choices: list[Any]) -> None:
    field: Any = form.fields[name]
    field.choices = choices
