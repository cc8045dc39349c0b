"""The time to serve: from what courts wrote to the day on which a penalty is completed, step by step.

A term runs on the calendar (years, months, days; never 365 or 30). A period is half-open: `end` is the first day free,
the last day of the penalty is the one before. Earlier detention pays days once: detention that also counts as time
served, or that already paid an earlier sentence of the same chain, pays nothing more. Sentences that follow one
another are a chain; those that do not, run at the same time. What the record does not say leaves the end unknown.
Redemption by work or study and benefits are not in here: the judge decides them.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from creo.kernel.citations import Citation
from creo.kernel.periods import Period
from creo.kernel.verdicts import Outcome
from creo.register.rules.law import Effect, Finality, PenaltyKind, Relation
from creo.register.rules.law_parameters import CapRule, CreditRule, LawParameters, law_parameters

# Each step in words; pages translate them and fill them in.
STEP_WORDS: Mapping[str, str] = {
    "not_in_force": "La sentencia ya no está vigente: no se cuenta.",
    "suspended": "La pena está suspendida: no hay tiempo que cumplir en prisión.",
    "effect_unknown": "No consta si la pena es efectiva o suspendida.",
    "starts": "Se cuenta desde el %(day)s.",
    "starts_unknown": "No consta desde qué día se cuenta la pena.",
    "follows": "Empieza al terminar la sentencia a la que sigue: el %(day)s.",
    "follows_unknown": "Sigue a otra sentencia cuyo final no se conoce.",
    "follows_ended": "La sentencia a la que seguía ya no está vigente y no consta desde qué día se cuenta esta.",
    "life": "Cadena perpetua: no tiene día de cumplimiento.",
    "term_unknown": "No consta la duración de la pena.",
    "term": "Más la pena de %(term)s: terminaría el %(day)s.",
    "credit": "Menos %(days)s de detención anterior abonados.",
    "credit_served": "%(days)s de la detención indicada ya cuentan como tiempo cumplido: no se abonan.",
    "credit_used": "%(days)s de la detención indicada ya se abonaron a la sentencia anterior: no se abonan otra vez.",
    "credit_left": "La detención abonada supera la pena en %(days)s.",
    "cap": "La suma se detiene en el tope de %(years)s.",
    "cap_unknown": "El tope de la suma de penas no está registrado: se suman enteras y queda por confirmar.",
    "not_final": "La sentencia no es firme o no consta que lo sea: el resultado puede cambiar.",
    "left": "Salió el %(day)s, antes de cumplir: falta registrar desde cuándo se vuelve a contar.",
    "end": "La pena se cumple el %(day)s.",
}


@dataclass(frozen=True, slots=True)
class Term:
    """The length of a penalty as the court wrote it."""

    years: int = 0
    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class SentenceFacts:
    """One sentence as the computation sees it; None and empty texts are not recorded.

    `after` is the key of the sentence it follows. `left_on` is the day the person left prison without completing.
    """

    key: int
    issued_on: date
    effect: str = Effect.EFFECTIVE
    finality: str = Finality.FINAL
    final_on: date | None = None
    penalty: str = PenaltyKind.FIXED
    term: Term | None = None
    starts_on: date | None = None
    relation: str = ""
    after: int | None = None
    credits: tuple[Period, ...] = ()
    in_force: bool = True
    replaced_by: int | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a computation: a key of STEP_WORDS with what fills it, and where the rule comes from."""

    code: str
    outcome: Outcome = Outcome.MET
    day: date | None = None
    days: int | None = None
    term: Term | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class SentenceTime:
    """What one sentence adds up to. `end` is the first day free, None when unknown or never.

    `to_serve` says whether there is time in prison at all: None when the record does not say whether it is effective.
    """

    key: int
    to_serve: bool | None
    start: date | None
    nominal_end: date | None
    credited_days: int
    end: date | None
    life: bool
    provisional: bool
    steps: tuple[Step, ...]

    @property
    def last_day(self) -> date | None:
        """The last day of the penalty."""
        return None if self.end is None else max(self.end - timedelta(1), self.start or date.min)


@dataclass(frozen=True, slots=True)
class Computation:
    """All sentences of a person together: the last of the ends, known only when every one is."""

    sentences: tuple[SentenceTime, ...]
    end: date | None
    outcome: Outcome
    life: bool
    provisional: bool

    @property
    def serving(self) -> bool:
        """True when some sentence in force has, or may have, time to serve."""
        return any(item.to_serve is not False for item in self.sentences)

    @property
    def last_day(self) -> date | None:
        """The last day of the last penalty."""
        days = [item.last_day for item in self.sentences if item.last_day is not None]
        return None if self.end is None else max(days)

    def of(self, key: int) -> SentenceTime:
        """The time of one sentence."""
        return next(item for item in self.sentences if item.key == key)


