"""The table of forms already sent. Technical: kept as long as a browser may send the same page again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SentForm(models.Model):
    """A form that had its effect, and where its sender was led then. Nothing of what was typed is kept, only a digest.

    Written in the transaction of the effect: both happen or none.
    """

    user_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    location = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="form_sent_once_by_each", fields=["user_id", "digest"]),
            models.CheckConstraint(name="sent_form_has_its_digest", condition=~Q(digest="")),
        ]
        indexes = [models.Index(fields=["at"], name="sent_form_at")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.digest[:12]}"
