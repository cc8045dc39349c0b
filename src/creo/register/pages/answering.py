"""The acts on one person: a form with its command (`creo.support.asking`), and the way back to the person's file."""

from __future__ import annotations

from typing import Protocol

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.register import queries
from creo.register.queries import PersonFile
from creo.support import clock
from creo.support.asking import Act, about, ask
from creo.support.ui.parts import Link


class Named(Protocol):
    """Whose act it is."""

    @property
    def code(self) -> str:
        """The person's code."""

    @property
    def name(self) -> str:
        """Surnames first."""


def person_act(
    request: HttpRequest,
    person: Named,
    form: forms.Form,
    act: Act,
    *,
    title: str,
    done: str,
    button: str = "",
    lead: str = "",
    danger: bool = False,
    tab: Link | None = None,
) -> HttpResponse:
    """Asks for an act on a person and goes back to `tab`, the part of the file it changes (the file itself if none)."""
    trail = person_trail(person, *([tab] if tab is not None else []))
    return ask(
        request,
        form,
        act,
        title=title,
        lead=lead or about(person.name, person.code),
        button=button or _("Guardar"),
        done=done,
        danger=danger,
        back=trail[-1].url,
        trail=trail,
        record=queries.record_of(person.code),
    )


def person_trail(person: Named, *more: Link) -> list[Link]:
    """The way back from a page about a person."""
    return [
        Link(_("Registro"), reverse("register:people")),
        Link(person.name, reverse("register:person", args=(person.code,))),
        *more,
    ]


def file_of(request: HttpRequest, code: str) -> PersonFile:
    """The file of the person that an address names. NotFound outside the reader's scope."""
    return queries.person(request.reader, code, clock.today())
