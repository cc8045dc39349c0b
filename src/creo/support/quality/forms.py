"""Filters of the board and of a check's findings, and what is asked to grant, revoke or limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.support.accounts.permissions import ROLES
from creo.support.quality import rules
from creo.support.quality.checks import Place
from creo.support.quality.queries import EXCEPTED, GONE, OPEN, FindingFilters
from creo.support.refusals import Refused


def _reason(label: Any, help_text: Any, missing: Any) -> forms.CharField:
    widget = forms.Textarea({"rows": 3})
    messages = {"required": missing}
    return forms.CharField(label=label, help_text=help_text, max_length=400, widget=widget, error_messages=messages)


def _day(label: Any, help_text: Any, missing: Any) -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, error_messages={"required": missing})


def _limit(label: Any) -> forms.DecimalField:
    messages = {"required": _("Indique el límite.")}
    return forms.DecimalField(label=label, max_digits=12, decimal_places=4, error_messages=messages)


class _Filters(forms.Form):
    """Filters that say their faults as a refusal and their choices in words."""

    def asked(self) -> dict[str, str]:
        """The choices made. Refused with the field and the value that no list offers."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        return self.cleaned_data

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.asked().values())

    def in_words(self) -> str:
        """The filters set, as people read them: «Estado: En alerta»."""
        said = []
        for name, value in self.asked().items():
            field: Any = self.fields[name]
            if value:
                said.append(f"{field.label}: {dict(field.choices).get(value, value)}")
        return "; ".join(said)


def _places(field: forms.Field, places: Iterable[Place]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", _("Todos")), *((place.code, place.name) for place in places)]


class BoardForm(_Filters):
    """What the board shows; its address keeps it."""

    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        choices=[("", _("Todos")), *((str(state), _(rules.STATE_WORDS[state])) for state in rules.STATE_WORDS)],
    )
    responsable = forms.ChoiceField(label=_("Responsable"), required=False)
    lugar = forms.ChoiceField(label=_("Establecimiento"), required=False)

    def __init__(self, data: Any, owners: Sequence[str], places: Sequence[Place]) -> None:
        super().__init__(data)
        field = self.fields["responsable"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Todos")), *((code, ROLES[code].title) for code in owners)]
        _places(self.fields["lugar"], places)


class FindingsForm(_Filters):
    """What the findings of a check are narrowed to."""

    situacion = forms.ChoiceField(
        label=_("Situación"),
        required=False,
        choices=[("", _("Sin excepción")), (EXCEPTED, _("Con excepción vigente")), (GONE, _("Corregidos"))],
    )
    lugar = forms.ChoiceField(label=_("Establecimiento"), required=False)

    def __init__(self, data: Any, places: Sequence[Place]) -> None:
        super().__init__(data)
        _places(self.fields["lugar"], places)

    def wanted(self) -> FindingFilters:
        """The filters asked for. Refused for what no list offers."""
        asked = self.asked()
        return FindingFilters(asked["situacion"] or OPEN, asked["lugar"])


# The commands refuse what is missing too, with the same words: the API and the command line have no form.


class ExceptionForm(forms.Form):
    """Why a finding is accepted, and until when."""

    reason = _reason(
        _("Motivo y sustento"),
        _("Por qué este caso se acepta, y qué documento lo respalda."),
        _("Escriba por qué este caso se acepta y con qué sustento."),
    )
    expires_on = _day(
        _("Vence el"),
        _("Ese día vuelve a ser un hallazgo."),
        _("La excepción termina después de hoy: indique hasta cuándo."),
    )


class RevokeForm(forms.Form):
    """Why an exception ends before its day."""

    reason = _reason(_("Motivo"), _("Por qué el caso ya no se acepta."), _("Escriba por qué se revoca."))


class LimitsForm(forms.Form):
    """Limits of a check from a day on. Shares are written as per cent."""

    soft = _limit(_("Límite de alerta"))
    hard = _limit(_("Límite máximo"))
    valid_from = _day(
        _("Rige desde"),
        _("Hoy o un día futuro: lo ya juzgado no se reescribe."),
        _("Los límites cambian desde hoy o desde un día futuro: lo ya juzgado no se reescribe."),
    )
    reason = _reason(
        _("Motivo y sustento"), _("Quién lo decidió y con qué documento."), _("Escriba por qué cambian los límites.")
    )

    def __init__(self, *args: Any, kind: rules.LimitKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind is rules.LimitKind.RATE:
            self.fields["soft"].help_text = _("En por ciento: más que esto es una alerta.")
            self.fields["hard"].help_text = _("En por ciento: más que esto no se acepta.")
        else:
            self.fields["soft"].help_text = _("En número de hallazgos: más que esto es una alerta.")
            self.fields["hard"].help_text = _("En número de hallazgos: más que esto no se acepta.")

    def clean(self) -> dict[str, Any]:
        """Limits that contradict each other are said together with what is missing; the command refuses them too."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        soft, hard = self.limit("soft"), self.limit("hard")
        if soft is not None and hard is not None:
            for problem in rules.limit_problems(self.kind, soft, hard):
                self.add_error("hard", _(rules.LIMIT_PROBLEM_WORDS[problem]))
        return cleaned

    def limit(self, name: str) -> Decimal | None:
        """A limit as the rules take it: a share, or a number of findings; None when nothing was written."""
        value: Decimal | None = self.cleaned_data.get(name)
        return value / 100 if value is not None and self.kind is rules.LimitKind.RATE else value


def written(kind: rules.LimitKind, value: Decimal) -> Decimal:
    """A limit as the form shows it."""
    shown = value * 100 if kind is rules.LimitKind.RATE else value
    return Decimal(format(shown.normalize(), "f"))
