"""The table of acts. No foreign keys: history outlives what it tells about."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act, written in the transaction of the command that did it."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=120)
    act = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=80)
    place = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_code"], name="ledger_subject"),
            models.Index(fields=["act", "id"], name="ledger_act"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor}: {self.act} {self.subject_kind} {self.subject_code}"
