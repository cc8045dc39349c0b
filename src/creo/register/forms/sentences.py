"""What people type about sentences and the detention credited to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.commands import OffenceData, SentenceData
from creo.register.forms.common import TRUTH, choices, day_field, read_truth, reason_field
from creo.register.forms.law import CourtForm, Options, offer
from creo.register.queries import CatalogueRow

OFFENCES = 3


def _count(label: Any, most: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=most)


class SentenceForm(CourtForm):
    """A sentence as the court wrote it; what is left empty is not on record."""

    issued_on = day_field(_("Fecha de la sentencia"))
    finality = forms.ChoiceField(
        label=_("¿Es firme?"), required=False, choices=choices(rules.FINALITY_WORDS, _("No consta"))
    )
    final_on = day_field(_("Firme desde"), required=False)
    penalty = forms.ChoiceField(
        label=_("Pena privativa de libertad"),
        choices=[(str(value), _(rules.PENALTY_WORDS[value])) for value in rules.PENALTY_WORDS],
    )
    years = _count(_("Años"), 99)
    months = _count(_("Meses"), 1200)
    days = _count(_("Días"), 32_767)
    effect = forms.ChoiceField(
        label=_("¿Efectiva o suspendida?"), required=False, choices=choices(rules.EFFECT_WORDS, _("No consta"))
    )
    starts_on = day_field(
        _("Se cuenta desde"), required=False, help_text=_("Día que señala la sentencia. Vacío si sigue a otra pena.")
    )
    relation = forms.ChoiceField(
        label=_("¿Cómo se cumple junto a otras penas?"),
        required=False,
        choices=choices(rules.RELATION_WORDS, _("El juzgado no lo dice")),
    )
    after = forms.TypedChoiceField(
        label=_("A continuación de"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("La pena a la que sigue."),
    )
    day_fines = _count(_("Días-multa"), 32_767)
    civil_reparation = forms.DecimalField(
        label=_("Reparación civil (S/)"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    offence_1 = forms.ChoiceField(label=_("Delito"), required=False)
    attempt_1 = forms.ChoiceField(label=_("¿En grado de tentativa?"), required=False, choices=TRUTH)
    offence_2 = forms.ChoiceField(label=_("Segundo delito"), required=False)
    attempt_2 = forms.ChoiceField(label=_("¿El segundo, en tentativa?"), required=False, choices=TRUTH)
    offence_3 = forms.ChoiceField(label=_("Tercer delito"), required=False)
    attempt_3 = forms.ChoiceField(label=_("¿El tercero, en tentativa?"), required=False, choices=TRUTH)
    reason = reason_field(_("Copia certificada de la sentencia u oficio que la trae, con su número y fecha."))

    def __init__(self, *args: Any, catalogue: Sequence[CatalogueRow], sentences: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A sentence may be of an offence that no longer rules: those retired are offered too, and say so.
        offences = [
            (row.code, row.label if row.valid_to is None else _now("%(offence)s (ya no rige)") % {"offence": row.label})
            for row in catalogue
        ]
        for number in range(1, OFFENCES + 1):
            offer(self.fields[f"offence_{number}"], offences, _("Ninguno") if number > 1 else _("No consta"))
        if sentences:
            offer(self.fields["after"], sentences, _("Ninguna"))
        else:
            del self.fields["after"]

    def clean(self) -> dict[str, Any]:
        """A term is typed in any of its three parts; the others are then zero."""
        typed = super().clean() or {}
        parts = [typed.get(name) for name in ("years", "months", "days")]
        known = any(part is not None for part in parts)
        typed["term"] = rules.Term(*(part or 0 for part in parts)) if known else None
        return typed

    def sentence(self) -> SentenceData:
        """What was typed, for the command."""
        typed = self.cleaned_data
        offences = [
            OffenceData(typed[f"offence_{number}"], read_truth(typed[f"attempt_{number}"]))
            for number in range(1, OFFENCES + 1)
            if typed[f"offence_{number}"]
        ]
        names = (
            "court", "case_number", "issued_on", "penalty", "term", "effect", "finality", "final_on", "starts_on",
            "relation", "day_fines", "civil_reparation",
        )  # fmt: skip
        return SentenceData(offences=tuple(offences), after=typed.get("after"), **{name: typed[name] for name in names})


class AnnulSentenceForm(forms.Form):
    """A sentence that a later decision ends."""

    sentence = forms.TypedChoiceField(label=_("Sentencia"), coerce=int)
    on = day_field(_("Desde"), help_text=_("Fecha de la decisión que la anula o la reemplaza."))
    replaced_by = forms.TypedChoiceField(
        label=_("La reemplaza"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Registre antes la nueva sentencia. Vacío: queda anulada."),
    )
    reason = reason_field(_("Resolución que la anula o la reemplaza, con su número y juzgado."))

    def __init__(self, *args: Any, sentences: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["sentence"], sentences)
        offer(self.fields["replaced_by"], sentences, _("Ninguna: queda anulada"))


class CreditForm(forms.Form):
    """Earlier detention credited to a sentence, both days included."""

    sentence = forms.TypedChoiceField(label=_("Sentencia"), coerce=int)
    first_day = day_field(_("Primer día de detención"))
    last_day = day_field(_("Último día de detención"))
    source = reason_field(_("Resolución o constancia que acredita la detención, con su número y fecha."))

    def __init__(self, *args: Any, sentences: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].label = _("Sustento")
        offer(self.fields["sentence"], sentences)


class WithdrawCreditForm(forms.Form):
    """A credit that should not count."""

    credit = forms.TypedChoiceField(label=_("Abono"), coerce=int)
    on = day_field(_("Fecha"))
    reason = reason_field(_("Por qué no corresponde, con el documento que lo dice."))

    def __init__(self, *args: Any, credits: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["credit"], credits, _("Elija uno"))
