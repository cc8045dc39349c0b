"""The files that the register hands out: template of its list, the penological sheet, a person's own file."""

from creo.register.reports import law_words
from creo.register.reports.law_sheet import sheet_facts, sheet_parts, sheet_pdf, sheet_state
from creo.register.reports.own_file import own_file_data, own_file_pdf
from creo.register.reports.own_list import MAPPINGS, OWN_LIST, own_list, template

__all__ = [
    "MAPPINGS",
    "OWN_LIST",
    "law_words",
    "own_file_data",
    "own_file_pdf",
    "own_list",
    "sheet_facts",
    "sheet_parts",
    "sheet_pdf",
    "sheet_state",
    "template",
]
