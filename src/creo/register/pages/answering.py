"""How an act on a person is answered: a form, its command, and the way back to the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.register import queries
from creo.register.forms import add_refusal
from creo.register.queries import PersonFile
from creo.support import clock
from creo.support.refusals import Refused
from creo.support.ui.parts import Link


class Named(Protocol):
    """Whose act it is."""

    @property
    def code(self) -> str:
        """The person's code."""

    @property
    def name(self) -> str:
        """Surnames first."""


def answer_act(
    request: HttpRequest,
    file: Named,
    form: forms.Form,
    act: Callable[[Any], None],
    *,
    title: str,
    button: str,
    done: str,
    lead: str = "",
    danger: bool = False,
    back: str = "",
) -> HttpResponse:
    """Shows a form, or does its act and goes back to the file (`back`: another page); a refusal gives 422."""
    address = reverse("register:person", args=(file.code,))
    back = back or address
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                act(form.cleaned_data)
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, done)
                return HttpResponseRedirect(back)
        status = 422
    context = {
        "form": form,
        "title": title,
        "lead_text": lead,
        "person": file,
        "button": button,
        "danger": danger,
        "back_url": back,
        "trail": [Link(_("Registro"), reverse("register:people")), Link(file.name, address)],
    }
    return render(request, "register/act.html", context, status=status)


def file_of(request: HttpRequest, code: str) -> PersonFile:
    """The file of the person that an address names. NotFound outside the reader's scope."""
    return queries.person(request.reader, code, clock.today())


def typed_in(request: HttpRequest) -> Any:
    """What was typed; None while nothing was."""
    return request.POST if request.method == "POST" else None
