"""The watch over looks: every few seconds in the worker, what is unusual becomes an alert and reaches its reviewers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.accounts.models import RoleGrant, User
from creo.support.accounts.permissions import Permission
from creo.support.accounts.queries.scoped import giving
from creo.support.accounts.readers import Reader, system
from creo.support.announcements import commands as inbox
from creo.support.ledger import commands as ledger
from creo.support.ledger.models import Entry
from creo.support.looking.commands.alerts import TOPIC
from creo.support.looking.commands.files import tell_looks
from creo.support.looking.files import file_surnames
from creo.support.looking.models import Alert, Canary, Emergency, Look, Watch
from creo.support.looking.rules import (
    RULE_WORDS,
    Burst,
    Limits,
    Rule,
    Seen,
    large,
    limits_on,
    parameters,
    repeated,
    same_surnames,
    unusual,
)

EVIDENCE = 60
# Keys are given before their transactions end: a round reads a little again, and alerts have a key of their own.
OVERLAP = 500
LOOKS, DOWNLOADS = "looks", "downloads"
ONCE_A_DAY = (Rule.CANARY, Rule.RELATIVE)
WATCHER = "vigilancia de consultas"


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: looks told to the ledger, alerts raised."""

    told: int
    raised: int


def watch(*, now: datetime, going: Callable[[], bool] | None = None) -> Round:
    """One round. Costs three small queries while nobody reads; safe in several workers at once."""
    told = tell_looks()
    if going is not None and not going():
        return Round(told, 0)
    limits = limits_on(parameters(), now.astimezone(clock.LIMA).date())
    found = [*_reading(limits, now), *_downloads(limits, now), *_emergencies(limits, now)]
    raised = sum(_settle(burst, limits, now) for burst in found)
    return Round(told, raised)


def _reading(limits: Limits, now: datetime) -> list[Burst]:
    """Bursts among the looks of the last minutes, of accounts that read enough to be looked at."""
    mark = _mark(LOOKS, now)
    newest = Look.objects.aggregate(newest=Max("id"))["newest"] or 0
    if newest <= mark.entry_id:
        return []
    fresh = list(
        Look.objects.filter(id__gt=mark.entry_id - OVERLAP, id__lte=newest).values_list("user_id", "subject_code")
    )
    canaries = set(Canary.objects.filter(withdrawn_at=None).values_list("subject_code", flat=True))
    relatives = _relatives(fresh)
    since = now - timedelta(minutes=2 * limits.longest_minutes)
    users = {user for user, code in fresh if code in canaries} | set(relatives) | _readers(limits, since)
    rows = Look.objects.filter(at__gte=since, user_id__in=users).order_by("at", "id")
    seen = [_seen(row) for row in rows.iterator(chunk_size=2_000)]
    found = unusual(seen, limits, canaries=canaries, relatives=relatives, settled=_settled(users, since))
    Watch.objects.filter(pk=mark.pk).update(entry_id=newest, at=now)
    return found


def _readers(limits: Limits, since: datetime) -> set[int]:
    """Accounts that read as many files as the smallest limit: the others cannot have reached any."""
    least = min(limits.many.files, limits.night.files)
    counted = (
        Look.objects.filter(at__gte=since)
        .order_by()
        .values("user_id")
        .annotate(
            files=Count("subject_code", distinct=True),
            outside=Count("subject_code", distinct=True, filter=Q(outside=True)),
        )
    )
    return set(
        counted.filter(Q(files__gte=least) | Q(outside__gte=limits.outside.files)).values_list("user_id", flat=True)
    )


def _seen(row: Look) -> Seen:
    what = row.sheet or ("refused" if row.refused else "emergency" if row.emergency_id else "file")
    return Seen(row.pk, row.at, row.user_id, row.subject_code, outside=row.outside, what=what)


def _relatives(fresh: Iterable[tuple[int, str]]) -> dict[int, set[str]]:
    """Account -> files whose person bears both its surnames, among some looks. Two queries."""
    pairs = set(fresh)
    if not pairs:
        return {}
    names = dict(User.objects.filter(pk__in={user for user, _code in pairs}).values_list("pk", "name"))
    surnames = file_surnames({code for _user, code in pairs})
    found: dict[int, set[str]] = defaultdict(set)
    for user, code in pairs:
        if code in surnames and same_surnames(names.get(user, ""), *surnames[code]):
            found[user].add(code)
    return dict(found)


def _settled(users: Iterable[int], since: datetime) -> dict[tuple[str, int], datetime]:
    rows = Alert.objects.filter(user_id__in=list(users), last_at__gte=since).exclude(state=Alert.State.OPEN)
    grouped = rows.order_by().values_list("rule", "user_id").annotate(last=Max("last_at"))
    return {(rule, user): last for rule, user, last in grouped}


