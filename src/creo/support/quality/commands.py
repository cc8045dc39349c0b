"""Writes of the data quality board: runs, exceptions, limits, exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.jobs.commands import JobHandle
from creo.support.jobs.commands import start as start_job
from creo.support.jobs.models import Job
from creo.support.jobs.progress import Report, silent
from creo.support.ledger import commands as ledger
from creo.support.quality import looking, rules, storing
from creo.support.quality.checks import Check, allowed, check_for, checks
from creo.support.quality.looking import Look, exceptions_on
from creo.support.quality.models import QualityException, QualityFinding, QualityLimit, QualityRun
from creo.support.quality.queries.limits import changes_of
from creo.support.refusals import Forbidden, NotFound, Refused
from creo.support.ui import formats

KIND = "quality.run"


# Runs -----------------------------------------------------------------------------------------------------------------


def run(*, by: Reader, as_of: date, today: date, progress: Report = silent) -> QualityRun:
    """Runs every check as of a day and keeps what they say. Forbidden without the permission, or out of the nation.

    Today's run (or a later day's than any before) brings the live lists up to date; an earlier day only gets the counts
    of the checks that can look back. A second run of one day supersedes the first.
    """
    _may_run(by)
    if as_of > today:
        raise Refused(_("Nadie puede revisar un día que todavía no llega."))
    newest = storing.newest_day()
    past = as_of < (newest or as_of) or as_of < today
    wanted = [check for check in checks().values() if check.past or not past]
    started = clock.now()
    most = rules.parameters().on("listed_most", as_of)
    looks = looking.look(wanted, as_of, listed_most=most, alive=storing.alive, progress=progress)
    return _store(by=by, as_of=as_of, started=started, looks=looks, past=past)


def start(*, by: Reader, today: date) -> Job:
    """Queues a run of today in the worker."""
    _may_run(by)
    return start_job(by=by, kind=KIND, title=_("Revisión de la calidad de los datos"), arguments={"as_of": str(today)})


def perform_run(handle: JobHandle) -> dict[str, Any]:
    """The job: today's run (nightly), or that of the day asked for."""
    asked, today = handle.arguments.get("as_of"), clock.today()
    as_of = date.fromisoformat(asked) if asked else today
    made = run(by=handle.reader, as_of=as_of, today=today, progress=handle.progress)
    return {"quality_run": made.pk}


def _may_run(by: Reader) -> None:
    by.require(Permission.MANAGE_QUALITY)
    if not by.national:
        raise Forbidden(_("La revisión mira los registros de todo el país: la pide alguien con ámbito nacional."))


@ledger.command(permission=Permission.MANAGE_QUALITY)
def _store(*, by: Reader, as_of: date, started: dt.datetime, looks: Sequence[Look], past: bool) -> QualityRun:
    _one_at_a_time()
    newest = storing.newest_day()
    # Another run may have ended while this one was looking.
    past = past or (newest is not None and as_of < newest)
    QualityRun.objects.filter(as_of=as_of, superseded=False).update(superseded=True)
    made = QualityRun.objects.create(
        as_of=as_of, started_at=started, finished_at=clock.now(), user_id=by.user_id, actor=by.name, past=past
    )
    storing.write_counts(made, looks)
    new = gone = 0
    if not past:
        for look in looks:
            fresh, left = storing.write_findings(made, look)
            new, gone = new + fresh, gone + left
    ledger.record(
        act="quality.run",
        subject=("quality_run", str(made.pk)),
        after={
            "as_of": as_of.isoformat(),
            "checks": len(looks),
            "did_not_run": [look.check.code for look in looks if look.problem],
            "found": sum(look.found for look in looks),
            "new": new,
            "gone": gone,
        },
    )
    return made


