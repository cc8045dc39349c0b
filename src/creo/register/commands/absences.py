"""Going away for a while and coming back: escorts, hospital and exit permits. Who is away stays on the roll."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_reason
from creo.register.commands.movements import (
    Plan,
    Step,
    already_recorded,
    announce,
    check_moment,
    check_present,
    insert,
    moment,
    person_and_plan,
    short,
)
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger

MAX_DESTINATION = 200


@dataclass(frozen=True, slots=True)
class Back:
    """The return from an absence that is recorded when it is already over."""

    on: date
    at: time | None = None


@ledger.command(permission=Permission.EDIT_PEOPLE)
def record_absence(
    *,
    by: Reader,
    person_code: str,
    kind: str,
    destination: str,
    on: date,
    reason: str,
    today: date,
    at: time | None = None,
    hours: int | None = None,
    back: Back | None = None,
    now: time | None = None,
    source_key: str = "",
) -> None:
    """Somebody leaves for a while: escort to a court, hospital, or exit permit (TUO CEP art. 48: `hours` at most 72).

    `destination` is the court, the hospital or the address. `back` records the return with it, of an absence that is
    already over. Refused with every reason; the same `source_key` with the same content changes nothing.
    """
    if kind not in rules.ABSENCES:
        raise ValueError(f"[{kind}] no es una salida con retorno.")
    movement = rules.MovementKind(kind)
    step = Step(
        movement,
        on,
        at,
        destination=destination.strip()[:MAX_DESTINATION],
        hours=hours,
        note=short(reason),
        source_key=source_key,
    )
    if already_recorded(by, person_code, step, same=("kind", "on", "at", "destination", "hours")):
        return
    plan = person_and_plan(by, person_code, movement, on, at)
    refusals = Refusals()
    check_reason(refusals, reason)
    check_moment(refusals, plan, on, at, today, now)
    check_present(refusals, plan, movement)
    _check_destination(refusals, movement, destination)
    _check_hours(refusals, movement, on, hours)
    if back is not None:
        _check_back(refusals, on, at, back, today, now)
    refusals.raise_if_any()
    steps = [step.leaving(plan)]
    if back is not None:
        steps.append(Step(rules.MovementKind.RETURN, back.on, back.at, to_id=plan.here_id))
    insert(plan, steps)
    _announce_leaving(plan, step, reason)
    if back is not None:
        _announce_return(plan, kind, back.on, back.at, reason)


def _check_destination(refusals: Refusals, kind: rules.MovementKind, destination: str) -> None:
    if destination.strip():
        return
    words = {
        rules.MovementKind.ESCORT: _("Indique el juzgado o la autoridad adonde va."),
        rules.MovementKind.HOSPITAL: _("Indique el hospital."),
        rules.MovementKind.EXIT_PERMIT: _("Indique el lugar al que se le permite ir."),
    }
    refusals.add(words[kind], "destination")


def _check_hours(refusals: Refusals, kind: rules.MovementKind, on: date, hours: int | None) -> None:
    """Refuses an exit permit without its length or longer than the law allows, and hours of anything else."""
    if kind is not rules.MovementKind.EXIT_PERMIT:
        if hours is not None:
            refusals.add(_("Solo un permiso de salida se concede por horas."), "hours")
        return
    most = rules.parameters().exit_permit_on(on)
    if hours is None or hours < 1:
        refusals.add(_("Indique por cuántas horas se concede el permiso."), "hours")
    elif hours > most.max_hours:
        refusals.add(
            _("El permiso de salida es hasta por %(most)d horas (%(source)s).")
            % {"most": most.max_hours, "source": f"{most.citation.source}, {most.citation.locator}"},
            "hours",
        )


def _check_back(refusals: Refusals, on: date, at: time | None, back: Back, today: date, now: time | None) -> None:
    """Refuses a return before the departure or in the future."""
    early = back.on < on or (back.on == on and at is not None and back.at is not None and back.at < at)
    if early:
        refusals.add(_("El retorno es anterior a la salida."), "back_on")
    if back.on > today or (back.on == today and now is not None and back.at is not None and back.at > now):
        refusals.add(_("El retorno todavía no llega: regístrelo cuando ocurra."), "back_on")


@ledger.command(permission=Permission.EDIT_PEOPLE)
def record_return(
    *,
    by: Reader,
    person_code: str,
    on: date,
    reason: str,
    today: date,
    at: time | None = None,
    now: time | None = None,
    source_key: str = "",
) -> None:
    """Somebody who was away comes back to the prison whose roll holds them. Refused when they had not left."""
    step = Step(rules.MovementKind.RETURN, on, at, note=short(reason), source_key=source_key)
    if already_recorded(by, person_code, step, same=("kind", "on", "at")):
        return
    plan = person_and_plan(by, person_code, rules.MovementKind.RETURN, on, at)
    refusals = Refusals()
    check_moment(refusals, plan, on, at, today, now)
    check_present(refusals, plan, rules.MovementKind.RETURN)
    refusals.raise_if_any()
    absence = plan.course.absence
    assert absence is not None  # refused above
    insert(plan, [step.entering(plan)])
    _announce_return(plan, absence.kind, on, at, reason)


def _announce_leaving(plan: Plan, step: Step, reason: str) -> None:
    after: dict[str, object] = {"kind": step.kind.value, "destination": step.destination, **moment(step.on, step.at)}
    if step.hours is not None:
        due = rules.exit_permit_due(step.on, step.at, step.hours)
        after |= {"hours": step.hours, "due": due.isoformat(timespec="minutes")}
    announce("register.person_left", plan, place=plan.here, reason=reason, before={"facility": plan.here}, after=after)


def _announce_return(plan: Plan, kind: str, on: date, at: time | None, reason: str) -> None:
    announce(
        "register.person_returned",
        plan,
        place=plan.here,
        reason=reason,
        before={"kind": str(kind)},
        after={"facility": plan.here, **moment(on, at)},
    )