def add_term(day: date, term: Term) -> date:
    """The first day after a term that begins on `day`: whole years and months on the calendar, then the days.

    A month without that day gives its last one: 31 January and a month is 28 or 29 February.
    """
    months = day.month - 1 + term.months + 12 * term.years
    year, month = day.year + months // 12, months % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])) + timedelta(
        term.days
    )


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same days in order, each once. Closed periods only."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda item: (item.start, _end(item))):
        if not period.days:
            continue
        if found and period.start <= _end(found[-1]):
            found[-1] = Period(found[-1].start, max(_end(found[-1]), _end(period)))
        else:
            found.append(period)
    return found


def without(periods: Iterable[Period], taken: Iterable[Period]) -> list[Period]:
    """The days of some periods that others do not hold."""
    left = merged(periods)
    for hole in merged(taken):
        pieces: list[Period] = []
        for period in left:
            common = period.intersect(hole)
            if common is None:
                pieces.append(period)
                continue
            pieces += [Period(period.start, common.start), Period(_end(common), period.end)]
        left = [piece for piece in pieces if piece.days]
    return left


def day_count(periods: Iterable[Period]) -> int:
    """How many different days some closed periods hold."""
    return sum(period.days or 0 for period in merged(periods))


def _end(period: Period) -> date:
    if period.end is None:
        raise ValueError("Un abono de detención necesita su último día.")
    return period.end


@dataclass(slots=True)
class _Chain:
    """What the sentences that follow one another share: when the first began, and the detention already spent."""

    start: date
    spent: list[Period] = field(default_factory=list)
    left: list[Period] = field(default_factory=list)
    credited: int = 0


def compute_sentences(sentences: Sequence[SentenceFacts], parameters: LawParameters | None = None) -> Computation:
    """The time of every sentence of a person, in the order given, and the day on which all are completed."""
    rules = parameters or law_parameters()
    facts = {item.key: item for item in sentences}
    done: dict[int, tuple[SentenceTime, _Chain | None]] = {}
    for item in sentences:
        _solve(item.key, facts, done, rules, frozenset())
    times = tuple(done[item.key][0] for item in sentences)
    serving = [item for item in times if item.to_serve is not False]
    life = any(item.life for item in serving)
    ends = [item.end for item in serving]
    end = max((day for day in ends if day is not None), default=None)
    known = bool(serving) and None not in ends  # a sentence for life has no end
    return Computation(
        sentences=times,
        end=end if known else None,
        outcome=Outcome.MET if known or life or not serving else Outcome.UNKNOWN,
        life=life,
        provisional=any(item.provisional for item in serving),
    )


def _solve(
    key: int,
    facts: Mapping[int, SentenceFacts],
    done: dict[int, tuple[SentenceTime, _Chain | None]],
    rules: LawParameters,
    above: frozenset[int],
) -> tuple[SentenceTime, _Chain | None]:
    """One sentence, after the one it follows; a circle of sentences leaves all of them unknown."""
    if key not in done:
        item = facts[key]
        previous = None
        leader = _leader(item, facts)
        if leader is not None and leader not in above and leader != key:
            previous = _solve(leader, facts, done, rules, above | {key})
        done[key] = _time(item, leader, previous, rules)
    return done[key]


def _leader(item: SentenceFacts, facts: Mapping[int, SentenceFacts]) -> int | None:
    """The sentence in force that this one follows: what replaced the one it named, when something did."""
    key = item.after if item.relation == Relation.CONSECUTIVE else None
    seen: set[int] = set()
    while key is not None and key in facts and key not in seen:
        seen.add(key)
        if facts[key].in_force or facts[key].replaced_by is None:
            break
        key = facts[key].replaced_by
    return key


def _time(
    item: SentenceFacts,
    leader: int | None,
    previous: tuple[SentenceTime, _Chain | None] | None,
    rules: LawParameters,
) -> tuple[SentenceTime, _Chain | None]:
    if not item.in_force:
        return _no_time(item, Step("not_in_force"), to_serve=False), None
    if item.effect == Effect.SUSPENDED:
        return _no_time(item, Step("suspended"), to_serve=False), None
    steps: list[Step] = []
    if not item.effect:
        steps.append(Step("effect_unknown", Outcome.UNKNOWN))
    chain = _begin(item, leader, previous, steps)
    if item.penalty == PenaltyKind.LIFE:
        steps.append(Step("life"))
        return _no_time(item, *steps, to_serve=True if item.effect else None, life=True), None
    if item.term is None:
        steps.append(Step("term_unknown", Outcome.UNKNOWN))
    if chain is None or item.term is None:
        return _no_time(item, *steps, to_serve=True if item.effect else None), None
    before = previous[0].end if previous is not None and previous[1] is chain else None
    return _served(item, before, chain, steps, rules), chain


