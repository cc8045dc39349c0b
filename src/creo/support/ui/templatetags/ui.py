"""`{% load ui %}`: numbers, dates, badges, icons, fields and the address of the present page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, widgets
from django.forms.forms import BaseForm
from django.http import QueryDict
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from creo.kernel.citations import Citation
from creo.kernel.periods import completed_years
from creo.support.ui import formats, icons
from creo.support.ui.parts import Cell, Column, Row

register = template.Library()

STATES = ("yes", "no", "unknown", "info", "neutral")
SIGNS = {"yes": "✓", "no": "✕", "unknown": "?", "info": "i", "neutral": ""}
_BY_OUTCOME = {0: "no", 1: "unknown", 2: "yes"}
_BY_NAME = {"met": "yes", "not_met": "no", "cumple": "yes", "no cumple": "no", "sin dato": "unknown"}


# ---------- figures and dates ----------


@register.filter
def number(value: object, decimals: int = 0) -> str:
    """103 717."""
    return formats.number(value, decimals)


@register.filter
def percent(value: object, decimals: int = 1) -> str:
    """A share as 12,5 %."""
    return formats.percent(value, decimals)


@register.filter
def soles(value: object) -> str:
    """S/ 1 234,50."""
    return formats.soles(value)


@register.filter
def day(value: object) -> str:
    """23 nov 2026."""
    return formats.day(value)


@register.filter
def month(value: object) -> str:
    """nov 2026."""
    return formats.month(value)


@register.filter
def moment(value: object) -> str:
    """23 nov 2026, 14:05 on Lima's clock."""
    return formats.moment(value)


@register.filter
def duration(value: object) -> str:
    """Seconds as 3 min 20 s."""
    return formats.duration(value)


@register.filter
def years(value: object, as_of: object = None) -> str:
    """`22|years` or `born|years:as_of`: completed years in words."""
    born, on = formats.date_of(value), formats.date_of(as_of)
    if born and on:
        return formats.years(completed_years(born, on))
    return formats.years(value)


@register.filter
def shown(value: object, kind: str = "text") -> str:
    """The value in one of formats.KINDS, for components whose items carry their kind."""
    return formats.shown(value, kind or "text")


# ---------- states, sources ----------


@register.filter
def state(value: object, missing: str = "unknown") -> str:
    """yes / no / unknown / info / neutral out of an Outcome, a bool or a word; `missing` when nothing is given.

    Raises ValueError for anything else.
    """
    if value is None or value == "":
        return missing
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and value in _BY_OUTCOME:
        return _BY_OUTCOME[value]
    name = str(value).lower()
    name = _BY_NAME.get(name, name)
    if name not in STATES:
        raise ValueError(f"Estado desconocido [{value}].")
    return name


def state_word(name: str) -> str:
    """The word that goes with a state when the page gives none."""
    words = {"yes": _("Cumple"), "no": _("No cumple"), "unknown": _("Sin dato"), "info": _("Nota"), "neutral": ""}
    return words[name]


@register.filter
def sign(value: object) -> str:
    """The sign of a state; it never stands without its word."""
    return SIGNS[state(value)]


@register.simple_tag
def badge(value: object, word: object = "") -> SafeString:
    """Sign and word of any state."""
    name = state(value)
    mark = format_html('<span aria-hidden="true">{}</span>', SIGNS[name]) if SIGNS[name] else ""
    return format_html('<span class="tag tag-{}">{}{}</span>', name, mark, word or state_word(name))


@register.simple_tag
def verdict_sign(outcome: object) -> SafeString:
    """The badge of an outcome: ✓ Cumple, ✕ No cumple, ? Sin dato."""
    return badge(outcome)