def _downloads(limits: Limits, now: datetime) -> list[Burst]:
    """Downloads over the limit, out of the ledger since the last round."""
    mark = _mark(DOWNLOADS, now)
    newest = Entry.objects.aggregate(newest=Max("id"))["newest"] or 0
    if newest <= mark.entry_id:
        return []
    rows = Entry.objects.filter(
        Q(act__endswith="_exported") | Q(act__endswith="_downloaded") | Q(act__endswith=".exported"),
        id__gt=mark.entry_id - OVERLAP,
        id__lte=newest,
        actor_id__isnull=False,
    )
    seen = [
        Seen(pk, at, actor or 0, subject, what=act, amount=_rows(after))
        for pk, at, actor, subject, act, after in rows.values_list(
            "id", "at", "actor_id", "subject_code", "act", "after"
        )
    ]
    Watch.objects.filter(pk=mark.pk).update(entry_id=newest, at=now)
    return large(seen, limits)


def _rows(after: Mapping[str, Any] | None) -> int:
    number = (after or {}).get("rows")
    return number if isinstance(number, int) else 0


def _emergencies(limits: Limits, now: datetime) -> list[Burst]:
    since = now - timedelta(minutes=limits.emergencies.minutes)
    rows = list(Emergency.objects.filter(opened_at__gte=since).order_by("opened_at", "id"))
    settled = _settled({row.user_id for row in rows}, since) if rows else {}
    fresh = [
        Seen(row.pk, row.opened_at, row.user_id, row.subject_code, outside=True, what="emergency")
        for row in rows
        if row.opened_at > settled.get((Rule.EMERGENCIES, row.user_id), since - timedelta(days=1))
    ]
    return repeated(fresh, limits)


def _mark(name: str, now: datetime) -> Watch:
    return Watch.objects.get_or_create(name=name, defaults={"at": now})[0]


def _settle(burst: Burst, limits: Limits, now: datetime) -> int:
    """Raises the alert of a burst, or adds what is new to the open one; returns how many alerts are new."""
    key = _key(burst)
    known = Alert.objects.filter(rule=burst.rule, user_id=burst.user_id)
    if burst.rule in ONCE_A_DAY or burst.rule is Rule.EXPORT:
        known = known.filter(key=key)
    else:
        known = known.filter(first_at__lte=burst.looks[-1].at, last_at__gte=burst.looks[0].at)
    row = known.order_by("-id").first()
    if row is None:
        return _raise(by=system(WATCHER), burst=burst, key=key, now=now)
    last = burst.looks[-1].at
    if row.state == Alert.State.OPEN and last > row.last_at:
        # A burst that goes on is the same alert; its looks are in the ledger one by one.
        evidence = [*row.evidence, *_evidence(burst, after=row.last_at)][-EVIDENCE:]
        count = row.count + len([look for look in burst.looks if look.at > row.last_at])
        Alert.objects.filter(pk=row.pk, state=Alert.State.OPEN).update(last_at=last, count=count, evidence=evidence)
    return 0


def _key(burst: Burst) -> str:
    first = burst.looks[0]
    if burst.rule in ONCE_A_DAY:
        day = first.at.astimezone(clock.LIMA).date()
        return f"{burst.rule}:{burst.user_id}:{first.code if burst.rule is Rule.CANARY else ''}:{day}"
    return f"{burst.rule}:{burst.user_id}:{first.key}"


def _evidence(burst: Burst, after: datetime | None = None) -> list[list[str]]:
    looks = [look for look in burst.looks if after is None or look.at > after]
    return [[look.at.isoformat(), look.code, look.what] for look in looks][-EVIDENCE:]


@ledger.command(permission=None)
def _raise(*, by: Reader, burst: Burst, key: str, now: datetime) -> int:
    user = User.objects.filter(pk=burst.user_id).first()
    try:
        with transaction.atomic():
            row = Alert.objects.create(
                key=key,
                rule=burst.rule,
                user_id=burst.user_id,
                actor=user.name if user is not None else str(burst.user_id),
                # Who knows the invented people avoids them: headquarters alone decide.
                place="" if burst.rule is Rule.CANARY else _home(burst.user_id, now),
                first_at=burst.looks[0].at,
                last_at=burst.looks[-1].at,
                count=len(burst.looks),
                evidence=_evidence(burst),
                raised_at=now,
            )
    except IntegrityError:
        ledger.nothing_to_do("otro trabajador dio la misma alerta")
        return 0
    subject = ("account", str(row.user_id))
    ledger.record(
        act="looking.alert_raised",
        subject=subject,
        place=row.place,
        after={"alert": row.pk, "rule": row.rule, "looks": row.count, "files": burst.files},
    )
    words = _(RULE_WORDS[burst.rule])
    inbox.ask(
        by=by,
        key=f"{TOPIC}:{row.pk}",
        permission=Permission.REVIEW_LOOKS,
        place=row.place,
        subject=subject,
        title=_("Alerta de consulta: %(rule)s") % {"rule": words},
        text=_("%(who)s: %(rule)s. Mire qué leyó y decida si tiene explicación.") % {"who": row.actor, "rule": words},
        url=reverse("looking:alert", args=(row.pk,)),
        topic=TOPIC,
    )
    return 1


def _home(user_id: int, now: datetime) -> str:
    """The prison where an account works today; empty for offices: headquarters decide."""
    today = now.astimezone(clock.LIMA).date()
    held = RoleGrant.objects.filter(giving(today), user_id=user_id)
    codes = held.filter(scope_kind=RoleGrant.Scope.FACILITY).order_by("pk").values_list("scope_code", flat=True)
    return codes.first() or ""
