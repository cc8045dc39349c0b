"""What people type about offences and legal status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.forms.common import TRUTH, choices, day_field, offer_offences, reason_field
from creo.register.queries import CatalogueRow


class OffenceForm(forms.Form):
    """The main offence of the open episode."""

    offence = forms.ChoiceField(label=_("Delito principal"))
    attempt = forms.ChoiceField(label=_("¿En grado de tentativa?"), required=False, choices=TRUTH)
    reason = reason_field(_("Mandato o sentencia que lo dice, con su número y fecha."))

    def __init__(self, *args: Any, catalogue: Sequence[CatalogueRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_offences(self.fields["offence"], catalogue)


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
