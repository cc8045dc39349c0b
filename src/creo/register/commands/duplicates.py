"""Pairs of records that may be one person: found by the clauses, kept with what people decided, never joined here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.common import Refusals, check_reason
from creo.register.models import Custody, DuplicatePair, Person
from creo.register.queries.comparing import Compared, comparables, compared, evidence, likely_duplicates
from creo.register.queries.duplicates import pair_in_scope
from creo.register.queries.scope import held_in, person_in_scope
from creo.support import clock
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.bulk import insert_rows
from creo.support.jobs import commands as jobs
from creo.support.jobs.commands import JobHandle
from creo.support.jobs.models import Job
from creo.support.jobs.progress import Report, silent
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound, Refused
from creo.territory import queries as territory

SEARCH = "register.find_duplicates"
OPEN, DISTINCT, WITHDRAWN = rules.PairState.OPEN, rules.PairState.DISTINCT, rules.PairState.WITHDRAWN
PAIR = (
    "first_id", "second_id", "score", "clause", "reasons", "evidence", "found_on", "proposed_by", "state", "decided_on",
    "decided_by", "reason",
)  # fmt: skip
_SHOWN = ("score", "clause", "reasons", "evidence", "found_on", "state", "decided_on", "decided_by", "reason")


@dataclass(frozen=True, slots=True)
class Search:
    """What a search did. `skipped` names groups too large to be compared: way -> (groups, records in them)."""

    people: int
    found: int
    new: int
    reopened: int
    withdrawn: int
    kept_distinct: int
    skipped: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A pair with its match, as it goes to the table."""

    score: int
    clause: str
    reasons: list[list[Any]]
    evidence: str


Pair = tuple[int, int]


def find_duplicates(
    *, by: Reader, today: date, person_codes: Collection[str] | None = None, progress: Report = silent
) -> Search:
    """Looks for pairs in the whole register, or for those of some people, and keeps them for review.

    Forbidden without the permission. Who is not national searches for the people they hold, among everybody. A pair
    decided distinct is asked again only when what was compared changed.
    """
    by.require(Permission.REVIEW_DUPLICATES)
    progress(0, 0, _("Leyendo las fichas"))
    everybody = compared()
    only = _asked(by, person_codes)
    found, skipped = _candidates(everybody, only, today, progress)
    return _store_search(
        by=by, found=found, only=only, skipped=skipped, people=len(everybody.people), today=today, progress=progress
    )


def request_search(*, by: Reader) -> Job:
    """Asks for a search in the background. Forbidden without the permission."""
    by.require(Permission.REVIEW_DUPLICATES)
    return jobs.start(by=by, kind=SEARCH, title=_("Búsqueda de duplicados"), arguments={})


def perform_find_duplicates(job: JobHandle) -> dict[str, Any]:
    """The same as background work. Argument: people (codes, absent for everybody in the asker's reach)."""
    codes = job.arguments.get("people")
    return asdict(find_duplicates(by=job.reader, today=clock.today(), person_codes=codes, progress=job.progress))


def _asked(by: Reader, codes: Collection[str] | None) -> set[int] | None:
    """The keys of the people asked for, None for the nation. NotFound for a code outside the scope."""
    allowed = territory.facility_ids(by)
    if codes is not None:
        return {person_in_scope(by, code).pk for code in codes}
    if allowed is None:
        return None
    return set(Custody.objects.filter(held_in(allowed), released_on=None).values_list("person_id", flat=True))


def _candidates(
    everybody: Compared, only: set[int] | None, today: date, progress: Report
) -> tuple[dict[Pair, _Candidate], Mapping[str, tuple[int, int]]]:
    """The pairs that reach the list, each explained by the rules."""
    import numpy as np

    from creo.register.engine import matching as engine

    matching = rules.matching_on(today)
    mask = None if only is None else np.isin(everybody.people, np.fromiter(only, np.int64, len(only)))

    def told(done: int, total: int) -> None:
        progress(done, total, _("Comparando fichas"))

    found = engine.find(everybody.records, matching, mask, told)
    others: dict[int, list[str]] = {}
    references: dict[int, list[Any]] = {}
    for place, text in everybody.records.other_names:
        others.setdefault(place, []).append(text)
    for place, source, text in everybody.records.references:
        references.setdefault(place, []).append((source, text))
    pairs: dict[Pair, _Candidate] = {}
    for one, other in zip(found.one.tolist(), found.other.tolist(), strict=True):
        sides = (everybody.comparable(one, others, references), everybody.comparable(other, others, references))
        candidate = _candidate(*sides, matching)
        if candidate is not None:
            pairs[int(everybody.people[one]), int(everybody.people[other])] = candidate
    return pairs, found.skipped


def _candidate(one: rules.Comparable, other: rules.Comparable, matching: rules.Matching) -> _Candidate | None:
    """The pair as it goes to the list; None below it."""
    match = rules.compare(one, other, matching)
    return None if match is None or match.score < matching.listed else _kept(match, one, other)


