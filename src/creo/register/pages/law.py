"""The legal side of a person's file: offences, status, mandates, sentences with their computation, declarations."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.kernel.access import Access
from creo.kernel.verdicts import Outcome
from creo.register import commands, queries, reports, rules
from creo.register.pages.answering import person_trail
from creo.register.queries import DeclarationRow, LegalEpisode, LegalFile, MandateRow, SentenceRow
from creo.register.reports import law_words as words
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.exports.answers import document
from creo.support.looking.asking import ask_purpose
from creo.support.looking.queries import stated_purpose
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link, Row


@page(Permission.VIEW_LEGAL)
def legal(request: HttpRequest, code: str) -> HttpResponse:
    """What courts decided about one person, and what it adds up to, step by step."""
    today = clock.today()
    file = queries.legal_file(request.reader, code, today)
    if file.code != code:
        return HttpResponseRedirect(reverse("register:legal", args=(file.code,)))
    context = {
        "file": file,
        "trail": _trail(file),
        "badges": _badges(file),
        "band_items": _band(file),
        "summary": _summary(file),
        "dates": _dates(file),
        "mandates": [_mandate(row, today) for row in file.mandates],
        "queda": _queda(file),
        "status_missing": _status_missing(file),
        "sentences": [_sentence(row, file) for row in file.sentences],
        "declarations": [_declaration(row) for row in file.declarations],
        "episodes": [_episode(row) for row in file.episodes],
        "columns": _columns(),
        "may": _may(file) if request.reader.can(Permission.EDIT_PEOPLE) else {},
    }
    return render(request, "register/law.html", context)


@page(Permission.VIEW_LEGAL)
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The penological sheet on the screen (Regl. CEP art. 45)."""
    purpose = _sheet_purpose(request, code)
    if isinstance(purpose, HttpResponse):
        return purpose
    found = commands.look_at_sheet(by=request.reader, person_code=code, as_of=clock.today(), purpose=purpose)
    context = {
        "file": found.file,
        "sheet": found,
        "parts": [
            {
                "title": part.title,
                "columns": list(map(Column, part.columns)),
                "rows": [[_cell(text) for text in row] for row in part.rows],
                "empty": part.empty,
            }
            for part in reports.sheet_parts(found)
        ],
        "facts": [Fact(label, value) for label, value in reports.sheet_facts(found)],
        "state_word": reports.sheet_state(found),
        "trail": [*_trail(found.file), Link(_("Legal"), reverse("register:legal", args=(found.file.code,)))],
        "can_print": request.reader.can(Permission.EXPORT),
    }
    return render(request, "register/law_sheet.html", context)


def _sheet_purpose(request: HttpRequest, code: str) -> str | HttpResponse:
    """The purpose in force for the sheet, or the page that asks for it and goes on to the sheet on the screen."""
    purpose = stated_purpose(request.reader, "person", code, Access.LEGAL, clock.now())
    if purpose and request.method != "POST":
        return purpose
    head = queries.person_heading(request.reader, code)
    legal_tab = Link(_("Legal"), reverse("register:legal", args=(head.code,)))
    return ask_purpose(
        request,
        sheet=commands.PENOLOGICAL,
        code=head.code,
        name=head.name,
        back=legal_tab.url,
        trail=person_trail(head, legal_tab),
        onward=reverse("register:sheet", args=(head.code,)),
    )


