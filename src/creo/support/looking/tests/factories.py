"""Small looks, emergencies and alerts for tests; files that a made-up chapter keeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import NATION, Reader, Scope
from creo.support.looking.files import FoundFile
from creo.support.looking.models import Alert, Canary, Emergency, Look, StatedPurpose

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PIURA, TUMBES = Scope("facility", "EP-PIURA"), Scope("facility", "EP-TUMBES")
REASON = "Traslado urgente al hospital: falta su grupo sanguíneo"
# Code or document -> place; surnames by code.
FILES = {"P-0000001": "EP-PIURA", "P-0000002": "EP-TUMBES", "P-0000003": "", "70000002": "EP-TUMBES"}
SURNAMES = {"P-0000001": ("Quispe", "Ñaupari"), "P-0000002": ("Mamani", "Rojas"), "P-0000003": ("", "")}


def find(reader: Reader, text: str) -> FoundFile | None:
    """The made-up chapter's finder."""
    place = FILES.get(text)
    if place is None:
        return None
    inside = reader.national or any(scope.code == place for scope in reader.scopes)
    return FoundFile("P-0000002" if text == "70000002" else text, place, inside)


def surnames(codes: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """The made-up chapter's surnames."""
    return {code: SURNAMES[code] for code in codes if code in SURNAMES}


def wire(settings: Any) -> None:
    """Only the made-up files."""
    settings.CREO_FILE_FINDER = f"{__name__}.find"
    settings.CREO_FILE_SURNAMES = f"{__name__}.surnames"


def reader(*permissions: Permission, scope: Scope = PIURA, user_id: int = 7, name: str = "Rosa Pérez") -> Reader:
    """Somebody with some permissions at a prison."""
    return Reader(user_id, name, frozenset(permissions), (scope,))


def nurse(user_id: int = 7, scope: Scope = PIURA) -> Reader:
    """Who may open files in an emergency, and reads sheets of health."""
    held = (Permission.VIEW_PEOPLE, Permission.BREAK_GLASS, Permission.VIEW_PROTECTED, Permission.VIEW_MEDICAL)
    return reader(*held, scope=scope, user_id=user_id)


def director(scope: Scope = TUMBES, user_id: int = 8) -> Reader:
    """Who reviews looks at a prison."""
    return reader(Permission.REVIEW_LOOKS, Permission.EXPORT, scope=scope, user_id=user_id, name="Directora de prueba")


def headquarters(user_id: int = 9) -> Reader:
    """Who reviews looks for the nation."""
    return director(Scope(NATION), user_id)


def look(**other: Any) -> Look:
    """A look at a file."""
    values: dict[str, Any] = {
        "at": NOW,
        "user_id": 7,
        "actor": "Rosa Pérez",
        "subject_kind": "person",
        "subject_code": "P-0000001",
        "place": "EP-PIURA",
    }
    return Look.objects.create(**(values | other))


def emergency(**other: Any) -> Emergency:
    """An access in an emergency, of the last minutes."""
    values: dict[str, Any] = {
        "user_id": 7,
        "actor": "Rosa Pérez",
        "subject_kind": "person",
        "subject_code": "P-0000002",
        "place": "EP-TUMBES",
        "home": "EP-PIURA",
        "reason": REASON,
        "opened_at": NOW,
        "until": NOW + timedelta(minutes=60),
        "review_due": date(2026, 11, 24),
    }
    return Emergency.objects.create(**(values | other))


def alert(**other: Any) -> Alert:
    """An open alert of Piura."""
    values: dict[str, Any] = {
        "key": f"many:7:{Alert.objects.count()}",
        "rule": "many",
        "user_id": 7,
        "actor": "Rosa Pérez",
        "place": "EP-PIURA",
        "first_at": NOW - timedelta(minutes=3),
        "last_at": NOW,
        "count": 40,
        "evidence": [[NOW.isoformat(), "P-0000001", "file"]],
        "raised_at": NOW,
    }
    return Alert.objects.create(**(values | other))


def purpose(**other: Any) -> StatedPurpose:
    """A purpose in force."""
    values: dict[str, Any] = {
        "user_id": 7,
        "subject_kind": "person",
        "subject_code": "P-0000001",
        "access": "health",
        "purpose": "health",
        "stated_at": NOW,
        "until": NOW + timedelta(minutes=15),
    }
    return StatedPurpose.objects.create(**(values | other))


def canary(code: str = "P-0000001", **other: Any) -> Canary:
    """An invented person in use."""
    values: dict[str, Any] = {"subject_code": code, "reason": "Inventada", "set_by": "Sede", "set_at": NOW}
    return Canary.objects.create(**(values | other))
