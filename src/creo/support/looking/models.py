"""Tables of looking: purposes given, every look, access in an emergency, alerts, and invented people who raise them.

Nothing here is deleted and no foreign key leaves the slice: what was looked at outlives users and files.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class StatedPurpose(models.Model):
    """Why somebody opens the sheets of one access class of one file, until a moment."""

    user_id = models.BigIntegerField()
    subject_kind = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=80)
    access = models.CharField(max_length=20)
    purpose = models.CharField(max_length=30)
    stated_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="purpose_ends_after_it_starts", condition=Q(until__gt=F("stated_at"))),
            models.CheckConstraint(
                name="purpose_of_a_closed_class",
                condition=Q(access__in=["confidential", "health", "assessment", "legal"]),
            ),
            models.CheckConstraint(name="purpose_says_which", condition=~Q(purpose="") & ~Q(subject_code="")),
        ]
        indexes = [
            models.Index(fields=["user_id", "subject_code", "access", "-until"], name="purpose_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.access} {self.subject_code} ({self.purpose})"


class Emergency(models.Model):
    """Access to one file outside the reader's scope: with a reason, for minutes, and seen again by another person.

    `place` is the prison that holds the person (empty outside custody) and `home` the reader's own (empty for an
    office). `ended_at` is when an objection cut it short.
    """

    class State(models.TextChoices):
        OPEN = "open"
        APPROVED = "approved"
        OBJECTED = "objected"

    user_id = models.BigIntegerField()
    actor = models.CharField(max_length=120)
    subject_kind = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=80)
    place = models.CharField(max_length=40, blank=True)
    home = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    review_due = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reviewed_by_id = models.BigIntegerField(null=True)
    reviewed_by = models.CharField(max_length=120, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    review_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="emergency_ends_after_it_starts", condition=Q(until__gt=F("opened_at"))),
            models.CheckConstraint(name="emergency_says_why", condition=~Q(reason="") & ~Q(subject_code="")),
            models.CheckConstraint(
                name="emergency_open_is_unreviewed",
                condition=Q(state="open", reviewed_by_id=None, reviewed_by="", reviewed_at=None, review_reason="")
                | Q(state__in=["approved", "objected"], reviewed_by_id__isnull=False, reviewed_at__isnull=False)
                & ~Q(reviewed_by="")
                & ~Q(review_reason=""),
            ),
            models.CheckConstraint(
                name="emergency_seen_by_another", condition=Q(reviewed_by_id=None) | ~Q(reviewed_by_id=F("user_id"))
            ),
            models.CheckConstraint(name="emergency_cut_short", condition=Q(ended_at=None) | Q(state="objected")),
        ]
        indexes = [
            models.Index(fields=["user_id", "subject_code", "-until"], name="emergency_in_force"),
            models.Index(fields=["review_due", "id"], condition=Q(state="open"), name="emergency_unreviewed"),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.subject_code} ({self.state})"


class Look(models.Model):
    """One look at a file, or one that was refused because the file is outside the reader's scope.

    `sheet` is empty for the file itself. `outside` is a look at somebody whom the reader's places do not hold.
    `told` is False until the look stands in the ledger: sheets at once, files within a round of the worker.
    """

    at = models.DateTimeField()
    user_id = models.BigIntegerField()
    actor = models.CharField(max_length=120)
    subject_kind = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=80)
    sheet = models.CharField(max_length=40, blank=True)
    purpose = models.CharField(max_length=30, blank=True)
    place = models.CharField(max_length=40, blank=True)
    outside = models.BooleanField(default=False)
    refused = models.BooleanField(default=False)
    emergency = models.ForeignKey(Emergency, on_delete=models.PROTECT, null=True, related_name="looks", db_index=False)
    told = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="look_at_something", condition=~Q(subject_code="") & ~Q(actor="")),
            models.CheckConstraint(
                name="look_sheet_has_purpose", condition=Q(sheet="", purpose="") | ~Q(sheet="") & ~Q(purpose="")
            ),
            models.CheckConstraint(name="look_refused_saw_nothing", condition=Q(refused=False) | Q(sheet="")),
        ]
        indexes = [
            models.Index(fields=["user_id", "-at"], name="look_by_user"),
            models.Index(fields=["subject_code", "-id"], name="look_at_subject"),
            models.Index(fields=["at"], name="look_moment"),
            models.Index(fields=["id"], condition=Q(told=False), name="look_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.sheet or self.subject_kind} {self.subject_code}"


class Canary(models.Model):
    """An invented person whom nobody has a reason to look at: each look raises an alert."""

    subject_kind = models.CharField(max_length=40, default="person")
    subject_code = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    set_by = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="canary_once", fields=["subject_code"], condition=Q(withdrawn_at=None)),
            models.CheckConstraint(name="canary_says_why", condition=~Q(reason="") & ~Q(set_by="")),
            models.CheckConstraint(
                name="canary_withdrawn_by_somebody",
                condition=Q(withdrawn_at=None, withdrawn_by="") | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_code}"


class Alert(models.Model):
    """Unusual reading by one account: the rule, what was read, and what a person said about it.

    `key` names the burst, so that two workers raise it once. `evidence` lists looks as [moment, code, what].
    """

    class State(models.TextChoices):
        OPEN = "open"
        EXPLAINED = "explained"
        ESCALATED = "escalated"

    key = models.CharField(max_length=120, unique=True)
    rule = models.CharField(max_length=30)
    user_id = models.BigIntegerField()
    actor = models.CharField(max_length=120)
    place = models.CharField(max_length=40, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    evidence = models.JSONField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decided_by_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    incident = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="alert_in_order", condition=Q(last_at__gte=F("first_at")) & Q(count__gte=1)),
            models.CheckConstraint(
                name="alert_open_is_undecided",
                condition=Q(state="open", decided_by_id=None, decided_by="", decided_at=None, reason="", incident="")
                | Q(state__in=["explained", "escalated"], decided_by_id__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by="")
                & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="alert_decided_by_another", condition=Q(decided_by_id=None) | ~Q(decided_by_id=F("user_id"))
            ),
            models.CheckConstraint(
                name="alert_escalated_names_its_incident",
                condition=Q(state="escalated") & ~Q(incident="") | ~Q(state="escalated") & Q(incident=""),
            ),
        ]
        indexes = [
            models.Index(fields=["user_id", "rule", "-last_at"], name="alert_of_user"),
            models.Index(fields=["state", "-id"], name="alert_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.actor} ({self.state})"


class Watch(models.Model):
    """How far the watch over downloads has read the ledger. One row."""

    name = models.CharField(max_length=40, unique=True)
    entry_id = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.entry_id}"
