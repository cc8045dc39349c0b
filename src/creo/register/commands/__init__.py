"""Writes of the register: each checks permission and place, refuses with every reason, and is in the ledger."""

from creo.register.commands.absences import Back, record_absence, record_return
from creo.register.commands.admissions import Admission, IdentityData, OffenceData, admit
from creo.register.commands.annulments import annul_movement
from creo.register.commands.catalogue import (
    CatalogueReport,
    OffenceValues,
    add_catalogue_offence,
    change_offence_aliases,
    change_offence_family,
    change_offence_validity,
    load_offences,
)
from creo.register.commands.common import hold_numbers
from creo.register.commands.custody import (
    record_death,
    record_escape,
    release,
    transfer,
)
from creo.register.commands.daily import DailyMove, Fault, import_movements, rehearse
from creo.register.commands.documents import (
    OpenedDocument,
    Upload,
    add_document,
    look_at_document,
    open_document,
    perform_sweep_files,
    replace_document,
    sweep_files,
    withdraw_document,
)
from creo.register.commands.duplicates import (
    Search,
    check_person,
    find_duplicates,
    mark_distinct,
    perform_find_duplicates,
    propose_pair,
    reopen_pair,
    request_search,
)
from creo.register.commands.exports import record_api_read
from creo.register.commands.identities import confirm_identity, correct_identity
from creo.register.commands.importing import ImportedRows, import_people
from creo.register.commands.law import (
    add_offence,
    close_offence,
    set_legal_status,
    set_main_offence,
    set_security_facts,
)
from creo.register.commands.law_declarations import declare_judicial_status, end_judicial_status
from creo.register.commands.law_exports import look_at_sheet, print_sheet
from creo.register.commands.law_loading import LoadedDeclaration, LoadedLaw, LoadedMandate, LoadedSentence, load_law
from creo.register.commands.law_mandates import MandateData, lift_mandate, record_mandate
from creo.register.commands.loading import load_population
from creo.register.commands.merging import (
    MergePreview,
    merge_people,
    preview_merge,
    unmerge_obstacles,
    unmerge_people,
)
from creo.register.commands.names import (
    AliasData,
    add_alias,
    close_alias,
    index_names_if_missing,
    index_people,
    rebuild_name_keys,
)
from creo.register.commands.protected import (
    BiometricData,
    add_biometric,
    annul_biometric,
    annul_protected,
    look_at_protected,
    record_protected,
)
from creo.register.commands.rights import (
    RequestData,
    answer_request,
    assign_request,
    deliver_own_file,
    file_request,
    look_at_own_file,
)
from creo.register.commands.sentences import (
    SentenceData,
    annul_sentence,
    credit_detention,
    record_sentence,
    withdraw_credit,
)
from creo.register.commands.sheets import DOCUMENT_SHEETS, EVALUATIONS, MEDICAL, OWN_FILE, PENOLOGICAL, PROTECTED
from creo.register.commands.snapshots import Change, apply_changes, rehearse_changes

__all__ = [
    "DOCUMENT_SHEETS",
    "EVALUATIONS",
    "MEDICAL",
    "OWN_FILE",
    "PENOLOGICAL",
    "PROTECTED",
    "Admission",
    "AliasData",
    "Back",
    "BiometricData",
    "CatalogueReport",
    "Change",
    "DailyMove",
    "Fault",
    "IdentityData",
    "ImportedRows",
    "LoadedDeclaration",
    "LoadedLaw",
    "LoadedMandate",
    "LoadedSentence",
    "MandateData",
    "MergePreview",
    "OffenceData",
    "OffenceValues",
    "OpenedDocument",
    "RequestData",
    "Search",
    "SentenceData",
    "Upload",
    "add_alias",
    "add_biometric",
    "add_catalogue_offence",
    "add_document",
    "add_offence",
    "admit",
    "annul_biometric",
    "annul_movement",
    "annul_protected",
    "annul_sentence",
    "answer_request",
    "apply_changes",
    "assign_request",
    "change_offence_aliases",
    "change_offence_family",
    "change_offence_validity",
    "check_person",
    "close_alias",
    "close_offence",
    "confirm_identity",
    "correct_identity",
    "credit_detention",
    "declare_judicial_status",
    "deliver_own_file",
    "end_judicial_status",
    "file_request",
    "find_duplicates",
    "hold_numbers",
    "import_movements",
    "import_people",
    "index_names_if_missing",
    "index_people",
    "lift_mandate",
    "load_law",
    "load_offences",
    "load_population",
    "look_at_document",
    "look_at_own_file",
    "look_at_protected",
    "look_at_sheet",
    "mark_distinct",
    "merge_people",
    "open_document",
    "perform_find_duplicates",
    "perform_sweep_files",
    "preview_merge",
    "print_sheet",
    "propose_pair",
    "rebuild_name_keys",
    "record_absence",
    "record_api_read",
    "record_death",
    "record_escape",
    "record_mandate",
    "record_protected",
    "record_return",
    "record_sentence",
    "rehearse",
    "rehearse_changes",
    "release",
    "reopen_pair",
    "replace_document",
    "request_search",
    "set_legal_status",
    "set_main_offence",
    "set_security_facts",
    "sweep_files",
    "transfer",
    "unmerge_obstacles",
    "unmerge_people",
    "withdraw_credit",
    "withdraw_document",
]
