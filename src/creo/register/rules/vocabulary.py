"""The closed lists of the register with their words for people. An unknown value fails loudly, with the value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Sex(StrEnum):
    """Sex as the record states it; an empty text where it does not."""

    MALE = "male"
    FEMALE = "female"


class DocumentKind(StrEnum):
    """What identifies somebody: `none` was asked and does not have one, `unknown` was not recorded."""

    DNI = "dni"
    FOREIGN = "foreign"
    NONE = "none"
    UNKNOWN = "unknown"


class IdentityStatus(StrEnum):
    """Provisional until the registry confirms it against the document and the fingerprints."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"


class LegalStatus(StrEnum):
    """On trial or with a sentence; an empty text where the record does not say."""

    UNSENTENCED = "unsentenced"
    SENTENCED = "sentenced"


class MovementKind(StrEnum):
    """What moved a person in, between or out of prisons, and away for a while. A death is a release of that kind.

    Escort: to a court or an authority (Regl. CEP). Exit permit: TUO CEP art. 48. Whoever is away stays on the roll.
    """

    ADMISSION = "admission"
    TRANSFER = "transfer"
    ESCORT = "escort"
    HOSPITAL = "hospital"
    EXIT_PERMIT = "exit_permit"
    RETURN = "return"
    RELEASE = "release"
    ESCAPE = "escape"


ABSENCES = frozenset({MovementKind.ESCORT, MovementKind.HOSPITAL, MovementKind.EXIT_PERMIT})


class EntryKind(StrEnum):
    """Why an episode began: a new mandate, the revocation of an earlier benefit (C-10), or a recapture."""

    MANDATE = "mandate"
    REVOCATION = "revocation"
    RECAPTURE = "recapture"


class ReleaseKind(StrEnum):
    """How an episode ended, as INPE's monthly table of releases names them; `escape` and `annulled` are no release.

    An annulled admission was recorded by mistake: its episode has no length and counts nowhere.
    """

    SENTENCE_COMPLETED = "sentence_completed"
    SENTENCE_COMPLETED_REDEMPTION = "sentence_completed_redemption"
    SEMI_LIBERTY = "semi_liberty"
    CONDITIONAL_RELEASE = "conditional_release"
    RESTRICTED_APPEARANCE = "restricted_appearance"
    SIMPLE_APPEARANCE = "simple_appearance"
    ACQUITTAL = "acquittal"
    SUSPENDED_SENTENCE = "suspended_sentence"
    SUSPENDED_CONDITIONAL = "suspended_conditional"
    SUSPENDED_EXECUTION = "suspended_execution"
    EXCESS_DETENTION = "excess_detention"
    HOUSE_ARREST = "house_arrest"
    DEATH = "death"
    OTHER = "other"
    ESCAPE = "escape"
    ANNULLED = "annulled"


SEX_WORDS: Mapping[str, str] = {Sex.MALE: "Hombre", Sex.FEMALE: "Mujer", "": "Sin dato"}
DOCUMENT_WORDS: Mapping[str, str] = {
    DocumentKind.DNI: "DNI",
    DocumentKind.FOREIGN: "Documento extranjero",
    DocumentKind.NONE: "No tiene documento",
    DocumentKind.UNKNOWN: "Sin dato",
}
IDENTITY_WORDS: Mapping[str, str] = {
    IdentityStatus.PROVISIONAL: "Identidad por confirmar",
    IdentityStatus.CONFIRMED: "Identidad confirmada",
}
LEGAL_STATUS_WORDS: Mapping[str, str] = {
    LegalStatus.UNSENTENCED: "Procesado",
    LegalStatus.SENTENCED: "Sentenciado",
    "": "Sin dato",
}
MOVEMENT_WORDS: Mapping[str, str] = {
    MovementKind.ADMISSION: "Ingreso",
    MovementKind.TRANSFER: "Traslado",
    MovementKind.ESCORT: "Salida a diligencia",
    MovementKind.HOSPITAL: "Salida a hospital",
    MovementKind.EXIT_PERMIT: "Permiso de salida",
    MovementKind.RETURN: "Retorno",
    MovementKind.RELEASE: "Egreso",
    MovementKind.ESCAPE: "Fuga",
}
ABSENCE_WORDS: Mapping[str, str] = {
    MovementKind.ESCORT: "En diligencia",
    MovementKind.HOSPITAL: "En hospital",
    MovementKind.EXIT_PERMIT: "Con permiso de salida",
}
ENTRY_WORDS: Mapping[str, str] = {
    EntryKind.MANDATE: "Ingreso por mandato judicial",
    EntryKind.REVOCATION: "Reingreso por revocatoria de un beneficio",
    EntryKind.RECAPTURE: "Recaptura después de una fuga",
}
RELEASE_WORDS: Mapping[str, str] = {
    ReleaseKind.SENTENCE_COMPLETED: "Pena cumplida",
    ReleaseKind.SENTENCE_COMPLETED_REDEMPTION: "Pena cumplida con redención",
    ReleaseKind.SEMI_LIBERTY: "Semilibertad",
    ReleaseKind.CONDITIONAL_RELEASE: "Liberación condicional",
    ReleaseKind.RESTRICTED_APPEARANCE: "Comparecencia restringida",
    ReleaseKind.SIMPLE_APPEARANCE: "Comparecencia simple",
    ReleaseKind.ACQUITTAL: "Absolución",
    ReleaseKind.SUSPENDED_SENTENCE: "Sentencia suspendida",
    ReleaseKind.SUSPENDED_CONDITIONAL: "Suspendida condicional",
    ReleaseKind.SUSPENDED_EXECUTION: "Suspendida en su ejecución",
    ReleaseKind.EXCESS_DETENTION: "Exceso de detención",
    ReleaseKind.HOUSE_ARREST: "Arresto domiciliario",
    ReleaseKind.DEATH: "Fallecimiento",
    ReleaseKind.OTHER: "Otro tipo de libertad",
    ReleaseKind.ESCAPE: "Fuga",
    ReleaseKind.ANNULLED: "Ingreso anulado",
    "": "Sin dato",
}
