"""What a merge does with the documents, protected facts, references and requests of a duplicate."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.register import rules
from creo.register.commands.dependents import Repointed
from creo.register.rules import ReadRow


def _document(row: ReadRow) -> str:
    # The kind alone: a title may tell what its class protects.
    return rules.document_kinds()[row.kind].title


def _biometric(row: ReadRow) -> str:
    return _(rules.BIOMETRIC_WORDS[row.kind])


def _request(row: ReadRow) -> str:
    return rules.request_number(row.year, row.number)


DEPENDENTS: tuple[rules.Dependents, ...] = (
    Repointed(
        "documents",
        "register.Document",
        gettext_lazy("Documento del expediente"),
        columns=("kind",),
        which=_document,
    ),
    # Its number alone: what a protected fact says, or of what, is not for a preview.
    Repointed("protected", "register.ProtectedFact", gettext_lazy("Dato protegido"), clash=("kind",), ended="valid_to"),
    Repointed(
        "biometrics",
        "register.BiometricReference",
        gettext_lazy("Referencia biométrica"),
        columns=("kind",),
        which=_biometric,
    ),
    Repointed(
        "rights",
        "register.RightsRequest",
        gettext_lazy("Solicitud de derechos"),
        columns=("year", "number"),
        which=_request,
    ),
)
