"""What people type about people, read before any command sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.commands import Admission, IdentityData, OffenceData
from creo.register.forms.common import (
    TRUTH,
    choices,
    day_field,
    offer_facilities,
    offer_offences,
    read_truth,
    reason_field,
)
from creo.register.queries import CatalogueRow, PersonFile
from creo.territory.queries import FacilityRef


class IdentityForm(forms.Form):
    """Who somebody is, as far as known."""

    given_names = forms.CharField(label=_("Nombres"), max_length=120, required=False)
    first_surname = forms.CharField(label=_("Primer apellido"), max_length=80, required=False)
    second_surname = forms.CharField(label=_("Segundo apellido"), max_length=80, required=False)
    birth_date = day_field(_("Fecha de nacimiento"), required=False, help_text=_("Déjela vacía si no consta."))
    sex = forms.ChoiceField(label=_("Sexo"), required=False, choices=choices(rules.SEX_WORDS, _("Sin dato")))
    document_kind = forms.ChoiceField(
        label=_("Documento de identidad"),
        choices=[(str(kind), _(rules.DOCUMENT_WORDS[kind])) for kind in rules.DOCUMENT_WORDS],
    )
    document_number = forms.CharField(
        label=_("Número de documento"),
        max_length=24,
        required=False,
        help_text=_("El DNI lleva ocho dígitos, con sus ceros a la izquierda."),
    )
    document_check = forms.CharField(
        label=_("Dígito verificador del DNI"),
        max_length=1,
        required=False,
        help_text=_("El que está a la derecha del número. Sirve para descubrir errores al copiar; no se guarda."),
    )
    nationality = forms.ChoiceField(label=_("Nacionalidad"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["nationality"]
        assert isinstance(field, forms.ChoiceField)
        countries = dict(rules.nationality_words())
        present = self.initial.get("nationality")
        if present and present not in countries:
            countries[present] = present
        field.choices = [("", _("Sin dato")), *countries.items()]

    def clean_document_number(self) -> str:
        """The number in the form in which it is stored."""
        return rules.clean_number(self.cleaned_data["document_number"])

    def identity(self) -> IdentityData:
        """The values typed."""
        names = IdentityData.__dataclass_fields__
        return IdentityData(**{name: self.cleaned_data[name] for name in names})

    def changes(self) -> dict[str, Any]:
        """The values typed, by field of the identity."""
        return {name: self.cleaned_data[name] for name in IdentityData.__dataclass_fields__}


class CorrectIdentityForm(IdentityForm):
    """The same, with the reason of the correction."""

    reason = reason_field(_("Documento que prueba el dato correcto. La identidad anterior queda en la ficha."))


class ConfirmIdentityForm(forms.Form):
    """The confirmation of an identity."""

    reason = reason_field(_("Con qué se comprobó: documento a la vista, huellas, consulta a RENIEC."))


class BirthDateForm(forms.Form):
    """The birth date alone."""

    birth_date = day_field(_("Fecha de nacimiento"))
    reason = reason_field(_("Documento del que se toma: DNI, partida de nacimiento, resolución."))


class AdmitForm(IdentityForm):
    """An admission: who (or whose record), by which mandate, where and for what."""

    person_code = forms.CharField(
        label=_("Código de la ficha, si ya estuvo en custodia"),
        max_length=14,
        required=False,
        help_text=_("Con un código (P-0001234) no llene la identidad: se usa la de la ficha."),
    )
    entry_kind = forms.ChoiceField(
        label=_("Por qué ingresa"), choices=[(str(kind), _(rules.ENTRY_WORDS[kind])) for kind in rules.ENTRY_WORDS]
    )
    facility = forms.ChoiceField(label=_("Establecimiento"))
    admitted_on = day_field(_("Fecha de ingreso"))
    mandate = forms.CharField(
        label=_("Mandato judicial"),
        max_length=200,
        help_text=_("Resolución y juzgado. Nadie ingresa sin mandato (Código de Ejecución Penal, art. 2)."),
    )
    legal_status = forms.ChoiceField(
        label=_("Situación jurídica"), required=False, choices=choices(rules.LEGAL_STATUS_WORDS, _("No consta"))
    )
    legal_status_on = day_field(_("Fecha de la situación jurídica"), required=False)
    offence = forms.ChoiceField(label=_("Delito principal"), required=False)
    attempt = forms.ChoiceField(label=_("¿En grado de tentativa?"), required=False, choices=TRUTH)
    organised_crime = forms.ChoiceField(label=_("¿Vínculo con crimen organizado?"), required=False, choices=TRUTH)
    next_hearing_on = day_field(_("Próxima audiencia"), required=False)

    field_order = ("person_code", *IdentityForm.base_fields, "entry_kind", "facility", "admitted_on", "mandate")

    def __init__(
        self, *args: Any, facilities: Sequence[FacilityRef], catalogue: Sequence[CatalogueRow], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_facilities(self.fields["facility"], facilities)
        offer_offences(self.fields["offence"], catalogue)

    def clean_person_code(self) -> str:
        """The code in its printed form."""
        typed = self.cleaned_data["person_code"]
        code = rules.read_person_code(typed)
        if typed and not code:
            raise forms.ValidationError(_("Se espera un código como P-0001234."))
        return code

    def person_fields(self) -> list[forms.BoundField]:
        """The part about who."""
        return [self[name] for name in ("person_code", *IdentityForm.base_fields)]

    def admission_fields(self) -> list[forms.BoundField]:
        """The part about the mandate and the place."""
        who = {"person_code", *IdentityForm.base_fields}
        return [self[name] for name in self.fields if name not in who]

    def admission(self) -> Admission:
        """The admission typed."""
        typed = self.cleaned_data
        offences = (OffenceData(typed["offence"], read_truth(typed["attempt"])),) if typed["offence"] else ()
        return Admission(
            facility_code=typed["facility"],
            admitted_on=typed["admitted_on"],
            mandate=typed["mandate"],
            entry_kind=typed["entry_kind"],
            legal_status=typed["legal_status"],
            legal_status_on=typed["legal_status_on"],
            next_hearing_on=typed["next_hearing_on"],
            organised_crime=read_truth(typed["organised_crime"]),
            offences=offences,
        )


def identity_initial(file: PersonFile) -> dict[str, Any]:
    """The present identity as the first values of its form."""
    names = (name for name in IdentityData.__dataclass_fields__ if name != "document_check")
    return {name: getattr(file.identity, name) for name in names}
