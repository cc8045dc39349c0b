"""What people type about movements: each form asks for what its command needs, with the reason beside each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.commands import Back
from creo.register.forms.common import choices, day_field, offer_facilities, reason_field
from creo.register.queries import MovementFilters
from creo.support.refusals import Refused
from creo.territory.queries import FacilityRef

MAX_DAYS = 366
DEFAULT_DAYS = 30
KINDS = {str(kind): words for kind, words in rules.MOVEMENT_WORDS.items()}
RELEASES: Mapping[str, str] = {
    kind: words
    for kind, words in rules.RELEASE_WORDS.items()
    if kind not in (rules.ReleaseKind.ESCAPE, rules.ReleaseKind.ANNULLED)
}


def hour_field(label: Any, help_text: Any = "") -> forms.TimeField:
    """An hour, empty where it is not known."""
    widget = forms.TimeInput({"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, help_text=help_text, widget=widget)


class TransferForm(forms.Form):
    """A transfer to another prison."""

    from_facility = forms.ChoiceField(label=_("Establecimiento de origen"), required=False)
    to_facility = forms.ChoiceField(label=_("Establecimiento de destino"))
    on = day_field(_("Fecha del traslado"))
    at = hour_field(_("Hora"), _("Déjela vacía si no consta."))
    reason = reason_field(_("Resolución que dispone el traslado."))

    def __init__(self, *args: Any, facilities: Sequence[FacilityRef], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_facilities(self.fields["from_facility"], facilities)
        offer_facilities(self.fields["to_facility"], facilities)


class ReleaseForm(forms.Form):
    """The end of the open episode."""

    kind = forms.ChoiceField(label=_("Tipo de egreso"), choices=choices(RELEASES, _("Elija uno")))
    on = day_field(_("Fecha de egreso"))
    at = hour_field(_("Hora"), _("Déjela vacía si no consta."))
    order_number = forms.CharField(
        label=_("Número de la orden de libertad"),
        max_length=80,
        required=False,
        help_text=_("Obligatorio: nadie egresa sin orden. Solo de un fallecimiento no se pide."),
    )
    court = forms.CharField(
        label=_("Juzgado que la dio"),
        max_length=160,
        required=False,
        help_text=_("Obligatorio, salvo en un fallecimiento."),
    )
    reason = reason_field(_("Cómo se comprobó la orden con el juzgado; o acta de defunción."))


class AbsenceForm(forms.Form):
    """Leaving for a while; the return too, when it is already over."""

    destination = forms.CharField(label=_("Destino"), max_length=200)
    on = day_field(_("Fecha de salida"))
    at = hour_field(_("Hora de salida"), _("Déjela vacía si no consta."))
    hours = forms.IntegerField(
        label=_("Horas concedidas"), min_value=1, widget=forms.NumberInput({"inputmode": "numeric"})
    )
    back_on = day_field(
        _("Fecha de retorno, si ya volvió"), required=False, help_text=_("Si la persona sigue fuera, déjela vacía.")
    )
    back_at = hour_field(_("Hora de retorno"))
    reason = reason_field(_("Oficio, orden médica o resolución que la sustenta."))

    def __init__(self, *args: Any, kind: rules.MovementKind, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            rules.MovementKind.ESCORT: (_("Juzgado o autoridad"), _("Adonde se conduce a la persona.")),
            rules.MovementKind.HOSPITAL: (_("Hospital"), _("Establecimiento de salud que la recibe.")),
            rules.MovementKind.EXIT_PERMIT: (_("Lugar del permiso"), _("Domicilio o lugar al que se le permite ir.")),
        }
        field = self.fields["destination"]
        field.label, field.help_text = words[kind]
        if kind is rules.MovementKind.EXIT_PERMIT:
            rule = rules.parameters().exit_permit_on(today)
            self.fields["hours"].help_text = _("Como máximo %(most)d (%(source)s).") % {
                "most": rule.max_hours,
                "source": f"{rule.citation.source}, {rule.citation.locator}",
            }
        else:
            del self.fields["hours"]

    def back(self) -> Back | None:
        """The return typed, None while the person is away."""
        typed = self.cleaned_data
        return Back(typed["back_on"], typed["back_at"]) if typed["back_on"] else None


class ReturnForm(forms.Form):
    """Coming back."""

    on = day_field(_("Fecha de retorno"))
    at = hour_field(_("Hora"), _("Déjela vacía si no consta."))
    reason = forms.CharField(
        label=_("Observaciones"), max_length=400, required=False, help_text=_("Constancia o parte, si lo hay.")
    )


class EscapeForm(forms.Form):
    """The end of the episode by an escape."""

    on = day_field(_("Fecha de la fuga"))
    at = hour_field(_("Hora"), _("Déjela vacía si no consta."))
    reason = reason_field(_("Parte o denuncia, con su número y fecha."))


class AnnulForm(forms.Form):
    """The counter-entry of the last movement: which one it was on the page that showed it, and why."""

    custody = forms.IntegerField(widget=forms.HiddenInput)
    sequence = forms.IntegerField(widget=forms.HiddenInput)
    reason = reason_field(_("Por qué se registró por error. El movimiento queda a la vista, tachado, con este motivo."))


class MovementFilterForm(forms.Form):
    """The filters of the list of movements; its address keeps them. Without days: the last thirty."""

    penal = forms.ChoiceField(label=_("Establecimiento"), required=False)
    tipo = forms.ChoiceField(label=_("Movimiento"), required=False, choices=choices(KINDS, _("Todos")))
    desde = day_field(_("Desde"), required=False)
    hasta = day_field(_("Hasta"), required=False)
    anulados = forms.BooleanField(label=_("Con los anulados"), required=False)

    def __init__(self, data: Any, facilities: Sequence[FacilityRef], today: date) -> None:
        super().__init__(data)
        self.today = today
        field = self.fields["penal"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Todos")), *((ref.code, ref.name) for ref in facilities)]

    def wanted(self) -> MovementFilters:
        """The filters asked for. Refused with the field and the value that cannot be."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        asked = self.cleaned_data
        until = asked["hasta"] or self.today
        since = asked["desde"] or until - timedelta(DEFAULT_DAYS - 1)
        if since > until:
            raise Refused(str(_("«Desde» es posterior a «Hasta».")))
        if (until - since).days >= MAX_DAYS:
            raise Refused(str(_("Elija un periodo de hasta %(most)d días.")) % {"most": MAX_DAYS})
        return MovementFilters(since, until, asked["penal"], asked["tipo"], asked["anulados"])

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.cleaned_data.values())

    def in_words(self) -> str:
        """The filters other than the days, as people read them."""
        said = []
        for name in ("penal", "tipo"):
            value, field = self.cleaned_data[name], self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            if value:
                offered: Any = field.choices
                said.append(f"{field.label}: {dict(offered)[value]}")
        return "; ".join(said)
