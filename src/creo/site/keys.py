"""Keys for other institutions' systems: who holds one, made with an end, revoked with a reason.

Here and not in support/api, because a key is given at a place, and support knows no places.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NATION, Reader
from creo.support.api import commands, queries
from creo.support.api.queries import GRANTABLE, KeyRow
from creo.support.asking import answer, ask, sent
from creo.support.pages import page
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Fact, Link
from creo.territory import queries as territory

HALF_YEAR = timedelta(days=182)
WORDS = {
    Permission.VIEW_TERRITORY: gettext_lazy("Ver establecimientos y el catálogo de delitos"),
    Permission.VIEW_PEOPLE: gettext_lazy("Buscar personas y ver su ficha"),
    Permission.EDIT_PEOPLE: gettext_lazy("Registrar ingresos, movimientos y correcciones"),
}
STATES = {
    "in_force": ("yes", gettext_lazy("Vigente")),
    "expired": ("neutral", gettext_lazy("Vencida")),
    "revoked": ("no", gettext_lazy("Revocada")),
}


class KeyForm(forms.Form):
    """What a new key may do, where and until when."""

    institution = forms.CharField(label=gettext_lazy("Institución"), max_length=120)
    purpose = forms.CharField(
        label=gettext_lazy("Para qué se usará"),
        max_length=300,
        help_text=gettext_lazy("La finalidad y la norma o el convenio que la permite."),
    )
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("Permisos"),
        choices=[(permission.value, WORDS[permission]) for permission in GRANTABLE],
        widget=forms.CheckboxSelectMultiple,
    )
    place = forms.ChoiceField(label=gettext_lazy("Ámbito"))
    expires_on = forms.DateField(
        label=gettext_lazy("Vence el"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Un año como máximo."),
    )

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        refs = territory.facility_refs(reader)
        offices = sorted({ref.office for ref in refs})
        field.choices = [
            (NATION, _("Nacional")),
            (_("Oficinas regionales"), [(f"region:{code}", code) for code in offices]),
            (_("Establecimientos"), [(f"facility:{ref.code}", ref.name) for ref in refs]),
        ]

    @property
    def scope(self) -> tuple[str, str]:
        """Kind and code of the place chosen."""
        kind, _colon, code = self.cleaned_data["place"].partition(":")
        return kind, code


class RevokeForm(forms.Form):
    """The end of a key."""

    reason = forms.CharField(label=gettext_lazy("Motivo"), max_length=300)


@page(Permission.MANAGE_ACCESS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every key and its state."""
    rows = [_row(key) for key in queries.keys(request.reader, clock.today())]
    columns = [
        Column(_("Institución")),
        Column(_("Clave")),
        Column(_("Ámbito")),
        Column(_("Permisos")),
        Column(_("Vence"), "day"),
        Column(_("Último uso"), "day"),
        Column(_("Estado"), "state"),
    ]
    return render(request, "site/keys.html", {"columns": columns, "rows": rows})


@page(Permission.MANAGE_ACCESS, fresh=True)
def new(request: HttpRequest) -> HttpResponse:
    """Makes a key and shows its text once: the answer is not kept by the browser and cannot be asked again."""
    today = clock.today()
    form = KeyForm(sent(request), reader=request.reader, initial={"expires_on": today + HALF_YEAR})

    def act(_typed: Any) -> HttpResponse:
        key_id, text = _create(request, form, today)
        made = {"text": text, "key": queries.key(request.reader, key_id, today), "trail": _trail()}
        return render(request, "site/key_made.html", made)

    return ask(
        request,
        form,
        act,
        title=_("Hacer una clave"),
        lead=_("La clave se muestra una sola vez. Entréguela por un medio seguro a quien responde por ella."),
        button=_("Hacer la clave"),
        back=reverse("keys"),
        trail=_trail(),
        names={"scope_code": "place"},
    )


def _create(request: HttpRequest, form: KeyForm, today: date) -> tuple[int, str]:
    kind, code = form.scope
    asked = form.cleaned_data
    return commands.create_key(
        by=request.reader,
        institution=asked["institution"],
        purpose=asked["purpose"],
        permissions=asked["permissions"],
        scope_kind=kind,
        scope_code=code,
        expires_on=asked["expires_on"],
        today=today,
    )


@page(Permission.MANAGE_ACCESS, fresh=True)
def detail(request: HttpRequest, key_id: int) -> HttpResponse:
    """One key, and its end."""
    key = queries.key(request.reader, key_id, clock.today())
    form = RevokeForm(sent(request))

    def act(typed: Any) -> None:
        commands.revoke_key(by=request.reader, key_id=key_id, reason=typed["reason"])

    def show(status: int) -> HttpResponse:
        context = {"key": key, "facts": _facts(key), "form": form, "trail": _trail()}
        return render(request, "site/key.html", context, status=status)

    done = _("Clave revocada: desde ahora no abre nada.")
    return answer(request, form, act, show, back=reverse("keys"), done=done)


def _row(key: KeyRow) -> list[Any]:
    state, word = STATES[key.state]
    return [
        Cell(key.institution, url=reverse("key", args=(key.id,)), note=key.purpose),
        key.prefix,
        _place(key),
        _permissions(key),
        key.expires_on,
        key.last_used_on,
        Cell(state, word=str(word)),
    ]


def _facts(key: KeyRow) -> list[Fact]:
    state, word = STATES[key.state]
    facts = [
        Fact(_("Estado"), str(word), state=state),
        Fact(_("Institución"), key.institution),
        Fact(_("Para qué se usa"), key.purpose),
        Fact(_("Ámbito"), _place(key)),
        Fact(_("Permisos"), _permissions(key)),
        Fact(_("Hecha por"), f"{key.created_by}, {formats.moment(key.created_at)}"),
        Fact(_("Vence"), key.expires_on, "day"),
        Fact(_("Último uso"), key.last_used_on, "day"),
    ]
    if key.revoked_at is not None:
        facts.append(Fact(_("Revocada por"), f"{key.revoked_by}, {formats.moment(key.revoked_at)}"))
        facts.append(Fact(_("Motivo"), key.revoked_reason))
    return facts


def _permissions(key: KeyRow) -> str:
    return "; ".join(str(words) for permission, words in WORDS.items() if permission.value in key.permissions)


def _place(key: KeyRow) -> str:
    return key.scope_code or _("Nacional")


def _trail() -> list[Link]:
    return [Link(_("Claves de acceso"), reverse("keys"))]
