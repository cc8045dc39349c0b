"""Tables of the data quality board. History is kept: nothing here is overwritten by a later run, nor deleted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.support.quality.rules import LimitKind


class QualityRun(models.Model):
    """One look at the records as of a day. A second one of the same day supersedes it; both stay."""

    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    superseded = models.BooleanField(default=False)
    past = models.BooleanField(default=False)  # recomputed later: only counts, and only of checks that can look back

    class Meta:
        constraints = [
            models.UniqueConstraint(name="quality_one_run_a_day", fields=["as_of"], condition=Q(superseded=False)),
            models.CheckConstraint(name="quality_run_ends_after_start", condition=Q(finished_at__gte=F("started_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.as_of} #{self.pk}"


class QualityAnswer(models.Model):
    """How one check did in a run, the nation over. Numbers are null where it could not run: unknown, never zero."""

    run = models.ForeignKey(QualityRun, on_delete=models.PROTECT, related_name="answers", db_index=False)
    check_code = models.CharField(max_length=60)
    ran = models.BooleanField()
    problem = models.CharField(max_length=300, blank=True)
    found = models.PositiveIntegerField(null=True)
    excepted = models.PositiveIntegerField(null=True)
    population = models.PositiveIntegerField(null=True)
    unseen = models.PositiveIntegerField(default=0)
    listed = models.PositiveIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="quality_answer_once", fields=["run", "check_code"]),
            models.CheckConstraint(
                name="quality_answer_knows_or_says_why",
                condition=Q(ran=True, found__isnull=False, excepted__isnull=False, problem="")
                | Q(ran=False, found=None, excepted=None, population=None) & ~Q(problem=""),
            ),
            models.CheckConstraint(
                name="quality_answer_excepts_what_it_found", condition=Q(found=None) | Q(excepted__lte=F("found"))
            ),
        ]
        indexes = [models.Index(fields=["check_code", "run"], name="quality_answers_of_check")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.check_code}: {self.found}"


class QualityCount(models.Model):
    """What a check counted at one place in a run; place "" is where no place is recorded."""

    run = models.ForeignKey(QualityRun, on_delete=models.PROTECT, related_name="counts", db_index=False)
    check_code = models.CharField(max_length=60)
    place = models.CharField(max_length=40, blank=True)
    found = models.PositiveIntegerField()
    excepted = models.PositiveIntegerField()
    population = models.PositiveIntegerField(null=True)
    seen = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="quality_count_once", fields=["run", "check_code", "place"]),
            models.CheckConstraint(name="quality_count_excepts_what_it_found", condition=Q(excepted__lte=F("found"))),
        ]
        indexes = [models.Index(fields=["place", "run"], name="quality_counts_of_place")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.check_code} {self.place}: {self.found}"


class QualityFinding(models.Model):
    """A record that a check points at, from the first run that saw it to the one that no longer did (`gone_on`)."""

    check_code = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=20)
    subject_code = models.CharField(max_length=60)
    place = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)
    first_seen_on = models.DateField()
    last_seen_on = models.DateField()
    last_run = models.ForeignKey(QualityRun, on_delete=models.PROTECT, related_name="+", db_index=False)
    gone_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="quality_finding_once_alive",
                fields=["check_code", "subject_kind", "subject_code"],
                condition=Q(gone_on=None),
            ),
            models.CheckConstraint(
                name="quality_finding_days_in_order",
                condition=Q(last_seen_on__gte=F("first_seen_on"))
                & (Q(gone_on=None) | Q(gone_on__gte=F("last_seen_on"))),
            ),
            models.CheckConstraint(
                name="quality_finding_has_words",
                condition=~Q(check_code="") & ~Q(subject_kind="") & ~Q(subject_code=""),
            ),
        ]
        indexes = [
            models.Index(fields=["check_code", "id"], name="quality_findings_of_check"),
            models.Index(fields=["subject_kind", "subject_code"], name="quality_findings_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.check_code} {self.subject_code}"


class QualityException(models.Model):
    """A finding that somebody accepts for a while, with the reason. It ends by itself; nothing makes it for ever."""

    check_code = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=20)
    subject_code = models.CharField(max_length=60)
    place = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=400)
    granted_by = models.CharField(max_length=120)
    granted_by_id = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField()
    valid_from = models.DateField()
    expires_on = models.DateField()
    revoked_on = models.DateField(null=True)
    revoked_by = models.CharField(max_length=120, blank=True)
    revoke_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="quality_exception_ends", condition=Q(expires_on__gt=F("valid_from"))),
            models.CheckConstraint(
                name="quality_exception_has_reason",
                condition=~Q(reason="") & ~Q(check_code="") & ~Q(subject_kind="") & ~Q(subject_code=""),
            ),
            models.CheckConstraint(
                name="quality_exception_revoked_whole",
                condition=Q(revoked_on=None, revoked_by="", revoke_reason="")
                | Q(revoked_on__gte=F("valid_from")) & ~Q(revoked_by="") & ~Q(revoke_reason=""),
            ),
            models.UniqueConstraint(
                name="quality_exception_once_a_day",
                fields=["check_code", "subject_kind", "subject_code", "valid_from"],
                condition=Q(revoked_on=None),
            ),
        ]
        indexes = [models.Index(fields=["check_code", "subject_code"], name="quality_exceptions_of_check")]

    def __str__(self) -> str:
        return f"{self.check_code} {self.subject_code} hasta {self.expires_on}"


class QualityLimit(models.Model):
    """Limits of a check from a day, over its defaults. A later decision for the same day holds; earlier ones stay."""

    check_code = models.CharField(max_length=60)
    kind = models.CharField(max_length=5)
    soft = models.DecimalField(max_digits=14, decimal_places=6)
    hard = models.DecimalField(max_digits=14, decimal_places=6)
    valid_from = models.DateField()
    reason = models.CharField(max_length=400)
    decided_by = models.CharField(max_length=120)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="quality_limit_kind_known", condition=Q(kind__in=[str(kind) for kind in LimitKind])
            ),
            models.CheckConstraint(
                name="quality_limit_soft_not_over_hard", condition=Q(soft__gte=0) & Q(hard__gte=F("soft"))
            ),
            models.CheckConstraint(name="quality_limit_rate_is_a_share", condition=~Q(kind="rate") | Q(hard__lte=1)),
            models.CheckConstraint(name="quality_limit_has_reason", condition=~Q(reason="") & ~Q(check_code="")),
        ]
        indexes = [models.Index(fields=["check_code", "valid_from", "id"], name="quality_limits_of_check")]

    def __str__(self) -> str:
        return f"{self.check_code}: {self.soft} / {self.hard} desde {self.valid_from}"
