"""What courts decide: mandates, sentences with their credits, declarations, and the legal statuses that passed.

All of it hangs from an episode, so that it follows the episode when two records of one person are joined. Nothing is
deleted: mandates are lifted, sentences annulled or replaced, credits withdrawn, declarations ended.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.register.models.custody import Custody
from creo.register.models.lists import one_of
from creo.register.models.offences import Offence
from creo.register.rules import (
    Effect,
    Finality,
    JudicialKind,
    LegalStatus,
    LiftKind,
    MandateKind,
    PenaltyKind,
    Relation,
    SentenceState,
)


class LegalStatusPeriod(models.Model):
    """A legal status that passed. The present one stays on the episode: a bulk import writes nothing here."""

    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="legal_statuses")
    status = models.CharField(max_length=11)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField()
    source = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            one_of("status_period_known", "status", LegalStatus),
            models.CheckConstraint(
                name="status_period_not_ended_before_start",
                condition=Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
            ),
        ]
        indexes = [models.Index(fields=["valid_to"], name="status_period_ends")]

    def __str__(self) -> str:
        return f"{self.custody_id} {self.status} -{self.valid_to}"


class DetentionMandate(models.Model):
    """A judge's order to hold somebody. Another one in force stops a release ("QUEDA"; RP 760-2003, TUO CEP 22-23)."""

    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField(max_length=12, blank=True)
    court = models.CharField(max_length=160)
    case_number = models.CharField(max_length=60)
    issued_on = models.DateField(null=True)
    received_on = models.DateField()
    term_ends_on = models.DateField(null=True)
    lifted_on = models.DateField(null=True)
    lift_kind = models.CharField(max_length=13, blank=True)
    lift_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            one_of("mandate_kind_known", "kind", MandateKind, blank=True),
            one_of("mandate_lift_kind_known", "lift_kind", LiftKind, blank=True),
            models.CheckConstraint(name="mandate_has_words", condition=~Q(court="") & ~Q(case_number="")),
            models.CheckConstraint(
                name="mandate_received_after_issue", condition=Q(issued_on=None) | Q(received_on__gte=F("issued_on"))
            ),
            models.CheckConstraint(
                name="mandate_term_after_start", condition=Q(term_ends_on=None) | Q(term_ends_on__gt=F("received_on"))
            ),
            models.CheckConstraint(
                name="mandate_lifted_whole",
                condition=Q(lifted_on=None, lift_kind="", lift_reason="")
                | Q(lifted_on__isnull=False, lifted_on__gte=F("received_on")) & ~Q(lift_kind="") & ~Q(lift_reason=""),
            ),
            models.UniqueConstraint(
                name="mandate_in_force_once",
                fields=["custody", "court", "case_number"],
                condition=Q(lifted_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.custody_id} {self.case_number}"


class Sentence(models.Model):
    """A custodial sentence as the court wrote it; what it adds up to is worked out (`rules.compute_sentences`)."""

    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="sentences")
    court = models.CharField(max_length=160)
    case_number = models.CharField(max_length=60)
    issued_on = models.DateField()
    finality = models.CharField(max_length=8, blank=True)
    final_on = models.DateField(null=True)
    penalty = models.CharField(max_length=5, default=PenaltyKind.FIXED.value)
    years = models.PositiveSmallIntegerField(null=True)
    months = models.PositiveSmallIntegerField(null=True)
    days = models.PositiveSmallIntegerField(null=True)
    effect = models.CharField(max_length=9, blank=True)
    starts_on = models.DateField(null=True)
    relation = models.CharField(max_length=11, blank=True)
    after = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    day_fines = models.PositiveSmallIntegerField(null=True)
    civil_reparation = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    state = models.CharField(max_length=8, default=SentenceState.IN_FORCE.value)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=400, blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [
            one_of("sentence_penalty_known", "penalty", PenaltyKind),
            one_of("sentence_effect_known", "effect", Effect, blank=True),
            one_of("sentence_finality_known", "finality", Finality, blank=True),
            one_of("sentence_relation_known", "relation", Relation, blank=True),
            models.CheckConstraint(name="sentence_has_words", condition=~Q(court="") & ~Q(case_number="")),
            # All three parts of the term or none: a missing part would be read as zero.
            models.CheckConstraint(
                name="sentence_term_whole",
                condition=Q(years=None, months=None, days=None)
                | Q(penalty="fixed", years__isnull=False, months__isnull=False, days__isnull=False)
                & ~Q(years=0, months=0, days=0),
            ),
            models.CheckConstraint(
                name="sentence_final_day_fits",
                condition=Q(final_on=None) | Q(finality="final", final_on__gte=F("issued_on")),
            ),
            models.CheckConstraint(
                name="sentence_follows_another",
                condition=Q(relation="consecutive", after__isnull=False) & ~Q(after=F("id"))
                | ~Q(relation="consecutive") & Q(after=None),
            ),
            models.CheckConstraint(
                name="sentence_money_not_negative", condition=Q(civil_reparation=None) | Q(civil_reparation__gte=0)
            ),
            models.CheckConstraint(
                name="sentence_ended_whole",
                condition=Q(state="in_force", ended_on=None, end_reason="", replaced_by=None)
                | Q(state="annulled", ended_on__isnull=False, ended_on__gte=F("issued_on"), replaced_by=None)
                & ~Q(end_reason="")
                | Q(state="replaced", ended_on__isnull=False, ended_on__gte=F("issued_on"), replaced_by__isnull=False)
                & ~Q(end_reason="")
                & ~Q(replaced_by=F("id")),
            ),
            models.UniqueConstraint(
                name="sentence_in_force_once",
                fields=["custody", "court", "case_number", "issued_on"],
                condition=Q(state="in_force"),
            ),
            # Two sentences after the same one would be served at once.
            models.UniqueConstraint(name="sentence_one_follower", fields=["after"], condition=Q(state="in_force")),
        ]

    def __str__(self) -> str:
        return f"{self.custody_id} {self.case_number} {self.issued_on}"


