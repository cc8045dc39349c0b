"""The penological sheet (Regl. CEP art. 45), in parts for the screen and as a tagged PDF (Typst).

Texts travel to Typst as JSON, never as markup: nothing written in a record can become code in the document.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.queries import MandateRow, PenologicalSheet, SentenceRow, SheetMove
from creo.register.reports import law_words as words
from creo.support.exports.listings import Mark
from creo.support.exports.making import typeset
from creo.support.ui import formats

TEMPLATE = Path(__file__).parent / "law_sheet.typ"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A section of the sheet: a table in words; `empty` says what an empty one means."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str


def sheet_state(sheet: PenologicalSheet) -> str:
    """Active, passive or active again, with its day."""
    if sheet.since is None:
        return _("Hoja sin movimientos")
    word = _("Hoja reactivada") if sheet.reactivated else _("Hoja activa") if sheet.active else _("Hoja pasiva")
    return _("%(word)s desde el %(day)s") % {"word": word, "day": formats.day(sheet.since)}


def sheet_facts(sheet: PenologicalSheet) -> list[tuple[str, str]]:
    """Who it is about and what it adds up to, as labels and values."""
    file = sheet.file
    held = file.held
    document = _(rules.DOCUMENT_WORDS[file.document_kind])
    return [
        (_("Nombre"), file.name or _("Sin nombre")),
        (_("Código"), file.code),
        (_("Documento"), f"{document} {file.document_number}".strip()),
        (_("Fecha de nacimiento"), formats.day(file.birth_date) if file.birth_date is not None else _("Sin dato")),
        (_("Sexo"), _(rules.SEX_WORDS[file.sex])),
        (_("Nacionalidad"), rules.nationality_name(file.nationality) or _("Sin dato")),
        (_("Estado de la hoja"), sheet_state(sheet)),
        (_("Establecimiento"), (held.facility_name or _("Sin dato")) if held is not None else _("Fuera de custodia")),
        (_("Último día de pena"), _end(sheet)),
        (_("Condenas efectivas firmes"), words.count_words(file.facts.convictions)),
        (_("Reincidencia"), words.truth_words(file.facts.recidivist, rules.JudicialKind.RECIDIVIST)),
        (_("Habitualidad"), words.truth_words(file.facts.habitual, rules.JudicialKind.HABITUAL)),
    ]


def sheet_parts(sheet: PenologicalSheet) -> list[SheetPart]:
    """The sections that the Regulation asks for, in its order."""
    file = sheet.file
    return [
        SheetPart(
            _("Mandatos de detención"),
            (_("Juzgado y expediente"), _("Tipo"), _("Recibido"), _("Estado")),
            tuple(_mandate(row, sheet.as_of) for row in file.mandates),
            _("No consta ningún mandato como registro propio; vea el mandato de cada ingreso."),
        ),
        SheetPart(
            _("Sentencias"),
            (_("Juzgado y expediente"), _("Fecha y firmeza"), _("Delitos"), _("Pena"), _("Cómputo")),
            tuple(_sentence(row, sheet) for row in file.sentences),
            _("No consta ninguna sentencia."),
        ),
        SheetPart(
            _("Ingresos"),
            (_("Día"), _("Motivo"), _("Establecimiento"), _("Mandato")),
            tuple(_admission(move, sheet) for move in sheet.admissions),
            _("No consta ningún ingreso."),
        ),
        SheetPart(
            _("Traslados"),
            (_("Día"), _("De"), _("A"), _("Resolución")),
            tuple(_transfer(move) for move in sheet.transfers),
            _("No consta ningún traslado."),
        ),
        SheetPart(
            _("Beneficios y permisos"),
            (_("Día"), _("Beneficio"), _("Resolución")),
            tuple(_benefit(move) for move in sheet.benefits),
            _("No consta ningún beneficio."),
        ),
        SheetPart(
            _("Libertades y otros egresos"),
            (_("Día"), _("Motivo"), _("Establecimiento"), _("Orden")),
            tuple(_exit(move) for move in sheet.releases),
            _("No consta ningún egreso."),
        ),
    ]


def sheet_pdf(sheet: PenologicalSheet, mark: Mark) -> bytes:
    """The sheet as PDF, with its mark on every page and who printed it and when at its foot."""
    who = {"name": mark.name, "at": formats.moment(mark.at), "code": sheet.file.code}
    data = {
        "title": _("Hoja penológica"),
        "subtitle": f"{sheet.file.name} · {sheet.file.code}",
        "law": _("Reglamento del Código de Ejecución Penal, art. 45"),
        "facts": [list(pair) for pair in sheet_facts(sheet)],
        "parts": [
            {"title": part.title, "columns": part.columns, "rows": part.rows, "empty": part.empty}
            for part in sheet_parts(sheet)
        ],
        "foot": _("Impreso por %(name)s el %(at)s · %(code)s · Dato reservado (Regl. CEP, art. 13)") % who,
        "page": _("página"),
    }
    return typeset(TEMPLATE, data, mark=mark)


def _end(sheet: PenologicalSheet) -> str:
    text = words.end_words(sheet.file)
    found = sheet.file.computation
    return _("%(end)s (por confirmar)") % {"end": text} if found.end is not None and found.provisional else text


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _mandate(row: MandateRow, today: date) -> tuple[str, ...]:
    return (
        _lines(row.court, row.case_number),
        _(rules.MANDATE_WORDS[row.kind]),
        formats.day(row.received_on),
        words.mandate_state(row, today)[1],
    )


def _sentence(row: SentenceRow, sheet: PenologicalSheet) -> tuple[str, ...]:
    time = sheet.file.computation.of(row.id)
    return (
        _lines(row.court, row.case_number),
        _lines(formats.day(row.issued_on), words.final_words(row)),
        words.sentence_offences(row),
        _lines(
            words.penalty_words(row),
            _(rules.EFFECT_WORDS[row.effect]),
            _("Reparación civil: %(money)s") % {"money": formats.soles(row.civil_reparation)}
            if row.civil_reparation is not None
            else "",
        ),
        " ".join(words.step_words(step) for step in time.steps),
    )


def _admission(move: SheetMove, sheet: PenologicalSheet) -> tuple[str, ...]:
    mandates: Iterable[str] = (item.mandate for item in sheet.file.episodes if item.number == move.episode)
    return (
        formats.day(move.on),
        _(rules.ENTRY_WORDS[move.detail]) if move.detail else _("Sin dato"),
        move.to_name or _("Sin dato"),
        next(iter(mandates), "") or _("No consta"),
    )


def _transfer(move: SheetMove) -> tuple[str, ...]:
    return formats.day(move.on), move.from_name or _("Sin dato"), move.to_name or _("Sin dato"), move.note or "—"


def _benefit(move: SheetMove) -> tuple[str, ...]:
    return formats.day(move.on), _what(move), move.note or "—"


def _exit(move: SheetMove) -> tuple[str, ...]:
    return formats.day(move.on), _what(move), move.from_name or _("Sin dato"), move.note or "—"


def _what(move: SheetMove) -> str:
    """The benefit, the release or the revocation that a movement is."""
    if move.kind == rules.MovementKind.RELEASE and move.detail in rules.RELEASE_WORDS:
        return _(rules.RELEASE_WORDS[move.detail])
    if move.kind == rules.MovementKind.ADMISSION and move.detail in rules.ENTRY_WORDS:
        return _(rules.ENTRY_WORDS[move.detail])
    return _(rules.MOVEMENT_WORDS[move.kind])
