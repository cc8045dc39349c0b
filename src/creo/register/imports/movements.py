"""The kind of import «register.movements»: a day's movements, in the order in which they happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.register import commands, queries, rules
from creo.register.imports.fields import document_choices, nationality_codes
from creo.register.reports import MAPPINGS
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, system
from creo.support.imports.checks import Field, FieldRows, read_fields
from creo.support.imports.kinds import CheckResult, Option
from creo.support.imports.mapping import SourceMapping, load_mapping
from creo.support.imports.reading import ROW, Sheet
from creo.support.jobs.progress import Report
from creo.support.ui import formats
from creo.territory import queries as territory

OWN = "creo_movimientos.yaml"
PREVIEW = 10
MAX_ROWS = 20_000
HOUR = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?"
_KINDS = {
    "ingreso": "admission", "traslado": "transfer", "diligencia": "escort", "escolta": "escort",
    "salida a diligencia": "escort", "hospital": "hospital", "salida a hospital": "hospital",
    "permiso": "exit_permit", "permiso de salida": "exit_permit", "retorno": "return", "egreso": "release",
    "libertad": "release", "fallecimiento": "release", "fuga": "escape", "evasion": "escape",
}  # fmt: skip


class MovementsImport:
    """A day's movements from a file."""

    code = "register.movements"
    permission = Permission.IMPORT_REGISTER
    title = gettext_lazy("Movimientos diarios")

    def mappings(self) -> Sequence[SourceMapping]:
        """Our own format."""
        return (own_movements(),)

    def options(self) -> Sequence[Option]:
        """Nothing is asked: each row says everything."""
        return ()

    def fields(self, as_of: dt.date) -> Sequence[Field]:
        """The fields of a row."""
        return movement_fields(as_of)

    def hold(self) -> None:
        """Nobody else adds people until the import ends: two files at once wait for each other."""
        commands.hold_numbers()

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
        """Every row rehearsed through the commands; nothing is written."""
        return MovementsCheck(reader, sheet, mapping, as_of, progress).result(rehearse=True)

    def recheck(
        self,
        *,
        sheet: Sheet,
        mapping: SourceMapping,
        options: Mapping[str, str],
        reader: Reader,
        as_of: dt.date,
        progress: Report,
    ) -> CheckResult:
        """People, places and repeated rows again; what each command says is said when it is applied."""
        return MovementsCheck(reader, sheet, mapping, as_of, progress).result(rehearse=False)

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
        """Records the movements as rehearsed."""
        commands.import_movements(by=reader, moves=checked.prepared, progress=progress, today=as_of, now=_hour())
        return {"movements": checked.counts["movements"]}


@cache
def own_movements() -> SourceMapping:
    """The columns of our own file of movements."""
    return load_mapping(MAPPINGS / OWN)


def movement_fields(as_of: dt.date) -> tuple[Field, ...]:
    """What each field of a movement accepts."""
    kinds = {kind.value: kind.value for kind in rules.MovementKind} | _KINDS
    return (
        Field("person_code", _("Código de persona"), max_length=12),
        Field("document_kind", _("Tipo de documento"), "choice", choices=document_choices()),
        Field("document_number", _("Número de documento"), max_length=24),
        Field("nationality", _("Nacionalidad"), "code", codes=nationality_codes()),
        Field("reference", _("Referencia"), max_length=80),
        Field("reference_source", _("Fuente"), max_length=60),
        Field("kind", _("Movimiento"), "choice", required=True, choices=kinds, expected=_kinds_expected()),
        Field("on", _("Fecha"), "date", required=True, highest=as_of),
        Field("at", _("Hora"), pattern=HOUR, expected=_("Se espera una hora como 08:30.")),
        Field("from_facility", _("Origen"), max_length=120),
        Field("to_facility", _("Destino"), max_length=120),
        Field("detail", _("Detalle"), "choice", choices=_details()),
        Field("destination", _("Lugar"), max_length=200),
        Field("hours", _("Horas"), "integer", lowest=1, highest=720),
        Field("order", _("Orden o mandato"), max_length=200),
        Field("court", _("Juzgado"), max_length=160),
        Field("source_key", _("Clave de origen"), max_length=120),
    )


def _kinds_expected() -> str:
    return _("Se espera: ingreso, traslado, diligencia, hospital, permiso, retorno, egreso, fuga.")


def _details() -> dict[str, str]:
    releases = [
        kind for kind in rules.ReleaseKind if kind not in (rules.ReleaseKind.ESCAPE, rules.ReleaseKind.ANNULLED)
    ]
    words = {text: kind.value for kind in releases for text in (kind.value, rules.RELEASE_WORDS[kind])}
    entries = {text: kind.value for kind in rules.EntryKind for text in (kind.value, rules.ENTRY_WORDS[kind])}
    short = {"mandato": "mandate", "revocatoria": "revocation", "recaptura": "recapture", "muerte": "death"}
    return words | entries | short


