"""Tables: what has to reach whom (one row per announcement and reaction), and what people must decide."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Delivery(models.Model):
    """One announcement on its way to one reaction. The announcement itself is the ledger's entry.

    Written in the transaction of the act; marked as delivered in the transaction of the reaction's own effects.
    `done_at` is empty while it is open (pending, waiting, parked): partial indexes hang on it, so that what was
    delivered costs nothing.
    """

    class State(models.TextChoices):
        PENDING = "pending"  # never tried
        WAITING = "waiting"  # failed; tried again at `next_try_at`
        PARKED = "parked"  # refused, or failed too often: a person decides
        DONE = "done"
        DROPPED = "dropped"  # set aside by a person, with a reason

    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+", db_index=False)
    reaction = models.CharField(max_length=200)
    act = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=80)
    place = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    announced_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_once", fields=["entry", "reaction"]),
            models.CheckConstraint(
                name="delivery_state_known",
                condition=Q(state__in=["pending", "waiting", "parked", "done", "dropped"]),
            ),
            models.CheckConstraint(
                name="delivery_closed_has_time",
                condition=Q(state__in=["done", "dropped"], done_at__isnull=False)
                | Q(state__in=["pending", "waiting", "parked"], done_at=None),
            ),
            models.CheckConstraint(
                name="delivery_trouble_is_told",
                condition=~Q(state__in=["waiting", "parked"]) | ~Q(last_error="") & Q(attempts__gte=1),
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(done_at=None), name="delivery_due"),
            models.Index(
                fields=["reaction", "subject_kind", "subject_code", "entry"],
                condition=Q(done_at=None),
                name="delivery_line",
            ),
            models.Index(fields=["-done_at"], condition=Q(done_at__isnull=False), name="delivery_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject_code} -> {self.reaction}: {self.state}"


class InboxItem(models.Model):
    """Something that a person must decide: what happened, what to decide, where the act is done.

    `key` says which situation it is, so that the same situation is asked once. `place` is a prison's code, empty for
    the nation alone. The system may close what it opened when the situation is over; what a person decided stays.
    """

    class State(models.TextChoices):
        OPEN = "open"
        DECIDED = "decided"
        CLOSED = "closed"

    class Decision(models.TextChoices):
        ACTED = "acted"
        NO_ACTION = "no_action"

    key = models.CharField(max_length=200, unique=True)
    topic = models.CharField(max_length=60)
    permission = models.CharField(max_length=40)
    place = models.CharField(max_length=40, blank=True)
    subject_kind = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    text = models.TextField()
    url = models.CharField(max_length=300)
    entry_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="inbox_open_is_undecided",
                condition=Q(state="open", decided_at=None, decision="", decided_by="", reason="")
                | Q(state__in=["decided", "closed"], decided_at__isnull=False) & ~Q(decided_by="") & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="inbox_decided_by_somebody",
                condition=Q(state="decided", decided_by_id__isnull=False, decision__in=["acted", "no_action"])
                | Q(state__in=["open", "closed"], decision=""),
            ),
            models.CheckConstraint(
                name="inbox_says_what",
                condition=~Q(title="") & ~Q(text="") & ~Q(url="") & ~Q(permission="") & ~Q(key=""),
            ),
        ]
        indexes = [
            models.Index(fields=["permission", "place", "-id"], condition=Q(decided_at=None), name="inbox_open"),
            models.Index(fields=["topic", "subject_kind", "subject_code"], name="inbox_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"
