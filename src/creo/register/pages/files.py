"""One person's file: summary, episodes with their movements, identity with its history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from creo.kernel.periods import completed_years
from creo.register import queries, rules
from creo.register.pages.courses import course_events, due_back, local_moment, next_acts, standing_badges
from creo.register.pages.duplicates import duplicate_badges
from creo.register.queries import CustodyRow, IdentityRow, OffenceRow, PersonFile
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link

SUMMARY, EPISODES, IDENTITY = "", "episodios", "identidad"
STATEMENTS = {
    "prior_suspended": "Dijo tener una pena suspendida anterior",
    "prior_effective": "Dijo tener una pena efectiva anterior",
}


@page(Permission.VIEW_PEOPLE)
def person(request: HttpRequest, code: str) -> HttpResponse:
    """The file of one person; `?parte=` opens its episodes or its identity."""
    part = request.GET.get("parte", SUMMARY)
    part = part if part in (EPISODES, IDENTITY) else SUMMARY
    today = clock.today()
    file = queries.person(request.reader, code, today, with_sources=part == IDENTITY)
    address = reverse("register:person", args=(file.code,))
    if file.code != code:
        return HttpResponseRedirect(address)
    context = {
        "file": file,
        "tabs": _tabs(address, part, file),
        "part": part,
        "trail": [Link(_("Registro"), reverse("register:people"))],
        "band_items": _band_items(file, today),
        "badges": [*_badges(file), *duplicate_badges(request.reader, file.code)],
        "can_edit": request.reader.can(Permission.EDIT_PEOPLE),
        **_PARTS[part](file, today),
    }
    return render(request, "register/person.html", context)


def _tabs(address: str, part: str, file: PersonFile) -> list[Link]:
    return [
        Link(_("Resumen"), address, part == SUMMARY),
        Link(_("Episodios y movimientos"), f"{address}?parte={EPISODES}", part == EPISODES, len(file.custodies)),
        Link(_("Identidad"), f"{address}?parte={IDENTITY}", part == IDENTITY, len(file.earlier) + len(file.merged) + 1),
    ]


def _band_items(file: PersonFile, today: date) -> list[str]:
    items = []
    if file.identity.birth_date is not None:
        until = file.died_on or today
        items.append(formats.years(completed_years(file.identity.birth_date, until)))
    held = file.held
    if held is not None:
        items.append(held.facility_name or _("Sin establecimiento registrado"))
    elif file.died_on is not None:
        items.append(_("Falleció el %(day)s") % {"day": formats.day(file.died_on)})
    elif (last := file.last_episode) is not None:
        escaped = last.release_kind == rules.ReleaseKind.ESCAPE
        since = _("Se fugó el %(day)s") if escaped else _("Fuera de custodia desde el %(day)s")
        items.append(since % {"day": formats.day(last.released_on)})
    return items


def _badges(file: PersonFile) -> list[dict[str, str]]:
    confirmed = file.identity.confirmed
    words = _(rules.IDENTITY_WORDS[file.identity.status])
    badges = [{"state": "yes" if confirmed else "unknown", "word": words}]
    if file.identity.birth_date is None:
        badges.append({"state": "unknown", "word": _("Sin fecha de nacimiento")})
    if file.held is not None and file.held.main_offence is None:
        badges.append({"state": "unknown", "word": _("Sin delito principal")})
    if file.held is not None:
        badges += standing_badges(file.held, clock.now().astimezone(clock.LIMA).replace(tzinfo=None))
    return badges


def _summary(file: PersonFile, today: date) -> dict[str, Any]:
    custody = file.held or file.last_episode
    return {
        "acts": next_acts(file),
        "person_facts": _person_facts(file),
        "custody": custody,
        "custody_facts": _custody_facts(custody) if custody else [],
        "offence_columns": [Column(_("Delito")), Column(_("Familia")), Column(_("Grado")), Column(_("Principal"))],
        "offence_rows": [_offence_row(row) for row in custody.offences] if custody else [],
        "findings": file.findings,
    }


def _person_facts(file: PersonFile) -> list[Fact]:
    identity = file.identity
    admissions = ngettext("%(count)d ingreso", "%(count)d ingresos", file.admissions) % {"count": file.admissions}
    facts = [
        Fact(_("Código"), file.code),
        *_identity_facts(identity),
        Fact(_("Ingresos"), admissions, note=_("Contados por sus episodios; un traslado no es un ingreso.")),
    ]
    if file.died_on is not None:
        facts.append(Fact(_("Fallecimiento"), file.died_on, "day"))
    return facts


def _identity_facts(identity: IdentityRow) -> list[Fact]:
    kind = _(rules.DOCUMENT_WORDS[identity.document_kind])
    document = f"{kind} {identity.document_number}" if identity.document_number else kind
    return [
        Fact(_("Fecha de nacimiento"), identity.birth_date, "day"),
        Fact(_("Sexo"), _(rules.SEX_WORDS[identity.sex])),
        Fact(_("Documento"), document),
        Fact(_("Nacionalidad"), rules.nationality_name(identity.nationality) or _("Sin dato")),
    ]


def _custody_facts(custody: CustodyRow) -> list[Fact]:
    known = "" if custody.admitted_on_known else _("Ingresó ese día o antes: nadie registró la fecha.")
    facts = [
        Fact(_("Establecimiento"), custody.facility_name or _("Sin dato")),
        Fact(_("Ingreso"), custody.admitted_on, "day", note=known),
        Fact(_("Por"), _(rules.ENTRY_WORDS[custody.entry_kind])),
        Fact(_("Mandato"), custody.mandate or _("No consta")),
        Fact(_("Situación jurídica"), _(rules.LEGAL_STATUS_WORDS[custody.legal_status]), note=_since(custody)),
    ]
    if custody.next_hearing_on is not None:
        facts.append(Fact(_("Próxima audiencia"), custody.next_hearing_on, "day"))
    facts.append(Fact(_("Vínculo con crimen organizado"), _truth(custody.organised_crime)))
    facts.append(Fact(_("Clasificación en Extrema Seguridad"), _truth(custody.extreme_security)))
    if custody.absence:
        due = due_back(custody)
        back = _("Debe volver el %(moment)s") % {"moment": local_moment(due)} if due is not None else ""
        facts.append(Fact(_(rules.ABSENCE_WORDS[custody.absence]), custody.absent_since, "day", note=back))
    if custody.released_on is not None:
        facts.append(Fact(_("Egreso"), custody.released_on, "day", note=_(rules.RELEASE_WORDS[custody.release_kind])))
    return facts


def _since(custody: CustodyRow) -> str:
    if custody.legal_status_on is None:
        return ""
    return _("Desde el %(day)s") % {"day": formats.day(custody.legal_status_on)}


def _truth(value: bool | None) -> str:
    return _("No consta") if value is None else _("Sí") if value else _("No")


def _offence_row(row: OffenceRow) -> list[object]:
    grade = {None: _("No consta"), True: _("Tentativa"), False: _("Consumado")}[row.attempt]
    return [row.label or _("El mandato no lo indica"), row.family or None, grade, _("Sí") if row.is_main else _("No")]


def _episodes(file: PersonFile, today: date) -> dict[str, Any]:
    return {
        "acts": next_acts(file),
        "episodes": [
            {
                "title": _episode_title(row),
                "facts": _custody_facts(row),
                "events": course_events(row),
                "offences": [_offence_row(offence) for offence in row.offences],
                "offences_title": _("Delitos del episodio %(number)d") % {"number": row.number},
                "open": row.released_on is None,
                "annulled": row.annulled,
            }
            for row in file.custodies
        ],
        "offence_columns": [Column(_("Delito")), Column(_("Familia")), Column(_("Grado")), Column(_("Principal"))],
    }


def _episode_title(row: CustodyRow) -> str:
    if row.annulled:
        return _("Episodio %(number)d: ingreso anulado") % {"number": row.number}
    until = formats.day(row.released_on) if row.released_on else _("hoy")
    return _("Episodio %(number)d: del %(start)s a %(end)s") % {
        "number": row.number,
        "start": formats.day(row.admitted_on),
        "end": until,
    }


def _identity(file: PersonFile, today: date) -> dict[str, Any]:
    return {
        "present": [Fact(_("Nombre"), file.identity.name), *_identity_facts(file.identity)],
        "earlier_columns": [
            Column(_("Nombre")),
            Column(_("Nacimiento"), "day"),
            Column(_("Sexo")),
            Column(_("Documento")),
            Column(_("Desde"), "day"),
            Column(_("Hasta"), "day"),
        ],
        "earlier_rows": [
            *(_earlier(row) for row in file.earlier),
            *(_earlier(row, code) for code, row in file.merged),
        ],
        "references": [(source or _("Ficha unida a esta"), text) for source, text in file.references],
        "statements": [
            {
                "title": _(STATEMENTS.get(row.kind, row.kind)),
                "answer": _answer(row.answer),
                "source": row.source,
                "on": row.on,
            }
            for row in file.statements
        ],
        "gaps": [] if file.identity.confirmed else _gaps(file.identity),
    }


def _earlier(row: IdentityRow, merged_code: str = "") -> list[object]:
    number = row.document_number or _(rules.DOCUMENT_WORDS[row.document_kind])
    origin = _("de la ficha unida %(code)s") % {"code": merged_code} if merged_code else ""
    return [
        Cell(row.name, note=origin),
        row.birth_date,
        _(rules.SEX_WORDS[row.sex]),
        number,
        row.valid_from,
        row.valid_to,
    ]


def _answer(answer: str) -> str:
    said, _comma, times = answer.partition(", ")
    words = {"yes": _("Sí"), "no": _("No")}.get(said, said)
    if not times:
        return words
    return f"{words}, " + ngettext("%(n)s vez", "%(n)s veces", int(times)) % {"n": times}


def _gaps(identity: IdentityRow) -> list[str]:
    return [
        _(gap)
        for gap in rules.confirmation_gaps(
            given_names=identity.given_names,
            first_surname=identity.first_surname,
            birth_date=identity.birth_date,
            sex=identity.sex,
            document_kind=identity.document_kind,
        )
    ]


_PARTS = {SUMMARY: _summary, EPISODES: _episodes, IDENTITY: _identity}
