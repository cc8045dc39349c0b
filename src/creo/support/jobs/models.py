"""Tables: each job, by whom and how it ended, and which daily work has begun. The queue itself is django-tasks-db's."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """One piece of background work. Its effects are all-or-nothing, so that a second try never doubles them."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    user_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "-id"], name="job_by_user"),
            models.Index(fields=["state"], name="job_by_state"),
        ]
        constraints = [
            models.CheckConstraint(
                name="job_finished_has_time",
                condition=models.Q(state__in=["queued", "running"], finished_at=None)
                | models.Q(state__in=["done", "failed"], finished_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} {self.state}"


class ScheduledStart(models.Model):
    """A daily job started on a day of Lima: once a day and kind, whatever the number of workers."""

    kind = models.CharField(max_length=60)
    day = models.DateField()
    started_at = models.DateTimeField()
    job_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="schedule_once_a_day", fields=["kind", "day"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"
