"""Roles: granted at a place for a period, with reason and resolution, by two people when they open much; and ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from creo.kernel.periods import Period
from creo.support import clock
from creo.support.accounts import rules
from creo.support.accounts.commands.common import (
    REASON,
    Refusals,
    leaves_an_administrator,
    locked_account,
    not_oneself,
)
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import PERMISSION_WORDS, ROLES, Permission, apart
from creo.support.accounts.places import places_of
from creo.support.accounts.queries.scoped import not_over, within
from creo.support.accounts.readers import Reader, Scope, system
from creo.support.approvals import commands as approvals
from creo.support.approvals.models import Proposal
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound
from creo.support.ui import formats

ACT = "accounts.role_granted"
RESOLUTION = 80


@dataclass(frozen=True, slots=True)
class GrantData:
    """A role to be granted: to whom, where, from a day until another (the first day outside), why and by which act."""

    username: str
    role: str
    scope_kind: str
    scope_code: str
    valid_from: date
    valid_to: date
    reason: str
    resolution: str

    @property
    def place(self) -> Scope:
        """Where."""
        return Scope(self.scope_kind, self.scope_code)

    def payload(self) -> dict[str, str]:
        """The same as an approval keeps it."""
        return {name: str(value) for name, value in asdict(self).items()}

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> GrantData:
        """Out of what an approval kept."""
        days = {name: date.fromisoformat(payload[name]) for name in ("valid_from", "valid_to")}
        return cls(**{**payload, **days})


@ledger.command(permission=Permission.MANAGE_ACCESS)
def grant_role(*, by: Reader, data: GrantData, today: date) -> RoleGrant | Proposal:
    """Grants a role, or puts it before a second person when it opens sensitive data or power over access.

    NotFound for an account outside the reader's places; Refused with every reason. The system (installation, command
    line) grants alone: it has nobody else to ask.
    """
    user = locked_account(by, data.username)
    refusals = Refusals()
    not_oneself(by, user, refusals)
    checked = _checked(by, user, data, today, refusals)
    if data.valid_from < today:
        refusals.add(_("Un rol empieza hoy o después: lo pasado no se otorga."), "valid_from")
    refusals.raise_if_any()
    if ROLES[data.role].needs_a_second_person and by.user_id is not None:
        return approvals.propose(
            by=by,
            act=ACT,
            subject=("user", data.username),
            place=data.scope_code if data.scope_kind == "facility" else "",
            payload=checked.payload(),
            text=checked.reason,
            today=today,
        )
    return _write(by, user, checked)


def perform_grant(*, by: Reader, payload: Mapping[str, Any]) -> None:
    """What the approval does, under whoever approved last: exactly the grant that was seen, checked again."""
    _approved(by=by, data=GrantData.read(payload), today=clock.today())


@ledger.command(permission=Permission.REVIEW_ACCESS)
def _approved(*, by: Reader, data: GrantData, today: date) -> None:
    user = User.objects.select_for_update().filter(username=data.username).first()
    if user is None:
        raise NotFound
    refusals = Refusals()
    not_oneself(by, user, refusals)
    # The places of the maker were checked when it was proposed; here it is only asked whether they still exist.
    _checked(system(), user, data, today, refusals)
    if data.valid_to <= today:
        refusals.add(_("El periodo propuesto ya pasó."), "valid_to")
    refusals.raise_if_any()
    _write(by, user, data, today)


def describe_grant(payload: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What a grant would change, for who decides it."""
    data = GrantData.read(payload)
    role = ROLES.get(data.role)
    opened = sorted(str(PERMISSION_WORDS[one]) for one in role.permissions) if role else []
    name = User.objects.filter(username=data.username).values_list("name", flat=True).first() or ""
    return [
        (_("Persona"), "", f"{name} ({data.username})"),
        (_("Rol"), "", str(role.title) if role else data.role),
        (_("Lugar"), "", places_of(system()).label(data.place)),
        (_("Desde (o desde que se apruebe, si es después)"), "", formats.day(data.valid_from)),
        (_("Hasta (primer día en que ya no rige)"), "", formats.day(data.valid_to)),
        (_("Resolución"), "", data.resolution),
        (_("Lo que abre"), "", "; ".join(opened)),
    ]


@ledger.command(permission=Permission.MANAGE_ACCESS)
def end_grant(*, by: Reader, grant_id: int, reason: str, today: date) -> None:
    """Ends a role from this moment, whatever its period said. NotFound outside the reader's places."""
    found = RoleGrant.objects.select_for_update().filter(within(by), pk=grant_id).first()
    if found is None:
        raise NotFound
    refusals = Refusals()
    if by.user_id == found.user_id:
        refusals.add(_("Nadie administra su propio acceso: lo hace otra persona."))
    if found.state(today) in rules.OVER:
        refusals.add(_("Este rol ya terminó."))
    elif Permission.MANAGE_ACCESS in ROLES[found.role].permissions if found.role in ROLES else False:
        leaves_an_administrator(today, refusals, without=[found.pk])
    reason = refusals.text(reason, "reason", _("Escriba el motivo o el documento que lo pide."))
    refusals.raise_if_any()
    close(found, by, reason, today)


