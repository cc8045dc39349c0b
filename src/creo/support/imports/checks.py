"""Texts of a sheet into typed columns, with an error for every wrong cell that says what is expected.

Whole columns at a time (polars); polars is imported when used, never when the web starts.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _

from creo.support.imports.mapping import DATE_FORMATS, ColumnRule, SourceMapping, key
from creo.support.imports.reading import ROW, CellError, Sheet
from creo.support.imports.repeated import PLACE, different, repeated
from creo.support.jobs.progress import Report

if TYPE_CHECKING:
    import polars as pl

STORED = 10_000
EXCEL_EPOCH = dt.date(1899, 12, 30)
YES = frozenset({"si", "s", "yes", "y", "true", "verdadero", "v", "1", "x"})
NO = frozenset({"no", "n", "false", "falso", "f", "0"})

# White space to be tidied, and marks to be composed with their letter.
SPACES = r"[\s\x{a0}\x{200b}\x{feff}]+"
LOOSE = r"\s\s|[^\S ]|[\x{200b}\x{feff}]|\p{M}"
# What a faulty text has; the faults themselves are told apart only among these.
SUSPECT = r"^[=+\-@]|[\x00-\x1f\x7f-\x{9f}\x{fffd}ÃÂâ]"

Kind = Literal["text", "integer", "date", "choice", "code", "boolean"]


class ErrorList:
    """Wrong cells. Keeps the first `stored` of them by row, and the true number of all and of each kind."""

    def __init__(self, stored: int = STORED) -> None:
        self.total = 0
        self.kinds: Counter[tuple[str, str]] = Counter()  # (column, message) -> how many
        self._stored = stored
        self._items: list[CellError] = []
        self._rows: set[int] = set()

    def add(self, row: int, column: str, value: object, message: str) -> None:
        """One wrong cell; `column` is the header of the file (empty for the whole row)."""
        self.total += 1
        self.kinds[column, message] += 1
        self._rows.add(row)
        self._items.append(CellError(row, column, "" if value is None else str(value)[:200], message))
        if len(self._items) > 4 * self._stored:
            self._items = self.items

    def add_where(
        self,
        frame: pl.DataFrame,
        mask: pl.Expr | pl.Series,
        column: str,
        message: str | pl.Expr,
        value: str | None = None,
    ) -> int:
        """An error for each row of the frame (it must hold ROW) where the mask is true; returns how many.

        `message` may be an expression giving a text by row; `value` is the frame's column that holds the wrong value.
        """
        import polars as pl

        words = pl.lit(message) if isinstance(message, str) else message
        shown = pl.col(value).cast(pl.String) if value else pl.lit("")
        found = frame.filter(mask).select(pl.col(ROW), shown.alias("value"), words.alias("message"))
        if found.is_empty():
            return 0
        self.total += found.height
        for why, count in found["message"].value_counts().iter_rows():
            self.kinds[column, why] += count
        self._rows.update(found[ROW].to_list())
        for row, text, why in found.sort(ROW).head(self._stored).iter_rows():
            self._items.append(CellError(row, column, (text or "")[:200], why))
        return found.height

    def extend(self, errors: Sequence[CellError], total: int | None = None) -> None:
        """Errors found elsewhere; `total` when they are more than the ones given."""
        for error in errors:
            self.add(error.row, error.column, error.value, error.message)
        self.total += max(0, (total or 0) - len(errors))

    @property
    def items(self) -> list[CellError]:
        """The stored errors in the order of the file."""
        return sorted(self._items, key=lambda error: error.row)[: self._stored]

    @property
    def rows(self) -> int:
        """How many rows have some error."""
        return len(self._rows)

    def bad_rows(self) -> frozenset[int]:
        """The numbers of the rows with some error."""
        return frozenset(self._rows)


@dataclass(frozen=True, slots=True)
class Field:
    """What a field accepts. Texts are compared forgiving case, accents, spaces and signs.

    choice: `choices` maps accepted texts to values. code: `codes` maps texts to what they stand for (an id, a code).
    `lowest`/`highest` bound integers and dates. `pattern` is a full match for text, explained by `expected`.
    """

    name: str
    label: str
    kind: Kind = "text"
    required: bool = False
    max_length: int = 200
    choices: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Any] = field(default_factory=dict)
    lowest: Any = None
    highest: Any = None
    pattern: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class FieldRows:
    """Typed rows: `frame` has ROW and a column per field, null where absent or wrong; `headers` are the file's."""

    frame: pl.DataFrame
    headers: Mapping[str, str]
    errors: ErrorList


