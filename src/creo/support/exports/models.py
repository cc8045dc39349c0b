"""What went out: one row for each paper or file, found by its number. No foreign keys: it outlives what it tells."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class HandOut(models.Model):
    """One paper or file that somebody took. Made at once, or asked for, made in the worker and fetched once."""

    class State(models.TextChoices):
        GIVEN = "given"
        ASKED = "asked"
        READY = "ready"
        FETCHED = "fetched"
        EXPIRED = "expired"

    number = models.CharField(max_length=16, unique=True)
    made_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    roles = models.CharField(max_length=300, blank=True)
    scope = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=4)
    filters = models.TextField(blank=True)
    reason = models.CharField(max_length=400, blank=True)
    rows = models.PositiveIntegerField(null=True)
    act = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=80)
    filename = models.CharField(max_length=200)
    state = models.CharField(max_length=7, choices=State, default=State.GIVEN)
    listing = models.CharField(max_length=60, blank=True)
    asked = models.JSONField(null=True)
    job_id = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="handout_kind_known", condition=Q(kind__in=["csv", "xlsx", "pdf"])),
            models.CheckConstraint(
                name="handout_state_known", condition=Q(state__in=["given", "asked", "ready", "fetched", "expired"])
            ),
            models.CheckConstraint(name="handout_says_what", condition=~Q(title="") & ~Q(act="") & ~Q(actor="")),
            models.CheckConstraint(
                name="handout_waits_until", condition=Q(state__in=["given", "asked"]) | Q(expires_at__isnull=False)
            ),
            models.CheckConstraint(
                name="handout_fetched_once",
                condition=Q(state="fetched", fetched_at__isnull=False) | ~Q(state="fetched") & Q(fetched_at=None),
            ),
            models.CheckConstraint(
                name="handout_asked_of_a_list", condition=Q(state="given") | ~Q(listing="") & Q(asked__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["actor_id", "-id"], name="handout_of_actor"),
            models.Index(fields=["expires_at"], condition=Q(state="ready"), name="handout_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.state}"
