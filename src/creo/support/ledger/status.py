"""How the ledger stands now: what waits for its seal, when the heads were anchored, whether the guards are in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from creo.support import clock
from creo.support.ledger import anchoring, keys, stamping, triggers
from creo.support.ledger.chain import Head
from creo.support.ledger.models import Anchor, Block, Change, Entry, Pack

# A seal later than this, an anchor older than this, are told as alarms.
LATE_SEAL, LATE_ANCHOR = timedelta(seconds=60), timedelta(hours=1, minutes=10)
VERIFIED, REVIEWED, JUMPED = "ledger.verified", "ledger.changes_reviewed", "ledger.clock_jumped"
# How many of each are told.
SHOWN = {VERIFIED: 1, REVIEWED: 1, JUMPED: 5}
_LATEST = "SELECT a{0}.id FROM (SELECT id FROM ledger_entry WHERE act = %s ORDER BY id DESC LIMIT %s) a{0}"
# Ley 29733 and its regulation (DS 016-2024-JUS): records of interaction are kept at least two years. No act, command or
# option of the system removes an entry: what is kept is everything.
KEPT_YEARS = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of the ledger at a moment."""

    at: datetime
    first_entry: datetime | None
    blocks: int
    heads: Sequence[Head]
    waiting: int
    waiting_since: datetime | None
    anchor: Anchor | None
    second_place: str
    authority: str
    guards: Sequence[str]
    unaudited: int
    verified: Entry | None
    jumps: Sequence[Entry]
    keys_problem: str

    @property
    def unsealed_seconds(self) -> float:
        """Age of the oldest entry that waits for its seal."""
        return max((self.at - self.waiting_since).total_seconds(), 0.0) if self.waiting_since else 0.0

    @property
    def anchor_age(self) -> timedelta | None:
        """How long ago the heads were anchored."""
        return self.at - self.anchor.at if self.anchor else None

    @property
    def anchored_outside(self) -> bool:
        """True when the last anchor reached a place that is not ours."""
        return self.anchor is not None and any(place["done"] for place in self.anchor.places[1:])

    @property
    def alarms(self) -> list[str]:
        """What somebody must look at, in words; empty when all is well."""
        return [*self._guard_alarms(), *self._anchor_alarms(), *self._other_alarms()]

    def _guard_alarms(self) -> list[str]:
        found = []
        if self.guards:
            found.append(
                _("Faltan o están alteradas guardas de la base de datos: %(what)s")
                % {"what": "; ".join(self.guards[:5])}
            )
        if self.keys_problem:
            found.append(self.keys_problem)
        return found

    def _anchor_alarms(self) -> list[str]:
        found = []
        if self.waiting_since and self.at - self.waiting_since > LATE_SEAL:
            found.append(_("Hay asientos sin sellar desde hace más de un minuto: ¿está en marcha el trabajador?"))
        age = self.anchor_age
        if self.blocks and (age is None or abs(age) > LATE_ANCHOR):
            found.append(_("La última ancla tiene más de una hora."))
        if self.anchor and self.anchor.places[1:] and not self.anchored_outside:
            found.append(_("La última ancla no llegó a ningún lugar de fuera."))
        return found

    def _other_alarms(self) -> list[str]:
        found = []
        if self.unaudited:
            found.append(_("Hay cambios de filas hechos fuera de todo acto: revíselos."))
        if self.verified and not (self.verified.after or {}).get("sound"):
            found.append(_("La última verificación halló asientos rotos."))
        return found


def standing() -> Standing:
    """The state of now. Seven queries, none of them over every entry; one more on PostgreSQL."""
    first, blocks, waiting, since = _numbers()
    told = _told()
    problem = ""
    try:
        keys.ring()
    except keys.NoKeys as error:
        problem = str(error)
    return Standing(
        at=clock.now(),
        first_entry=first,
        blocks=blocks or 0,
        heads=anchoring.heads(),
        waiting=waiting,
        waiting_since=since,
        anchor=Anchor.objects.order_by("-number").first(),
        second_place=str(anchoring.second_place() or ""),
        authority=stamping.authority(),
        guards=triggers.faults(connection),
        unaudited=_unaudited_after(next(iter(told[REVIEWED]), None)).count(),
        verified=next(iter(told[VERIFIED]), None),
        jumps=told[JUMPED],
        keys_problem=problem,
    )


def _numbers() -> tuple[datetime | None, int | None, int, datetime | None]:
    """When the first entry was written, the last block, how many acts wait for their seal and since when. One query."""
    waiting = Pack.objects.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("pk"))
    found = Entry.objects.order_by("id").values_list(
        "at",
        Subquery(Block.objects.order_by("-id").values("id")[:1]),
        Coalesce(Subquery(waiting.values("number")), 0),
        Subquery(Pack.objects.order_by("at").values("at")[:1]),
    )
    first = found.first()
    if first is not None:
        return first
    # Nobody wrote anything yet; or somebody took every entry away, and the blocks still tell.
    oldest = Pack.objects.order_by("at").values_list("at", flat=True).first()
    return None, Block.objects.aggregate(last=Max("id"))["last"], Pack.objects.count(), oldest


def _told() -> dict[str, list[Entry]]:
    """The last verification, the last review of changes and the last jumps of the clock. One query."""
    # Each act by its index; one list of keys, not several joined by «or», which PostgreSQL would answer by reading all.
    latest = " UNION ALL ".join(_LATEST.format(number) for number in range(len(SHOWN)))
    keys_of = RawSQL(latest, [value for act, most in SHOWN.items() for value in (act, most)])
    found: dict[str, list[Entry]] = {act: [] for act in SHOWN}
    for entry in Entry.objects.filter(pk__in=keys_of).order_by("-id"):
        found[entry.act].append(entry)
    return found


def unsealed_age() -> float:
    """Seconds since the oldest act began that waits for its seal; 0 when none does."""
    first = Pack.objects.order_by("at").values_list("at", flat=True).first()
    return max((clock.now() - first).total_seconds(), 0.0) if first is not None else 0.0


def unaudited() -> QuerySet[Change]:
    """Row changes made outside every command that nobody has reviewed yet."""
    return _unaudited_after(Entry.objects.filter(act=REVIEWED).order_by("-id").first())


def _unaudited_after(review: Entry | None) -> QuerySet[Change]:
    until = (review.after or {}).get("until") if review is not None else None
    return Change.objects.filter(pack=None, pk__gt=int(until or 0))
