"""Tables of targeting: runs with everybody's answer and facts, re-evaluations, and enrolments in the programme.

A run is written whole or not at all and never changes. Its facts are kept as they were that day, so that later
corrections of the register do not rewrite why somebody qualified.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.targeting.rules import ExitReason

ELIGIBLE = 2


class TargetingRun(models.Model):
    """Everybody of a place, evaluated on a day with one design. Its number is its key.

    `rule` is the ruleset, `meanings` what the numbers of `TargetingResult.facts` mean, `totals` the counts by prison,
    `comparisons` the same people under the other readings of the design.
    """

    class Scope(models.TextChoices):
        NATION = "nation"
        REGION = "region"
        FACILITY = "facility"

    scope_kind = models.CharField(max_length=10, choices=Scope)
    scope_code = models.CharField(max_length=40, blank=True)
    as_of = models.DateField()
    programme = models.CharField(max_length=60)
    design_version = models.PositiveIntegerField()
    design_digest = models.CharField(max_length=64)
    variant = models.CharField(max_length=60, blank=True)
    rule = models.JSONField()
    meanings = models.JSONField()
    criteria_codes = models.JSONField()
    inputs_hash = models.CharField(max_length=64)
    answers_hash = models.CharField(max_length=64)
    people = models.PositiveIntegerField()
    eligible = models.PositiveIntegerField()
    undecided = models.PositiveIntegerField()
    not_eligible = models.PositiveIntegerField()
    totals = models.JSONField()
    comparisons = models.JSONField()
    started_by = models.CharField(max_length=120)
    started_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="run_names_its_place",
                condition=Q(scope_kind="nation", scope_code="")
                | Q(scope_kind__in=["region", "facility"]) & ~Q(scope_code=""),
            ),
            models.CheckConstraint(
                name="run_counts_add_up", condition=Q(people=F("eligible") + F("undecided") + F("not_eligible"))
            ),
            models.CheckConstraint(
                name="run_has_its_hashes",
                condition=~Q(inputs_hash="") & ~Q(answers_hash="") & ~Q(design_digest=""),
            ),
        ]
        indexes = [models.Index(fields=["programme", "scope_kind", "scope_code", "-id"], name="run_by_scope")]

    def __str__(self) -> str:
        return f"corrida {self.pk} al {self.as_of}"


class TargetingResult(models.Model):
    """One person's answer in a run: the outcome, one digit per criterion, and the facts it was given on.

    Run and person are its key and its only index: a hundred thousand rows are written in one go, and every list reads
    one run in the order of people.
    """

    pk = models.CompositePrimaryKey("run_id", "person_id")
    run = models.ForeignKey(TargetingRun, on_delete=models.PROTECT, related_name="results", db_index=False)
    person = models.ForeignKey("register.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    facility = models.ForeignKey(
        "territory.Facility", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    outcome = models.PositiveSmallIntegerField()
    criteria = models.CharField(max_length=60)
    facts = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(name="result_outcome_known", condition=Q(outcome__in=[0, 1, 2]))]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.person_id}: {self.outcome}"


class Enrolment(models.Model):
    """The dated act that makes an eligible person an intervened one, with the verdict of that day frozen."""

    person = models.ForeignKey(
        "register.Person", to_field="code", db_column="person_code", on_delete=models.PROTECT, related_name="+"
    )
    facility = models.ForeignKey("territory.Facility", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(TargetingRun, on_delete=models.PROTECT, null=True, related_name="+")
    enrolled_on = models.DateField()
    outcome = models.PositiveSmallIntegerField(default=ELIGIBLE)
    programme = models.CharField(max_length=60)
    design_version = models.PositiveIntegerField()
    design_digest = models.CharField(max_length=64)
    # The maximum age of the rule that day: who passes it later stays enrolled and is flagged (C-01).
    max_age = models.PositiveSmallIntegerField(null=True)
    verdict = models.JSONField()
    decided_by = models.CharField(max_length=120)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    ended_on = models.DateField(null=True)
    exit_reason = models.CharField(max_length=30, blank=True)
    exit_note = models.CharField(max_length=500, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="enrolment_one_open", fields=["person", "programme"], condition=Q(ended_on=None)
            ),
            models.CheckConstraint(name="enrolment_only_of_eligible", condition=Q(outcome=ELIGIBLE)),
            models.CheckConstraint(
                name="enrolment_not_ended_before_start", condition=Q(ended_on=None) | Q(ended_on__gte=F("enrolled_on"))
            ),
            models.CheckConstraint(
                name="enrolment_end_has_reason_and_author",
                condition=Q(ended_on=None, exit_reason="", ended_by="", exit_note="")
                | Q(ended_on__isnull=False, exit_reason__in=sorted(reason.value for reason in ExitReason))
                & ~Q(ended_by=""),
            ),
            models.CheckConstraint(name="enrolment_has_author", condition=~Q(decided_by="")),
        ]
        indexes = [
            models.Index(fields=["facility", "ended_on", "id"], name="enrolment_by_facility"),
            models.Index(fields=["enrolled_on", "ended_on"], name="enrolment_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} desde {self.enrolled_on}"


class Reevaluation(models.Model):
    """One person answered again after their record changed. Runs never change: the newest of both is the answer.

    `cause_entry` is the ledger's entry that made it necessary; one cause gives one re-evaluation, however often its
    announcement arrives. `previous` is the answer before, None when there was none.
    """

    person = models.ForeignKey(
        "register.Person",
        to_field="code",
        db_column="person_code",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    programme = models.CharField(max_length=60)
    design_version = models.PositiveIntegerField()
    design_digest = models.CharField(max_length=64)
    as_of = models.DateField()
    made_at = models.DateTimeField()
    facility = models.ForeignKey(
        "territory.Facility", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    in_custody = models.BooleanField()
    outcome = models.PositiveSmallIntegerField()
    previous = models.PositiveSmallIntegerField(null=True)
    verdict = models.JSONField()
    cause_act = models.CharField(max_length=80)
    cause_entry = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reevaluation_once_a_cause", fields=["person", "programme", "cause_entry"]),
            models.CheckConstraint(
                name="reevaluation_outcome_known",
                condition=Q(outcome__in=[0, 1, 2]) & (Q(previous=None) | Q(previous__in=[0, 1, 2])),
            ),
            models.CheckConstraint(name="reevaluation_has_cause", condition=~Q(cause_act="") & ~Q(design_digest="")),
        ]
        indexes = [
            models.Index(fields=["programme", "person", "-id"], name="reevaluation_of_person"),
            models.Index(fields=["facility", "-id"], name="reevaluation_by_facility"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} al {self.as_of}: {self.outcome} por {self.cause_act}"