class SentenceOffence(models.Model):
    """An offence a sentence convicts of."""

    sentence = models.ForeignKey(Sentence, on_delete=models.PROTECT, related_name="offences", db_index=False)
    offence = models.ForeignKey(Offence, on_delete=models.PROTECT, related_name="+", db_index=False)
    attempt = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="sentence_offence_once", fields=["sentence", "offence"])]

    def __str__(self) -> str:
        return f"{self.sentence_id} {self.offence_id}"


class DetentionCredit(models.Model):
    """A period of earlier detention credited to a sentence (CP art. 47); `ends_on` is the first day outside."""

    sentence = models.ForeignKey(Sentence, on_delete=models.PROTECT, related_name="credits")
    starts_on = models.DateField()
    ends_on = models.DateField()
    source = models.CharField(max_length=400)
    withdrawn_on = models.DateField(null=True)
    withdraw_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="credit_holds_a_day", condition=Q(ends_on__gt=F("starts_on"))),
            models.CheckConstraint(name="credit_has_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="credit_withdrawn_whole",
                condition=Q(withdrawn_on=None, withdraw_reason="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdraw_reason=""),
            ),
            models.UniqueConstraint(
                name="credit_once", fields=["sentence", "starts_on"], condition=Q(withdrawn_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sentence_id} {self.starts_on}"


class JudicialStatus(models.Model):
    """What a court declared of somebody in a case: recidivist or habitual, or expressly not. Never computed."""

    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="judicial_statuses")
    kind = models.CharField(max_length=10)
    declared = models.BooleanField()
    court = models.CharField(max_length=160)
    case_number = models.CharField(max_length=60)
    declared_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            one_of("judicial_kind_known", "kind", JudicialKind),
            models.CheckConstraint(name="judicial_has_words", condition=~Q(court="") & ~Q(case_number="")),
            models.CheckConstraint(
                name="judicial_ended_whole",
                condition=Q(ended_on=None, end_reason="")
                | Q(ended_on__isnull=False, ended_on__gte=F("declared_on")) & ~Q(end_reason=""),
            ),
            models.UniqueConstraint(
                name="judicial_one_in_force", fields=["custody", "kind", "case_number"], condition=Q(ended_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.custody_id} {self.kind} {self.declared}"