class Wrong(str):
    """The reason why a text was not understood."""


def read_fields(sheet: Sheet, mapping: SourceMapping, fields: Sequence[Field], progress: Report) -> FieldRows:
    """Reads the fields of a sheet. Refused when a required column is missing; wrong cells go to the errors.

    The sheet's own errors (formulas, rows with a wrong number of cells) come first in the list.
    """
    import polars as pl

    bound = mapping.bind(sheet.columns)
    errors = ErrorList()
    errors.extend(sheet.errors, sheet.errors_total)
    columns: list[pl.Series] = [sheet.frame[ROW]]
    headers: dict[str, str] = {}
    for place, spec in enumerate(fields, 1):
        rule = mapping.rule(spec.name)
        header = bound.get(spec.name)
        headers[spec.name] = header or spec.label
        texts = _texts(sheet, header, rule, mapping.constants.get(spec.name))
        columns.append(_typed(texts, spec, rule, headers[spec.name], errors).alias(spec.name))
        if header and header not in {bound.get(later.name) for later in fields[place:]}:
            sheet.let_go(header)
        progress(sheet.height * place // len(fields), sheet.height, _("Comprobando columnas"))
    return FieldRows(pl.DataFrame(columns), headers, errors)


def _texts(sheet: Sheet, header: str | None, rule: ColumnRule | None, constant: str | None) -> pl.DataFrame:
    """ROW, `raw` and `text` of a column; with `place` where texts repeat, so that each is looked at once."""
    import polars as pl

    if header is None:
        raw = pl.repeat(None, sheet.height, dtype=pl.String, eager=True).alias("raw")
        return _clean(pl.DataFrame([sheet.frame[ROW], raw]), rule, constant)
    raw = sheet.frame[header].alias("raw")
    found = repeated(raw)
    if found is None:
        return _clean(pl.DataFrame([sheet.frame[ROW], raw.cast(pl.String)]), rule, constant)
    few = _clean(pl.DataFrame([found.texts.alias("raw")]), rule, constant)["text"]
    return pl.DataFrame([sheet.frame[ROW], raw, found.spread(few).alias("text"), found.places])


def _clean(rows: pl.DataFrame, rule: ColumnRule | None, constant: str | None) -> pl.DataFrame:
    """Adds `text`: trimmed, without the texts that mean no data, translated by the mapping."""
    import polars as pl

    if rule is None:
        return rows.with_columns(text=pl.lit(constant, dtype=pl.String))
    text = pl.col("raw")
    if rows.select(text.str.contains(LOOSE).any()).item():
        text = text.str.normalize("NFC").str.replace_all(SPACES, " ")
    text = text.str.strip_chars()
    if {"integer", "digits"} & set(rule.formats):
        text = text.str.replace(r"^([+-]?\d+)[.,]0+$", "$1")
    frame = rows.with_columns(text=text)
    frame = frame.with_columns(text=_without(frame["text"], rule.missing))
    if "digits" in rule.formats and rule.width:
        padded = pl.col("text").str.zfill(rule.width)
        frame = frame.with_columns(
            text=pl.when(pl.col("text").str.contains(r"^\d+$")).then(padded).otherwise(pl.col("text"))
        )
    if rule.values:
        frame = frame.with_columns(text=_translated(frame["text"], rule.values))
    if rule.default is not None:
        frame = frame.with_columns(pl.col("text").fill_null(rule.default))
    return frame


def _without(texts: pl.Series, missing: frozenset[str]) -> pl.Series:
    """The texts that mean no data become null; only short texts are looked at one by one."""
    longest = max(len(text) for text in missing)
    short = texts.filter(texts.str.len_chars() <= longest).unique().drop_nulls().to_list()
    absent = [text for text in short if text.casefold() in missing]
    return texts.set(texts.is_in(absent), None) if absent else texts


def _translated(texts: pl.Series, values: Mapping[str, str]) -> pl.Series:
    known = {text: values[key(text)] for text in texts.unique().drop_nulls().to_list() if key(text) in values}
    return texts.replace(list(known), list(known.values())) if known else texts


def _typed(rows: pl.DataFrame, spec: Field, rule: ColumnRule | None, header: str, errors: ErrorList) -> pl.Series:
    """The typed column; wrong cells become null and go to the errors."""
    import polars as pl

    if spec.required:
        errors.add_where(rows, pl.col("text").is_null(), header, _missing(spec), "raw")
    if spec.kind == "text":
        return _text(rows, spec, header, errors)
    if spec.kind == "integer":
        return _bounded(_integer(rows, spec, header, errors), spec, header, errors)
    if spec.kind == "date":
        formats = rule.dates if rule else ("yyyy-mm-dd",)
        typed = _each(rows, header, errors, lambda text: read_date(text, formats), pl.Date)
        return _bounded(typed, spec, header, errors)
    if spec.kind == "boolean":
        return _each(rows, header, errors, _boolean, pl.Boolean)["typed"]
    accepted = spec.choices if spec.kind == "choice" else spec.codes
    return _each(rows, header, errors, _lookup(spec, accepted), None)["typed"]


def _missing(spec: Field) -> str:
    return _("Falta este dato. %(expected)s") % {"expected": _expected(spec)}


def _expected(spec: Field) -> str:
    if spec.expected:
        return spec.expected
    if spec.kind == "date":
        return _("Se espera una fecha como 2026-11-23 o 23/11/2026.")
    if spec.kind == "integer":
        return _("Se espera un número entero.")
    if spec.kind == "boolean":
        return _("Se espera «sí» o «no».")
    if spec.kind == "choice":
        return _("Se espera: %(values)s.") % {"values": _some(spec.choices)}
    if spec.kind == "code":
        return _("Se espera un código que exista.")
    return _("No tiene la forma que se espera.") if spec.pattern else _("Se espera un texto.")


def _some(values: Mapping[str, Any]) -> str:
    names = list(values)
    return ", ".join(f"«{name}»" for name in names[:8]) + ("…" if len(names) > 8 else "")


def _text(rows: pl.DataFrame, spec: Field, header: str, errors: ErrorList) -> pl.Series:
    """Texts as they are; each faulty one is null and has one reason, the first that applies."""
    import polars as pl

    text = pl.col("text")
    suspect = text.str.contains(SUSPECT) | (text.str.len_chars() > spec.max_length)
    if spec.pattern:
        suspect |= ~text.str.contains(f"^(?:{spec.pattern})$")
    if PLACE in rows.columns:
        doubted = different(rows).filter(suspect)[PLACE]
        few = rows.filter(pl.col(PLACE).is_in(doubted.implode())) if len(doubted) else rows.clear()
    else:
        few = rows.filter(suspect)
    wrong: list[int] = []
    for fault, message in _faults(text, spec):
        found = few.filter(fault)
        errors.add_where(found, pl.lit(True), header, message, "raw")
        wrong += found[ROW].to_list()
        few = few.filter(~fault)
    return rows.select(pl.when(~pl.col(ROW).is_in(wrong)).then(text))["text"] if wrong else rows["text"]


def _faults(text: pl.Expr, spec: Field) -> list[tuple[pl.Expr, str]]:
    faults: list[tuple[pl.Expr, str]] = [
        (text.str.len_chars() > spec.max_length, _("Tiene más de %(n)d letras.") % {"n": spec.max_length}),
        (
            text.str.contains(r"^[=+\-@]") & ~text.str.contains(r"^[+\-]?[\d.,() ]+$"),
            _("Empieza con un signo (= + - @): parece una fórmula. Escriba solo el valor."),
        ),
        (text.str.contains(r"[\x00-\x1f\x7f-\x{9f}]"), _("Tiene caracteres de control que no se ven. Bórrelos.")),
        (
            text.str.contains(r"\x{fffd}|[ÃÂ][^\x00-\x7f]|â€"),
            _("Tiene letras dañadas (tildes o eñes). Vuelva a guardar el archivo como UTF-8."),
        ),
    ]
    if spec.pattern:
        faults.append((~text.str.contains(f"^(?:{spec.pattern})$"), _expected(spec)))
    return faults


def _integer(rows: pl.DataFrame, spec: Field, header: str, errors: ErrorList) -> pl.DataFrame:
    import polars as pl

    digits = pl.col("text").str.replace(r"^([+-]?\d+)[.,]0+$", "$1")
    good = digits.str.contains(r"^[+-]?\d{1,15}$")
    errors.add_where(rows, ~good, header, _expected(spec), "raw")
    return rows.with_columns(typed=pl.when(good).then(digits).cast(pl.Int64))


def _bounded(rows: pl.DataFrame, spec: Field, header: str, errors: ErrorList) -> pl.Series:
    import polars as pl

    typed, wrong = pl.col("typed"), pl.lit(False)
    for low, bound in ((True, spec.lowest), (False, spec.highest)):
        if bound is None:
            continue
        beyond = (typed < bound if low else typed > bound).fill_null(False)
        errors.add_where(rows, beyond, header, _beyond(spec, bound, low), "raw")
        wrong = wrong | beyond
    return rows.select(pl.when(~wrong).then(typed))["typed"]


def _beyond(spec: Field, bound: Any, low: bool) -> str:
    shown = bound.strftime("%d/%m/%Y") if isinstance(bound, dt.date) else str(bound)
    if spec.kind == "date":
        words = _("La fecha es anterior al %(bound)s.") if low else _("La fecha es posterior al %(bound)s.")
    else:
        words = _("Es menor que %(bound)s.") if low else _("Es mayor que %(bound)s.")
    return words % {"bound": shown}


def _each(
    rows: pl.DataFrame,
    header: str,
    errors: ErrorList,
    convert: Callable[[str], Any],
    dtype: Any,
) -> pl.DataFrame:
    """Adds `typed` by converting each different text once; `convert` answers a value or Wrong(reason)."""
    import polars as pl

    few = different(rows) if PLACE in rows.columns else rows
    texts = few["text"].unique().drop_nulls().to_list()
    results = [convert(text) for text in texts]
    wrong = {text: str(result) for text, result in zip(texts, results, strict=True) if isinstance(result, Wrong)}
    right = {text: result for text, result in zip(texts, results, strict=True) if not isinstance(result, Wrong)}
    if wrong:
        reason = pl.col("text").replace_strict(list(wrong), list(wrong.values()), default="", return_dtype=pl.String)
        errors.add_where(rows, pl.col("text").is_in(list(wrong)), header, reason, "raw")
    values = pl.Series("values", list(right.values()), dtype=dtype, strict=False)
    kept = values.dtype if values.dtype != pl.Null else pl.String
    if not right:
        return rows.with_columns(typed=pl.lit(None, dtype=kept))
    typed = few.select(typed=pl.col("text").replace_strict(list(right), values, default=None, return_dtype=kept))[
        "typed"
    ]
    return rows.with_columns(typed=typed.gather(rows[PLACE]) if PLACE in rows.columns else typed)


def _boolean(text: str) -> bool | Wrong:
    plain = key(text)
    if plain in YES:
        return True
    return False if plain in NO else Wrong(_("Se espera «sí» o «no»."))


def _lookup(spec: Field, accepted: Mapping[str, Any]) -> Callable[[str], Any]:
    by_key = {key(text): value for text, value in accepted.items()}
    reason = Wrong(_("No existe en el catálogo. %(expected)s") % {"expected": _expected(spec)})
    return lambda text: by_key.get(key(text), reason)


def read_date(text: str, formats: Sequence[str]) -> dt.date | Wrong:
    """A date written in one of the formats; a time of day is dropped. Wrong with the reason otherwise."""
    for name in formats:
        found = re.match(DATE_FORMATS[name], text)
        if found is None:
            continue
        if name == "excel":
            return EXCEL_EPOCH + dt.timedelta(days=int(float(text)))
        try:
            return dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            return Wrong(_("Ese día no existe en el calendario."))
    if re.match(r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2}$", text):
        return Wrong(_("El año tiene dos cifras y es ambiguo: escriba la fecha como 2026-11-23 o 23/11/2026."))
    return Wrong(_("No es una fecha. Se espera %(examples)s.") % {"examples": _(" o ").join(_examples(formats))})


def _examples(formats: Sequence[str]) -> list[str]:
    shown = {
        "yyyy-mm-dd": "2026-11-23",
        "dd/mm/yyyy": "23/11/2026",
        "dd-mm-yyyy": "23-11-2026",
        "dd.mm.yyyy": "23.11.2026",
        "mm/dd/yyyy": "11/23/2026",
        "yyyymmdd": "20261123",
    }
    return [shown[name] for name in formats if name in shown]
