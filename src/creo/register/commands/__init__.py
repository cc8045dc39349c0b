"""Writes of the register: each checks permission and place, refuses with every reason, and is in the ledger."""

from creo.register.commands.admissions import Admission, IdentityData, OffenceData, admit
from creo.register.commands.catalogue import CatalogueReport, load_offences
from creo.register.commands.custody import (
    record_death,
    release,
    set_legal_status,
    set_main_offence,
    set_security_facts,
    transfer,
)
from creo.register.commands.exports import record_export
from creo.register.commands.identities import confirm_identity, correct_identity, merge_people
from creo.register.commands.importing import ImportedRows, import_people
from creo.register.commands.loading import load_population

__all__ = [
    "Admission",
    "CatalogueReport",
    "IdentityData",
    "ImportedRows",
    "OffenceData",
    "admit",
    "confirm_identity",
    "correct_identity",
    "import_people",
    "load_offences",
    "load_population",
    "merge_people",
    "record_death",
    "record_export",
    "release",
    "set_legal_status",
    "set_main_offence",
    "set_security_facts",
    "transfer",
]
