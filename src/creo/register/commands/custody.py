"""How an episode goes on and ends: transfers, release, escape; and a death outside custody."""

from __future__ import annotations

from datetime import date, time

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import (
    Refusals,
    any_facility,
    check_day,
    check_reason,
    open_custody,
    person_for_update,
)
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
from creo.register.models import Custody, Person
from creo.register.queries.law import open_mandates
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.territory.queries import FacilityRef


@ledger.command(permission=Permission.EDIT_PEOPLE)
def transfer(
    *,
    by: Reader,
    person_code: str,
    from_facility: str,
    to_facility: str,
    on: date,
    reason: str,
    today: date,
    at: time | None = None,
    now: time | None = None,
    source_key: str = "",
) -> None:
    """Moves somebody to another prison. The actor holds the prison of origin in scope; the destination may be any.

    Refused with every reason: not held, held elsewhere, away, same prison, in the future, or impossible at that point
    of the course. A day before the last movement puts the transfer in its place, marked as late. The same `source_key`
    with the same content changes nothing.
    """
    target = any_facility(to_facility)
    step = Step(
        rules.MovementKind.TRANSFER,
        on,
        at,
        to_id=target.id if target else None,
        note=short(reason),
        source_key=source_key,
    )
    if already_recorded(by, person_code, step, same=("kind", "on", "at", "to_facility_id")):
        return
    plan = person_and_plan(by, person_code, rules.MovementKind.TRANSFER, on, at)
    refusals = Refusals()
    check_reason(refusals, reason)
    check_moment(refusals, plan, on, at, today, now)
    check_present(refusals, plan, rules.MovementKind.TRANSFER)
    _check_places(refusals, plan, from_facility, to_facility, target)
    refusals.raise_if_any()
    insert(plan, [step.leaving(plan)])
    if plan.here:
        # Each prison has its own chain of acts: the one that is left tells it in its own, whatever the other's becomes.
        announce(
            "register.person_sent",
            plan,
            place=plan.here,
            reason=reason,
            before={"facility": plan.here},
            after={"facility": to_facility, **moment(on, at)},
        )
    announce(
        "register.person_transferred",
        plan,
        place=to_facility,
        reason=reason,
        before={"facility": plan.here},
        after={"facility": to_facility, **moment(on, at)},
    )


def _check_places(
    refusals: Refusals, plan: Plan, from_facility: str, to_facility: str, target: FacilityRef | None
) -> None:
    here = plan.here
    if here and here != from_facility:
        at = any_facility(here)
        refusals.add(
            _("La persona no está en ese establecimiento, sino en %(place)s.") % {"place": at.name if at else here},
            "from_facility",
        )
    if target is None:
        refusals.add(_("El establecimiento [%(code)s] no existe.") % {"code": to_facility}, "to_facility")
    elif target.code == here:
        refusals.add(_("La persona ya está en ese establecimiento."), "to_facility")
    elif target.kind == "community_office":
        refusals.add(_("Un establecimiento de Medio Libre no recibe traslados."), "to_facility")


