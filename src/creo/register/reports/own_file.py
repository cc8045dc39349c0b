"""A person's own file as a tagged PDF (Typst): every item of Mandela Rules 7 and 8, present or marked empty.

Texts travel to Typst as JSON, never as markup: nothing recorded about a person can become code in the document.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.register import rules
from creo.register.queries import CustodyRow, OwnFile, RequestRow
from creo.register.queries.own_file import OwnMandate, OwnSentence
from creo.support.accounts.readers import system
from creo.support.exports.listings import Mark
from creo.support.exports.making import typeset
from creo.support.looking.tables import purpose_words
from creo.support.ui import formats
from creo.territory import queries as territory

TEMPLATE = Path(__file__).parent / "own_file.typ"


def own_file_pdf(found: OwnFile, *, on: date, receiver: str, by: str, mark: Mark | None = None) -> bytes:
    """The copy that is handed over on a day, with the mark of its delivery on every page."""
    # The day and not the moment: the same file on the same day is the same bytes, whose hash the ledger keeps.
    made = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return typeset(TEMPLATE, own_file_data(found, on=on, receiver=receiver, by=by), mark=mark, timestamp=made)


def own_file_data(found: OwnFile, *, on: date, receiver: str, by: str) -> dict[str, Any]:
    """What the document says, section by section."""
    items = _items(found)
    return {
        "title": _("Expediente personal: copia para la persona"),
        "name": found.heading.name,
        "code": found.heading.code,
        "facts": [
            [_("Entregada el"), formats.day(on)],
            [_("La recibe"), receiver],
            [_("La entrega"), by],
            [_("Establecimiento"), found.heading.facility_name or _("Fuera de custodia")],
        ],
        "intro": _(
            "Contiene lo que el Registro Penitenciario guarda sobre usted a esa fecha. Lo que no consta lo dice. Puede "
            "pedir que se rectifique un dato: se le responde en veinte días hábiles (Regl. CEP, art. 14)."
        ),
        "kept": _kept(found.evaluations),
        "items": [
            {"title": item.title, "rule": item.rule, "lines": items[item.code] or [_("No consta.")]}
            for item in rules.OWN_FILE_ITEMS
        ],
        "tables": [_protected(found), _documents(found), _requests(found), _acts(found), _looks(found)],
        "words": {
            "items": _("Lo que piden guardar las Reglas Mandela 7 y 8"),
            "rule": _("regla"),
            "empty": _("No consta."),
            "page": _("página"),
            "sign": _("Firma de quien recibe"),
        },
    }


def _kept(number: int) -> str:
    count = ngettext("%(n)d documento", "%(n)d documentos", number) % {"n": number}
    return _(
        "Las evaluaciones de los profesionales no se entregan en copia (Regl. CEP, art. 51). Se guardan aparte: "
        "%(count)s."
    ) % {"count": count}


def _items(found: OwnFile) -> dict[str, list[str]]:
    """The lines of each item; an empty list where nothing is recorded."""
    episodes = [row for row in reversed(found.file.custodies) if not row.annulled]
    moves = [(row, move) for row in episodes for move in row.movements if not move.annulled]
    conduct = _papers(found, "conduct_record")
    died = found.file.died_on
    return {
        "identity": _identity(found),
        "mandate": [_mandate_words(row) for row in episodes] + [_order(row) for row in found.mandates],
        "arrest": [],
        "admission": [
            f"{_when(move.on, move.at)}, {move.to_name or _('establecimiento no consta')}"
            for _row, move in moves
            if move.kind == rules.MovementKind.ADMISSION
        ],
        "transfers": [
            _("%(when)s, de %(origin)s a %(target)s")
            % {"when": _when(move.on, move.at), "origin": move.from_name or "—", "target": move.to_name or "—"}
            for _row, move in moves
            if move.kind == rules.MovementKind.TRANSFER
        ]
        + _papers(found, "transfer_orders"),
        "release": [
            f"{_when(move.on, move.at)}, {_(rules.RELEASE_WORDS[row.release_kind])}"
            for row, move in moves
            if move.kind == rules.MovementKind.RELEASE
        ]
        + _papers(found, "release_orders"),
        "injuries": _papers(found, "medical_report"),
        "belongings": [],
        "family": [_fact_words(fact) for fact in found.protected if fact.kind in ("children", "children_inside")],
        "emergency": [],
        "proceedings": _proceedings(found, episodes),
        "classification": _papers(found, "classification_report"),
        "conduct": conduct,
        "complaints": [_request_words(row) for row in found.requests],
        "sanctions": conduct,
        "injury_or_death": [_("Falleció el %(day)s") % {"day": formats.day(died)}] if died else [],
    }


def _identity(found: OwnFile) -> list[str]:
    identity = found.file.identity
    kind = _(rules.DOCUMENT_WORDS[identity.document_kind])
    lines = [
        identity.name,
        _("Nacimiento: %(day)s") % {"day": formats.day(identity.birth_date) if identity.birth_date else _("no consta")},
        _("Sexo: %(sex)s") % {"sex": _(rules.SEX_WORDS[identity.sex])},
        _("Documento de identidad: %(document)s") % {"document": f"{kind} {identity.document_number}".strip()},
        _("Nacionalidad: %(name)s") % {"name": rules.nationality_name(identity.nationality) or _("no consta")},
        _("Estado de la identidad: %(state)s") % {"state": _(rules.IDENTITY_WORDS[identity.status])},
    ]
    if found.aliases:
        lines.append(_("Alias: %(names)s") % {"names": ", ".join(row.name for row in found.aliases)})
    return lines


def _when(day: date, at: Any) -> str:
    hour = f"{at:%H:%M}" if at is not None else _("hora no consta")
    return f"{formats.day(day)}, {hour}"


def _mandate_words(row: CustodyRow) -> str:
    mandate = row.mandate or _("mandato no consta")
    return _("Episodio %(number)d: %(mandate)s") % {"number": row.number, "mandate": mandate}


def _order(row: OwnMandate) -> str:
    words = _("Episodio %(number)d: %(court)s, expediente %(case)s, recibido el %(day)s") % {
        "number": row.custody,
        "court": row.court,
        "case": row.case_number,
        "day": formats.day(row.received_on),
    }
    if row.lifted_on is None:
        return words
    return _("%(words)s, levantado el %(day)s") % {"words": words, "day": formats.day(row.lifted_on)}


def _proceedings(found: OwnFile, episodes: list[CustodyRow]) -> list[str]:
    lines = []
    for row in episodes:
        status = _(rules.LEGAL_STATUS_WORDS[row.legal_status])
        lines.append(
            _("Episodio %(number)d, situación jurídica: %(status)s") % {"number": row.number, "status": status.lower()}
        )
        if row.next_hearing_on is not None:
            lines.append(_("Próxima audiencia: %(day)s") % {"day": formats.day(row.next_hearing_on)})
        lines += [_("Delito: %(label)s") % {"label": offence.label} for offence in row.offences if offence.label]
    return lines + [_sentence(row) for row in found.sentences] + _papers(found, "proceedings_sheet", "sentence")


def _sentence(row: OwnSentence) -> str:
    return _("Sentencia del %(day)s, %(court)s, expediente %(case)s: %(length)s") % {
        "day": formats.day(row.issued_on),
        "court": row.court,
        "case": row.case_number,
        "length": _length(row),
    }


def _length(row: OwnSentence) -> str:
    if row.penalty == rules.PenaltyKind.LIFE:
        return _(rules.PENALTY_WORDS[row.penalty])
    parts = []
    if row.years:
        parts.append(ngettext("%(n)d año", "%(n)d años", row.years) % {"n": row.years})
    if row.months:
        parts.append(ngettext("%(n)d mes", "%(n)d meses", row.months) % {"n": row.months})
    if row.days:
        parts.append(ngettext("%(n)d día", "%(n)d días", row.days) % {"n": row.days})
    return " ".join(parts) or _("duración no consta")


def _papers(found: OwnFile, *kinds: str) -> list[str]:
    return [
        _("Documento: %(title)s, del %(day)s")
        % {"title": row.title, "day": formats.day(row.dated_on) if row.dated_on else _("no consta")}
        for row in found.documents_of(*kinds)
    ]


def _fact_words(fact: rules.ProtectedValue) -> str:
    words = f"{_(rules.PROTECTED_WORDS[fact.kind])}: {_(rules.ANSWER_WORDS[fact.answer])}"
    if fact.kind == rules.ProtectedKind.DISABILITY and fact.value:
        words += f", {_(rules.DISABILITY_WORDS[fact.value])}"
    elif fact.value:
        words += f", {fact.value}"
    if fact.number is not None:
        words += f", {fact.number}"
    if fact.day is not None:
        words += f", {formats.day(fact.day)}"
    return f"{words}; {fact.needs}" if fact.needs else words


def _request_words(row: RequestRow) -> str:
    said = f"{row.number}, {formats.day(row.received_on)}: {_(rules.RIGHT_WORDS[row.kind])}"
    return f"{said}. {_(rules.STATE_WORDS[row.state])}"


def _protected(found: OwnFile) -> dict[str, Any]:
    known = {fact.kind: _fact_words(fact) for fact in found.protected}
    rows = [
        [_(rules.PROTECTED_WORDS[kind]), known.get(kind) or _(rules.ANSWER_WORDS[""])] for kind in rules.ProtectedKind
    ]
    return _table(_("Datos protegidos"), [_("Pregunta"), _("Respuesta")], rows)


def _documents(found: OwnFile) -> dict[str, Any]:
    rows = [
        [
            rules.document_kinds()[row.kind].title,
            row.title,
            formats.day(row.dated_on) if row.dated_on else _("no consta"),
            row.sha256[:16],
        ]
        for row in found.documents
    ]
    columns = [_("Tipo"), _("Título"), _("Fecha"), _("Huella (SHA-256)")]
    return _table(_("Documentos de los que puede pedir copia"), columns, rows)


def _requests(found: OwnFile) -> dict[str, Any]:
    rows = [
        [
            row.number,
            _(rules.RIGHT_WORDS[row.kind]),
            row.what,
            formats.day(row.due_on),
            f"{_(rules.STATE_WORDS[row.state])}. {row.answer}".strip(),
        ]
        for row in found.requests
    ]
    columns = [_("Solicitud"), _("Qué pidió"), _("En sus palabras"), _("Vence"), _("Respuesta")]
    return _table(_("Sus solicitudes"), columns, rows)


def _places() -> dict[str, str]:
    """The names of all prisons by code: an act may have been done in any."""
    return {ref.code: ref.name for ref in territory.facility_refs(system())}


def _acts(found: OwnFile) -> dict[str, Any]:
    places = _places()
    rows = [
        [
            formats.moment(row.at),
            _(rules.OWN_ACT_WORDS.get(row.act, rules.OWN_ACT_WORDS[""])),
            places.get(row.place, row.place) or "—",
        ]
        for row in found.decisions
    ]
    return _table(_("Actos y decisiones sobre usted"), [_("Cuándo"), _("Qué"), _("Dónde")], rows)


def _looks(found: OwnFile) -> dict[str, Any]:
    """Who looked, without names: the identity of officials is kept (Regl. CEP art. 14); the ledger has it."""
    places = _places()
    rows = [
        [
            formats.moment(row.at),
            _(rules.OWN_ACT_WORDS.get(row.act, rules.OWN_ACT_WORDS[""])),
            places.get(row.place, row.place) or "—",
            purpose_words(str(row.after.get("purpose") or "")) or "—",
        ]
        for row in found.looks
    ]
    columns = [_("Cuándo"), _("Qué"), _("Dónde"), _("Para qué")]
    return _table(_("Consultas a sus documentos y datos protegidos"), columns, rows)


def _table(title: str, columns: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"title": title, "columns": columns, "rows": rows}
