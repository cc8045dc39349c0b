"""What courts decided about a person: mandates, sentences, declarations, and the history of offences and status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, CharField, DateField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from creo.kernel.periods import Period
from creo.register import rules
from creo.register.models import (
    Custody,
    CustodyOffence,
    DetentionCredit,
    DetentionMandate,
    JudicialStatus,
    LegalStatusPeriod,
    Movement,
    Person,
    Sentence,
)
from creo.register.queries.law_rows import (
    CreditRow,
    DeclarationRow,
    LegalEpisode,
    LegalFile,
    MandateRow,
    MoveRow,
    OffencePeriod,
    SentenceRow,
    StatusPeriod,
)
from creo.register.queries.scope import known_identity, person_with_custodies
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader

# Whoever left in these ways did complete the penalty: the end stands as it was computed.
_COMPLETED = (rules.ReleaseKind.SENTENCE_COMPLETED, rules.ReleaseKind.SENTENCE_COMPLETED_REDEMPTION)


@dataclass(frozen=True, slots=True)
class OpenMandate:
    """A mandate that still holds somebody."""

    id: int
    kind: str
    court: str
    case_number: str
    received_on: date
    term_ends_on: date | None

    @property
    def words(self) -> str:
        """Case and court in one line."""
        return f"{self.case_number}, {self.court}"


def open_mandates(custody_id: int) -> tuple[OpenMandate, ...]:
    """The mandates in force of an episode, in the order they came.

    Whoever releases lifts first the one that the order of release names (`commands.lift_mandate`); any other that is
    left stops the release: the person stays ("QUEDA"; RP 760-2003, TUO CEP arts. 22-23). The caller has checked the
    scope.
    """
    rows = DetentionMandate.objects.filter(custody_id=custody_id, lifted_on=None).order_by("received_on", "id")
    columns = ("id", "kind", "court", "case_number", "received_on", "term_ends_on")
    return tuple(OpenMandate(*row) for row in rows.values_list(*columns))


def legal_file(reader: Reader, code: str, as_of: date) -> LegalFile:
    """The legal side of a person's file; counts are as of a day. NotFound outside the scope. At most 7 queries."""
    reader.require(Permission.VIEW_LEGAL)
    person, custodies = person_with_custodies(reader, code, reading=True)
    return legal_file_of(person, custodies, as_of)


def legal_file_of(person: Person, custodies: Sequence[Custody], as_of: date) -> LegalFile:
    """The same for somebody whose scope was checked. Three queries."""
    return _file(person, custodies, as_of, _acts(person.pk))


def legal_file_with_moves(
    person: Person, custodies: Sequence[Custody], as_of: date
) -> tuple[LegalFile, Sequence[MoveRow]]:
    """The same with the movements in force, in order. Three queries too."""
    acts = _acts(person.pk, moves=True)
    return _file(person, custodies, as_of, acts), acts.moves


def _file(person: Person, custodies: Sequence[Custody], as_of: date, acts: _Acts) -> LegalFile:
    identity = known_identity(person, custodies)
    sentences = _sentences(person.pk, acts)
    offences = _offences(person.pk)
    decided = {*acts.mandates, *acts.declarations, *sentences}
    known = [row for row in custodies if row.release_kind != rules.ReleaseKind.ANNULLED or row.pk in decided]
    episodes = [_episode(row, offences.get(row.pk, []), acts, sentences.get(row.pk, [])) for row in known]
    facts = [_facts(row, custody) for custody in known for row in sentences.get(custody.pk, [])]
    return LegalFile(
        code=person.code,
        name=rules.full_name(identity.given_names, identity.first_surname, identity.second_surname),
        birth_date=identity.birth_date,
        sex=identity.sex,
        document_kind=identity.document_kind,
        document_number=identity.document_number,
        nationality=identity.nationality,
        died_on=person.died_on,
        episodes=tuple(sorted(episodes, key=lambda row: -row.number)),
        computation=rules.compute_sentences(sorted(facts, key=lambda item: (item.issued_on, item.key))),
        facts=_judicial(known, episodes, as_of),
    )


def _judicial(custodies: Iterable[Custody], episodes: Iterable[LegalEpisode], as_of: date) -> rules.JudicialFacts:
    """Convictions, declarations and mandates as the published facts have them."""
    rows = list(episodes)
    record = rules.JudicialRecord(
        convictions=tuple(
            rules.Conviction(row.custody_id, row.issued_on, row.effect, row.finality, row.final_on, row.ended_on)
            for episode in rows
            for row in episode.sentences
        ),
        declarations=tuple(
            rules.Declaration(row.kind, row.declared, row.declared_on, row.ended_on)
            for episode in rows
            for row in episode.declarations
        ),
        orders=tuple(
            rules.Order(row.received_on, row.lifted_on, row.lift_kind) for episode in rows for row in episode.mandates
        ),
    )
    held = [rules.Held(row.pk, row.admitted_on, row.legal_status, row.release_kind) for row in custodies]
    return rules.judicial_facts(record, held, as_of)