def _kept(match: rules.Match, one: rules.Comparable, other: rules.Comparable) -> _Candidate:
    reasons = [[reason.code, reason.weight, reason.counts] for reason in match.reasons]
    return _Candidate(match.score, match.reasons[0].code if reasons else "", reasons, evidence(one, other))


@ledger.command(permission=Permission.REVIEW_DUPLICATES)
def _store_search(
    *,
    by: Reader,
    found: Mapping[Pair, _Candidate],
    only: set[int] | None,
    skipped: Mapping[str, tuple[int, int]],
    people: int,
    today: date,
    progress: Report,
) -> Search:
    progress(0, len(found), _("Guardando las parejas"))
    counts = _store(by, found, only, today)
    progress(len(found), len(found), _("Guardando las parejas"))
    search = Search(people=people if only is None else len(only), found=len(found), skipped=skipped, **counts)
    ledger.record(
        act="register.duplicates_searched", subject=("list", "duplicates"), place=_scope(by), after=asdict(search)
    )
    return search


def _scope(by: Reader) -> str:
    return by.scopes[0].code if len(by.scopes) == 1 else ""


def _store(by: Reader, found: Mapping[Pair, _Candidate], only: set[int] | None, today: date) -> dict[str, int]:
    """Brings the list to what was found now; what people decided stays, unless its evidence changed."""
    _one_at_a_time()
    counts = {"new": 0, "reopened": 0, "withdrawn": 0, "kept_distinct": 0}
    touched = Q() if only is None else Q(first_id__in=only) | Q(second_id__in=only)
    known = {(row.first_id, row.second_id): row for row in _rows(touched, only)}
    changed = []
    for pair, row in known.items():
        before = row.state
        if _settle(by, row, found.get(pair), today):
            changed.append(row)
        counts["reopened"] += before != OPEN and row.state == OPEN
        counts["withdrawn"] += before == OPEN and row.state == WITHDRAWN
        counts["kept_distinct"] += row.state == DISTINCT and pair in found
    DuplicatePair.objects.bulk_update(changed, _SHOWN, batch_size=500)
    new = [(pair, candidate) for pair, candidate in found.items() if pair not in known]
    insert_rows(DuplicatePair, PAIR, (_row(pair, candidate, today) for pair, candidate in new))
    counts["new"] = len(new)
    return counts


def _rows(touched: Q, only: set[int] | None) -> Iterable[DuplicatePair]:
    """The pairs that a search may change; many keys at once are picked here, a database takes only so many."""
    if only is None or len(only) <= 500:
        return DuplicatePair.objects.filter(touched)
    return [row for row in DuplicatePair.objects.iterator() if row.first_id in only or row.second_id in only]


def _row(pair: Pair, candidate: _Candidate, today: date, proposed_by: str = "") -> tuple[Any, ...]:
    made = (candidate.score, candidate.clause, candidate.reasons, candidate.evidence)
    return (*pair, *made, today, proposed_by, OPEN.value, None, "", "")


def _settle(by: Reader, row: DuplicatePair, candidate: _Candidate | None, today: date) -> bool:
    """What a search makes of a pair already on the list; True when the row changed."""
    if candidate is None:
        if row.state != OPEN or row.proposed_by:
            return False
        row.state, row.decided_on, row.decided_by = WITHDRAWN.value, today, by.name
        row.reason = _("Los datos cambiaron y ya no coinciden.")
        return True
    if row.state == DISTINCT and row.evidence == candidate.evidence:
        return False
    same = (row.score, row.evidence, row.reasons) == (candidate.score, candidate.evidence, candidate.reasons)
    if row.state == OPEN and same:
        return False
    if row.state != OPEN:
        row.found_on = today
    row.score, row.clause, row.reasons = candidate.score, candidate.clause, candidate.reasons
    row.evidence, row.state = candidate.evidence, OPEN.value
    row.decided_on, row.decided_by, row.reason = None, "", ""
    return True


