"""Questions about protected facts, one form each; references to biometrics; aliases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.commands import AliasData, BiometricData
from creo.register.forms.common import TRUTH, choices, day_field, read_truth, reason_field
from creo.register.rules import ProtectedKind


class ProtectedForm(forms.Form):
    """One question: the fields that its answer needs, and no others."""

    answer = forms.ChoiceField(
        label=_("Respuesta"), choices=[("", _("Elija una")), ("yes", _("Sí")), ("none", _("No"))]
    )
    value = forms.CharField(label=_("Cuál"), required=False, max_length=160)
    needs = forms.CharField(
        label=_("Qué necesita"),
        required=False,
        max_length=300,
        help_text=_("Ayudas, adaptaciones o cuidados, en pocas palabras."),
    )
    interpreter = forms.ChoiceField(label=_("Necesita intérprete"), required=False, choices=TRUTH)
    number = forms.IntegerField(label=_("Cuántos"), required=False, min_value=1, max_value=20)
    day = day_field(_("Fecha"), required=False)
    since = day_field(_("Desde"), help_text=_("Día en que se preguntó o desde el que consta."))
    source = forms.CharField(
        label=_("Fuente"), max_length=200, help_text=_("La propia persona, un documento o un informe: diga cuál.")
    )

    def __init__(self, data: Any, *, kind: ProtectedKind, **other: Any) -> None:
        super().__init__(data, **other)
        self.kind = kind
        for name in {"value", "needs", "interpreter", "number", "day"} - _ASKS[kind]:
            del self.fields[name]
        for name, (label, help_text) in _LABELS.get(kind, {}).items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        if kind is ProtectedKind.DISABILITY:
            self.fields["value"] = forms.ChoiceField(
                label=_("Tipo de discapacidad"),
                required=False,
                choices=choices(rules.DISABILITY_WORDS, _("Elija uno")),
            )
            self.order_fields(["answer", "value"])
        if kind is ProtectedKind.LANGUAGE:
            answer = self.fields["answer"]
            answer.initial, answer.widget = "yes", forms.HiddenInput()

    def fact(self) -> rules.ProtectedValue:
        """The answer typed."""
        typed = self.cleaned_data
        return rules.ProtectedValue(
            kind=self.kind,
            answer=typed["answer"],
            value=typed.get("value", ""),
            needs=typed.get("needs", ""),
            interpreter=read_truth(typed.get("interpreter", "")),
            number=typed.get("number"),
            day=typed.get("day"),
        )


_ASKS: dict[ProtectedKind, set[str]] = {
    ProtectedKind.COMMUNITY: {"value"},
    ProtectedKind.DISABILITY: {"value", "needs"},
    ProtectedKind.LANGUAGE: {"value", "interpreter"},
    ProtectedKind.PREGNANCY: {"day", "needs"},
    ProtectedKind.CHILDREN_INSIDE: {"number", "day"},
    ProtectedKind.CHILDREN: {"number", "needs"},
}
_LABELS: dict[ProtectedKind, dict[str, tuple[Any, Any]]] = {
    ProtectedKind.COMMUNITY: {"value": (_("Comunidad o pueblo"), _("Como la persona lo nombra."))},
    ProtectedKind.LANGUAGE: {"value": (_("Lengua materna"), "")},
    ProtectedKind.PREGNANCY: {"day": (_("Fecha probable de parto"), "")},
    ProtectedKind.CHILDREN_INSIDE: {"day": (_("Nacimiento del mayor de ellos"), "")},
    ProtectedKind.CHILDREN: {"needs": (_("Con quién viven"), _("Parentesco y lugar, sin nombres de menores."))},
}


class MistakeForm(forms.Form):
    """Why something was recorded by mistake."""

    reason = reason_field(_("Qué error fue y cómo consta. El dato queda guardado como anulado."))


class BiometricForm(forms.Form):
    """A reference to what another system keeps."""

    kind = forms.ChoiceField(label=_("Qué identifica"), choices=choices(rules.BIOMETRIC_WORDS, _("Elija uno")))
    system = forms.CharField(label=_("Sistema que la guarda"), max_length=60)
    reference = forms.CharField(
        label=_("Código de referencia"),
        max_length=4_000,
        help_text=_("Solo el código con que ese sistema la guarda, nunca la imagen ni la huella."),
    )
    taken_on = day_field(_("Tomada el"), required=False)
    quality = forms.IntegerField(label=_("Calidad, de 0 a 100"), required=False, min_value=0, max_value=100)

    def data_typed(self) -> BiometricData:
        """The reference typed."""
        typed = self.cleaned_data
        return BiometricData(typed["system"], typed["kind"], typed["reference"], typed["taken_on"], typed["quality"])


class AliasForm(forms.Form):
    """Another name by which a person is known."""

    kind = forms.ChoiceField(label=_("Tipo"), choices=choices(rules.ALIAS_WORDS, _("Elija uno")))
    given_names = forms.CharField(label=_("Nombres"), required=False, max_length=120)
    first_surname = forms.CharField(label=_("Primer apellido"), required=False, max_length=80)
    second_surname = forms.CharField(label=_("Segundo apellido"), required=False, max_length=80)
    nickname = forms.CharField(
        label=_("Apelativo"), required=False, max_length=80, help_text=_("Solo si el tipo es apelativo.")
    )
    source = forms.CharField(label=_("Fuente"), max_length=200, help_text=_("Quién la conoce por ese nombre."))
    on = day_field(_("Desde"))

    def alias(self) -> AliasData:
        """The alias typed."""
        typed = self.cleaned_data
        return AliasData(**{name: typed[name] for name in AliasData.__dataclass_fields__})
