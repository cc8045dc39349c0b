"""What people type about people, read before any command sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from creo.register import rules
from creo.register.commands import Admission, IdentityData, OffenceData
from creo.register.queries import EVERYBODY, HELD, RELEASED, CatalogueRow, PeopleFilters, PersonFile
from creo.support.refusals import Refused
from creo.territory.queries import FacilityRef

Choices = Sequence[tuple[str, Any]]
YES, NO = "si", "no"
TRUTH: Choices = (("", _("No consta")), (NO, _("No")), (YES, _("Sí")))


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def _reason(help_text: Any) -> forms.CharField:
    return forms.CharField(label=_("Motivo y sustento"), max_length=400, help_text=help_text)


def _choices(words: Mapping[str, str], first: Any) -> Choices:
    return [("", first), *((str(value), _(label)) for value, label in words.items() if value)]


class PeopleFilterForm(forms.Form):
    """The filters of the list of people; its address keeps them."""

    q = forms.CharField(
        label=_("Nombre, documento o código"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search"}),
    )
    penal = forms.ChoiceField(label=_("Establecimiento"), required=False)
    sexo = forms.ChoiceField(label=_("Sexo"), required=False, choices=_choices(rules.SEX_WORDS, _("Todos")))
    situacion = forms.ChoiceField(
        label=_("Situación jurídica"), required=False, choices=_choices(rules.LEGAL_STATUS_WORDS, _("Todas"))
    )
    identidad = forms.ChoiceField(
        label=_("Identidad"), required=False, choices=_choices(rules.IDENTITY_WORDS, _("Todas"))
    )
    custodia = forms.ChoiceField(
        label=_("Custodia"),
        required=False,
        choices=[("", _("En custodia")), (RELEASED, _("Fuera de custodia")), (EVERYBODY, _("Todas"))],
    )
    sin_nacimiento = forms.BooleanField(label=_("Sin fecha de nacimiento"), required=False)

    def __init__(self, data: Any, facilities: Sequence[FacilityRef], *, national: bool) -> None:
        super().__init__(data)
        places = self.fields["penal"]
        assert isinstance(places, forms.ChoiceField)
        places.choices = [("", _("Todos")), *((ref.code, ref.name) for ref in facilities)]
        if not national:
            # A prison or a region sees the people it holds: there is nothing else to choose.
            del self.fields["custodia"]

    def wanted(self) -> PeopleFilters:
        """The filters asked for. Refused with the field and the value that no list offers."""
        if not self.is_valid():
            raise Refused(
                [f"{self.fields[name].label}: {' '.join(map(str, errors))}" for name, errors in self.errors.items()]
            )
        asked = self.cleaned_data
        return PeopleFilters(
            search=asked["q"],
            facility=asked["penal"],
            sex=asked["sexo"],
            legal_status=asked["situacion"],
            identity_status=asked["identidad"],
            without_birth_date=asked["sin_nacimiento"],
            situation=asked.get("custodia") or HELD,
        )

    @property
    def used(self) -> bool:
        """True when some filter is set."""
        return any(self.cleaned_data.values())

    def in_words(self) -> str:
        """The filters set, as people read them: «Sexo: Mujer; …»."""
        said = []
        for name, value in self.cleaned_data.items():
            field = self.fields[name]
            if value:
                choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
                words = dict(choices)
                said.append(str(field.label) if value is True else f"{field.label}: {words.get(value, value)}")
        return "; ".join(said)


class IdentityForm(forms.Form):
    """Who somebody is, as far as known."""

    given_names = forms.CharField(label=_("Nombres"), max_length=120, required=False)
    first_surname = forms.CharField(label=_("Primer apellido"), max_length=80, required=False)
    second_surname = forms.CharField(label=_("Segundo apellido"), max_length=80, required=False)
    birth_date = _day(_("Fecha de nacimiento"), required=False, help_text=_("Déjela vacía si no consta."))
    sex = forms.ChoiceField(label=_("Sexo"), required=False, choices=_choices(rules.SEX_WORDS, _("Sin dato")))
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

    reason = _reason(_("Documento que prueba el dato correcto. La identidad anterior queda en la ficha."))


class ConfirmIdentityForm(forms.Form):
    """The confirmation of an identity."""

    reason = _reason(_("Con qué se comprobó: documento a la vista, huellas, consulta a RENIEC."))


class BirthDateForm(forms.Form):
    """The birth date alone."""

    birth_date = _day(_("Fecha de nacimiento"))
    reason = _reason(_("Documento del que se toma: DNI, partida de nacimiento, resolución."))


class OffenceForm(forms.Form):
    """The main offence of the open episode."""

    offence = forms.ChoiceField(label=_("Delito principal"))
    attempt = forms.ChoiceField(label=_("¿En grado de tentativa?"), required=False, choices=TRUTH)
    reason = _reason(_("Mandato o sentencia que lo dice, con su número y fecha."))

    def __init__(self, *args: Any, catalogue: Sequence[CatalogueRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_offences(self.fields["offence"], catalogue)


class LegalStatusForm(forms.Form):
    """The legal status of the open episode."""

    status = forms.ChoiceField(
        label=_("Situación jurídica"), choices=_choices(rules.LEGAL_STATUS_WORDS, _("Elija una"))
    )
    on = _day(_("Desde"), help_text=_("Fecha de la resolución."))
    next_hearing_on = _day(_("Próxima audiencia"), required=False)
    reason = _reason(_("Resolución que la dispone, con su número y juzgado."))


class SecurityFactsForm(forms.Form):
    """What the file shows of the two facts that may leave somebody out of the programme."""

    organised_crime = forms.ChoiceField(label=_("¿Vínculo con crimen organizado?"), required=False, choices=TRUTH)
    extreme_security = forms.ChoiceField(label=_("¿Clasificación en Extrema Seguridad?"), required=False, choices=TRUTH)
    reason = _reason(_("Mandato, sentencia o acta de la junta que lo dice, con su número y fecha."))


class TransferForm(forms.Form):
    """A transfer to another prison."""

    to_facility = forms.ChoiceField(label=_("Establecimiento de destino"))
    on = _day(_("Fecha del traslado"))
    reason = _reason(_("Resolución que dispone el traslado."))

    def __init__(self, *args: Any, facilities: Sequence[FacilityRef], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_facilities(self.fields["to_facility"], facilities)


class ReleaseForm(forms.Form):
    """The end of the open episode."""

    kind = forms.ChoiceField(label=_("Tipo de egreso"), choices=_choices(rules.RELEASE_WORDS, _("Elija uno")))
    on = _day(_("Fecha de egreso"))
    reason = _reason(_("Orden de libertad, con su número y juzgado; o acta de defunción."))


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
    admitted_on = _day(_("Fecha de ingreso"))
    mandate = forms.CharField(
        label=_("Mandato judicial"),
        max_length=200,
        help_text=_("Resolución y juzgado. Nadie ingresa sin mandato (Código de Ejecución Penal, art. 2)."),
    )
    legal_status = forms.ChoiceField(
        label=_("Situación jurídica"), required=False, choices=_choices(rules.LEGAL_STATUS_WORDS, _("No consta"))
    )
    legal_status_on = _day(_("Fecha de la situación jurídica"), required=False)
    offence = forms.ChoiceField(label=_("Delito principal"), required=False)
    attempt = forms.ChoiceField(label=_("¿En grado de tentativa?"), required=False, choices=TRUTH)
    organised_crime = forms.ChoiceField(label=_("¿Vínculo con crimen organizado?"), required=False, choices=TRUTH)
    next_hearing_on = _day(_("Próxima audiencia"), required=False)

    field_order = ("person_code", *IdentityForm.base_fields, "entry_kind", "facility", "admitted_on", "mandate")

    def __init__(
        self, *args: Any, facilities: Sequence[FacilityRef], catalogue: Sequence[CatalogueRow], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer_facilities(self.fields["facility"], facilities)
        _offer_offences(self.fields["offence"], catalogue)

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


def read_truth(text: str) -> bool | None:
    """Yes, no, or not recorded."""
    return {YES: True, NO: False}.get(text)


def truth_text(value: bool | None) -> str:
    """The choice of a recorded yes, no or nothing."""
    return "" if value is None else YES if value else NO


def identity_initial(file: PersonFile) -> dict[str, Any]:
    """The present identity as the first values of its form."""
    names = (name for name in IdentityData.__dataclass_fields__ if name != "document_check")
    return {name: getattr(file.identity, name) for name in names}


def add_refusal(form: forms.Form, refusal: Refused) -> None:
    """Puts a command's refusal where the person can mend it: on its fields, the rest at the top of the form."""
    placed = set()
    for name, message in refusal.fields.items():
        if name in form.fields:
            form.add_error(name, message)
            placed.add(message)
    for message in refusal.messages:
        if message not in placed:
            form.add_error(None, message)


def _offer_facilities(field: forms.Field, facilities: Sequence[FacilityRef]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", _("Elija uno")), *((ref.code, ref.name) for ref in facilities)]


def _offer_offences(field: forms.Field, catalogue: Sequence[CatalogueRow]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = [("", _("No consta")), *((row.code, row.label) for row in catalogue if row.valid_to is None)]
