"""Files of the programme: its tables as PDF and as a workbook."""

from creo.programme.reports.documents import FORM_WORDS, tables_pdf, tables_xlsx

__all__ = ["FORM_WORDS", "tables_pdf", "tables_xlsx"]
