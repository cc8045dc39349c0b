"""The pages of the register: the list of people, one person's file, and the acts on them."""

from creo.register.pages.acts import (
    admit,
    birth_date,
    confirm_identity,
    correct_identity,
    legal_status,
    main_offence,
    release,
    security_facts,
    transfer,
)
from creo.register.pages.files import person
from creo.register.pages.lists import export, import_template, people

__all__ = [
    "admit",
    "birth_date",
    "confirm_identity",
    "correct_identity",
    "export",
    "import_template",
    "legal_status",
    "main_offence",
    "people",
    "person",
    "release",
    "security_facts",
    "transfer",
]
