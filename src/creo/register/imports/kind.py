"""The kind of import «register»: what is asked with the file, how it is checked and how it is applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.register import commands
from creo.register.imports.checking import Checking
from creo.register.imports.differences import difference_words
from creo.register.imports.fields import register_fields
from creo.register.reports import MAPPINGS, OWN_LIST, own_list
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.imports.checks import Field
from creo.support.imports.kinds import CheckResult, Option
from creo.support.imports.mapping import SourceMapping, load_mapping
from creo.support.imports.reading import Sheet
from creo.support.jobs.progress import Report
from creo.support.refusals import Refused
from creo.support.ui import formats
from creo.territory import queries as territory

MOVEMENTS = "creo_movimientos.yaml"
WHOLE = "whole"
FACILITY, OBSERVED_ON = "facility", "observed_on"


@cache
def source_mappings() -> tuple[SourceMapping, ...]:
    """The kinds of file understood, our own first."""
    others = sorted(path for path in MAPPINGS.glob("*.yaml") if path.name not in (OWN_LIST, MOVEMENTS))
    return (own_list(), *(load_mapping(path) for path in others))


class RegisterImport:
    """People and episodes of custody from a list."""

    code = "register"
    permission = Permission.IMPORT_REGISTER
    title = gettext_lazy("Lista de personas en custodia")

    def mappings(self) -> Sequence[SourceMapping]:
        """Our own list and the 2016 census."""
        return source_mappings()

    def fields(self, as_of: dt.date) -> Sequence[Field]:
        """The fields of a row."""
        return register_fields(as_of)

    def hold(self) -> None:
        """Nobody else adds people until the import ends: two files at once wait for each other."""
        commands.hold_numbers()

    def options(self) -> Sequence[Option]:
        """What a file without prison or admission date needs to be told."""
        return (
            Option(
                FACILITY,
                gettext_lazy("Establecimiento de las filas que no lo dicen"),
                help=gettext_lazy("Nombre o código. Vacío: se deja sin establecimiento, si el formato no lo trae."),
            ),
            Option(
                OBSERVED_ON,
                gettext_lazy("Día en que estaban en custodia"),
                kind="date",
                help=gettext_lazy(
                    "Para filas sin fecha de ingreso: el ingreso fue ese día o antes. También el día de los traslados."
                ),
            ),
            Option(
                WHOLE,
                gettext_lazy("¿Trae a todas las personas de sus establecimientos?"),
                kind="choice",
                choices=(("yes", gettext_lazy("Sí: mostrar a quien falte en la lista")),),
                help=gettext_lazy("Quien falte en la lista se muestra; nadie recibe egreso por no estar."),
            ),
        )

    def check(
        self,
        *,
        sheet: Sheet,
        mapping: SourceMapping,
        options: Mapping[str, str],
        reader: Reader,
        as_of: dt.date,
        progress: Report,
    ) -> CheckResult:
        """Every wrong cell, and what the file would add; nothing is written."""
        facility = _facility(reader, options.get(FACILITY, ""))
        observed_on = _day(options.get(OBSERVED_ON, ""), as_of)
        whole = options.get(WHOLE, "") == "yes"
        checking = Checking(reader, sheet, mapping, as_of, facility, observed_on, progress, whole=whole)
        return checking.result()

    def apply(
        self,
        *,
        checked: CheckResult,
        mapping: SourceMapping,
        options: Mapping[str, str],
        reader: Reader,
        as_of: dt.date,
        batch_id: int,
        progress: Report,
    ) -> Mapping[str, int]:
        """Writes the rows as checked, and does what the list tells otherwise of people already there."""
        batch = f"{mapping.code}#{batch_id}"
        rows: commands.ImportedRows = checked.prepared
        counts = commands.import_people(by=reader, rows=rows, batch=batch, progress=progress)
        if counts["persons"] and reader.can(Permission.REVIEW_DUPLICATES):
            commands.request_search(by=reader)
        if not rows.changes:
            return counts
        done = commands.apply_changes(by=reader, changes=rows.changes, source=batch, today=as_of, progress=progress)
        return counts | done

    def difference_words(self) -> Mapping[str, str]:
        """The kinds of difference, in words."""
        return difference_words()

    def subject_url(self, subject: str) -> str:
        """The person's file."""
        return reverse("register:person", args=[subject])


KIND = RegisterImport()


def _facility(reader: Reader, text: str) -> territory.FacilityRef | None:
    if not text.strip():
        return None
    found = territory.resolve_facility(reader, text)
    if found is None:
        message = _("No se reconoce el establecimiento «%(text)s» en su ámbito.") % {"text": text}
        raise Refused(message, fields={FACILITY: message})
    return found


def _day(text: str, as_of: dt.date) -> dt.date | None:
    if not text.strip():
        return None
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        message = _("El día en que estaban en custodia se escribe como 2016-01-18.")
        raise Refused(message, fields={OBSERVED_ON: message}) from None
    if day > as_of:
        message = _("El día en que estaban en custodia es posterior al %(day)s.") % {"day": formats.day(as_of)}
        raise Refused(message, fields={OBSERVED_ON: message})
    return day