@page(Permission.EXPORT)
def sheet_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same as a PDF; who printed it and when is in its foot and in the ledger."""
    purpose = _sheet_purpose(request, code)
    if isinstance(purpose, HttpResponse):
        return purpose
    found, mark = commands.print_sheet(by=request.reader, person_code=code, as_of=clock.today(), purpose=purpose)
    return document(reports.sheet_pdf(found, mark), f"hoja-penologica-{found.file.code}", mark)


def _cell(text: str) -> Cell:
    """A text of the sheet: its first line, the others as a note."""
    first, _end, rest = text.partition("\n")
    return Cell(first, note=rest.replace("\n", " · "))


def _columns() -> dict[str, list[Column]]:
    days = [Column(_("Desde"), "day"), Column(_("Hasta"), "day")]
    last = Column(_("Último día del plazo"), "day")
    return {
        "dates": [Column(_("Qué")), Column(_("Día"), "day"), Column(_("De qué"))],
        "mandates": [
            Column(_("Expediente")),
            Column(_("Tipo")),
            Column(_("Recibido"), "day"),
            last,
            Column(_("Estado"), "state"),
        ],
        "steps": [Column(_("Paso")), Column(_("Dato"), "state"), Column(_("Norma"))],
        "credits": [
            Column(_("Detención abonada")),
            Column(_("Días"), "number"),
            Column(_("Sustento")),
            Column(_("Estado")),
        ],
        "declarations": [
            Column(_("Condición")),
            Column(_("Expediente")),
            Column(_("Desde"), "day"),
            Column(_("Estado")),
        ],
        "offences": [Column(_("Delito")), Column(_("Familia")), *days, Column(_("Estado"))],
        "statuses": [Column(_("Situación")), *days],
    }


def _may(file: LegalFile) -> dict[str, bool]:
    """Which acts make sense now; an act without anything to act on is not offered."""
    held = file.held
    credits = [item for row in file.sentences for item in row.credits]
    return {
        "edit": bool(file.episodes),
        "held": held is not None,
        "lift": any(row.in_force for row in file.mandates),
        "sentences": any(row.in_force for row in file.sentences),
        "withdraw": any(item.withdrawn_on is None for item in credits),
        "end": any(row.ended_on is None for row in file.declarations),
        "close": held is not None and any(row.current and not row.is_main for row in held.offences),
    }


def _trail(file: LegalFile) -> list[Link]:
    return [
        Link(_("Registro"), reverse("register:people")),
        Link(file.name, reverse("register:person", args=(file.code,))),
    ]


def _badges(file: LegalFile) -> list[dict[str, str]]:
    badges = []
    held = file.held
    if held is not None:
        state = "info" if held.legal_status else "unknown"
        known = _(rules.LEGAL_STATUS_WORDS[held.legal_status])
        badges.append({"state": state, "word": known if held.legal_status else _("Situación jurídica: sin dato")})
        if held.mixed:
            badges.append({"state": "info", "word": _("Delitos mixtos")})
    for kind, value in (
        (rules.JudicialKind.RECIDIVIST, file.facts.recidivist),
        (rules.JudicialKind.HABITUAL, file.facts.habitual),
    ):
        if value:
            badges.append({"state": "info", "word": _(rules.JUDICIAL_WORDS[kind])})
    return badges


def _band(file: LegalFile) -> list[str]:
    if file.held is not None:
        return [file.held.facility_name or _("Sin establecimiento registrado")]
    return [_("Fuera de custodia")] if file.episodes else []


def _summary(file: LegalFile) -> list[Fact]:
    facts, found = file.facts, file.computation
    provisional = _("Por confirmar: vea el cómputo.") if found.provisional and found.end is not None else ""
    status = file.held or (file.episodes[0] if file.episodes else None)
    return [
        Fact(_("Situación jurídica"), _(rules.LEGAL_STATUS_WORDS[status.legal_status if status else ""])),
        Fact(_("Último día de pena"), words.end_words(file), note=provisional),
        Fact(
            _("Condenas efectivas firmes"),
            words.count_words(facts.convictions),
            note=_("Distintas de los ingresos y de la reincidencia."),
        ),
        Fact(
            _("Mandatos vigentes"),
            words.count_words(facts.mandates) if facts.mandates is not None else _("Ninguno registrado"),
        ),
        Fact(_("Reincidencia (CP, art. 46-B)"), words.truth_words(facts.recidivist, rules.JudicialKind.RECIDIVIST)),
        Fact(_("Habitualidad (CP, art. 46-C)"), words.truth_words(facts.habitual, rules.JudicialKind.HABITUAL)),
    ]


def _dates(file: LegalFile) -> list[list[object]]:
    """What comes next, in order: hearing, ends of terms of mandates, ends of penalties."""
    found: list[tuple[date, str, str]] = []
    if file.held is not None and file.held.next_hearing_on is not None:
        found.append((file.held.next_hearing_on, _("Próxima audiencia"), ""))
    for row in file.mandates:
        last = words.last_day(row.term_ends_on)
        if row.in_force and last is not None:
            found.append((last, _("Vence el plazo del mandato"), f"{row.case_number}, {row.court}"))
    for sentence in file.sentences:
        day = file.computation.of(sentence.id).last_day
        if day is not None:
            found.append((day, _("Se cumple la pena"), sentence.words))
    return [[what, day, whose or None] for day, what, whose in sorted(found)]


def _queda(file: LegalFile) -> str:
    """Why an order of release of one case may not free the person; empty when nothing stops it."""
    count = sum(row.in_force for row in file.mandates)
    if count < 2:
        return ""
    return _("Hay %(count)d mandatos vigentes: la libertad en un expediente no libera mientras rija otro (QUEDA).") % {
        "count": count
    }


def _status_missing(file: LegalFile) -> bool:
    """True while a final effective sentence is in force and nobody recorded the legal status that it brings."""
    if file.held is None or file.held.legal_status:
        return False
    return any(
        row.in_force
        and row.custody_id == file.held.custody_id
        and row.effect == rules.Effect.EFFECTIVE
        and row.finality == rules.Finality.FINAL
        for row in file.sentences
    )


def _mandate(row: MandateRow, today: date) -> Row:
    state, word = words.mandate_state(row, today)
    kind = _(rules.MANDATE_WORDS[row.kind])
    cells = [
        Cell(row.case_number, note=row.court),
        kind,
        row.received_on,
        words.last_day(row.term_ends_on),
        Cell(state, word=word, note=row.lift_reason),
    ]
    return Row(cells, strong=row.in_force)


def _sentence(row: SentenceRow, file: LegalFile) -> dict[str, Any]:
    time = file.computation.of(row.id)
    others = {item.id: item for item in file.sentences}
    ended = ""
    if not row.in_force:
        ended = _("%(state)s desde el %(day)s: %(why)s") % {
            "state": _(rules.SENTENCE_WORDS[row.state]),
            "day": formats.day(row.ended_on),
            "why": row.end_reason,
        }
    return {
        "title": _("Sentencia del %(day)s") % {"day": formats.day(row.issued_on)},
        "case": row.words,
        "badge": _sentence_badge(row, time),
        "ended": ended,
        "facts": _sentence_facts(row, others),
        "steps": [_step(step) for step in time.steps],
        "steps_title": _("Cómputo de la sentencia del expediente %(case)s") % {"case": row.case_number},
        "credits": [_credit(item) for item in row.credits],
        "credits_title": _("Detención abonada a la sentencia del expediente %(case)s") % {"case": row.case_number},
    }


def _sentence_badge(row: SentenceRow, time: rules.SentenceTime) -> dict[str, str]:
    if not row.in_force:
        return {"state": "neutral", "word": _(rules.SENTENCE_WORDS[row.state])}
    if time.to_serve is False:
        return {"state": "neutral", "word": _("Sin tiempo que cumplir en prisión")}
    if time.last_day is None:
        return (
            {"state": "info", "word": _("Cadena perpetua")}
            if time.life
            else {
                "state": "unknown",
                "word": _("Final sin calcular"),
            }
        )
    word = _("Se cumple el %(day)s") % {"day": formats.day(time.last_day)}
    return {"state": "unknown" if time.provisional else "info", "word": word}


def _sentence_facts(row: SentenceRow, others: dict[int, SentenceRow]) -> list[Fact]:
    facts = [
        Fact(_("Delitos"), words.sentence_offences(row)),
        Fact(_("Pena privativa de libertad"), words.penalty_words(row), note=_(rules.EFFECT_WORDS[row.effect])),
        Fact(_("Firmeza"), words.final_words(row)),
        Fact(_("Relación con otras penas"), words.served_words(row, others)),
        Fact(_("Días-multa"), formats.number(row.day_fines) if row.day_fines is not None else _("No consta")),
        Fact(
            _("Reparación civil"),
            formats.soles(row.civil_reparation) if row.civil_reparation is not None else _("No consta"),
        ),
    ]
    if row.replaced_by in others:
        facts.append(Fact(_("La reemplaza"), others[row.replaced_by].words))
    return facts


def _step(step: rules.Step) -> list[object]:
    sign = {Outcome.MET: "yes", Outcome.UNKNOWN: "unknown", Outcome.NOT_MET: "no"}[step.outcome]
    known = {"yes": _("Consta"), "unknown": _("Por confirmar"), "no": _("No")}[sign]
    return [words.step_words(step), Cell(sign, word=known), words.step_source(step) or None]


def _credit(row: queries.CreditRow) -> list[object]:
    days = _("Del %(first)s al %(last)s") % {"first": formats.day(row.first_day), "last": formats.day(row.last_day)}
    state = _("Abonada")
    if row.withdrawn_on is not None:
        state = _("Retirada el %(day)s: %(why)s") % {"day": formats.day(row.withdrawn_on), "why": row.withdraw_reason}
    return [days, row.days, row.source, state]


def _declaration(row: DeclarationRow) -> list[object]:
    kind = _(rules.JUDICIAL_WORDS[row.kind])
    state = _("Vigente")
    if row.ended_on is not None:
        state = _("Sin efecto desde el %(day)s: %(why)s") % {"day": formats.day(row.ended_on), "why": row.end_reason}
    said = kind if row.declared else _("No es %(kind)s") % {"kind": kind.lower()}
    return [said, Cell(row.case_number, note=row.court), row.declared_on, state]


def _episode(row: LegalEpisode) -> dict[str, Any]:
    until = formats.day(row.released_on) if row.released_on is not None else _("hoy")
    return {
        "title": _("Episodio %(number)d: del %(start)s a %(end)s")
        % {"number": row.number, "start": formats.day(row.admitted_on), "end": until},
        "mixed": row.mixed,
        "offences_title": _("Delitos del episodio %(number)d") % {"number": row.number},
        "statuses_title": _("Situación jurídica en el episodio %(number)d") % {"number": row.number},
        "offences": [_offence(item, row.admitted_on) for item in row.offences],
        "statuses": [
            Row([words.status_words(item), item.valid_from, item.valid_to], strong=item.valid_to is None)
            for item in row.statuses
        ],
    }


def _offence(row: queries.OffencePeriod, admitted_on: date) -> Row:
    if row.current:
        state = _("Principal") if row.is_main else _("Vigente")
    else:
        state = _("Corregido: nunca rigió") if row.mistaken else _("Ya no rige")
    until = None if row.mistaken else row.valid_to
    since = Cell(row.valid_from) if row.valid_from else Cell(admitted_on, note=_("desde el ingreso"))
    return Row(
        [Cell(words.offence_words(row), note=row.source), row.family or None, since, until, state],
        strong=row.current and row.is_main,
    )