def _facts(row: SentenceRow, custody: Custody) -> rules.SentenceFacts:
    """A sentence as the computation sees it: credits in force, and whether the person left before completing."""
    left = custody.released_on if custody.release_kind not in _COMPLETED else None
    return rules.SentenceFacts(
        key=row.id,
        issued_on=row.issued_on,
        effect=row.effect,
        finality=row.finality,
        final_on=row.final_on,
        penalty=row.penalty,
        term=row.term,
        starts_on=row.starts_on,
        relation=row.relation,
        after=row.after,
        credits=tuple(
            Period(item.first_day, item.last_day + timedelta(1)) for item in row.credits if item.withdrawn_on is None
        ),
        in_force=row.in_force,
        replaced_by=row.replaced_by,
        left_on=left,
    )


def _episode(
    row: Custody, offences: Sequence[CustodyOffence], acts: _Acts, sentences: Sequence[SentenceRow]
) -> LegalEpisode:
    present = [StatusPeriod(row.legal_status, row.legal_status_on, None, "")] if row.legal_status else []
    past = sorted(acts.statuses.get(row.pk, []), key=lambda item: item.valid_to or date.max, reverse=True)
    return LegalEpisode(
        custody_id=row.pk,
        number=row.number,
        admitted_on=row.admitted_on,
        released_on=row.released_on,
        release_kind=row.release_kind,
        entry_kind=row.entry_kind,
        mandate=row.mandate,
        facility=row.facility.code if row.facility else "",
        facility_name=row.facility.name if row.facility else "",
        legal_status=row.legal_status,
        next_hearing_on=row.next_hearing_on,
        organised_crime=row.organised_crime,
        extreme_security=row.extreme_security,
        offences=tuple(_offence(item, row.admitted_on) for item in offences),
        statuses=(*present, *past),
        mandates=tuple(sorted(acts.mandates.get(row.pk, []), key=lambda item: (item.received_on, item.id))),
        sentences=tuple(sorted(sentences, key=lambda item: (item.issued_on, item.id))),
        declarations=tuple(sorted(acts.declarations.get(row.pk, []), key=lambda item: (item.declared_on, item.id))),
    )


def _offences(person_id: int) -> dict[int, list[CustodyOffence]]:
    """By episode: the present ones first, the main one on top, then what passed, newest first."""
    found: dict[int, list[CustodyOffence]] = {}
    for row in CustodyOffence.objects.filter(custody__person_id=person_id).select_related("offence"):
        found.setdefault(row.custody_id, []).append(row)
    for rows in found.values():
        rows.sort(
            key=lambda row: (
                row.valid_to is not None,
                -(row.valid_to.toordinal() if row.valid_to else 0),
                not row.is_main,
                row.pk,
            )
        )
    return found


def _offence(row: CustodyOffence, admitted_on: date) -> OffencePeriod:
    offence = row.offence
    return OffencePeriod(
        code=offence.code if offence else "",
        label=rules.offence_label(offence.law, offence.article, offence.title) if offence else "",
        family=rules.family_titles().get(offence.family, offence.family) if offence else "",
        is_main=row.is_main,
        attempt=row.attempt,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        mistaken=row.valid_to is not None and row.valid_to <= (row.valid_from or admitted_on),
    )


# One query for five tables --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Acts:
    """Mandates, declarations and past statuses by episode; credits by sentence; movements in force, in order."""

    mandates: Mapping[int, list[MandateRow]]
    declarations: Mapping[int, list[DeclarationRow]]
    statuses: Mapping[int, list[StatusPeriod]]
    credits: Mapping[int, list[CreditRow]]
    moves: Sequence[MoveRow]


_COLUMNS = (
    "record", "id", "owner", "word", "yes", "place", "matter", "first", "second", "third", "fourth", "more", "why",
    "turn",
)  # fmt: skip


