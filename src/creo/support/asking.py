"""A form with one act behind it: shown; sent, done and left; refused, shown again with its reasons (422).

Every page that takes an act goes through `answer`; the usual page, with `ui/act.html`, is `ask`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString

from creo.support.refusals import Refused
from creo.support.ui.parts import Link

# What was typed goes in, read by the form. Where to go on comes out: nothing (back), an address, or the page itself.
Act = Callable[[Any], HttpResponse | str | None]


def ask(
    request: HttpRequest,
    form: forms.Form,
    act: Act,
    *,
    title: str,
    button: str,
    back: str,
    trail: Sequence[Link],
    lead: str = "",
    done: str = "",
    danger: bool = False,
    names: Mapping[str, str] | None = None,
    template: str = "ui/act.html",
    **more: Any,
) -> HttpResponse:
    """The page of an act: its form alone on it, left to `back` when it is done or given up.

    `template` extends `ui/act.html` and shows `more`; the rest is as in `answer`.
    """
    context = {
        "form": form,
        "title": title,
        "lead_text": lead,
        "button": button,
        "danger": danger,
        "back_url": back,
        "trail": trail,
        **more,
    }

    def show(status: int) -> HttpResponse:
        return render(request, template, context, status=status)

    return answer(request, form, act, show, back=back, done=done, names=names)


def answer(
    request: HttpRequest,
    form: forms.Form,
    act: Act,
    show: Callable[[int], HttpResponse],
    *,
    back: str,
    done: str = "",
    names: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer of a page with a form: `show` gives the page with a status, `act` does what was sent.

    `done` is what the next page says; empty when the act says it itself. `names` as in `add_refusal`.
    """
    if request.method != "POST":
        return show(200)
    if form.is_valid():
        try:
            gone_to = act(form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal, names)
        else:
            messages.success(request, done)  # Django takes an empty one for none
            return gone_to if isinstance(gone_to, HttpResponse) else HttpResponseRedirect(gone_to or back)
    return show(422)


def sent(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it is nothing; None while the form is only shown."""
    return request.POST if request.method == "POST" else None


def add_refusal(form: forms.Form, refusal: Refused, names: Mapping[str, str] | None = None) -> None:
    """Puts a command's refusal where the person can mend it: on its fields, the rest at the top of the form.

    `names` are the form's names of what the command calls otherwise.
    """
    placed: set[str] = set()
    for argument, message in refusal.fields.items():
        name = (names or {}).get(argument, argument)
        if name in form.fields:
            # Each reason of the field by itself, as the command listed them.
            reasons = list(dict.fromkeys(message.split("\n")))
            form.add_error(name, reasons)
            placed.update(reasons)
    for message in refusal.messages:
        if message not in placed:
            form.add_error(None, message)


def about(name: str, code: str) -> SafeString:
    """Whom or what an act is about, for its lead: «QUISPE ROJAS, Ana · P-0001234»."""
    return format_html('{} · <span class="code">{}</span>', name, code)
