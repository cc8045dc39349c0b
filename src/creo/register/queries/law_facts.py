"""What courts decided, as facts of a day: for one person and for everybody, by the same rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, DateField, F, Q, QuerySet, Value
from django.db.models.functions import Cast

from creo.kernel.columns import CategoryColumn, coded
from creo.register import rules
from creo.register.models import (
    Custody,
    CustodyOffence,
    DetentionMandate,
    JudicialStatus,
    LegalStatusPeriod,
    Offence,
    OffenceFamilyPeriod,
    Sentence,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What `other_articles` says of an episode with a main offence and no other: known, and outside every list of articles.
NO_OTHER = "ninguno"
_STATUS_CODES = {rules.LegalStatus.SENTENCED.value: 0, rules.LegalStatus.UNSENTENCED.value: 1}
_ATTEMPT_CODES = {None: -1, False: 0, True: 1}
_ATTEMPTS = {-1: None, 0: False, 1: True}


@dataclass(frozen=True, slots=True)
class EpisodeLaw:
    """The offences and the legal status of an episode on a day."""

    main: Offence | None = None
    attempt: bool | None = None
    family: str = ""
    others: tuple[Offence, ...] = ()
    status: str = ""
    status_on: date | None = None


@dataclass(slots=True)
class _Found:
    """Records of one person while they are gathered."""

    convictions: list[rules.Conviction] = field(default_factory=list)
    declarations: list[rules.Declaration] = field(default_factory=list)
    orders: list[rules.Order] = field(default_factory=list)

    def record(self) -> rules.JudicialRecord:
        return rules.JudicialRecord(tuple(self.convictions), tuple(self.declarations), tuple(self.orders))


def episode_law(custody: Custody, as_of: date) -> EpisodeLaw:
    """Offences and legal status of one episode on a day. One query; up to three when they changed since."""
    rows = list(CustodyOffence.objects.select_related("offence").filter(_of_day(as_of), custody_id=custody.pk))
    spans = [
        rules.OffenceSpan(row.offence_id or 0, row.is_main, row.attempt, row.valid_from, row.valid_to) for row in rows
    ]
    main, others = rules.offences_on(spans, as_of)
    by_key = {row.offence_id: row.offence for row in rows if row.offence is not None}
    offence = by_key.get(main.offence) if main is not None else None
    status, since = _status_on(custody, as_of)
    return EpisodeLaw(
        main=offence,
        attempt=main.attempt if main is not None else None,
        family=_family_on(offence, as_of) if offence is not None else "",
        others=tuple(sorted((by_key[key] for key in others), key=lambda item: item.code)),
        status=status,
        status_on=since,
    )


def judicial_of(person_id: int, custodies: Iterable[Custody], as_of: date) -> rules.JudicialFacts:
    """Convictions, declarations and mandates of one person on a day. One query."""
    record = _records(person_id).get(person_id)
    if record is None:
        return rules.JudicialFacts()
    held = [rules.Held(row.pk, row.admitted_on, row.legal_status, row.release_kind) for row in custodies]
    return rules.judicial_facts(record, held, as_of)


def other_articles(has_main: bool, offences: Iterable[tuple[str, str]]) -> str:
    """Law and article of the other offences as one text, by article; empty: unknown, without a main offence."""
    found = sorted({rules.fact_article(law, article) for law, article in offences}, key=article_order)
    return ", ".join(found) if found else NO_OTHER if has_main else ""


def families_on(as_of: date) -> dict[int, str]:
    """The catalogue's mapping on a day: family by offence key; those not mapped are left out (C-11)."""
    found = dict(Offence.objects.exclude(family="").values_list("id", "family"))
    passed = OffenceFamilyPeriod.objects.filter(_covers(as_of)).values_list("offence_id", "family")
    return found | dict(passed)