def _one_at_a_time() -> None:
    """Until the command ends nobody else stores a run. SQLite's single writer does so by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE quality_qualityrun IN SHARE ROW EXCLUSIVE MODE")


# Exceptions -----------------------------------------------------------------------------------------------------------


@ledger.command(permission=Permission.MANAGE_QUALITY)
def grant_exception(*, by: Reader, finding_id: int, reason: str, expires_on: date | None, today: date) -> None:
    """Accepts a finding until a day, with its reason. Refused with every reason; NotFound outside the scope."""
    finding = _finding(by, finding_id)
    check = check_for(finding.check_code)
    messages: dict[str, str] = {}
    if not reason.strip():
        messages["reason"] = _("Escriba por qué este caso se acepta y con qué sustento.")
    longest = rules.parameters().on("exception_longest_days", today)
    if expires_on is None or expires_on <= today:
        messages["expires_on"] = _("La excepción termina después de hoy: indique hasta cuándo.")
    elif expires_on > today + timedelta(days=longest):
        messages["expires_on"] = _("Una excepción dura como mucho %(days)s días: hasta el %(day)s.") % {
            "days": formats.number(longest),
            "day": formats.day(today + timedelta(days=longest)),
        }
    same = _same(finding)
    extra = []
    if exceptions_on(today).filter(**same).exists():
        extra.append(_("Este hallazgo ya tiene una excepción vigente: revóquela antes de dar otra."))
    if messages or extra:
        raise Refused([*messages.values(), *extra], fields=messages)
    assert expires_on is not None  # refused above
    QualityException.objects.create(
        **same,
        place=finding.place,
        reason=reason.strip(),
        granted_by=by.name,
        granted_by_id=by.user_id,
        granted_at=clock.now(),
        valid_from=today,
        expires_on=expires_on,
    )
    storing.recount(finding, today, excepted=1)
    ledger.record(
        act="quality.exception_granted",
        subject=(finding.subject_kind, finding.subject_code),
        place=finding.place,
        reason=reason.strip(),
        after={"check": check.code, "expires_on": expires_on.isoformat()},
    )


@ledger.command(permission=Permission.MANAGE_QUALITY)
def revoke_exception(*, by: Reader, exception_id: int, reason: str, today: date) -> None:
    """Ends an exception before its day: the finding comes back. NotFound outside the scope, or when it has ended."""
    rows = QualityException.objects.select_for_update().filter(pk=exception_id)
    found = rows.first()
    if found is None or not _inside(by, found.place):
        raise NotFound
    if not reason.strip():
        message = _("Escriba por qué se revoca.")
        raise Refused(message, fields={"reason": message})
    if found.revoked_on is not None or found.expires_on <= today:
        raise Refused(_("La excepción ya terminó."))
    rows.update(revoked_on=today, revoked_by=by.name, revoke_reason=reason.strip())
    finding = QualityFinding.objects.filter(**_same(found), gone_on=None).first()
    if finding is not None:
        storing.recount(finding, today, excepted=-1)
    ledger.record(
        act="quality.exception_revoked",
        subject=(found.subject_kind, found.subject_code),
        place=found.place,
        reason=reason.strip(),
        before={"check": found.check_code, "expires_on": found.expires_on.isoformat()},
    )


def _same(row: QualityFinding | QualityException) -> dict[str, str]:
    """The check and the record that a finding and its exceptions are about."""
    return {name: getattr(row, name) for name in ("check_code", "subject_kind", "subject_code")}


def _finding(by: Reader, key: int) -> QualityFinding:
    """An open finding under lock, inside the reader's places and of a kind they may see. NotFound otherwise."""
    found = QualityFinding.objects.select_for_update().filter(pk=key, gone_on=None).first()
    if found is None or not _inside(by, found.place):
        raise NotFound
    if not by.can(check_for(found.check_code).subject.permission):
        raise NotFound
    return found


def _inside(by: Reader, place: str) -> bool:
    here = allowed(by)
    return here is None or place in here


# Limits ---------------------------------------------------------------------------------------------------------------


@ledger.command(permission=Permission.MANAGE_QUALITY)
def set_limits(
    *,
    by: Reader,
    check_code: str,
    soft: Decimal | None,
    hard: Decimal | None,
    valid_from: date | None,
    reason: str,
    today: date,
) -> None:
    """Changes the limits of a check from a day on (today or later), for the whole nation. Refused with every reason.

    Rates are shares from 0 to 1. What was decided before stays, with who decided it. Pages go through
    `limiting.change_limits`: another maximum needs a second person.
    """
    check = require_limits(by, check_code, soft=soft, hard=hard, valid_from=valid_from, reason=reason, today=today)
    assert soft is not None and hard is not None and valid_from is not None  # refused above
    before = limits_in_force(check, valid_from)
    QualityLimit.objects.create(
        check_code=check.code,
        kind=check.limits.kind.value,
        soft=soft,
        hard=hard,
        valid_from=valid_from,
        reason=reason.strip(),
        decided_by=by.name,
        decided_by_id=by.user_id,
        decided_at=clock.now(),
    )
    ledger.record(
        act="quality.limits_set",
        subject=("quality_check", check.code),
        reason=reason.strip(),
        before={"soft": str(before.soft), "hard": str(before.hard)},
        after={"soft": str(soft), "hard": str(hard), "valid_from": valid_from.isoformat()},
    )


def require_limits(
    by: Reader,
    check_code: str,
    *,
    soft: Decimal | None,
    hard: Decimal | None,
    valid_from: date | None,
    reason: str,
    today: date,
) -> Check:
    """The check whose limits may become these. Forbidden out of the nation; Refused with every reason; NotFound."""
    check = check_for(check_code)
    by.require(Permission.MANAGE_QUALITY)
    if not by.national:
        raise Forbidden(_("Los límites rigen en todo el país: los cambia alguien con ámbito nacional."))
    fields: dict[str, str] = {}
    if not reason.strip():
        fields["reason"] = _("Escriba por qué cambian los límites.")
    if valid_from is None or valid_from < today:
        fields["valid_from"] = _("Los límites cambian desde hoy o desde un día futuro: lo ya juzgado no se reescribe.")
    for name, value in (("soft", soft), ("hard", hard)):
        if value is None:
            fields[name] = _("Indique el límite.")
    if soft is not None and hard is not None:
        for problem in rules.limit_problems(check.limits.kind, soft, hard):
            fields.setdefault("hard", _(rules.LIMIT_PROBLEM_WORDS[problem]))
    if fields:
        raise Refused(fields.values(), fields=fields)
    return check


def limits_in_force(check: Check, day: date) -> rules.Limits:
    """The limits of a check on a day."""
    return rules.limits_on(day, check.limits, changes_of([check.code]).get(check.code, ()))