class MovementsCheck:
    """One check of one file of movements."""

    def __init__(self, reader: Reader, sheet: Sheet, mapping: SourceMapping, as_of: dt.date, progress: Report) -> None:
        self.reader, self.as_of, self.progress = reader, as_of, progress
        found: FieldRows = read_fields(sheet, mapping, movement_fields(as_of), progress)
        self.headers, self.errors = found.headers, found.errors
        self.rows = list(found.frame.iter_rows(named=True))
        self.total = found.frame.height
        self.unknown: set[str] = set()
        self.codes: dict[str, str] = {}
        self.lookup = territory.facility_lookup(system())

    def result(self, *, rehearse: bool) -> CheckResult:
        """The whole check: people, places, repeated rows, and each movement tried after those before it."""
        if self.total > MAX_ROWS:
            self.wrong(
                self.rows[MAX_ROWS][ROW],
                "",
                "",
                _("Un archivo diario lleva %(n)d filas como máximo.") % {"n": MAX_ROWS},
            )
            return self._result([], 0, 0)
        people = self._people()
        bad = self.errors.bad_rows()
        moves = [move for row in self.rows if row[ROW] not in bad and (move := self._move(row, people)) is not None]
        fresh, known, repeated = self._fresh(moves, people)
        if rehearse:
            self.progress(0, len(fresh), _("Ensayando los movimientos"))
            for fault in commands.rehearse(self.reader, fresh, today=self.as_of, now=_hour()):
                self.wrong(fault.row, fault.field, "", fault.message)
        self.progress(self.total, self.total, _("Comprobación terminada"))
        return self._result(fresh, repeated, known)

    def wrong(self, row: int, field: str, value: object, message: str) -> None:
        """An error of a row, at a field of the file."""
        self.errors.add(row, self.headers.get(field, ""), value, message)

    def _people(self) -> dict[int, int]:
        """Row -> person key; who is not in the register is an error of its row."""
        codes = {row["person_code"].upper() for row in self.rows if row["person_code"]}
        codes = {rules.read_person_code(code) or code for code in codes}
        by_code = queries.known_codes(self.reader, codes)
        documents = self._by_document()
        references = self._by_reference()
        found: dict[int, int] = {}
        for row in self.rows:
            code = rules.read_person_code(row["person_code"] or "")
            given = [
                by_code.get(code) if row["person_code"] else None,
                documents.get(_document(row)) if row["document_number"] else None,
                references.get((row["reference_source"], row["reference"])) if row["reference"] else None,
            ]
            keys = {key for key in given if key is not None}
            if len(keys) == 1:
                found[row[ROW]] = keys.pop()
            else:
                self._unknown(row, keys)
        return found

    def _unknown(self, row: Mapping[str, Any], keys: set[int]) -> None:
        shown = row["person_code"] or row["document_number"] or row["reference"] or ""
        field = next((name for name in ("person_code", "document_number", "reference") if row[name]), "person_code")
        if keys:
            message = _("El código, el documento y la referencia no son de la misma persona.")
        elif not shown:
            message = _("Indique a la persona por su código, su documento o su referencia.")
        else:
            message = _("Esa persona no está en el registro: ingrésela antes de registrar sus movimientos.")
            self.unknown.add(shown)
        self.wrong(row[ROW], field, shown, message)

    def _by_document(self) -> dict[tuple[str, str, str], int]:
        numbers = {_document(row)[1] for row in self.rows if row["document_number"]}
        rows = queries.known_documents(self.reader, numbers)
        found: dict[tuple[str, str, str], int] = {}
        for kind, number, nationality, person, _birth in rows:
            found[kind, number, "" if kind == rules.DocumentKind.DNI else nationality] = person
        return found

    def _by_reference(self) -> dict[tuple[str, str], int]:
        pairs = {(row["reference_source"] or "", row["reference"]) for row in self.rows if row["reference"]}
        found: dict[tuple[str, str], int] = {}
        for source in {source for source, _reference in pairs}:
            keys = {reference for each, reference in pairs if each == source}
            found |= {(source, text): key for text, key in queries.known_references(self.reader, source, keys)}
        return found

    def _move(self, row: Mapping[str, Any], people: Mapping[int, int]) -> commands.DailyMove | None:
        if row[ROW] not in people:
            return None
        places = {field: self._place(row, field) for field in ("from_facility", "to_facility")}
        if None in places.values():
            return None
        texts = {name: row[name] or "" for name in ("detail", "destination", "order", "court", "source_key")}
        return commands.DailyMove(
            row=row[ROW],
            person_code=rules.person_code(people[row[ROW]]),
            kind=row["kind"],
            on=row["on"],
            at=_hour_of(row["at"]),
            hours=row["hours"],
            from_facility=places["from_facility"] or "",
            to_facility=places["to_facility"] or "",
            **texts,
        )

    def _place(self, row: Mapping[str, Any], field: str) -> str | None:
        """The code of a prison named; empty where none is, None when it is not known."""
        text = row[field]
        if not text:
            return ""
        if text not in self.codes:
            # Anywhere in the country: a transfer may lead out of the reader's places, and the command knows which.
            found = self.lookup.find(text)
            self.codes[text] = found.code if found is not None else ""
        if not self.codes[text]:
            self.wrong(
                row[ROW], field, text, _("No se conoce ese establecimiento. Escriba su nombre oficial o su código.")
            )
            return None
        return self.codes[text]

    def _fresh(
        self, moves: list[commands.DailyMove], people: Mapping[int, int]
    ) -> tuple[list[commands.DailyMove], int, int]:
        """The movements to record, how many of them have a key that is known, and how many repeat what is there.

        One whose key is known goes through its command, which refuses it when the content is another.
        """
        keys = queries.known_keys(self.reader, {move.source_key for move in moves if move.source_key})
        here: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
        for known in queries.known_movements(self.reader, set(people.values())):
            here.setdefault(known[:4], []).append(known)
        fresh: list[commands.DailyMove] = []
        seen: set[object] = set()
        for move in moves:
            told = (people[move.row], move.kind, move.on, move.at)
            same = here.get(told, []) if move.source_key not in keys else []
            again: object = move.source_key or (*told, move.from_facility, move.to_facility, move.detail)
            if again in seen or any(_agrees(move, known) for known in same):
                continue
            seen.add(again)
            fresh.append(move)
        already = sum(move.source_key in keys for move in fresh if move.source_key)
        return fresh, already, len(moves) - len(fresh) + already

    def _result(self, moves: list[commands.DailyMove], repeated: int, known: int) -> CheckResult:
        good = self.errors.total == 0
        new = len(moves) - known
        counts = {"rows": self.total, "movements": new, "repeated": repeated, "unknown_people": len(self.unknown)}
        words = [_("%(n)s movimientos por registrar") % {"n": formats.number(new)}]
        by_kind: dict[str, int] = {}
        for move in moves:
            by_kind[move.kind] = by_kind.get(move.kind, 0) + 1
        words += [
            f"{_(rules.MOVEMENT_WORDS[rules.MovementKind(kind)])}: {formats.number(n)}"
            for kind, n in sorted(by_kind.items())
        ]
        if repeated:
            words.append(
                _("%(n)s ya estaban en el registro o se repiten: no se tocan") % {"n": formats.number(repeated)}
            )
        if self.unknown:
            words.append(
                _("Personas que no están en el registro: %(who)s") % {"who": ", ".join(sorted(self.unknown)[:50])}
            )
        return CheckResult(
            errors=self.errors,
            rows_ok=max(0, self.total - self.errors.rows),
            summary=tuple(words),
            counts=counts,
            preview_columns=(_("Fila"), _("Persona"), _("Movimiento"), _("Fecha"), _("Origen"), _("Destino")),
            preview=tuple(self._preview(moves)),
            prepared=moves if good else None,
        )

    def _preview(self, moves: Sequence[commands.DailyMove]) -> Iterator[tuple[Any, ...]]:
        for move in moves[:PREVIEW]:
            words = _(rules.MOVEMENT_WORDS[rules.MovementKind(move.kind)])
            yield (move.row, move.person_code, words, move.on, move.from_facility, move.to_facility)


def _hour() -> dt.time:
    """The hour in Lima."""
    return clock.now().astimezone(clock.LIMA).time()


def _hour_of(text: str | None) -> dt.time | None:
    """An hour as written: 8:30, 08:30 or 08:30:15."""
    if not text:
        return None
    hour, minute, second = (int(part) for part in f"{text}:0".split(":")[:3])
    return dt.time(hour, minute, second)


def _agrees(move: commands.DailyMove, known: tuple[Any, ...]) -> bool:
    """True when a stored movement of the same person, kind and moment says all that the row says."""
    _person, _kind, _on, _at, origin, target, detail = known
    pairs = ((move.from_facility, origin), (move.to_facility, target), (move.detail, detail))
    return all(not said or said == (stored or "") for said, stored in pairs)


def _document(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """A document as the register keys it; a kind left out is that of its digits."""
    number = "".join(letter for letter in row["document_number"].upper() if letter not in " .'’`")
    kind = row["document_kind"] or (rules.DocumentKind.DNI if number.isdigit() and len(number) <= 8 else "foreign")
    if kind == rules.DocumentKind.DNI:
        return str(kind), number.partition("-")[0].zfill(8), ""
    return str(kind), number, row["nationality"] or ""


MOVEMENTS = MovementsImport()
