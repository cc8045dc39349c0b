"""Looks at files for the demonstration: sheets opened for a purpose, two emergencies, and two alerts to decide."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from creo.register import commands, queries
from creo.register.demo.context import DemoContext
from creo.support import clock
from creo.support.accounts.models import User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader, reader_for
from creo.support.looking import commands as looking
from creo.support.looking.noting import Noted, Opened

HEALTH, REGISTRAR, CENTRAL, OFFICER = "salud.piura", "registro.piura", "registro", "datos"
HERE, ELSEWHERE, CONTROL = "EP-PIURA", "EP-AREQUIPA", "EP-LURIGANCHO"
BROWSED = 48
EMERGENCIES = (
    (timedelta(days=2), "Llamó el hospital: la persona trasladada llegó sin su historia y hay que saber sus alergias."),
    (timedelta(minutes=25), "Convulsión durante un traslado: falta saber qué medicación toma."),
)


def load(context: DemoContext) -> dict[str, Any]:
    """Fills the pages of looks; answers how many of each. Nothing where the demonstration accounts are not there."""
    now = clock.now()
    people = {place: _codes(context, place) for place in (HERE, ELSEWHERE, CONTROL)}
    wanted = (HEALTH, REGISTRAR, CENTRAL, OFFICER)
    readers = {
        user.username: reader_for(user, context.as_of)
        for user in User.objects.filter(username__in=wanted, is_active=True)
    }
    if len(readers) < len(wanted) or not all(people.values()):
        return {"looks": 0}
    opened = _sheets(readers[HEALTH], people[HERE], now)
    emergencies = _emergencies(readers[HEALTH], readers[OFFICER], people[ELSEWHERE], now)
    looking.set_canary(
        by=readers[OFFICER].at_places_of(Permission.REVIEW_LOOKS),
        code=people[CONTROL][-1],
        reason="Persona inventada para la demostración",
        now=now - timedelta(days=30),
    )
    _browse(readers[REGISTRAR], people[HERE], now - timedelta(minutes=50))
    _browse(readers[CENTRAL], people[CONTROL][-1:], now - timedelta(minutes=10))
    found = looking.watch(now=now)
    return {"looks": opened + found.told, "emergencies": emergencies, "alerts": found.raised}


def _codes(context: DemoContext, place: str) -> list[str]:
    return [row.code for row in queries.people_page(context.by, queries.PeopleFilters(facility=place)).rows]


def _sheets(nurse: Reader, codes: list[str], now: datetime) -> int:
    """A few people's protected facts, each with its purpose."""
    for code, purpose in zip(codes, ("health", "treatment", "placement"), strict=False):
        looking.state_purpose(by=nurse, kind="person", code=code, sheet=commands.PROTECTED, purpose=purpose, now=now)
        commands.look_at_protected(by=nurse, person_code=code, purpose=purpose)
    return min(len(codes), 3)


def _emergencies(nurse: Reader, officer: Reader, codes: list[str], now: datetime) -> int:
    """The first was reviewed, the second waits for somebody."""
    made = [
        looking.open_emergency(by=nurse, file=code, reason=reason, now=now - ago)
        for code, (ago, reason) in zip(codes, EMERGENCIES, strict=False)
    ]
    for row in made:
        noted = Noted(opened={row.subject_code: Opened(ELSEWHERE, row.pk)})
        looking.write_looks(nurse, noted, row.opened_at + timedelta(minutes=1), seen=True)
    looking.review_emergency(
        by=officer,
        emergency_id=made[0].pk,
        decision="approved",
        reason="El hospital confirmó la llamada y la hora.",
        now=now - timedelta(days=1),
    )
    return len(made)


def _browse(who: Reader, codes: list[str], start: datetime) -> None:
    """File after file, four seconds each."""
    for number, code in enumerate(codes[:BROWSED]):
        noted = Noted(opened={code: Opened(CONTROL if len(codes) == 1 else HERE)})
        looking.write_looks(who, noted, start + timedelta(seconds=4 * number), seen=True)