def as_of_day(values: Mapping[str, Sequence[Any]], as_of: date) -> dict[str, Sequence[Any]]:
    """The population's rows with the main offence, its attempt and the legal status that were so on the day.

    `values` has the present ones by episode ("custody", "offence", "attempt", "legal_status"); what changed since is
    put back, and "others" is added: keys of the other offences of the day.
    """
    spans = _spans(as_of)
    statuses = dict(LegalStatusPeriod.objects.filter(_covers(as_of)).values_list("custody_id", "status"))
    offences, attempts = list(values["offence"]), list(values["attempt"])
    legal = list(values["legal_status"])
    others: list[tuple[int, ...]] = [()] * len(offences)
    for place, custody in enumerate(values["custody"] if spans or statuses else ()):
        if custody in statuses:
            legal[place] = _STATUS_CODES[statuses[custody]]
        if custody in spans:
            # A main offence that nobody stated has no key and may still say whether it was an attempt.
            present = rules.OffenceSpan(offences[place], True, _ATTEMPTS[attempts[place]])
            main, others[place] = rules.offences_on([*spans[custody], present], as_of)
            assert main is not None  # the present one at least
            offences[place], attempts[place] = main.offence, _ATTEMPT_CODES[main.attempt]
    return {**values, "offence": offences, "attempt": attempts, "legal_status": legal, "others": others}


def law_columns(values: Mapping[str, Sequence[Any]], as_of: date, keep: Any) -> dict[str, CategoryColumn]:
    """The columns of what courts decided about everybody, after `as_of_day`. Five queries."""
    people = _everybody(as_of)
    nothing = rules.JudicialFacts()
    found = [
        nothing if anonymous == 1 else people.get(person, nothing)
        for person, anonymous in zip(values["person"], values["anonymous"], strict=True)
    ]
    laws = {key: (law, article) for key, law, article in Offence.objects.values_list("id", "law", "article")}
    # Most episodes have no other offence: two texts serve them all.
    plain = {True: other_articles(True, ()), False: other_articles(False, ())}
    articles = [
        other_articles(main != 0, [laws[key] for key in others]) if others else plain[main != 0]
        for main, others in zip(values["offence"], values["others"], strict=True)
    ]
    return {
        "effective_conviction_count": _column([item.convictions for item in found], keep),
        "recidivist": _column([item.recidivist for item in found], keep),
        "habitual": _column([item.habitual for item in found], keep),
        "mandates_in_force": _column([item.mandates for item in found], keep),
        "other_articles": _column([text or None for text in articles], keep),
    }


def _covers(as_of: date) -> Q:
    """Periods that passed and hold the day."""
    return Q(valid_to__gt=as_of) & (Q(valid_from=None) | Q(valid_from__lte=as_of))


def _of_day(as_of: date) -> Q:
    return Q(valid_to=None) | Q(valid_to__gt=as_of)


def _spans(as_of: date) -> dict[int, list[rules.OffenceSpan]]:
    """By episode: the other offences, and the main ones that passed since the day."""
    columns = ("custody_id", "offence_id", "is_main", "attempt", "valid_from", "valid_to")
    present = CustodyOffence.objects.filter(is_main=False, valid_to=None).values_list(*columns)
    passed = CustodyOffence.objects.filter(valid_to__gt=as_of).values_list(*columns)
    found: dict[int, list[rules.OffenceSpan]] = {}
    for custody, offence, *rest in (*present, *passed):
        found.setdefault(custody, []).append(rules.OffenceSpan(offence or 0, *rest))
    return found


def _status_on(custody: Custody, as_of: date) -> tuple[str, date | None]:
    """The legal status of an episode on a day and since when: the present one, unless another held the day."""
    since = custody.legal_status_on
    if since is None or since > as_of:
        rows = LegalStatusPeriod.objects.filter(_covers(as_of), custody_id=custody.pk)
        passed = rows.values_list("status", "valid_from").first()
        if passed is not None:
            return passed
    return custody.legal_status, since