def close(found: RoleGrant, by: Reader, reason: str, today: date, act: str = "accounts.role_ended") -> None:
    """Writes the end of a role and its entry, within a command."""
    found.ended_on, found.ended_by, found.end_reason = today, by.name[:120], reason
    found.save(update_fields=["ended_on", "ended_by", "end_reason"])
    ledger.record(
        act=act,
        subject=("user", found.user.username),
        place=place_code(found),
        reason=reason,
        before={"grant": found.pk, "role": found.role, "place": found.scope_code, "valid_to": _day(found.valid_to)},
        after={"ended_on": _day(today)},
    )


def place_code(found: RoleGrant) -> str:
    """The prison of a grant for the ledger; nothing for a region or the nation."""
    return found.scope_code if found.scope_kind == "facility" else ""


def _write(by: Reader, user: User, data: GrantData, today: date | None = None) -> RoleGrant:
    made = RoleGrant.objects.create(
        user=user,
        role=data.role,
        scope_kind=data.scope_kind,
        scope_code=data.scope_code,
        # Nobody gets what is past: what was approved late begins when it was approved.
        valid_from=max(data.valid_from, today or data.valid_from),
        valid_to=data.valid_to,
        reason=data.reason,
        resolution=data.resolution,
        granted_by=by.name[:120],
        granted_at=clock.now(),
    )
    ledger.record(
        act=ACT,
        subject=("user", user.username),
        place=place_code(made),
        reason=data.reason,
        after=data.payload() | {"grant": made.pk, "valid_from": _day(made.valid_from)},
    )
    return made


def _checked(by: Reader, user: User, data: GrantData, today: date, refusals: Refusals) -> GrantData:
    """The data without blank ends; every reason why it cannot be granted."""
    reason = refusals.text(data.reason, "reason", _("Escriba el motivo."), REASON)
    resolution = refusals.text(
        data.resolution, "resolution", _("Escriba el número de la resolución o del documento."), RESOLUTION
    )
    data = GrantData(**{**asdict(data), "reason": reason, "resolution": resolution})
    if not user.is_active:
        refusals.add(_("La cuenta está inhabilitada: habilítela antes."))
    if not places_of(by).knows(data.place):
        refusals.add(
            _("El lugar [%(place)s] no existe o está fuera de su ámbito.") % {"place": data.scope_code}, "place"
        )
    role = ROLES.get(data.role)
    if role is None:
        refusals.add(_("El rol [%(role)s] no existe.") % {"role": data.role}, "role")
    elif data.scope_kind not in role.levels:
        refusals.add(_("«%(role)s» no se ejerce en un lugar de esa clase.") % {"role": role.title}, "place")
    if data.valid_to <= data.valid_from:
        refusals.add(_("El rol termina después de empezar."), "valid_to")
    elif role is not None:
        _check_length(data, refusals)
        _check_others(user, data, today, refusals)
    return data


def _check_length(data: GrantData, refusals: Refusals) -> None:
    latest = rules.last_day_out(data.role, data.valid_from)
    if data.valid_to > latest:
        refusals.add(
            _("«%(role)s» se otorga por %(days)s días como máximo: hasta el %(day)s.")
            % {
                "role": ROLES[data.role].title,
                "days": formats.number((latest - data.valid_from).days),
                "day": formats.day(latest),
            },
            "valid_to",
        )


def _check_others(user: User, data: GrantData, today: date, refusals: Refusals) -> None:
    """Refuses the same role twice on a day, and duties that one person must not join."""
    wanted = Period(data.valid_from, data.valid_to)
    for other in RoleGrant.objects.filter(not_over(today), user=user).order_by("pk"):
        if not Period(other.valid_from, other.valid_to).overlaps(wanted):
            continue
        held = ROLES.get(other.role)
        if (other.role, other.scope_kind, other.scope_code) == (data.role, data.scope_kind, data.scope_code):
            until = formats.day(other.valid_to) if other.valid_to else _("sin fin")
            refusals.add(
                _("Ya tiene este rol en este lugar en parte de esos días (hasta: %(until)s).") % {"until": until},
                "role",
            )
        elif held is not None and apart(held.permissions, ROLES[data.role].permissions):
            refusals.add(
                _("Quien es «%(held)s» no puede ser a la vez «%(role)s»: son funciones que se controlan entre sí.")
                % {"held": held.title, "role": ROLES[data.role].title},
                "role",
            )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