@register.filter
def citation(value: object) -> str:
    """A kernel Citation, the same as a dict, several of them, or plain text, as one Spanish line."""
    if not value:
        return ""
    if isinstance(value, Citation):
        return value.label()
    if isinstance(value, Mapping):
        lines = tuple(value.get("lines") or ())
        return Citation(str(value.get("source", "")), str(value.get("locator") or ""), lines).label()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(citation(item) for item in value)
    return str(value)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon by name; without `label` readers pass over it. Raises KeyError for a name we do not have."""
    heard = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" viewBox="0 0 24 24" {}><path d="{}"/></svg>', heard, icons.PATHS[name])


# ---------- tables ----------


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell ready to print."""

    html: str
    label: str
    css: str
    url: str
    note: str
    aria: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row ready to print."""

    cells: list[ShownCell]
    css: str


def _of(item: object, name: str, default: Any = "") -> Any:
    found = item.get(name, default) if isinstance(item, Mapping) else getattr(item, name, default)
    return default if found is None else found


def _show(value: object, kind: str, word: str, blank: bool = False) -> str:
    if blank and (value is None or value == ""):
        return ""
    if kind == "state":
        return formats.NOTHING if value is None or value == "" else badge(value, word)
    if value is None or value == "":
        return format_html(
            '<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span>', formats.NOTHING, _("sin dato")
        )
    if kind == "html":
        return conditional_escape(value if isinstance(value, str) else str(value))
    return conditional_escape(formats.shown(value, kind))


def _shown_cell(item: object, column: object, blank: bool) -> ShownCell:
    cell = item if isinstance(item, Cell) else Cell(item)
    kind = cell.kind or str(_of(column, "kind", "text")) or "text"
    html = _show(cell.value, kind, cell.word, blank)
    return ShownCell(
        html=html,
        label=str(_of(column, "label")),
        css="cell-blank" if not html else "num" if kind in formats.NUMERIC else "",
        url=cell.url,
        note=cell.note,
        aria=cell.label,
    )


@register.simple_tag
def table_rows(
    columns: Sequence[Column], rows: Iterable[Row | Sequence[object]] | None, blank: bool = False
) -> list[ShownRow]:
    """Rows of plain values or of Cell and Row, ready to print; with `blank` an absent value prints nothing (totals).

    Raises ValueError when a row has another width than the columns.
    """
    out: list[ShownRow] = []
    for item in rows or ():
        row = item if isinstance(item, Row) else Row(item)
        if len(row.cells) != len(columns):
            raise ValueError(f"Una fila trae {len(row.cells)} celdas para {len(columns)} columnas.")
        css = "row-strong" if row.strong else ""
        if row.state not in ("", None):
            css = f"{css} row-state row-{state(row.state)}".strip()
        cells = [_shown_cell(cell, column, blank) for cell, column in zip(row.cells, columns, strict=True)]
        out.append(ShownRow(cells, css))
    return out


@register.simple_tag
def table_cell(cell: ShownCell, first: bool) -> SafeString:
    """One printed cell, the row's header when it is the first. Python, not a template: a page prints hundreds."""
    value: str = conditional_escape(cell.html)
    if cell.url:
        aria = f' aria-label="{conditional_escape(cell.aria)}"' if cell.aria else ""
        value = f'<a href="{conditional_escape(cell.url)}"{aria}>{value}</a>'
    note = f'<span class="cell-note">{conditional_escape(cell.note)}</span>' if cell.note else ""
    css = f' class="{conditional_escape(cell.css)}"' if cell.css else ""
    if first:
        return mark_safe(f'<th role="rowheader" scope="row"{css}><span>{value}{note}</span></th>')  # every part escaped
    label = conditional_escape(cell.label)
    return mark_safe(f'<td role="cell" data-label="{label}"{css}><span>{value}{note}</span></td>')  # every part escaped


@register.filter
def is_numeric(kind: str) -> bool:
    """True for the kinds that stand to the right."""
    return kind in formats.NUMERIC


# ---------- forms ----------


@register.filter
def widget_kind(field: BoundField) -> str:
    """How the field is laid out: "group" (radios, checks), "check" (one box), "select", "file" or "control"."""
    widget = field.field.widget
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    if isinstance(widget, widgets.Select):
        return "select"
    return "file" if isinstance(widget, widgets.FileInput) else "control"


_CSS = {"select": "form-select", "check": "form-check-input", "control": "form-control", "file": "form-control"}


@register.filter
def widget(field: BoundField) -> SafeString:
    """The field's own input, tied to its help and its error."""
    described = " ".join(
        part
        for part, there in (
            (f"{field.auto_id}_help", field.help_text),
            (f"{field.auto_id}_error", field.errors),
        )
        if there and field.auto_id
    )
    css = " ".join(
        filter(
            None,
            (field.field.widget.attrs.get("class"), _CSS[widget_kind(field)], "is-invalid" if field.errors else ""),
        )
    )
    attrs: dict[str, str | bool] = {"class": css}
    if described:
        attrs["aria-describedby"] = described
    if field.errors:
        attrs["aria-invalid"] = "true"
    return mark_safe(field.as_widget(attrs=attrs))  # Django's widget rendering escapes its values


