"""Who is there was proved a moment ago: what is dangerous asks for it (`@page(…, fresh=True)`)."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from creo.support import clock
from creo.support.signin import limits, sessions


def is_fresh(request: HttpRequest) -> bool:
    """True when the person signed in, or proved again who they are, in the last five minutes in this session."""
    age = clock.now().timestamp() - sessions.state(request)["proved"]
    return bool(0 <= age < limits.FRESH.total_seconds())


def prove_again(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that asks again, and back to the page that was asked for; what was sent is not kept."""
    return HttpResponseRedirect(f"{reverse('signin:confirm')}?next={quote(request.get_full_path())}")


def proved(request: HttpRequest, factor: str = "") -> None:
    """Writes that the person proved who they are, with a second factor or with the password alone."""
    held = sessions.state(request)["factor"]
    stronger = factor if limits.enough(factor, held) else held
    sessions.note(request, proved=clock.now().timestamp(), factor=stronger)
