"""What people type into the register, read before any command sees it."""

from creo.register.forms.common import add_refusal, read_truth, truth_text
from creo.register.forms.law import LegalStatusForm, OffenceForm, SecurityFactsForm
from creo.register.forms.people import (
    AdmitForm,
    BirthDateForm,
    ConfirmIdentityForm,
    CorrectIdentityForm,
    IdentityForm,
    ReleaseForm,
    TransferForm,
    identity_initial,
)
from creo.register.forms.search import PeopleFilterForm

__all__ = [
    "AdmitForm",
    "BirthDateForm",
    "ConfirmIdentityForm",
    "CorrectIdentityForm",
    "IdentityForm",
    "LegalStatusForm",
    "OffenceForm",
    "PeopleFilterForm",
    "ReleaseForm",
    "SecurityFactsForm",
    "TransferForm",
    "add_refusal",
    "identity_initial",
    "read_truth",
    "truth_text",
]
