"""Sentences, the detention credited to them, and what courts declare: recorded, annulled or replaced, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from creo.register import rules
from creo.register.commands.admissions import OffenceData, check_offences
from creo.register.commands.common import Refusals, check_day, check_reason, offence_by_code, person_for_update
from creo.register.commands.law_mandates import check_after_birth, check_court, episode_for_update, place_of
from creo.register.models import Custody, DetentionCredit, Offence, Person, Sentence, SentenceOffence
from creo.support.accounts.permissions import Permission
from creo.support.accounts.readers import Reader
from creo.support.ledger import commands as ledger
from creo.support.refusals import NotFound
from creo.support.ui import formats

MOST_YEARS = 99
MOST_SOLES = Decimal("9999999999.99")


@dataclass(frozen=True, slots=True)
class SentenceData:
    """A sentence as the court wrote it; None and empty texts are not recorded.

    `term` is years, months and days; `after` is the key of the sentence that a consecutive one follows.
    """

    court: str
    case_number: str
    issued_on: date
    offences: Sequence[OffenceData] = ()
    penalty: str = rules.PenaltyKind.FIXED.value
    term: rules.Term | None = None
    effect: str = ""
    finality: str = ""
    final_on: date | None = None
    starts_on: date | None = None
    relation: str = ""
    after: int | None = None
    day_fines: int | None = None
    civil_reparation: Decimal | None = None


@ledger.command(permission=Permission.EDIT_PEOPLE)
def record_sentence(
    *, by: Reader, person_code: str, sentence: SentenceData, reason: str, today: date, episode: int | None = None
) -> int:
    """Records a sentence of the open episode, or of a past one by its number, and returns its key.

    A sentence may be older than the admission. Refused with every reason: before birth, before the offence existed,
    an attempt that the law does not punish, a term of nothing, a sentence to follow that is not there.
    """
    person, custody = episode_for_update(by, person_code, episode)
    offences = [(offence_by_code(item.code), item.attempt) for item in sentence.offences]
    refusals = Refusals()
    check_reason(refusals, reason)
    check_court(refusals, sentence.court, sentence.case_number)
    _check_days(refusals, person, sentence, today)
    _check_penalty(refusals, sentence)
    _check_relation(refusals, person, sentence)
    _check_sentence_offences(refusals, offences, sentence.issued_on)
    same = Sentence.objects.filter(
        custody=custody,
        court=sentence.court.strip(),
        case_number=sentence.case_number.strip(),
        issued_on=sentence.issued_on,
        state=rules.SentenceState.IN_FORCE.value,
    )
    if same.exists():
        refusals.add(_("Esa sentencia ya está registrada."), "case_number")
    refusals.raise_if_any()
    made = _store(custody, sentence, offences)
    ledger.record(
        act="register.sentence_recorded",
        subject=("person", person.code),
        place=place_of(custody),
        reason=reason,
        after=_words(made, custody, [offence.code for offence, _attempt in offences]),
    )
    return made.pk


@ledger.command(permission=Permission.EDIT_PEOPLE)
def annul_sentence(
    *,
    by: Reader,
    person_code: str,
    sentence_id: int,
    on: date,
    reason: str,
    today: date,
    replaced_by: int | None = None,
) -> None:
    """Ends a sentence by a later decision: annulled, or replaced by another one already recorded.

    The sentences that followed it follow what replaced it.
    """
    person, row = _sentence_for_update(by, person_code, sentence_id)
    refusals = Refusals()
    check_reason(refusals, reason)
    if row.state != rules.SentenceState.IN_FORCE:
        refusals.add(_("Esa sentencia ya no está vigente."), "sentence")
    check_day(refusals, "on", on, today, row.issued_on, _("a la sentencia"))
    other = None
    if replaced_by is not None:
        other = Sentence.objects.filter(
            pk=replaced_by, custody__person=person, state=rules.SentenceState.IN_FORCE.value
        ).first()
        if other is None or other.pk == row.pk:
            refusals.add(_("Elija otra sentencia vigente de la misma persona."), "replaced_by")
        elif other.after_id == row.pk:
            refusals.add(
                _("Esa sentencia se cumple a continuación de la que se anula: no puede reemplazarla."), "replaced_by"
            )
    refusals.raise_if_any()
    row.state = (rules.SentenceState.REPLACED if other else rules.SentenceState.ANNULLED).value
    row.ended_on, row.end_reason, row.replaced_by = on, reason, other
    row.save(update_fields=["state", "ended_on", "end_reason", "replaced_by"])
    ledger.record(
        act="register.sentence_annulled",
        subject=("person", person.code),
        place=place_of(row.custody),
        reason=reason,
        before={"sentence": row.pk, "case": row.case_number, "court": row.court},
        after={"state": row.state, "on": on.isoformat(), "replaced_by": other.pk if other else None},
    )


@ledger.command(permission=Permission.EDIT_PEOPLE)
def credit_detention(
    *, by: Reader, person_code: str, sentence_id: int, first_day: date, last_day: date, source: str, today: date
) -> int:
    """Credits a period of earlier detention to a sentence, both days included (CP art. 47), and returns its key.

    Refused when it overlaps another credit of the sentence, or lies where the penalty already runs.
    """
    person, row = _sentence_for_update(by, person_code, sentence_id)
    refusals = Refusals()
    if not source.strip():
        refusals.add(_("Indique la resolución o la constancia que acredita la detención."), "source")
    if row.state != rules.SentenceState.IN_FORCE:
        refusals.add(_("Esa sentencia ya no está vigente."), "sentence")
    if last_day < first_day:
        refusals.add(_("El último día es anterior al primero."), "last_day")
    check_day(refusals, "last_day", last_day, today, None, "")
    check_after_birth(refusals, person, "first_day", first_day)
    if row.starts_on is not None and first_day >= row.starts_on:
        refusals.add(
            _("Desde el %(day)s la pena ya se cuenta: esos días no se abonan además.")
            % {"day": formats.day(row.starts_on)},
            "first_day",
        )
    overlapping = DetentionCredit.objects.filter(
        sentence=row, withdrawn_on=None, starts_on__lte=last_day, ends_on__gt=first_day
    )
    if last_day >= first_day and overlapping.exists():
        refusals.add(
            _("Parte de esos días ya está abonada a esta sentencia: ningún día se cuenta dos veces."), "first_day"
        )
    refusals.raise_if_any()
    made = DetentionCredit.objects.create(
        sentence=row, starts_on=first_day, ends_on=last_day + timedelta(1), source=source.strip()
    )
    ledger.record(
        act="register.detention_credited",
        subject=("person", person.code),
        place=place_of(row.custody),
        reason=source,
        after={
            "credit": made.pk,
            "sentence": row.pk,
            "first_day": first_day.isoformat(),
            "last_day": last_day.isoformat(),
        },
    )
    return made.pk


@ledger.command(permission=Permission.EDIT_PEOPLE)
def withdraw_credit(*, by: Reader, person_code: str, credit_id: int, on: date, reason: str, today: date) -> None:
    """Takes back a credit that should not count; it stays in sight with its reason."""
    person = person_for_update(by, person_code)
    row = (
        DetentionCredit.objects.select_related("sentence__custody__facility")
        .filter(pk=credit_id, sentence__custody__person=person)
        .first()
    )
    if row is None:
        raise NotFound
    refusals = Refusals()
    check_reason(refusals, reason)
    if row.withdrawn_on is not None:
        refusals.add(_("Ese abono ya se retiró."), "credit")
    check_day(refusals, "on", on, today, None, "")
    refusals.raise_if_any()
    row.withdrawn_on, row.withdraw_reason = on, reason
    row.save(update_fields=["withdrawn_on", "withdraw_reason"])
    ledger.record(
        act="register.credit_withdrawn",
        subject=("person", person.code),
        place=place_of(row.sentence.custody),
        reason=reason,
        before={"credit": row.pk, "sentence": row.sentence_id},
        after={"withdrawn_on": on.isoformat()},
    )


def _sentence_for_update(by: Reader, person_code: str, sentence_id: int) -> tuple[Person, Sentence]:
    person = person_for_update(by, person_code)
    row = Sentence.objects.select_related("custody__facility").filter(pk=sentence_id, custody__person=person).first()
    if row is None:
        raise NotFound
    return person, row


def _check_days(refusals: Refusals, person: Person, sentence: SentenceData, today: date) -> None:
    check_day(refusals, "issued_on", sentence.issued_on, today, None, "")
    check_after_birth(refusals, person, "issued_on", sentence.issued_on)
    if sentence.final_on is not None:
        if sentence.finality != rules.Finality.FINAL:
            refusals.add(_("Hay una fecha de firmeza, pero no se indicó que la sentencia sea firme."), "finality")
        check_day(refusals, "final_on", sentence.final_on, today, sentence.issued_on, _("a la sentencia"))
    if sentence.starts_on is not None:
        check_after_birth(refusals, person, "starts_on", sentence.starts_on)


def _check_penalty(refusals: Refusals, sentence: SentenceData) -> None:
    lists = (
        ("penalty", sentence.penalty, set(rules.PenaltyKind)),
        ("effect", sentence.effect, {"", *rules.Effect}),
        ("finality", sentence.finality, {"", *rules.Finality}),
        ("relation", sentence.relation, {"", *rules.Relation}),
    )
    for name, value, allowed in lists:
        if value not in allowed:
            refusals.add(_("El valor [%(value)s] no está en la lista.") % {"value": value}, name)
    term = sentence.term
    if term is not None and min(term.years, term.months, term.days) < 0:
        refusals.add(_("La duración de la pena no puede ser negativa."), "years")
    elif term is not None and term.years + term.months // 12 + term.days // 365 > MOST_YEARS:
        refusals.add(
            _("La pena pasa de %(years)s: revise la duración.") % {"years": formats.years(MOST_YEARS)}, "years"
        )
    elif term == rules.Term():
        refusals.add(_("La pena tiene cero días: deje la duración vacía si no consta."), "years")
    if sentence.penalty == rules.PenaltyKind.LIFE:
        if term is not None:
            refusals.add(_("La cadena perpetua no lleva años, meses ni días."), "years")
        if sentence.effect == rules.Effect.SUSPENDED:
            refusals.add(_("La cadena perpetua no puede estar suspendida."), "effect")
    if sentence.day_fines is not None and not 0 <= sentence.day_fines <= 32_767:
        refusals.add(_("El número de días-multa no es válido."), "day_fines")
    money = sentence.civil_reparation
    if money is not None and (not money.is_finite() or not 0 <= money <= MOST_SOLES or money != round(money, 2)):
        refusals.add(_("La reparación civil es un monto en soles, con céntimos a lo más."), "civil_reparation")


def _check_relation(refusals: Refusals, person: Person, sentence: SentenceData) -> None:
    """Refuses a consecutive sentence with nothing to follow, and anything that would make two run as one."""
    if sentence.relation != rules.Relation.CONSECUTIVE:
        if sentence.after is not None:
            refusals.add(_("Solo una pena que se cumple a continuación de otra indica a cuál sigue."), "relation")
        return
    leader = Sentence.objects.filter(pk=sentence.after, custody__person=person).first() if sentence.after else None
    if leader is None or leader.state != rules.SentenceState.IN_FORCE:
        refusals.add(_("Indique a cuál sentencia vigente de la persona sigue."), "after")
        return
    if leader.effect == rules.Effect.SUSPENDED or leader.penalty == rules.PenaltyKind.LIFE:
        refusals.add(_("Esa pena no tiene un final al que se pueda seguir."), "after")
    if Sentence.objects.filter(after=leader, state=rules.SentenceState.IN_FORCE.value).exists():
        refusals.add(_("Otra sentencia ya sigue a esa."), "after")


def _check_sentence_offences(
    refusals: Refusals, offences: Sequence[tuple[Offence, bool | None]], issued_on: date
) -> None:
    check_offences(refusals, offences)
    for offence, _attempt in offences:
        if offence.valid_from is not None and issued_on < offence.valid_from:
            refusals.add(
                _("«%(title)s» rige desde el %(day)s, después de la sentencia.")
                % {"title": offence.title, "day": formats.day(offence.valid_from)},
                "offence",
            )


def _store(custody: Custody, sentence: SentenceData, offences: Sequence[tuple[Offence, bool | None]]) -> Sentence:
    term = sentence.term
    made = Sentence.objects.create(
        custody=custody,
        court=sentence.court.strip(),
        case_number=sentence.case_number.strip(),
        issued_on=sentence.issued_on,
        finality=sentence.finality,
        final_on=sentence.final_on,
        penalty=sentence.penalty,
        years=term.years if term else None,
        months=term.months if term else None,
        days=term.days if term else None,
        effect=sentence.effect,
        starts_on=sentence.starts_on,
        relation=sentence.relation,
        after_id=sentence.after,
        day_fines=sentence.day_fines,
        civil_reparation=sentence.civil_reparation,
    )
    SentenceOffence.objects.bulk_create(
        SentenceOffence(sentence=made, offence=offence, attempt=attempt) for offence, attempt in offences
    )
    return made


def _words(made: Sentence, custody: Custody, offences: list[str]) -> dict[str, object]:
    """What the ledger keeps of a sentence."""
    return {
        "custody": custody.number,
        "sentence": made.pk,
        "court": made.court,
        "case": made.case_number,
        "issued_on": made.issued_on.isoformat(),
        "final_on": made.final_on.isoformat() if made.final_on else None,
        "finality": made.finality,
        "penalty": made.penalty,
        "term": [made.years, made.months, made.days],
        "effect": made.effect,
        "starts_on": made.starts_on.isoformat() if made.starts_on else None,
        "relation": made.relation,
        "after": made.after_id,
        "day_fines": made.day_fines,
        "civil_reparation": str(made.civil_reparation) if made.civil_reparation is not None else None,
        "offences": offences,
    }
