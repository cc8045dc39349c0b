"""A form with one command behind it: shown, done and left, or shown again with its reasons (422)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from creo.register.forms import add_refusal
from creo.support.refusals import Refused
from creo.support.ui.parts import Link


def ask(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[Any], str | None],
    *,
    title: str,
    lead: str,
    button: str,
    done: str,
    back: str,
    trail: list[Link],
    template: str = "register/act.html",
    **context: Any,
) -> HttpResponse:
    """Answers a form; `act` gets what was typed and may answer another address to go on to."""
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                address = act(form.cleaned_data)
            except Refused as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, done)
                return HttpResponseRedirect(address or back)
        status = 422
    shown = {
        "form": form,
        "title": title,
        "lead_text": lead,
        "button": button,
        "back_url": back,
        "trail": trail,
        **context,
    }
    return render(request, template, shown, status=status)


def typed(request: HttpRequest) -> Any:
    """What was sent, or None when the form is only shown."""
    return request.POST if request.method == "POST" else None
