"""What people say about possible duplicates: which list they want, why two records are one or two people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.forms.common import reason_field
from creo.register.queries import POSSIBLE, PROBABLE, PairFilters
from creo.support.refusals import Refused
from creo.territory.queries import FacilityRef

ALL = "todas"


class PairFilterForm(forms.Form):
    """The filters of the list of possible duplicates; its address keeps them."""

    persona = forms.CharField(
        label=_("Código de una ficha"), required=False, max_length=14, widget=forms.TextInput({"type": "search"})
    )
    estado = forms.ChoiceField(label=_("Estado"), required=False)
    nivel = forms.ChoiceField(
        label=_("Coincidencia"),
        required=False,
        choices=[("", _("Todas")), (PROBABLE, _("Probable")), (POSSIBLE, _("Posible"))],
    )
    motivo = forms.ChoiceField(label=_("Cláusula"), required=False)
    penal = forms.ChoiceField(label=_("Establecimiento"), required=False)

    def __init__(self, data: Any, facilities: Sequence[FacilityRef], clauses: Sequence[str]) -> None:
        super().__init__(data)
        others = [state for state in rules.PAIR_WORDS if state != rules.PairState.OPEN]
        _offer(self, "penal", [("", _("Todos")), *((ref.code, ref.name) for ref in facilities)])
        _offer(self, "motivo", [("", _("Todas")), *((code, _(rules.CLAUSE_WORDS[code])) for code in clauses)])
        _offer(
            self,
            "estado",
            [
                ("", _(rules.PAIR_WORDS[rules.PairState.OPEN])),
                *((str(state), _(rules.PAIR_WORDS[state])) for state in others),
                (ALL, _("Todas")),
            ],
        )

    def clean_persona(self) -> str:
        """The code in its printed form."""
        typed = self.cleaned_data["persona"]
        code = rules.read_person_code(typed)
        if typed and not code:
            raise forms.ValidationError(_("Se espera un código como P-0001234."))
        return code

    def wanted(self) -> PairFilters:
        """The filters asked for. Refused with the field and the value that no list offers."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        asked = self.cleaned_data
        state = asked["estado"] or rules.PairState.OPEN
        return PairFilters(
            state="" if state == ALL else state,
            level=asked["nivel"],
            clause=asked["motivo"],
            facility=asked["penal"],
            person=asked["persona"],
        )

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.cleaned_data.values())

    def in_words(self) -> str:
        """The filters set, as people read them."""
        said = []
        for name, value in self.cleaned_data.items():
            field: Any = self.fields[name]
            if value:
                said.append(f"{field.label}: {dict(getattr(field, 'choices', ())).get(value, value)}")
        return "; ".join(said)


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class DistinctForm(forms.Form):
    """Two records are of two people."""

    reason = reason_field(_("Con qué se comprobó: huellas, documentos a la vista, partidas de nacimiento."))


class ReopenForm(forms.Form):
    """A decision to look at again."""

    reason = reason_field(_("Qué apareció después de la decisión."))


class MergeForm(forms.Form):
    """Two records are of one person; `seen` is the digest of the preview on the page."""

    queda = forms.CharField(widget=forms.HiddenInput, max_length=14)
    visto = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = reason_field(_("Con qué se comprobó que es la misma persona: huellas, consulta a RENIEC, oficio."))


class UndoForm(forms.Form):
    """A merge given back."""

    reason = reason_field(_("Qué demuestra que son dos personas."))


class ProposeForm(forms.Form):
    """Two records that somebody suspects to be of one person."""

    one_code = forms.CharField(label=_("Código de una ficha"), max_length=14, help_text=_("Como P-0001234."))
    other_code = forms.CharField(label=_("Código de la otra ficha"), max_length=14)
    reason = reason_field(_("Por qué pueden ser la misma persona: coinciden las huellas, lo dice un oficio."))

    def clean_one_code(self) -> str:
        """The code in its printed form."""
        return _code(self.cleaned_data["one_code"])

    def clean_other_code(self) -> str:
        """The code in its printed form."""
        return _code(self.cleaned_data["other_code"])


def _code(typed: str) -> str:
    code = rules.read_person_code(typed)
    if not code:
        raise forms.ValidationError(_("Se espera un código como P-0001234."))
    return code
