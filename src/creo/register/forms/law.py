"""What people type about offences, legal status, mandates and what courts declare."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.commands import MandateData
from creo.register.forms.common import TRUTH, choices, day_field, offer_offences, reason_field
from creo.register.queries import CatalogueRow

Options = Sequence[tuple[str, str]]


def offer(field: forms.Field, options: Options, first: Any = None) -> None:
    """Offers some options after an empty one."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", first if first is not None else _("Elija una")), *options]


class OffenceForm(forms.Form):
    """The main offence of the open episode."""

    offence = forms.ChoiceField(label=_("Delito principal"))
    attempt = forms.ChoiceField(label=_("¿En grado de tentativa?"), required=False, choices=TRUTH)
    on = day_field(
        _("Desde"), required=False, help_text=_("Día de la resolución que lo cambia. Vacío: corrige lo registrado.")
    )
    reason = reason_field(_("Mandato o sentencia que lo dice, con su número y fecha."))

    def __init__(self, *args: Any, catalogue: Sequence[CatalogueRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_offences(self.fields["offence"], catalogue)


class OtherOffenceForm(OffenceForm):
    """One more offence of the open episode."""

    def __init__(self, *args: Any, catalogue: Sequence[CatalogueRow], **kwargs: Any) -> None:
        super().__init__(*args, catalogue=catalogue, **kwargs)
        self.fields["offence"].label = _("Otro delito")
        self.fields["on"].help_text = _("Vacío: desde el inicio del episodio.")


class CloseOffenceForm(forms.Form):
    """An offence that is no longer charged."""

    offence = forms.ChoiceField(label=_("Delito"))
    on = day_field(
        _("Hasta"), required=False, help_text=_("Primer día en que ya no rige. Vacío: se registró por error.")
    )
    reason = reason_field(_("Resolución que lo dispone, con su número y juzgado."))

    def __init__(self, *args: Any, offences: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["offence"], offences)


class LegalStatusForm(forms.Form):
    """The legal status of the open episode."""

    status = forms.ChoiceField(label=_("Situación jurídica"), choices=choices(rules.LEGAL_STATUS_WORDS, _("Elija una")))
    on = day_field(_("Desde"), help_text=_("Fecha de la resolución."))
    next_hearing_on = day_field(_("Próxima audiencia"), required=False)
    reason = reason_field(_("Resolución que la dispone, con su número y juzgado."))


class SecurityFactsForm(forms.Form):
    """What the file shows of the two facts that may leave somebody out of the programme."""

    organised_crime = forms.ChoiceField(label=_("¿Vínculo con crimen organizado?"), required=False, choices=TRUTH)
    extreme_security = forms.ChoiceField(label=_("¿Clasificación en Extrema Seguridad?"), required=False, choices=TRUTH)
    reason = reason_field(_("Mandato, sentencia o acta de la junta que lo dice, con su número y fecha."))


class CourtForm(forms.Form):
    """What every act of a court has: the court and the case, and the episode when there are several."""

    episode = forms.TypedChoiceField(label=_("Episodio"), coerce=int, empty_value=None, required=False)
    court = forms.CharField(label=_("Juzgado"), max_length=160)
    case_number = forms.CharField(label=_("Expediente judicial"), max_length=60)

    def __init__(self, *args: Any, episodes: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(episodes) > 1:
            field = self.fields["episode"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = list(episodes)
        else:
            del self.fields["episode"]


class MandateForm(CourtForm):
    """A detention mandate as it arrives."""

    kind = forms.ChoiceField(
        label=_("Tipo de mandato"), required=False, choices=choices(rules.MANDATE_WORDS, _("No consta"))
    )
    issued_on = day_field(_("Emitido el"), required=False)
    received_on = day_field(_("Recibido el"))
    term_last_day = day_field(_("Último día del plazo"), required=False, help_text=_("Si el mandato señala un plazo."))
    reason = reason_field(_("Oficio con que llegó, con su número y fecha."))

    def mandate(self) -> MandateData:
        """What was typed, for the command."""
        typed = self.cleaned_data
        last = typed["term_last_day"]
        return MandateData(
            court=typed["court"],
            case_number=typed["case_number"],
            kind=typed["kind"],
            issued_on=typed["issued_on"],
            received_on=typed["received_on"],
            term_ends_on=last + timedelta(1) if last is not None else None,
        )


class LiftMandateForm(forms.Form):
    """A mandate that no longer holds the person."""

    mandate = forms.TypedChoiceField(label=_("Mandato"), coerce=int)
    on = day_field(_("Desde"), help_text=_("Día en que deja de regir."))
    kind = forms.ChoiceField(label=_("Por qué"), choices=choices(rules.LIFT_WORDS, _("Elija una")))
    reason = reason_field(_("Resolución u oficio que lo dispone, con su número y juzgado."))

    def __init__(self, *args: Any, mandates: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["mandate"], mandates)


class DeclarationForm(CourtForm):
    """What a court declared of the person; nothing here is worked out."""

    kind = forms.ChoiceField(label=_("Condición"), choices=choices(rules.JUDICIAL_WORDS, _("Elija una")))
    declared = forms.TypedChoiceField(
        label=_("¿Qué dijo el juzgado?"),
        choices=(("", _("Elija una")), ("si", _("La declaró")), ("no", _("Dijo expresamente que no"))),
        coerce=lambda text: text == "si",
    )
    on = day_field(_("Fecha de la resolución"))
    reason = reason_field(_("Resolución que lo declara, con su número y fecha."))


class EndDeclarationForm(forms.Form):
    """A declaration left without effect."""

    declaration = forms.TypedChoiceField(label=_("Declaración"), coerce=int)
    on = day_field(_("Desde"), help_text=_("Día en que queda sin efecto."))
    reason = reason_field(_("Resolución que la deja sin efecto, con su número y juzgado."))

    def __init__(self, *args: Any, declarations: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["declaration"], declarations)
