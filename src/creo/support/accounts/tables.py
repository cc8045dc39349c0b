"""The tables of access, on pages and in files."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from creo.support.accounts.permissions import PERMISSION_WORDS, ROLES
from creo.support.accounts.places import Places
from creo.support.accounts.queries import GrantRow, StaffRow
from creo.support.accounts.rules import GIVING, OVER, STATE_WORDS, GrantState
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Row

SIGNS = {
    GrantState.IN_FORCE: "yes",
    GrantState.ENDING: "unknown",
    GrantState.REVIEW_DUE: "unknown",
    GrantState.NOT_BEGUN: "info",
    GrantState.UNREVIEWED: "no",
    GrantState.ENDED: "neutral",
    GrantState.EXPIRED: "neutral",
}


def role_title(code: str) -> str:
    """A role in words; its code when it does not exist any more."""
    role = ROLES.get(code)
    return str(role.title) if role else code


def state_cell(row: GrantRow) -> Cell:
    """Sign and word of a role held."""
    return Cell(SIGNS[row.state], kind="state", word=_(STATE_WORDS[row.state]))


def staff_columns() -> list[Column]:
    """Columns of the list of staff."""
    return [
        Column(_("Persona")),
        Column(_("Usuario")),
        Column(_("Roles")),
        Column(_("Cuenta"), "state"),
        Column(_("Último ingreso"), "moment"),
    ]


def staff_table(rows: Iterable[StaffRow], places: Places) -> list[Row]:
    """People of the staff, each leading to their page."""
    return [
        Row(
            [
                Cell(row.name, url=reverse("accounts:account", args=[row.username])),
                Cell(format_html('<span class="code">{}</span>', row.username), kind="html", word=row.username),
                held_in_words(row, places) or None,
                account_state(row),
                row.last_sign_in,
            ]
        )
        for row in rows
    ]


def held_in_words(row: StaffRow, places: Places) -> str:
    """The roles of somebody with their places, and how those stand that give nothing."""
    said = []
    for held in row.grants:
        if held.state in OVER:
            continue
        words = f"{role_title(held.role)} · {places.label(held.place)}"
        said.append(words if held.state in GIVING else f"{words} ({_(STATE_WORDS[held.state])})")
    return "; ".join(said)


def account_state(row: StaffRow) -> Cell:
    """Sign and word of an account."""
    return Cell("yes", word=_("Habilitada")) if row.active else Cell("no", word=_("Inhabilitada"))


def held_columns(*, manage: bool) -> list[Column]:
    """Columns of the roles of one person; with what may be done about them for who manages access."""
    return [
        Column(_("Rol")),
        Column(_("Lugar")),
        Column(_("Desde"), "day"),
        Column(_("Hasta"), "day"),
        Column(_("Estado"), "state"),
        Column(_("Última revisión"), "day"),
        Column(_("Último uso"), "day"),
        Column(_("Resolución")),
        *([Column(_("Acto"))] if manage else []),
    ]


def held_table(rows: Iterable[GrantRow], places: Places, *, manage: bool) -> list[Row]:
    """Roles held; those not over lead to where they are ended."""
    return [
        Row(
            [
                Cell(role_title(row.role), note=row.reason),
                places.label(row.place),
                row.valid_from,
                row.ended_on or row.valid_to,
                _with_end(row),
                row.reviewed_on,
                row.last_used_on,
                Cell(row.resolution or None, note=row.granted_by),
                *([_ending(row)] if manage else []),
            ]
        )
        for row in rows
    ]


def _ending(row: GrantRow) -> Cell:
    if row.state in OVER:
        return Cell(None)
    label = _("Terminar: %(role)s") % {"role": role_title(row.role)}
    return Cell(_("Terminar"), url=reverse("accounts:end", args=[row.id]), label=label)


def _with_end(row: GrantRow) -> Cell:
    told = state_cell(row)
    note = f"{row.ended_by}: {row.end_reason}" if row.ended_on else ""
    return Cell(told.value, kind="state", word=told.word, note=note)


def review_columns() -> list[Column]:
    """Columns of the review."""
    return [
        Column(_("Persona")),
        Column(_("Rol")),
        Column(_("Lugar")),
        Column(_("Último ingreso"), "moment"),
        Column(_("Último uso"), "day"),
        Column(_("Última revisión"), "day"),
        Column(_("Sin revisión, no abre nada desde"), "day"),
        Column(_("Estado"), "state"),
    ]


def review_table(rows: Iterable[GrantRow], places: Places) -> list[Row]:
    """The accesses of the review, for files."""
    return [
        Row(
            [
                f"{row.name} ({row.username})",
                role_title(row.role),
                places.label(row.place),
                row.last_sign_in,
                row.last_used_on,
                row.reviewed_on,
                row.lapses_on,
                state_cell(row),
            ]
        )
        for row in rows
    ]


def marking_columns() -> list[Column]:
    """Columns of the review on its page, where accesses are marked."""
    return [
        Column(_("Persona")),
        Column(_("Rol y lugar")),
        Column(_("Último ingreso"), "moment"),
        Column(_("Último uso"), "day"),
        Column(_("Última revisión"), "day"),
        Column(_("Estado"), "state"),
        Column(_("Marcar"), "html"),
    ]


def marking_table(rows: Iterable[GrantRow], places: Places, marked: frozenset[str], *, own: str) -> list[Row]:
    """The accesses of the review, each with its box; one's own has none."""
    return [
        Row(
            [
                Cell(row.name, note=row.username),
                Cell(role_title(row.role), note=places.label(row.place)),
                row.last_sign_in,
                row.last_used_on,
                row.reviewed_on,
                _with_lapse(row),
                _("Es suyo: lo revisa otra persona") if row.username == own else _box(row, places, marked),
            ]
        )
        for row in rows
    ]


def _with_lapse(row: GrantRow) -> Cell:
    told = state_cell(row)
    note = _("Revisar antes del %(day)s") % {"day": formats.day(row.lapses_on)}
    return Cell(told.value, kind="state", word=told.word, note=note)


def _box(row: GrantRow, places: Places, marked: frozenset[str]) -> Cell:
    words = f"{row.name}, {role_title(row.role)}, {places.label(row.place)}"
    box = '<input class="form-check-input" type="checkbox" name="grants" value="{}" aria-label="{}"{}>'
    return Cell(format_html(box, row.id, words, mark_safe(" checked") if str(row.id) in marked else ""), kind="html")


def roles_columns() -> list[Column]:
    """Columns of the catalogue of roles."""
    return [
        Column(_("Rol")),
        Column(_("Para qué")),
        Column(_("Lo que abre")),
        Column(_("Lo otorgan")),
        Column(_("Dura como máximo")),
    ]


def roles_table(longest: dict[str, int]) -> list[Row]:
    """Every role with its reason, its source and what it opens; `longest` in days by role."""
    return [
        Row(
            [
                Cell(str(role.title), note=role.source),
                str(role.reason),
                "; ".join(str(words) for one, words in PERMISSION_WORDS.items() if one in role.permissions),
                _("Dos personas") if role.needs_a_second_person else _("Una persona"),
                _("%(days)s días") % {"days": formats.number(longest[role.code])},
            ]
        )
        for role in ROLES.values()
    ]