def _acts(person_id: int, *, moves: bool = False) -> _Acts:
    mandates: dict[int, list[MandateRow]] = {}
    declarations: dict[int, list[DeclarationRow]] = {}
    statuses: dict[int, list[StatusPeriod]] = {}
    credits: dict[int, list[CreditRow]] = {}
    moved: list[MoveRow] = []
    for told in _union(person_id, moves=moves):
        kind, key, owner, word, yes, court, case, first, second, third, fourth, more, why, sequence = told
        match kind:
            case "mandate":
                row = MandateRow(key, word, court, case, first, second, third, fourth, more, why)
                mandates.setdefault(owner, []).append(row)
            case "declaration":
                declared = DeclarationRow(key, word, yes, court, case, second, fourth, why)
                declarations.setdefault(owner, []).append(declared)
            case "status":
                statuses.setdefault(owner, []).append(StatusPeriod(word, first, second, why))
            case "credit":
                last, days = second - timedelta(1), (second - first).days
                credits.setdefault(owner, []).append(CreditRow(key, first, last, days, why, fourth, more))
            case "move":
                moved.append(MoveRow(first, owner, sequence, word, more, court or "", case or "", why))
    moved.sort(key=lambda row: (row.on, row.custody_id, row.sequence))
    return _Acts(mandates, declarations, statuses, credits, moved)


def _union(person_id: int, *, moves: bool) -> QuerySet[Any, tuple[Any, ...]]:
    no_day = Cast(Value(None), DateField())
    no_word = Value("", CharField())
    no_truth = Cast(Value(None), BooleanField())
    no_number = Cast(Value(None), IntegerField())

    def rows(source: Any, kind: str, owner: str, person: str, **columns: Any) -> QuerySet[Any, tuple[Any, ...]]:
        empty = {
            "word": no_word, "yes": no_truth, "place": no_word, "matter": no_word, "first": no_day, "second": no_day,
            "third": no_day, "fourth": no_day, "more": no_word, "why": no_word, "turn": no_number,
        }  # fmt: skip
        values = empty | {name: F(column) for name, column in columns.items()}
        chosen = source.filter(**{person: person_id})
        made = chosen.annotate(record=Value(kind, CharField()), owner=F(owner), **values)
        return made.values_list(*_COLUMNS)

    of_episode = ("custody_id", "custody__person_id")
    return rows(
        DetentionMandate.objects, "mandate", *of_episode, word="kind", place="court", matter="case_number",
        first="issued_on", second="received_on", third="term_ends_on", fourth="lifted_on", more="lift_kind",
        why="lift_reason",
    ).union(
        rows(
            JudicialStatus.objects, "declaration", *of_episode, word="kind", yes="declared", place="court",
            matter="case_number", second="declared_on", fourth="ended_on", why="end_reason",
        ),
        rows(
            LegalStatusPeriod.objects, "status", *of_episode, word="status", first="valid_from", second="valid_to",
            why="source",
        ),
        rows(
            DetentionCredit.objects, "credit", "sentence_id", "sentence__custody__person_id", first="starts_on",
            second="ends_on", fourth="withdrawn_on", more="withdraw_reason", why="source",
        ),
        *([rows(
            Movement.objects.filter(annulled=False), "move", *of_episode, word="kind", place="from_facility__name",
            matter="to_facility__name", first="on", more="detail", why="note", turn="sequence",
        )] if moves else []),
        all=True,
    )  # fmt: skip


_SENTENCE = (
    "id", "custody_id", "court", "case_number", "issued_on", "finality", "final_on", "penalty", "years", "months",
    "days", "effect", "starts_on", "relation", "after_id", "day_fines", "civil_reparation", "state", "ended_on",
    "end_reason", "replaced_by_id",
)  # fmt: skip
_OF_SENTENCE = (
    "offences__offence__law", "offences__offence__article", "offences__offence__title", "offences__attempt",
)  # fmt: skip


def _sentences(person_id: int, acts: _Acts) -> dict[int, list[SentenceRow]]:
    """Sentences by episode, their offences joined in the same query."""
    plain: dict[int, dict[str, Any]] = {}
    offences: dict[int, list[tuple[str, bool | None]]] = {}
    rows = Sentence.objects.filter(custody__person_id=person_id).order_by("issued_on", "id", "offences__id")
    for values in rows.values_list(*_SENTENCE, *_OF_SENTENCE):
        row = dict(zip(_SENTENCE, values, strict=False))
        law, article, title, attempt = values[len(_SENTENCE) :]
        plain[row["id"]] = row
        if law is not None:
            offences.setdefault(row["id"], []).append((rules.offence_label(law, article, title), attempt))
    found: dict[int, list[SentenceRow]] = {}
    for key, row in plain.items():
        years, months, days = row.pop("years"), row.pop("months"), row.pop("days")
        made = SentenceRow(
            **{name.removesuffix("_id") if name in ("after_id", "replaced_by_id") else name: row[name] for name in row},
            term=None if years is None else rules.Term(years, months, days),
            offences=tuple(offences.get(key, ())),
            credits=tuple(sorted(acts.credits.get(key, []), key=lambda item: (item.first_day, item.id))),
        )
        found.setdefault(made.custody_id, []).append(made)
    return found