def _one_at_a_time() -> None:
    """Two searches at once would find the same new pair twice. SQLite's single writer does so by itself."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE register_duplicatepair IN SHARE ROW EXCLUSIVE MODE")


# One person ---------------------------------------------------------------------------------------------------------


@ledger.command(permission=Permission.EDIT_PEOPLE)
def check_person(*, by: Reader, person_code: str, today: date) -> int | None:
    """Looks for duplicates of one person right after an act on their identity; answers how many are open to review.

    None when there are too many homonyms for a quick look: the whole search finds them. It joins nothing.
    """
    person = person_in_scope(by, person_code)
    likely = likely_duplicates(person.pk)
    if likely is None:
        ledger.nothing_to_do("too many homonyms for a quick look")
        return None
    matching = rules.matching_on(today)
    records = comparables([person.pk, *likely])
    found: dict[Pair, _Candidate] = {}
    for other in likely:
        if person.pk not in records or other not in records:
            continue
        first, second = sorted((person.pk, other))
        candidate = _candidate(records[first], records[second], matching)
        if candidate is not None:
            found[first, second] = candidate
    counts = _store(by, found, {person.pk}, today)
    if any(counts.values()):
        ledger.record(act="register.duplicates_checked", subject=("person", person.code), after=counts)
    else:
        ledger.nothing_to_do("no pair changed")
    mine = Q(first_id=person.pk) | Q(second_id=person.pk)
    return DuplicatePair.objects.filter(mine, state=OPEN).count()


# Decisions ----------------------------------------------------------------------------------------------------------


@ledger.command(permission=Permission.REVIEW_DUPLICATES)
def mark_distinct(*, by: Reader, pair_id: int, reason: str, today: date) -> None:
    """Decides that the two are different people; later searches respect it while what was compared stays."""
    row = _open_pair(by, pair_id, reason, lambda state: state == OPEN, _("Esta pareja ya se decidió."))
    row.state, row.decided_on, row.decided_by, row.reason = DISTINCT.value, today, by.name, reason.strip()[:400]
    row.save(update_fields=["state", "decided_on", "decided_by", "reason"])
    _recorded("register.duplicate_dismissed", row, reason, {"state": OPEN.value}, {"state": DISTINCT.value})


@ledger.command(permission=Permission.REVIEW_DUPLICATES)
def reopen_pair(*, by: Reader, pair_id: int, reason: str) -> None:
    """Puts a pair decided distinct, or withdrawn, on the list again. Refused for a merged one: that is undone."""
    message = _("Esta pareja está por revisar, o se unió: una unión se deshace desde su historia.")
    row = _open_pair(by, pair_id, reason, lambda state: state in (DISTINCT, WITHDRAWN), message)
    before = {"state": row.state, "reason": row.reason, "decided_by": row.decided_by}
    row.state, row.decided_on, row.decided_by, row.reason = OPEN.value, None, "", ""
    row.save(update_fields=["state", "decided_on", "decided_by", "reason"])
    _recorded("register.duplicate_reopened", row, reason, before, {"state": OPEN.value})


@ledger.command(permission=Permission.REVIEW_DUPLICATES)
def propose_pair(*, by: Reader, one_code: str, other_code: str, reason: str, today: date) -> int:
    """Puts two records on the list that somebody knows or suspects to be one person; answers the pair's key.

    Fingerprints or a letter may say what no clause sees. A search never takes such a pair away.
    """
    people = [_known(code) for code in (one_code, other_code)]
    _check_sees_one(by, people)
    refusals = Refusals()
    check_reason(refusals, reason)
    if people[0].pk == people[1].pk:
        refusals.add(_("Las dos fichas son la misma."), "other_code")
    refusals.raise_if_any()
    first, second = sorted(people, key=lambda person: person.pk)
    if first.merged_into_id or second.merged_into_id:
        raise Refused(_("Una de las dos fichas ya está unida a otra: use la ficha vigente."))
    _one_at_a_time()
    row = DuplicatePair.objects.select_related("first", "second").filter(first=first, second=second).first()
    if row is not None and row.state == OPEN:
        ledger.nothing_to_do("the pair is on the list")
        return row.pk
    records = comparables([first.pk, second.pk])
    match = rules.compare(records[first.pk], records[second.pk], rules.matching_on(today)) or rules.Match(0, ())
    candidate = _kept(match, records[first.pk], records[second.pk])
    if row is None:
        row = DuplicatePair(first=first, second=second)
    row.score, row.clause, row.reasons = candidate.score, candidate.clause, candidate.reasons
    row.evidence, row.found_on, row.proposed_by = candidate.evidence, today, by.name
    row.state, row.decided_on, row.decided_by, row.reason = OPEN.value, None, "", ""
    row.save()
    _recorded("register.duplicate_proposed", row, reason, None, {"score": row.score})
    return row.pk


def _known(code: str) -> Person:
    person = Person.objects.filter(code=code).first()
    if person is None:
        raise NotFound
    return person


def _check_sees_one(by: Reader, people: Iterable[Person]) -> None:
    """Somebody of the two is held in the reader's places. NotFound otherwise."""
    allowed = territory.facility_ids(by)
    keys = [person.pk for person in people]
    if (
        allowed is not None
        and not Custody.objects.filter(held_in(allowed), person_id__in=keys, released_on=None).exists()
    ):
        raise NotFound


def _open_pair(by: Reader, pair_id: int, reason: str, fits: Callable[[str], bool], otherwise: str) -> DuplicatePair:
    """The pair under lock. Refused without a reason, or in another state."""
    pair_in_scope(by, pair_id)
    row = DuplicatePair.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=pair_id)
    refusals = Refusals()
    check_reason(refusals, reason)
    if not fits(row.state):
        refusals.add(otherwise)
    refusals.raise_if_any()
    return row


def _recorded(
    act: str, row: DuplicatePair, reason: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> None:
    """The act in the history of both people."""
    ledger.record_many(
        {
            "act": act,
            "subject": ("person", mine.code),
            "reason": reason.strip(),
            "before": before,
            "after": {"pair": row.pk, "other": other.code, **after},
        }
        for mine, other in ((row.first, row.second), (row.second, row.first))
    )
