"""Keys of other institutions, and the writes that a key has already made."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ApiKey(models.Model):
    """What another institution's system may do, where and until when. Its secret is kept only as a digest.

    Never deleted: revoked with a reason, or expired.
    """

    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    institution = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300)
    permissions = models.JSONField()
    scope_kind = models.CharField(max_length=10)
    scope_code = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=120, blank=True)
    revoked_reason = models.CharField(max_length=300, blank=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="key_names_its_place",
                condition=Q(scope_kind="nation", scope_code="")
                | Q(scope_kind__in=["region", "facility"]) & ~Q(scope_code=""),
            ),
            models.CheckConstraint(
                name="key_says_who_and_why",
                condition=~Q(institution="") & ~Q(purpose="") & ~Q(created_by="") & ~Q(digest=""),
            ),
            models.CheckConstraint(
                name="key_revoked_by_somebody_for_a_reason",
                condition=Q(revoked_at=None, revoked_by="", revoked_reason="")
                | Q(revoked_at__isnull=False) & ~Q(revoked_by="") & ~Q(revoked_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.institution}"


class RememberedCall(models.Model):
    """A write already made under an idempotency key: the same call again gets the same answer, and does nothing."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="call_once_per_key", fields=["api_key", "key"]),
            models.CheckConstraint(name="call_has_its_key", condition=~Q(key="") & ~Q(fingerprint="")),
        ]

    def __str__(self) -> str:
        return f"{self.api_key_id}:{self.key}"
