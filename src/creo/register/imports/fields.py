"""What each field of a list of people accepts, with the words of offices."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from creo.kernel.periods import latest_birth_for
from creo.register import rules
from creo.support.imports.checks import Field

_DOCUMENTS = {
    "dni": "dni", "documento nacional de identidad": "dni", "libreta electoral": "dni",
    "foreign": "foreign", "documento extranjero": "foreign", "carne de extranjeria": "foreign", "ce": "foreign",
    "pasaporte": "foreign", "cedula": "foreign", "ptp": "foreign", "cpp": "foreign",
    "none": "none", "no tiene": "none", "indocumentado": "none", "sin documento": "none", "no tiene documento": "none",
    "unknown": "unknown", "sin dato": "unknown", "no consta": "unknown",
}  # fmt: skip
_SEXES = {
    "hombre": "male", "h": "male", "masculino": "male", "varon": "male", "male": "male",
    "mujer": "female", "f": "female", "femenino": "female", "female": "female",
}  # fmt: skip
_STATUSES = {
    "unsentenced": "unsentenced", "procesado": "unsentenced", "procesada": "unsentenced",
    "sin sentencia": "unsentenced",
    "sentenced": "sentenced", "sentenciado": "sentenced", "sentenciada": "sentenced", "condenado": "sentenced",
    "condenada": "sentenced",
}  # fmt: skip
_ENTRIES = {
    "mandate": "mandate", "mandato": "mandate", "mandato judicial": "mandate", "ingreso": "mandate",
    "revocation": "revocation", "revocatoria": "revocation", "revocatoria de beneficio": "revocation",
    "recapture": "recapture", "recaptura": "recapture",
}  # fmt: skip


def register_fields(as_of: date) -> tuple[Field, ...]:
    """The fields of a list of people; no date lies after `as_of` but a hearing."""
    oldest = latest_birth_for(rules.parameters().plausible_age_on(as_of).greatest, as_of)

    def past(name: str, label: str) -> Field:
        return Field(name, label, "date", lowest=oldest, highest=as_of)

    kinds = [kind for kind in rules.ReleaseKind if kind is not rules.ReleaseKind.ANNULLED]
    releases = {text: kind.value for kind in kinds for text in (kind.value, rules.RELEASE_WORDS[kind])}
    return (
        Field("reference", _("Referencia"), max_length=80),
        Field("reference_source", _("Fuente"), max_length=60),
        Field("document_kind", _("Tipo de documento"), "choice", choices=_DOCUMENTS, expected=_documents_expected()),
        Field("document_number", _("Número de documento"), max_length=24),
        Field("document_check", _("Dígito verificador"), pattern=r"\d", expected=_("Se espera un solo dígito.")),
        Field("given_names", _("Nombres"), max_length=120),
        Field("first_surname", _("Primer apellido"), max_length=80),
        Field("second_surname", _("Segundo apellido"), max_length=80),
        past("birth_date", _("Fecha de nacimiento")),
        Field("sex", _("Sexo"), "choice", choices=_SEXES, expected=_("Escriba «hombre» o «mujer»; «M» es ambiguo.")),
        Field(
            "nationality",
            _("Nacionalidad"),
            "code",
            codes=nationality_codes(),
            expected=_("Se espera el país o su código de dos letras: Perú, PE, Venezuela, VE."),
        ),
        Field("identity_confirmed", _("Identidad confirmada"), "boolean"),
        Field("facility", _("Establecimiento"), max_length=120),
        past("admitted_on", _("Fecha de ingreso")),
        Field("entry_kind", _("Tipo de ingreso"), "choice", choices=_ENTRIES),
        Field("mandate", _("Mandato"), max_length=200),
        past("released_on", _("Fecha de egreso")),
        Field("release_kind", _("Tipo de egreso"), "choice", choices=releases),
        Field("legal_status", _("Situación jurídica"), "choice", choices=_STATUSES, expected=_statuses_expected()),
        past("legal_status_on", _("Fecha de la situación jurídica")),
        Field("offence", _("Delito"), max_length=200),
        Field("attempt", _("Tentativa"), "boolean"),
        Field("second_offence", _("Segundo delito"), max_length=200),
        Field("organised_crime", _("Crimen organizado"), "boolean"),
        Field("extreme_security", _("Extrema Seguridad"), "boolean"),
        Field("next_hearing_on", _("Próxima audiencia"), "date", lowest=oldest),
        Field("prior_suspended", _("Declara pena suspendida anterior"), "boolean"),
        Field("prior_suspended_times", _("Veces"), "integer", lowest=0, highest=98),
        Field("prior_effective", _("Declara pena efectiva anterior"), "boolean"),
        Field("prior_effective_times", _("Veces"), "integer", lowest=0, highest=98),
    )


def nationality_codes() -> dict[str, str]:
    """Every country by name and code, and the peoples that the register names."""
    from babel import Locale

    countries = {
        code: name for code, name in Locale("es", "PE").territories.items() if len(code) == 2 and code.isalpha()
    }
    texts = {name: code for code, name in countries.items()} | {code: code for code in countries}
    return {rules.search_key(text): code for text, code in texts.items()} | dict(rules.nationality_texts())


def document_choices() -> dict[str, str]:
    """The kinds of document by the words of offices."""
    return dict(_DOCUMENTS)


def _documents_expected() -> str:
    return _("Se espera: DNI, documento extranjero, no tiene, sin dato.")


def _statuses_expected() -> str:
    return _("Se espera: procesado o sentenciado.")
