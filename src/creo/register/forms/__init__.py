"""What people type into the register, read before any command sees it."""

from creo.register.forms.catalogue import AliasesForm, CatalogueFilterForm, FamilyForm, NewOffenceForm, ValidityForm
from creo.register.forms.common import read_truth, truth_text
from creo.register.forms.documents import DocumentFilterForm, KeptFilterForm, ReplaceForm, UploadForm, WithdrawForm
from creo.register.forms.law import (
    CloseOffenceForm,
    DeclarationForm,
    EndDeclarationForm,
    LegalStatusForm,
    LiftMandateForm,
    MandateForm,
    OffenceForm,
    OtherOffenceForm,
    SecurityFactsForm,
)
from creo.register.forms.movements import (
    AbsenceForm,
    AnnulForm,
    EscapeForm,
    MovementFilterForm,
    ReleaseForm,
    ReturnForm,
    TransferForm,
)
from creo.register.forms.people import (
    AdmitForm,
    BirthDateForm,
    ConfirmIdentityForm,
    CorrectIdentityForm,
    IdentityForm,
    identity_initial,
)
from creo.register.forms.protected import AliasForm, BiometricForm, MistakeForm, ProtectedForm
from creo.register.forms.rights import AnswerForm, AssignForm, DeliveryForm, RequestFilterForm, RequestForm
from creo.register.forms.search import LEVEL, LEVEL_ADDRESS, PeopleFilterForm
from creo.register.forms.sentences import AnnulSentenceForm, CreditForm, SentenceForm, WithdrawCreditForm

__all__ = [
    "LEVEL",
    "LEVEL_ADDRESS",
    "AbsenceForm",
    "AdmitForm",
    "AliasForm",
    "AliasesForm",
    "AnnulForm",
    "AnnulSentenceForm",
    "AnswerForm",
    "AssignForm",
    "BiometricForm",
    "BirthDateForm",
    "CatalogueFilterForm",
    "CloseOffenceForm",
    "ConfirmIdentityForm",
    "CorrectIdentityForm",
    "CreditForm",
    "DeclarationForm",
    "DeliveryForm",
    "DocumentFilterForm",
    "EndDeclarationForm",
    "EscapeForm",
    "FamilyForm",
    "IdentityForm",
    "KeptFilterForm",
    "LegalStatusForm",
    "LiftMandateForm",
    "MandateForm",
    "MistakeForm",
    "MovementFilterForm",
    "NewOffenceForm",
    "OffenceForm",
    "OtherOffenceForm",
    "PeopleFilterForm",
    "ProtectedForm",
    "ReleaseForm",
    "ReplaceForm",
    "RequestFilterForm",
    "RequestForm",
    "ReturnForm",
    "SecurityFactsForm",
    "SentenceForm",
    "TransferForm",
    "UploadForm",
    "ValidityForm",
    "WithdrawCreditForm",
    "WithdrawForm",
    "identity_initial",
    "read_truth",
    "truth_text",
]
