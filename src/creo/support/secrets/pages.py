"""The keys: numbers, ages and what each opens. A key itself is never on a page."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.asking import ask, sent
from creo.support.pages import page
from creo.support.refusals import NotFound
from creo.support.secrets import commands, queries, ring
from creo.support.secrets.forms import ReasonForm
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link

STATES = {
    ring.CURRENT: ("yes", gettext_lazy("Vigente")),
    ring.OLD: ("neutral", gettext_lazy("Solo abre lo anterior")),
    ring.RETIRED: ("neutral", gettext_lazy("Destruida")),
    "": ("no", gettext_lazy("Falta en el archivo de claves")),
}


@page(Permission.MANAGE_KEYS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every key with its age and how many values and files it opens; and what is sealed."""
    rows = queries.keys(request.reader)
    waiting = sum(row.used for row in rows if row.state != ring.CURRENT)
    context = {
        "columns": [
            Column(_("Clave")),
            Column(_("Estado"), "state"),
            Column(_("Hecha el"), "moment"),
            Column(_("Edad")),
            Column(_("Textos que abre"), "number"),
            Column(_("Archivos que abre"), "number"),
            Column(_("Acto")),
        ],
        "rows": [_row(row) for row in rows],
        "column_columns": [Column(_("Tabla")), Column(_("Columna")), Column(_("Textos cifrados"), "number")],
        "column_rows": [_column(name, count) for name, count in queries.columns(request.reader)],
        "lost": any(not row.known for row in rows),
        "waiting": formats.number(waiting) if waiting else "",
    }
    return render(request, "secrets/keys.html", context)


@page(Permission.MANAGE_KEYS)
def rotate(request: HttpRequest) -> HttpResponse:
    """A new key, and everything sealed anew in the worker."""

    def act(typed: Any) -> str:
        _number, job = commands.rotate(by=request.reader, reason=typed["reason"])
        return reverse("jobs:detail", args=(job,))

    return ask(
        request,
        ReasonForm(sent(request)),
        act,
        title=_("Cambiar la clave de cifrado"),
        lead=_(
            "Se hace una clave nueva y el trabajador cifra con ella todo lo anterior, por pasos, sin detener el "
            "servicio. La clave de antes sigue abriendo hasta que usted la destruya."
        ),
        button=_("Cambiar la clave"),
        done=_("La clave nueva rige desde ahora."),
        back=reverse("secrets:keys"),
        trail=_trail(),
    )


@page(Permission.MANAGE_KEYS)
def retire(request: HttpRequest, key_id: str) -> HttpResponse:
    """The end of a key that opens nothing any more."""
    if not any(row.id == key_id and row.known for row in queries.keys(request.reader)):
        raise NotFound

    def act(typed: Any) -> None:
        commands.retire(by=request.reader, key_id=key_id, reason=typed["reason"])

    return ask(
        request,
        ReasonForm(sent(request)),
        act,
        title=_("Destruir la clave %(key)s") % {"key": key_id},
        lead=_(
            "Antes se comprueba que ningún texto ni archivo la necesita. Las copias de respaldo anteriores al cambio "
            "sí la necesitan: si deben poder abrirse, guarde antes una copia del archivo de claves fuera de línea."
        ),
        button=_("Destruir la clave"),
        danger=True,
        done=_("La clave fue destruida."),
        back=reverse("secrets:keys"),
        trail=_trail(),
    )


def _row(row: queries.KeyRow) -> list[Any]:
    state, word = STATES[row.state]
    act: Any = ""
    if row.state == ring.OLD:
        act = Cell(_("Destruir"), url=reverse("secrets:retire", args=(row.id,)))
    age = (clock.now() - row.made_at).days if row.made_at else None
    return [
        row.id,
        Cell(state, word=str(word)),
        row.made_at,
        _("%(days)s días") % {"days": formats.number(age)} if age is not None else None,
        row.values,
        row.files,
        act,
    ]


def _column(name: str, count: int) -> list[Any]:
    label, _dot, column = name.rpartition(".")
    model = apps.get_model(label)
    return [str(model._meta.label), column, count]


def _trail() -> list[Link]:
    return [Link(_("Claves de cifrado"), reverse("secrets:keys"))]