def _family_on(offence: Offence, as_of: date) -> str:
    if offence.family_since is None or offence.family_since <= as_of:
        return offence.family
    passed = OffenceFamilyPeriod.objects.filter(_covers(as_of), offence_id=offence.pk).values_list("family", flat=True)
    return passed.first() or offence.family


def _everybody(as_of: date) -> dict[int, rules.JudicialFacts]:
    """Facts of everybody about whom a court's decision is recorded. Two queries."""
    records = _records(None)
    held: dict[int, list[rules.Held]] = {}
    sentences = Sentence.objects.values("custody_id")
    sentenced = Custody.objects.filter(pk__in=sentences).values("person_id")
    # An episode with its sentence, or of somebody unsentenced, leaves nothing unknown: only the others are read.
    doubtful = Custody.objects.filter(person_id__in=sentenced).exclude(pk__in=sentences)
    columns = ("person_id", "id", "admitted_on", "legal_status", "release_kind")
    rows = doubtful.exclude(legal_status=rules.LegalStatus.UNSENTENCED.value).values_list(*columns)
    for person, *values in rows:
        held.setdefault(person, []).append(rules.Held(*values))
    return {person: rules.judicial_facts(record, held.get(person, ()), as_of) for person, record in records.items()}


def _records(person_id: int | None) -> dict[int, rules.JudicialRecord]:
    """Sentences, declarations and mandates by person, in one query: of one person, or of everybody (None)."""
    found: dict[int, _Found] = {}
    for kind, person, custody, begins, ends, day, words, more in _union(person_id):
        item = found.setdefault(person, _Found())
        if kind == "sentence":
            item.convictions.append(rules.Conviction(custody, begins, words, more, day, ends))
        elif kind == "mandate":
            item.orders.append(rules.Order(begins, ends, words))
        else:
            item.declarations.append(rules.Declaration(words, more == "yes", begins, ends))
    return {person: item.record() for person, item in found.items()}


def _union(person_id: int | None) -> QuerySet[Any, tuple[Any, ...]]:
    """The three tables as rows of one form: kind, person, episode, beginning, end, another day, two words."""
    from django.db.models import Case, When

    def rows(model: Any, kind: str, **columns: Any) -> QuerySet[Any, tuple[Any, ...]]:
        chosen = model.objects.all() if person_id is None else model.objects.filter(custody__person_id=person_id)
        annotated = chosen.annotate(record=Value(kind, CharField()), person=F("custody__person_id"), **columns)
        return annotated.values_list("record", "person", "custody_id", "begins", "ends", "day", "words", "more")

    nothing = Cast(Value(None), DateField())
    sentences = rows(
        Sentence, "sentence", begins=F("issued_on"), ends=F("ended_on"), day=F("final_on"), words=F("effect"),
        more=F("finality"),
    )  # fmt: skip
    mandates = rows(
        DetentionMandate, "mandate", begins=F("received_on"), ends=F("lifted_on"), day=nothing, words=F("lift_kind"),
        more=Value("", CharField()),
    )  # fmt: skip
    declarations = rows(
        JudicialStatus, "declaration", begins=F("declared_on"), ends=F("ended_on"), day=nothing, words=F("kind"),
        more=Case(When(declared=True, then=Value("yes")), default=Value("no"), output_field=CharField()),
    )  # fmt: skip
    return sentences.union(mandates, declarations, all=True)


def _column(values: Sequence[Any], keep: Any) -> CategoryColumn:
    """A column of values; None is unknown. Only values in use are listed, in order."""
    import numpy as np

    kept: NDArray[Any] = np.asarray(values, dtype=object)[keep]
    known = sorted({value for value in kept.tolist() if value is not None})
    place = {value: index for index, value in enumerate(known)}
    return coded(np.fromiter((place.get(value, -1) for value in kept.tolist()), np.int16, len(kept)), known)


def article_order(article: str) -> tuple[int, str]:
    """The place of an article in its law: 122, 122-A, 123."""
    number, _dash, letter = article.partition("-")
    return (int(number) if number.isdigit() else 0, letter)