@register.inclusion_tag("ui/components/field.html", name="field")
def field_tag(field: BoundField) -> dict[str, BoundField]:
    """Label, help, error and input of a bound field."""
    return {"field": field}


def _target(field: BoundField) -> str:
    return f"#{field.auto_id}_0" if widget_kind(field) == "group" else f"#{field.auto_id}"


@register.simple_tag
def summary_errors(form: BaseForm | None, errors: Iterable[object] | None) -> list[dict[str, str]]:
    """Every error with the address of its field: those of the form first, then those given apart."""
    out: list[dict[str, str]] = []
    if isinstance(form, BaseForm):
        out += [{"text": str(text), "href": ""} for text in form.non_field_errors()]
        for field in form:
            href = "" if field.is_hidden else _target(field)
            out += [{"text": f"{field.label}: {text}", "href": href} for text in field.errors]
    for item in errors or ():
        given = {"text": item} if isinstance(item, str) else item
        out.append({"text": str(_of(given, "text", str(item))), "href": str(_of(given, "href"))})
    return out


# ---------- the present address ----------


def _query(context: template.Context) -> QueryDict:
    request = getattr(context, "request", None) or context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


@register.simple_tag(takes_context=True)
def address_with(context: template.Context, name: str, value: object) -> str:
    """The present query with one parameter changed, or taken out when the value is empty: "?penal=…&cursor=…"."""
    query = _query(context)
    if value is None or value == "":
        query.pop(name, None)
    else:
        query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def kept_query(context: template.Context, *leave_out: str) -> SafeString:
    """Hidden inputs for every present parameter except those named: a GET form that forgets nothing."""
    return mark_safe(
        "".join(
            format_html('<input type="hidden" name="{}" value="{}">', name, value)
            for name, values in _query(context).lists()
            if name not in leave_out
            for value in values
        )
    )


@register.simple_tag(takes_context=True)
def here(context: template.Context) -> str:
    """The path of the present page, without its query; nothing when there is no request."""
    request = getattr(context, "request", None) or context.get("request")
    return request.path if request is not None else ""


@register.filter
def level_of(level: object, deeper: int = 0) -> int:
    """A heading level between 2 and 6, two unless given."""
    try:
        wanted = int(str(level or 2))
    except ValueError:
        wanted = 2
    return max(2, min(6, wanted + deeper))


@register.filter
def share_of(done: object, total: object) -> str:
    """How much of `total` is `done`, as per cent without decimals; nothing when the total is unknown or zero."""
    part, whole = formats.decimal_of(done), formats.decimal_of(total)
    if part is None or not whole:
        return ""
    return formats.percent(min(part / whole, 1), 0)


@register.filter
def rows_word(count: object) -> str:
    """ "1 fila", "103 717 filas"."""
    exact = formats.decimal_of(count)
    total = int(exact) if exact is not None else 0
    return ngettext("%(shown)s fila", "%(shown)s filas", total) % {"shown": formats.number(total)}


@register.filter
def job_word(value: str) -> str:
    """A background work's state in words. Raises KeyError for a state nobody knows."""
    return {
        "waiting": _("En espera"),
        "running": _("En curso"),
        "done": pgettext("trabajo", "Terminado"),
        "failed": _("No se pudo terminar"),
        "cancelled": _("Cancelado"),
    }[value]


@register.filter
def step_word(value: str) -> str:
    """A step's state in words, for readers. Raises KeyError for a state nobody knows."""
    return {"done": _("hecho"), "current": _("actual"), "todo": _("pendiente"), "error": _("con error")}[value]


@register.filter
def in_list(value: object) -> list[object]:
    """The value as the only item of a list."""
    return [value]


@register.filter
def figure_text(value: object) -> str:
    """A number in our writing, a text as it is, nothing as a dash."""
    return formats.shown(value, "number" if isinstance(value, int | float | Decimal) else "text")


@register.filter
def whole(value: object) -> str:
    """A plain whole number for an attribute, whatever the language."""
    exact = formats.decimal_of(value)
    return str(int(exact)) if exact is not None else "0"
