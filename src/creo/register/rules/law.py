"""What courts decide, as closed lists, and what it adds up to on a day: convictions, declarations, mandates in force.

Three separate things (C-10): how many times somebody came in, how many final effective sentences weigh on them, and
whether a court declared them recidivist (CP 46-B) or habitual (46-C). None is ever worked out from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from creo.register.rules.vocabulary import LegalStatus, ReleaseKind


class MandateKind(StrEnum):
    """Why a judge orders somebody held; an empty text where the order does not say."""

    PREVENTIVE = "preventive"
    PRELIMINARY = "preliminary"
    SENTENCE = "sentence"
    REVOCATION = "revocation"
    CAPTURE = "capture"
    EXTRADITION = "extradition"
    OTHER = "other"


class LiftKind(StrEnum):
    """Why a mandate no longer holds anybody; `error` was recorded by mistake and never held."""

    RELEASE_ORDER = "release_order"
    REVOKED = "revoked"
    EXPIRED = "expired"
    SENTENCED = "sentenced"
    ERROR = "error"


class PenaltyKind(StrEnum):
    """A penalty of some years, months and days, or for life."""

    FIXED = "fixed"
    LIFE = "life"


class Effect(StrEnum):
    """Whether the penalty is served in prison; an empty text where the record does not say."""

    EFFECTIVE = "effective"
    SUSPENDED = "suspended"


class Finality(StrEnum):
    """Whether a sentence may still change; an empty text where the record does not say."""

    FINAL = "final"
    APPEALED = "appealed"


class Relation(StrEnum):
    """How a sentence is served beside another; an empty text for the first, or where the court did not say."""

    CONCURRENT = "concurrent"
    CONSECUTIVE = "consecutive"


class SentenceState(StrEnum):
    """A sentence is never deleted: a later decision annuls it or takes its place."""

    IN_FORCE = "in_force"
    ANNULLED = "annulled"
    REPLACED = "replaced"


class JudicialKind(StrEnum):
    """What a court declares of a person in a case: recidivist (CP 46-B) or habitual (46-C). Never computed."""

    RECIDIVIST = "recidivist"
    HABITUAL = "habitual"


MANDATE_WORDS: Mapping[str, str] = {
    MandateKind.PREVENTIVE: "Prisión preventiva",
    MandateKind.PRELIMINARY: "Detención preliminar",
    MandateKind.SENTENCE: "Ejecución de sentencia",
    MandateKind.REVOCATION: "Revocatoria",
    MandateKind.CAPTURE: "Orden de captura",
    MandateKind.EXTRADITION: "Extradición",
    MandateKind.OTHER: "Otro mandato",
    "": "Sin dato",
}
LIFT_WORDS: Mapping[str, str] = {
    LiftKind.RELEASE_ORDER: "Orden de libertad del juzgado",
    LiftKind.REVOKED: "El juzgado lo dejó sin efecto",
    LiftKind.EXPIRED: "Venció su plazo",
    LiftKind.SENTENCED: "Lo reemplazó una sentencia",
    LiftKind.ERROR: "Se registró por error",
    "": "Sin dato",
}
PENALTY_WORDS: Mapping[str, str] = {PenaltyKind.FIXED: "Temporal", PenaltyKind.LIFE: "Cadena perpetua"}
EFFECT_WORDS: Mapping[str, str] = {
    Effect.EFFECTIVE: "Efectiva",
    Effect.SUSPENDED: "Suspendida",
    "": "Sin dato",
}
FINALITY_WORDS: Mapping[str, str] = {
    Finality.FINAL: "Firme",
    Finality.APPEALED: "Impugnada",
    "": "No consta si es firme",
}
RELATION_WORDS: Mapping[str, str] = {
    Relation.CONCURRENT: "Al mismo tiempo que las demás",
    Relation.CONSECUTIVE: "A continuación de otra",
    "": "El juzgado no lo dice",
}
SENTENCE_WORDS: Mapping[str, str] = {
    SentenceState.IN_FORCE: "Vigente",
    SentenceState.ANNULLED: "Anulada",
    SentenceState.REPLACED: "Reemplazada",
}
JUDICIAL_WORDS: Mapping[str, str] = {JudicialKind.RECIDIVIST: "Reincidente", JudicialKind.HABITUAL: "Habitual"}


@dataclass(frozen=True, slots=True)
class Held:
    """One episode as the count of convictions sees it."""

    custody: int
    admitted_on: date
    legal_status: str
    release_kind: str = ""


@dataclass(frozen=True, slots=True)
class Conviction:
    """One sentence as it is counted; `ended_on` is the day a later decision annulled or replaced it."""

    custody: int
    issued_on: date
    effect: str
    finality: str
    final_on: date | None
    ended_on: date | None = None

    def in_force(self, day: date) -> bool:
        """True from its date until a later decision ends it."""
        return self.issued_on <= day and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a court declared of somebody, from a day until it is left without effect."""

    kind: str
    declared: bool
    declared_on: date
    ended_on: date | None = None

    def in_force(self, day: date) -> bool:
        """True on days when the declaration holds."""
        return self.declared_on <= day and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True)
