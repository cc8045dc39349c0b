"""One's own second factors: an application of codes, passkeys, recovery codes. Each change asks first who is there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from creo.support.asking import answer, ask, sent
from creo.support.pages import page
from creo.support.refusals import NotFound
from creo.support.signin import commands, factors, fresh, limits, middleware
from creo.support.signin.forms import ConfirmForm, NewCodeForm, NewPasskeyForm
from creo.support.signin.pages.account import trail
from creo.support.ui import formats
from creo.support.ui.parts import Cell, Column, Link

KIND_WORDS: dict[str, Any] = {
    factors.TOTP: gettext_lazy("Aplicación de códigos"),
    factors.PASSKEY: gettext_lazy("Llave de acceso"),
    factors.CODES: gettext_lazy("Códigos de recuperación"),
}


def here() -> list[Link]:
    """Where these pages are."""
    return [*trail(), Link(_("Segundo factor"), reverse("signin:factors"))]


@page(None)
def listing(request: HttpRequest) -> HttpResponse:
    """One's factors, and what is still needed before the first page."""
    mine = factors.of(request.user.pk)
    rows = [
        [
            Cell(KIND_WORDS[each.kind], note=each.name),
            Cell(formats.moment(each.made_at)),
            Cell(formats.moment(each.used_at)) if each.used_at else None,
            Cell(_("Quitar"), url=reverse("signin:remove_factor", args=(each.id,))),
        ]
        for each in mine
        if each.kind != factors.CODES
    ]
    left = next((each.left for each in mine if each.kind == factors.CODES), None)
    context = {
        "columns": [Column(_("Factor")), Column(_("Agregado")), Column(_("Último uso")), Column(_("Acción"))],
        "rows": rows,
        "codes_left": left,
        "has_totp": any(each.kind == factors.TOTP for each in mine),
        "trail": trail(),
        "needed": _needed(request, mine),
    }
    return render(request, "signin/factors.html", context)


def _needed(request: HttpRequest, mine: list[factors.Factor]) -> dict[str, str] | None:
    """What is missing before the first page: {text, url, label}; None when nothing is."""
    if not middleware.must_enrol(request):
        return None
    passkey = limits.factor_needed(request.reader) == limits.PASSKEY
    kinds = {each.kind for each in mine}
    if factors.PASSKEY in kinds or (not passkey and factors.TOTP in kinds):
        text = _("Compruebe ahora su segundo factor para continuar.")
        return {"text": text, "url": f"{reverse('signin:confirm')}?next=/", "label": _("Comprobar")}
    if passkey:
        text = _("Su rol administra accesos o pruebas: necesita una llave de acceso antes de la primera página.")
        return {"text": text, "url": reverse("signin:passkey"), "label": _("Agregar una llave de acceso")}
    text = _("Su rol ve o cambia datos protegidos: necesita un segundo factor antes de la primera página.")
    return {"text": text, "url": reverse("signin:totp"), "label": _("Agregar una aplicación de códigos")}


@sensitive_post_parameters("code")
@page(None)
def add_totp(request: HttpRequest) -> HttpResponse:
    """Shows a secret to an application, and takes the first code it makes of it."""
    if not fresh.is_fresh(request):
        return fresh.prove_again(request)
    form = NewCodeForm(sent(request))
    secret = factors.new_secret(request)

    def act(typed: dict[str, str]) -> HttpResponse:
        commands.add_totp(by=request.reader, secret=secret, code=typed["code"], keep=request.session.session_key)
        factors.forget_secret(request)
        return _added(request, limits.CODE)

    address = factors.secret_address(request.user, secret)
    return ask(
        request,
        form,
        act,
        title=_("Agregar una aplicación de códigos"),
        lead=_("Lea el dibujo con la aplicación de su teléfono y escriba el código que muestra."),
        button=_("Agregar"),
        back=reverse("signin:factors"),
        trail=here(),
        done=_("Aplicación de códigos agregada."),
        template="signin/totp.html",
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        picture=factors.picture(address),
        size=factors.picture_size(address),
    )


@sensitive_post_parameters("credential")
@page(None)
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Makes a passkey in the browser (fingerprint, face, PIN or a USB key) and keeps its public half."""
    if not fresh.is_fresh(request):
        return fresh.prove_again(request)
    form = NewPasskeyForm(sent(request))

    def act(typed: dict[str, Any]) -> HttpResponse:
        commands.add_passkey(
            by=request.reader, name=typed["name"], credential=typed["credential"], keep=request.session.session_key
        )
        return _added(request, limits.PASSKEY)

    def show(status: int) -> HttpResponse:
        context = {"form": form, "options": factors.passkey_options(request.user), "trail": here()}
        return render(request, "signin/passkey.html", context, status=status)

    return answer(request, form, act, show, back=reverse("signin:factors"), done=_("Llave de acceso agregada."))


def _added(request: HttpRequest, factor: str) -> HttpResponse:
    """On to the recovery codes when there are none yet."""
    fresh.proved(request, factor)
    codes = any(each.kind == factors.CODES for each in factors.of(request.user.pk))
    return HttpResponseRedirect(reverse("signin:factors" if codes else "signin:codes"))


@page(None)
def remove(request: HttpRequest, factor_id: int) -> HttpResponse:
    """Takes one of one's factors away."""
    if not fresh.is_fresh(request):
        return fresh.prove_again(request)
    factor = next((each for each in factors.of(request.user.pk) if each.id == factor_id), None)
    if factor is None or factor.kind == factors.CODES:
        raise NotFound
    required = settings.CREO_SECOND_FACTOR == "required" and limits.factor_needed(request.reader)
    lead = _("Si es el último, deberá agregar otro antes de continuar.") if required else ""
    return ask(
        request,
        ConfirmForm(sent(request)),
        lambda _data: commands.remove_factor(by=request.reader, factor_id=factor_id, keep=request.session.session_key),
        title=_("Quitar el segundo factor"),
        lead=" ".join(part for part in (f"{KIND_WORDS[factor.kind]} {factor.name}".strip() + ".", lead) if part),
        button=_("Quitar"),
        back=reverse("signin:factors"),
        trail=here(),
        done=_("Segundo factor quitado."),
        danger=True,
    )


@page(None)
def codes(request: HttpRequest) -> HttpResponse:
    """Makes recovery codes, and shows them this once."""
    if not fresh.is_fresh(request):
        return fresh.prove_again(request)
    form = ConfirmForm(sent(request))

    def act(_data: object) -> HttpResponse:
        made = commands.make_codes(by=request.reader, keep=request.session.session_key)
        messages.success(request, _("Códigos hechos. Los anteriores ya no sirven."))
        return render(request, "signin/codes_made.html", {"codes": made, "trail": here()})

    return ask(
        request,
        form,
        act,
        title=_("Códigos de recuperación"),
        lead=_("Diez códigos de un solo uso, para cuando le falte su segundo factor. Los anteriores dejan de servir."),
        button=_("Hacer los códigos"),
        back=reverse("signin:factors"),
        trail=here(),
    )
