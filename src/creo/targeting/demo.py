"""The demonstration: runs of the nation and of the five sites, and people enrolled in them by its technical lead.

Everything goes through the commands, so the demonstration cannot enrol anybody whom the rules would refuse.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any, Protocol

from creo.register import commands as register
from creo.support.accounts.models import RoleGrant
from creo.support.accounts.permissions import ROLES, Permission
from creo.support.accounts.readers import Reader, reader_for
from creo.support.announcements import commands as announcements
from creo.support.refusals import Refused
from creo.targeting import commands, queries, rules
from creo.territory import queries as territory

# The five sites that the programme names (line 192) as prisons (C-08), and the share of eligible people to enrol.
SITES = {
    "EP-LURIGANCHO": 0.10,
    "EP-PIURA": 0.20,
    "EP-HUANCAYO": 0.20,
    "EP-AREQUIPA": 0.20,
    "EP-PUCALLPA": 0.20,
}
# Days before today of the three acts of enrolment, and of the exits of some of those people.
ACTS = (240, 150, 45)
EXIT = 20
LEAVE = 0.06
REASON = "Acta del Órgano Técnico de Tratamiento (demostración)"


class Context(Protocol):
    """What `creo demo` hands over."""

    by: Reader
    seed: int
    as_of: Any
    scale: float
    progress: Any


def load(ctx: Context) -> dict[str, Any]:
    """Runs and enrolments; returns what there is now."""
    there = {ref.code for ref in territory.facility_refs(ctx.by)}
    sites = [code for code in SITES if code in there]
    ctx.progress(0, len(sites) + 1, "Focalización: corrida nacional")
    decider = _decider(ctx)
    # What the register's demonstration announced comes before what this one changes.
    announcements.deliver_all()
    nation = commands.run(by=ctx.by, as_of=ctx.as_of)
    enrolled = ended = changed = 0
    for done, code in enumerate(sites, start=1):
        ctx.progress(done, len(sites) + 1, f"Focalización: {code}")
        run = commands.run(by=ctx.by, as_of=ctx.as_of, scope_kind=queries.FACILITY, scope_code=code)
        here = _enrol(ctx, decider, code, run.pk)
        enrolled += len(here)
        left = _end(ctx, decider, here)
        ended += len(left)
        changed += _change(ctx, code, sites, [one for one in here if one not in left])
    ctx.progress(len(sites) + 1, len(sites) + 1, "Focalización")
    return {
        "runs": len(sites) + 1,
        "people": nation.people,
        "eligible": nation.eligible,
        "undecided": nation.undecided,
        "not_eligible": nation.not_eligible,
        "run_seconds": nation.duration_ms / 1000,
        "enrolled": enrolled,
        "exits": ended,
        "changed": changed,
    }


def _decider(ctx: Context) -> Reader:
    """Somebody of the demonstration's staff who may enrol anywhere; the demonstration itself when there is nobody."""
    able = [code for code, role in ROLES.items() if Permission.ENROL in role.permissions]
    grants = RoleGrant.objects.filter(role__in=able, scope_kind="nation", valid_to=None).select_related("user")
    grant = grants.order_by("id").first()
    return reader_for(grant.user, ctx.as_of) if grant else ctx.by


def _enrol(ctx: Context, decider: Reader, site: str, run_number: int) -> list[str]:
    """Enrols some of the eligible people of a site by acts before today, and returns their codes."""
    found: list[str] = []
    run = queries.run(ctx.by, run_number)
    eligible = [row.code for row in queries.results_rows(ctx.by, run, queries.ResultFilters(facility=site))]
    random = Random(f"{ctx.seed} {site}")
    random.shuffle(eligible)
    wanted = eligible[: max(1, round(len(eligible) * SITES[site]))] if eligible else []
    for part, days in enumerate(ACTS):
        on = ctx.as_of - timedelta(days=days)
        able = _able(ctx.by, site, wanted[part :: len(ACTS)], on)
        if able:
            commands.enrol_many(by=decider, facility_code=site, person_codes=able, on=on, reason=REASON)
            found += able
    return found


def _able(by: Reader, site: str, codes: list[str], on: Any) -> list[str]:
    """Those who were already there and eligible on an earlier day; the others wait for another act."""
    answers = queries.answers_on(by, site, on)
    return [code for code in codes if answers.get(code) is rules.Result.ELIGIBLE]


def _end(ctx: Context, decider: Reader, codes: list[str]) -> list[str]:
    """Some people leave before today, each for a reason of the catalogue; returns their codes."""
    reasons = (rules.ExitReason.VOLUNTARY, rules.ExitReason.COMPLETED)
    leaving = sorted(codes)[: round(len(codes) * LEAVE)]
    for place, code in enumerate(leaving):
        commands.end_enrolment(
            by=decider,
            person_code=code,
            on=ctx.as_of - timedelta(days=EXIT),
            reason=reasons[place % len(reasons)].value,
        )
    return leaving


def _change(ctx: Context, site: str, sites: list[str], codes: list[str]) -> int:
    """Two enrolled people of a site change today, so that their board has something to decide; returns how many.

    One is transferred to the next site, another's identity is corrected and waits to be confirmed.
    """
    today, why = ctx.as_of, "Documento de la demostración"
    end = sites[(sites.index(site) + 1) % len(sites)]
    acts: list[Any] = [
        lambda code: register.correct_identity(
            by=ctx.by, person_code=code, changes={"nationality": "VE"}, reason=why, today=today
        )
    ]
    if end != site:
        acts.append(
            lambda code: register.transfer(
                by=ctx.by, person_code=code, from_facility=site, to_facility=end, on=today, reason=why, today=today
            )
        )
    waiting = sorted(codes)
    return sum(_first_that_may(act, waiting) for act in acts)


def _first_that_may(act: Any, waiting: list[str]) -> bool:
    """Does an act to the first of some people whom the rules let it be done to, and takes them off the list."""
    while waiting:
        try:
            act(waiting.pop(0))
        except Refused:
            continue
        return True
    return False
