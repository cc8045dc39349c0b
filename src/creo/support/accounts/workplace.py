"""Where somebody works now: one of the places of their roles, kept in their session; without one, all of them."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase

from creo.support.accounts.readers import Scope

KEY = "workplace"


def text_of(place: Scope) -> str:
    """A place as the session and the form write it: «facility:EP-PIURA»."""
    return f"{place.kind}:{place.code}"


def chosen(session: SessionBase, places: tuple[Scope, ...]) -> Scope | None:
    """The place chosen, while it is still one of the person's; forgotten as soon as it is not."""
    text = session.get(KEY)
    if text is None:
        return None
    found = next((place for place in places if text_of(place) == text), None)
    if found is None:
        del session[KEY]
    return found


def choose(session: SessionBase, place: Scope | None) -> None:
    """Keeps a place, or all of them."""
    if place is None:
        session.pop(KEY, None)
    else:
        session[KEY] = text_of(place)
