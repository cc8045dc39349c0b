"""Incidents of tests, at two made-up prisons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, Scope
from creo.support.approvals.tests.factories import places
from creo.support.incidents import commands
from creo.support.incidents.commands import Assessment, Report
from creo.support.incidents.models import Incident

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
__all__ = ["HOUR", "NOW", "assess", "close", "notify", "person", "places", "report", "told"]


def person(username: str, *permissions: Permission, scope: tuple[str, str] = ("nation", "")) -> Reader:
    """A user with some permissions at a place; without any named, who handles incidents."""
    user = User.objects.filter(username=username).first() or User.objects.create_user(username, username.title())
    rights = permissions or (Permission.MANAGE_INCIDENTS, Permission.VIEW_INCIDENTS, Permission.EXPORT)
    return Reader(user.pk, user.name, frozenset(rights), (Scope(*scope),), ())


def told(**other: Any) -> Report:
    """A report of something known now."""
    values: dict[str, Any] = {
        "kind": "disclosure",
        "title": "Lista enviada a quien no debía",
        "description": "Se envió por correo una lista de fichas.",
        "place": "NORTE-1",
        "detected_at": NOW,
        "known_at": NOW,
    }
    return Report(**(values | other))


def report(by: Reader, *, now: datetime = NOW, **other: Any) -> Incident:
    """A reported incident."""
    return commands.report(by=by, told=told(**other), now=now)


def assess(by: Reader, made: Incident, *, now: datetime = NOW, **other: Any) -> None:
    """An assessment: personal data of 40 people, not digital, unless said otherwise."""
    values: dict[str, Any] = {
        "severity": "high",
        "personal_data": "yes",
        "digital": "no",
        "data_kinds": ("identity",),
        "people": 40,
        "text": "Por la lista",
    }
    commands.assess(by=by, code=made.code, told=Assessment(**(values | other)), now=now)
    made.refresh_from_db()


def notify(by: Reader, made: Incident, whom: str, *, now: datetime = NOW, **other: Any) -> None:
    """A notice given now."""
    values: dict[str, Any] = {"at": now, "reference": "Cargo 12", "text": "Se presentó"}
    commands.notify(by=by, code=made.code, whom=whom, now=now, **(values | other))
    made.refresh_from_db()


def close(by: Reader, made: Incident, *, now: datetime = NOW) -> None:
    """Closed now."""
    commands.close(by=by, code=made.code, text="Terminó", now=now)
    made.refresh_from_db()
