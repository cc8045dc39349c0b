"""What a merge does with the documents, protected facts, references and requests of a duplicate."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.register import rules
from creo.register.commands.dependents import Repointed


def _document(row: Any) -> str:
    # The kind alone: a title may tell what its class protects.
    return rules.document_kinds()[row.kind].title


def _fact(row: Any) -> str:
    return _("N.º %(number)d") % {"number": row.pk}


def _biometric(row: Any) -> str:
    return _(rules.BIOMETRIC_WORDS[row.kind])


def _request(row: Any) -> str:
    return rules.request_number(row.year, row.number)


DEPENDENTS: tuple[rules.Dependents, ...] = (
    Repointed("documents", "register.Document", gettext_lazy("Documento del expediente"), which=_document),
    Repointed(
        "protected",
        "register.ProtectedFact",
        gettext_lazy("Dato protegido"),
        clash=("kind",),
        open_only=Q(valid_to=None),
        which=_fact,
    ),
    Repointed("biometrics", "register.BiometricReference", gettext_lazy("Referencia biométrica"), which=_biometric),
    Repointed("rights", "register.RightsRequest", gettext_lazy("Solicitud de derechos"), which=_request),
)