def _begin(
    item: SentenceFacts,
    leader: int | None,
    previous: tuple[SentenceTime, _Chain | None] | None,
    steps: list[Step],
) -> _Chain | None:
    """The chain a sentence belongs to, None when nobody can say when it begins."""
    if leader is None:
        if item.starts_on is None:
            steps.append(Step("starts_unknown", Outcome.UNKNOWN))
            return None
        steps.append(Step("starts", day=item.starts_on))
        return _Chain(item.starts_on)
    if previous is None or previous[0].to_serve is False:
        if item.starts_on is None:
            steps.append(Step("follows_ended", Outcome.UNKNOWN))
            return None
        steps.append(Step("starts", day=item.starts_on))
        return _Chain(item.starts_on)
    if previous[1] is None or previous[0].end is None:
        steps.append(Step("follows_unknown", Outcome.UNKNOWN))
        return None
    steps.append(Step("follows", day=previous[0].end))
    return previous[1]


def _no_time(item: SentenceFacts, *steps: Step, to_serve: bool | None, life: bool = False) -> SentenceTime:
    return SentenceTime(
        key=item.key,
        to_serve=to_serve,
        start=item.starts_on if life else None,
        nominal_end=None,
        credited_days=0,
        end=None,
        life=life,
        provisional=to_serve is not False and item.finality != Finality.FINAL,
        steps=steps,
    )


def _served(
    item: SentenceFacts, before: date | None, chain: _Chain, steps: list[Step], rules: LawParameters
) -> SentenceTime:
    """A term from its start (`before`: the end of the one it follows), less paid detention, within the chain's cap."""
    assert item.term is not None  # the caller looked
    start = before or chain.start
    ruled_on = item.final_on or item.issued_on
    nominal = add_term(start, item.term)
    steps.append(Step("term", day=nominal, term=item.term, citation=rules.term_on(ruled_on).citation))
    credited = _credit(item, chain, (nominal - start).days, steps, rules.credit_on(ruled_on))
    chain.credited += credited
    end = nominal - timedelta(credited)
    provisional = item.finality != Finality.FINAL
    if before is not None:
        cap = rules.cap_on(ruled_on)
        end, unknown = _capped(end, start, chain, cap, steps)
        provisional = provisional or unknown
    if item.finality != Finality.FINAL:
        steps.append(Step("not_final", Outcome.UNKNOWN))
    known = True
    if item.left_on is not None and item.left_on < end:
        known = False
        steps.append(Step("left", Outcome.UNKNOWN, day=item.left_on))
    if not item.effect:
        known = False
    if known:
        steps.append(Step("end", day=max(end - timedelta(1), start)))
    return SentenceTime(
        key=item.key,
        to_serve=True if item.effect else None,
        start=start,
        nominal_end=nominal,
        credited_days=credited,
        end=end if known else None,
        life=False,
        provisional=provisional,
        steps=tuple(steps),
    )


def _capped(end: date, start: date, chain: _Chain, cap: CapRule, steps: list[Step]) -> tuple[date, bool]:
    """The end within the cap on the sum, and whether the cap is unknown."""
    if cap.years is None:
        steps.append(Step("cap_unknown", Outcome.UNKNOWN, citation=cap.citation))
        return end, True
    limit = max(add_term(chain.start, Term(cap.years)) - timedelta(chain.credited), start)
    if limit < end:
        steps.append(Step("cap", days=cap.years, citation=cap.citation))
        return limit, False
    return end, False


def _credit(item: SentenceFacts, chain: _Chain, needed: int, steps: list[Step], rule: CreditRule) -> int:
    """Days of penalty that detention pays; what this sentence does not need is left for the next of its chain."""
    given = merged(item.credits)
    earlier = without(given, [Period(chain.start, date.max)])
    fresh = without(earlier, chain.spent)
    served, used = day_count(given) - day_count(earlier), day_count(earlier) - day_count(fresh)
    available = merged([*fresh, *chain.left])
    if served:
        steps.append(Step("credit_served", days=served))
    if used:
        steps.append(Step("credit_used", days=used))
    paid = min(rule.credited(day_count(available)), needed)
    spent = _first_days(available, -(-paid * rule.days_of_detention // rule.days_of_penalty))
    chain.spent = merged([*chain.spent, *spent])
    chain.left = without(available, spent)
    if paid:
        steps.append(Step("credit", days=paid, citation=rule.citation))
    if chain.left and rule.credited(day_count(available)) > needed:
        steps.append(Step("credit_left", days=rule.credited(day_count(available)) - needed))
    return paid


def _first_days(periods: Sequence[Period], count: int) -> list[Period]:
    """The first days of some periods, as many as asked for."""
    found: list[Period] = []
    for period in periods:
        if count <= 0:
            break
        taken = min(count, period.days or 0)
        found.append(Period(period.start, period.start + timedelta(taken)))
        count -= taken
    return found
