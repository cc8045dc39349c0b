"""The check of a list of people: whole columns at a time, every fault with its row, nothing written."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import commands, rules
from creo.register.imports.differences import Comparison, summary
from creo.register.imports.episodes import check_episodes
from creo.register.imports.fields import register_fields
from creo.register.imports.identity import check_identities, recognise
from creo.register.imports.lookups import find_facilities, find_offences
from creo.support.accounts.readers import Reader
from creo.support.imports.checks import ErrorList, read_fields
from creo.support.imports.kinds import CheckResult, Difference
from creo.support.imports.mapping import SourceMapping
from creo.support.imports.reading import ROW, Sheet
from creo.support.imports.repeated import repeated
from creo.support.jobs.progress import Report
from creo.support.refusals import Refused
from creo.support.ui import formats
from creo.territory.queries import FacilityRef

if TYPE_CHECKING:
    import polars as pl

PREVIEW = 10
# Fields that another one asks for: their absence is a fault of its own, a wrong text was named already.
NEEDED = ("given_names", "first_surname", "birth_date", "sex", "admitted_on", "released_on", "legal_status", "offence")


class Checking:
    """One check of one file. The frame gains columns on the way; errors gather in one list."""

    def __init__(
        self,
        reader: Reader,
        sheet: Sheet,
        mapping: SourceMapping,
        as_of: dt.date,
        facility: FacilityRef | None,
        observed_on: dt.date | None,
        progress: Report,
        *,
        whole: bool = False,
    ) -> None:
        self.whole = whole
        self.differences: list[Difference] = []
        self.changes: list[commands.Change] = []
        self.reader, self.mapping, self.as_of, self.progress = reader, mapping, as_of, progress
        self.facility, self.observed_on = facility, observed_on
        if observed_on is None and "admitted_on" not in mapping.fields:
            message = _(
                "Este formato no trae la fecha de ingreso: indique el día en que las personas estaban en custodia."
            )
            raise Refused(message, fields={"observed_on": message})
        absences = self._absences(sheet)
        found = read_fields(sheet, mapping, register_fields(as_of), progress)
        self.frame: pl.DataFrame = found.frame.with_columns(*absences)
        self.headers = dict(found.headers)
        self.errors: ErrorList = found.errors

    def result(self) -> CheckResult:
        """The whole check."""
        total = self.frame.height
        for done, (note, step) in enumerate(
            (
                (_("Comprobando identidades"), self._identities),
                (_("Buscando establecimientos"), self._facilities),
                (_("Buscando delitos"), self._offences),
                (_("Comprobando fechas"), self._dates),
                (_("Comparando con el registro"), self._register),
            )
        ):
            self.progress(total * done // 5, total, note)
            step()
        self.progress(total, total, _("Comprobación terminada"))
        return self._result()

    def _absences(self, sheet: Sheet) -> list[pl.Series]:
        """Where the file says nothing, told apart from where it says something that was not understood."""
        import polars as pl

        bound = self.mapping.bind(sheet.columns)
        marks = []
        for field in NEEDED:
            rule, header = self.mapping.rule(field), bound.get(field)
            blank = pl.Series([field not in self.mapping.constants] * sheet.height, dtype=pl.Boolean)
            if rule is not None and header is not None:
                found = repeated(sheet.frame[header])
                text = sheet.texts(header) if found is None else found.texts
                text = text.str.strip_chars().str.to_lowercase()
                blank = text.is_null() | text.is_in(sorted(rule.missing))
                blank = blank if found is None else found.spread(blank)
            marks.append(blank.alias(f"{field}_absent"))
        return marks

    def wrong(
        self, frame: pl.DataFrame, mask: pl.Expr, field: str, message: str | pl.Expr, value: str | None = None
    ) -> int:
        """An error at a field for each row of the frame where the mask is true; returns how many."""
        return self.errors.add_where(frame, mask.fill_null(False), self.headers.get(field, ""), message, value)

    def _identities(self) -> None:
        self.frame = check_identities(self.frame, self.wrong)

    def _facilities(self) -> None:
        self.frame = find_facilities(
            self.frame, self.wrong, self.reader, self.facility, required="facility" in self.mapping.fields
        )

    def _offences(self) -> None:
        self.frame = find_offences(self.frame, self.wrong)

    def _dates(self) -> None:
        import polars as pl

        day = pl.lit(self.observed_on, dtype=pl.Date)
        self.frame = self.frame.with_columns(
            admitted_on_known=pl.col("admitted_on").is_not_null(), admitted_on=pl.col("admitted_on").fill_null(day)
        )
        missing = pl.col("admitted_on").is_null() & pl.col("admitted_on_absent")
        self.wrong(
            self.frame, missing, "admitted_on", _("Falta la fecha de ingreso. Se espera una fecha como 2026-11-23.")
        )
        late = pl.col("released_on") < pl.col("admitted_on")
        self.wrong(self.frame, late, "released_on", _("El egreso es anterior al ingreso."), "released_on")
        born = pl.col("admitted_on") < pl.col("birth_date")
        self.wrong(
            self.frame, born, "admitted_on", _("El ingreso es anterior a la fecha de nacimiento."), "admitted_on"
        )
        kind = pl.col("release_kind").is_not_null() & pl.col("released_on_absent")
        self.wrong(self.frame, kind, "released_on", _("Hay tipo de egreso y falta su fecha."))
        status = pl.col("legal_status_on").is_not_null() & pl.col("legal_status_absent")
        self.wrong(self.frame, status, "legal_status", _("Hay fecha de situación jurídica pero no se indicó cuál."))

    def _register(self) -> None:
        import polars as pl

        self.frame = recognise(self.frame, self.wrong, self.reader)
        self.frame = check_episodes(self.frame, self.wrong, self.reader)
        # Of an episode that is already there it is a difference to be decided; a new one would go to somebody else.
        other_birth = (pl.col("birth_date") != pl.col("known_birth")) & ~pl_is_known()
        message = _(
            "El registro tiene otra fecha de nacimiento para ese documento: corríjala en la ficha o en el archivo."
        )
        self.wrong(self.frame, other_birth, "birth_date", message, "birth_date")
        if self.errors.total == 0 and (self.whole or self.frame["is_known"].any()):
            comparison = Comparison(self.reader, self.frame, self.observed_on or self.as_of, self.as_of, self.progress)
            self.differences, self.changes = comparison.result()
            if self.whole:
                self.differences = [*self.differences, *comparison.missing(self.frame)]

    def _result(self) -> CheckResult:
        counts = self._counts()
        ok = self.frame.height - self.errors.rows
        good = self.errors.total == 0
        return CheckResult(
            errors=self.errors,
            rows_ok=max(0, ok),
            summary=(*self._summary(counts), *summary(self.differences)),
            counts=counts,
            preview_columns=(
                _("Fila"), _("Persona"), _("Documento"), _("Establecimiento"), _("Ingreso"), _("Egreso"), _("Delito"),
            ),
            preview=tuple(self._preview(row) for row in self.frame.head(PREVIEW).iter_rows(named=True)),
            prepared=commands.ImportedRows(self._fresh(), self.changes) if good else None,
            differences=self.differences,
        )  # fmt: skip

    def _fresh(self) -> pl.DataFrame:
        """The rows that the register does not have; the frame itself when it has none of them."""
        return self.frame.filter(~pl_is_known()) if self.frame["is_known"].any() else self.frame

    def _counts(self) -> dict[str, int]:
        import polars as pl

        least = rules.parameters().plausible_age_on(self.as_of).least
        few = self.frame.select(
            "person_key", "person_id", "birth_date", "admitted_on", "facility_id", "document_padded", "is_known"
        )
        fresh = few.filter(~pl_is_known())
        young = pl.col("birth_date").dt.offset_by(f"{least}y") > pl.col("admitted_on")
        return {
            "rows": self.frame.height,
            "new_people": fresh.filter(pl.col("person_id").is_null())["person_key"].n_unique(),
            "known_people": fresh["person_id"].drop_nulls().n_unique(),
            "episodes": fresh.height,
            "repeated": self.frame.height - fresh.height,
            "too_young": fresh.filter(young.fill_null(False)).height,
            "without_facility": fresh["facility_id"].null_count(),
            "padded_documents": int(self.frame["document_padded"].sum()),
        }

    def _summary(self, counts: dict[str, int]) -> list[str]:
        words = {
            "new_people": ngettext("%(n)s persona nueva", "%(n)s personas nuevas", counts["new_people"]),
            "episodes": ngettext("%(n)s episodio nuevo", "%(n)s episodios nuevos", counts["episodes"]),
            "known_people": _("%(n)s con ficha en el registro reciben un episodio"),
            "repeated": _("%(n)s filas ya estaban en el registro: no se agregan otra vez"),
            "too_young": _("%(n)s con edad poco probable al ingresar: se guardan y se señalan"),
            "without_facility": _("%(n)s sin establecimiento"),
            "padded_documents": _("%(n)s DNI completados con los ceros que perdió la hoja de cálculo"),
        }
        always = ("new_people", "episodes")
        return [
            text % {"n": formats.number(counts[name])} for name, text in words.items() if name in always or counts[name]
        ]

    def _preview(self, row: dict[str, Any]) -> tuple[Any, ...]:
        name = rules.full_name(row["given_names"] or "", row["first_surname"] or "", row["second_surname"] or "")
        place = row["facility_code"] or _("Sin establecimiento")
        return (
            row[ROW], name, row["document_number"] or row["reference"] or "", place,
            row["admitted_on"], row["released_on"], row["offence_code"] or "",
        )  # fmt: skip


def pl_is_known() -> pl.Expr:
    """Rows that the register already has."""
    import polars as pl

    return pl.col("is_known")