@ledger.command(permission=Permission.EDIT_PEOPLE)
def release(
    *,
    by: Reader,
    person_code: str,
    on: date,
    kind: str,
    reason: str,
    today: date,
    order_number: str | None = None,
    court: str | None = None,
    at: time | None = None,
    now: time | None = None,
    source_key: str = "",
) -> None:
    """Ends the open episode by an order of release (RP 760-2003-INPE; TUO CEP arts. 22-23), also of who is away.

    `order_number` and `court` are the order; where they are None, `reason` names it. Refused without its order, and
    while another mandate of detention is in force. A death in custody is a release of kind death, without order.
    """
    order = " · ".join(text.strip() for text in (order_number or "", court or "") if text.strip())
    step = Step(rules.MovementKind.RELEASE, on, at, detail=kind, note=short(order or reason), source_key=source_key)
    if already_recorded(by, person_code, step, same=("kind", "on", "at", "detail")):
        return
    plan = person_and_plan(by, person_code, rules.MovementKind.RELEASE, on, at)
    refusals = Refusals()
    check_reason(refusals, reason)
    dead = kind == rules.ReleaseKind.DEATH
    if kind not in RELEASES:
        refusals.add(_("El tipo de egreso [%(value)s] no está en la lista.") % {"value": kind}, "kind")
    if not dead:
        _check_order(refusals, plan.custody, order_number, court)
    check_moment(refusals, plan, on, at, today, now)
    check_present(refusals, plan, rules.MovementKind.RELEASE)
    refusals.raise_if_any()
    insert(plan, [step.leaving(plan)])
    if dead:
        plan.person.died_on = on
        plan.person.save(update_fields=["died_on"])
    announce(
        "register.person_released",
        plan,
        place=plan.here,
        reason=reason,
        before={"custody": plan.custody.number, **_away(plan)},
        after={"released_on": on.isoformat(), "release_kind": kind, "order": order, **moment(on, at)},
    )


RELEASES = frozenset(set(rules.ReleaseKind) - {rules.ReleaseKind.ESCAPE, rules.ReleaseKind.ANNULLED})


def _check_order(refusals: Refusals, custody: Custody, order_number: str | None, court: str | None) -> None:
    """Refuses a release without its order, and while another mandate holds the person («QUEDA», RP 760-2003-INPE)."""
    if order_number is not None and not order_number.strip():
        refusals.add(_("Indique el número de la orden de libertad: nadie egresa sin ella."), "order_number")
    if court is not None and not court.strip():
        refusals.add(_("Indique el juzgado que dio la orden de libertad."), "court")
    for mandate in open_mandates(custody.pk):
        refusals.add(
            _(
                "Sigue vigente un mandato de detención: %(mandate)s. "
                "Si la orden lo nombra, levántelo; si no, la persona queda."
            )
            % {"mandate": mandate.words},
            "order_number",
        )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def record_escape(
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
    """Ends the open episode by an escape, from the prison or while away. A recapture begins the next episode."""
    step = Step(rules.MovementKind.ESCAPE, on, at, note=short(reason), source_key=source_key)
    if already_recorded(by, person_code, step, same=("kind", "on", "at")):
        return
    plan = person_and_plan(by, person_code, rules.MovementKind.ESCAPE, on, at)
    refusals = Refusals()
    check_reason(refusals, reason)
    check_moment(refusals, plan, on, at, today, now)
    check_present(refusals, plan, rules.MovementKind.ESCAPE)
    refusals.raise_if_any()
    insert(plan, [step.leaving(plan)])
    announce(
        "register.person_escaped",
        plan,
        place=plan.here,
        reason=reason,
        before={"custody": plan.custody.number, **_away(plan)},
        after=moment(on, at),
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def record_death(*, by: Reader, person_code: str, on: date, reason: str, today: date) -> None:
    """Records the death of somebody outside custody; inside, `release` does it with the kind death."""
    person = person_for_update(by, person_code)
    refusals = Refusals()
    check_reason(refusals, reason)
    if open_custody(person) is not None:
        refusals.add(_("La persona está en custodia: registre su egreso por fallecimiento."))
    if person.died_on is not None:
        refusals.add(_("El fallecimiento ya está registrado."))
    check_day(refusals, "on", on, today, _last_exit(person), _("al último egreso"))
    refusals.raise_if_any()
    person.died_on = on
    person.save(update_fields=["died_on"])
    ledger.record(
        act="register.death_recorded", subject=("person", person.code), reason=reason, after={"died_on": on.isoformat()}
    )


def _last_exit(person: Person) -> date | None:
    rows = Custody.objects.filter(person=person).exclude(release_kind=rules.ReleaseKind.ANNULLED.value)
    return rows.order_by("-number").values_list("released_on", flat=True).first()


def _away(plan: Plan) -> dict[str, object]:
    """What the person was away for, when they were."""
    absence = plan.course.absence
    return {"absence": str(absence.kind)} if absence is not None else {}