class Order:
    """A mandate as it is counted: received one day, lifted another. What was recorded by mistake never held."""

    received_on: date
    lifted_on: date | None = None
    lift_kind: str = ""

    def in_force(self, day: date) -> bool:
        """True on days when it holds the person."""
        if self.lift_kind == LiftKind.ERROR:
            return False
        return self.received_on <= day and (self.lifted_on is None or day < self.lifted_on)


def conviction_count(convictions: Iterable[Conviction], held: Iterable[Held], as_of: date) -> int | None:
    """Final effective sentences in force on a day, over all episodes; None where the record cannot say.

    It cannot when no sentence is recorded, when an episode of a sentenced person (or of unknown status) has none, or
    when a sentence in force does not say whether it is effective, final or since when.
    """
    known = list(convictions)
    every = [item for item in known if item.issued_on <= as_of]
    if not every:
        return None
    covered = {item.custody for item in known}
    for episode in held:
        if episode.admitted_on > as_of or episode.release_kind == ReleaseKind.ANNULLED:
            continue
        if episode.custody not in covered and episode.legal_status != LegalStatus.UNSENTENCED:
            return None
    total = 0
    for item in every:
        counted = _counts(item, as_of)
        if counted is None:
            return None
        total += counted
    return total


def _counts(item: Conviction, as_of: date) -> bool | None:
    if not item.in_force(as_of) or item.effect == Effect.SUSPENDED or item.finality == Finality.APPEALED:
        return False
    if not item.effect or not item.finality or item.final_on is None:
        return None
    return item.final_on <= as_of


def declared(declarations: Iterable[Declaration], kind: str, as_of: date) -> bool | None:
    """True when a court's declaration holds on the day, False when the courts that decided said no, None otherwise."""
    answers = [item.declared for item in declarations if item.kind == JudicialKind(kind) and item.in_force(as_of)]
    return any(answers) if answers else None


def orders_in_force(orders: Sequence[Order], as_of: date) -> int | None:
    """Mandates in force on a day; None when none was ever recorded: nobody has looked."""
    known = [item for item in orders if item.received_on <= as_of and item.lift_kind != LiftKind.ERROR]
    return sum(item.in_force(as_of) for item in known) if known else None


@dataclass(frozen=True, slots=True)
class OffenceSpan:
    """An offence of an episode with its days; `valid_from` None: since the episode began. `offence` 0: not stated."""

    offence: int
    is_main: bool
    attempt: bool | None
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        """True on days when it was charged."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


def offences_on(spans: Sequence[OffenceSpan], day: date) -> tuple[OffenceSpan | None, tuple[int, ...]]:
    """The main offence of a day and the others beside it, in order.

    Before a change the former main one speaks; where nothing came before, what is known now speaks for the past.
    """
    closed = next((span for span in spans if span.is_main and span.valid_to is not None and span.covers(day)), None)
    main = closed or next((span for span in spans if span.is_main and span.valid_to is None), None)
    others = {span.offence for span in spans if not span.is_main and span.offence and span.covers(day)}
    return main, tuple(sorted(others - ({main.offence} if main is not None else set())))


@dataclass(frozen=True, slots=True)
class JudicialRecord:
    """Everything courts decided about one person, over all episodes."""

    convictions: tuple[Conviction, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class JudicialFacts:
    """What a record adds up to on a day; None: not known."""

    convictions: int | None = None
    recidivist: bool | None = None
    habitual: bool | None = None
    mandates: int | None = None


def judicial_facts(record: JudicialRecord, held: Iterable[Held], as_of: date) -> JudicialFacts:
    """Convictions, declarations and mandates on a day, each by itself."""
    return JudicialFacts(
        convictions=conviction_count(record.convictions, held, as_of),
        recidivist=declared(record.declarations, JudicialKind.RECIDIVIST, as_of),
        habitual=declared(record.declarations, JudicialKind.HABITUAL, as_of),
        mandates=orders_in_force(record.orders, as_of),
    )
