"""Two records beside each other, in words: what differs is said, not only coloured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.queries.sides import EpisodeLine, SideFile
from creo.support.ui import formats
from creo.support.ui.parts import Comparison


def comparison(one: SideFile, other: SideFile) -> list[Comparison]:
    """Line by line: identity, other names, documents and episodes. Missing data differs from nothing."""
    lines = [
        (_("Primer apellido"), one.identity.first_surname, other.identity.first_surname),
        (_("Segundo apellido"), one.identity.second_surname, other.identity.second_surname),
        (_("Nombres"), one.identity.given_names, other.identity.given_names),
        (_("Nacimiento"), _day(one.identity.birth_date), _day(other.identity.birth_date)),
        (_("Sexo"), _sex(one), _sex(other)),
        (_("Documento"), _document(one), _document(other)),
        (_("Nacionalidad"), _country(one), _country(other)),
        (_("Fallecimiento"), _day(one.died_on), _day(other.died_on)),
    ]
    found = [_line(label, left, right) for label, left, right in lines if left or right or label != _("Fallecimiento")]
    return [
        *found,
        _plain(
            _("Identidad"), _(rules.IDENTITY_WORDS[one.identity.status]), _(rules.IDENTITY_WORDS[other.identity.status])
        ),
        _plain(_("Otros nombres"), "; ".join(one.other_names), "; ".join(other.other_names)),
        _plain(_("En otros registros"), _references(one), _references(other)),
        _plain(_("Episodios"), _episodes(one.episodes), _episodes(other.episodes)),
        _plain(_("Documentos en el expediente"), formats.number(one.documents), formats.number(other.documents)),
        *_merged(one, other),
    ]


def _line(label: str, left: str, right: str) -> Comparison:
    """A line that differs when both sides say something and it is not the same as written."""
    differs = bool(left and right) and rules.search_key(left) != rules.search_key(right)
    note = "" if bool(left) == bool(right) else _("Falta en una de las dos.")
    return Comparison(label, left or None, right or None, differs, note)


def _plain(label: str, left: str, right: str) -> Comparison:
    """A line to look at: its sides are not the same thing written twice."""
    return Comparison(label, left or None, right or None)


def _merged(one: SideFile, other: SideFile) -> list[Comparison]:
    if not one.merged_into and not other.merged_into:
        return []
    return [_plain(_("Unida a"), one.merged_into, other.merged_into)]


def _day(day: date | None) -> str:
    return formats.day(day) if day else ""


def _sex(side: SideFile) -> str:
    return _(rules.SEX_WORDS[side.identity.sex]) if side.identity.sex else ""


def _document(side: SideFile) -> str:
    kind, number = side.identity.document_kind, side.identity.document_number
    if not number:
        return ""
    return f"{_(rules.DOCUMENT_WORDS[kind])} {number}"


def _country(side: SideFile) -> str:
    code = side.identity.nationality
    return rules.nationality_words().get(code, code) if code else ""


def _references(side: SideFile) -> str:
    return "; ".join(f"{source}: {text}" for source, text in side.references)


def _episodes(episodes: Sequence[EpisodeLine]) -> str:
    return "; ".join(_episode(row) for row in episodes)


def _episode(row: EpisodeLine) -> str:
    until = formats.day(row.released_on) if row.released_on else _("sigue en custodia")
    words = {"start": formats.day(row.admitted_on), "end": until}
    known = [part for part in (row.facility_name, row.offence) if part]
    return ", ".join([_("%(start)s – %(end)s") % words, *known])


def reason_rows(reasons: Sequence[rules.Reason]) -> list[list[object]]:
    """Each reason with its weight; the ones that do not count say why."""
    return [
        [
            _(rules.CLAUSE_WORDS.get(reason.code, reason.code)),
            reason.weight,
            _("Sí") if reason.counts else _("No: otra cláusula pesa más"),
        ]
        for reason in reasons
    ]
