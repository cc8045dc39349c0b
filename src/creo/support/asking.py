"""A form with one act behind it: shown; sent, done and left; refused, shown again with its reasons (422).

A form on something recorded names its `record`: when that changed since the form was opened, it is shown again with
what was typed, what is there now and who changed it (409), and can be sent again knowingly.

Every page that takes an act goes through `answer`; the usual page, with `ui/act.html`, is `ask`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString

from creo.support.refusals import Refused
from creo.support.ui.parts import Link
from creo.support.versions import Record, changes_since, current, differences, expecting

VERSION = "version"

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
    record: Record | None = None,
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
        return render(request, template, context | _version(request, form, record), status=status)

    return answer(request, form, act, show, back=back, done=done, names=names, record=record)


def answer(
    request: HttpRequest,
    form: forms.Form,
    act: Act,
    show: Callable[[int], HttpResponse],
    *,
    back: str,
    done: str = "",
    names: Mapping[str, str] | None = None,
    record: Record | None = None,
) -> HttpResponse:
    """The answer of a page with a form: `show` gives the page with a status, `act` does what was sent.

    `done` is what the next page says; empty when the act says it itself. `names` as in `add_refusal`.
    """
    if request.method != "POST":
        return show(200)
    if getattr(request, "stale", None) is not None:
        return show(409)
    if form.is_valid():
        seen = request.POST.get(VERSION, "")
        try:
            with expecting(record, seen) if record is not None and seen else nullcontext():
                gone_to = act(form.cleaned_data)
        except Refused as refusal:
            add_refusal(form, refusal, names)
        else:
            messages.success(request, done)  # Django takes an empty one for none
            return gone_to if isinstance(gone_to, HttpResponse) else HttpResponseRedirect(gone_to or back)
    return show(422)


def _version(request: HttpRequest, form: forms.Form, record: Record | None) -> dict[str, Any]:
    """What the page of a form on a record shows of its version: kept while it is mended, the present one when stale."""
    if record is None:
        return {}
    stale = getattr(request, "stale", None)
    if stale is None:
        return {"version": request.POST.get(VERSION, "") or current(record)}
    both = {"changes": changes_since(stale.record, stale.seen), "rows": differences(form)}
    return {"version": current(record), "stale": both}


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
