"""Which acts make a file another one than somebody read: those on identity, custody, law and documents."""

from __future__ import annotations

from creo.register.queries.scope import person_in_scope
from creo.register.rules import LOOKS
from creo.support.accounts.readers import Reader
from creo.support.versions import Record

# Besides looks: searches for duplicates change nothing, and sheets with their own doors do not show on the file.
_APART = (
    "register.duplicate",
    "register.protected_",
    "register.request_",
    "register.own_file_delivered",
    "register.document_found_altered",
)


def record_of(code: str) -> Record:
    """A person's file, as forms and other institutions' systems read it and write over it."""
    return Record("person", code, "register.", (*sorted(LOOKS), *_APART))


def offence_record(code: str) -> Record:
    """An entry of the catalogue of offences, as its forms show it."""
    return Record("offence", code, "register.")


def present_code(reader: Reader, code: str) -> str:
    """The code of the file that goes on, when one was joined to another. NotFound outside the reader's scope."""
    return str(person_in_scope(reader, code).code)
