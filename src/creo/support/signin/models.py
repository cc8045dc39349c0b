"""What the libraries of sign-in do not keep: first passwords, codes already used, what somebody has yet to be told."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from creo.support.secrets.fields import EncryptedTextField, SealedRow, sealed_constraint


class Credential(models.Model):
    """What is known of somebody's password beside its hash. No row: an own password, of any age."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    must_change = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    # Who made the last first password, and who took the last factors away: never the same person for both.
    reset_by_id = models.BigIntegerField(null=True, blank=True)
    unenrolled_by_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="first_password_ends",
                condition=models.Q(must_change=False, expires_at=None)
                | models.Q(must_change=True, expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reset_and_unenrolled_by_two",
                condition=models.Q(reset_by_id=None)
                | models.Q(unenrolled_by_id=None)
                | ~models.Q(reset_by_id=models.F("unenrolled_by_id")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class FactorSecret(SealedRow):
    """The secret of an application of codes, or the seed of recovery codes; allauth's row holds only its `seal_id`.

    A table of ours so that a change of the encryption key seals it anew with everything else.
    """

    text = EncryptedTextField(max_length=200)

    class Meta:
        constraints = [sealed_constraint("factor_secret_is_sealed", "text")]

    def __str__(self) -> str:
        return f"{self.pk}"


class UsedCode(models.Model):
    """A one-time code that was taken: by its time step, never the code. The database refuses it a second time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    step = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_time_code_once", fields=["user", "step"])]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.step}"


class Notice(models.Model):
    """Something about their access that somebody is told at the next page they open, in any of their sessions."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=30)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=60, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["user"], name="signin_untold", condition=models.Q(told_at=None)),
            models.Index(fields=["user", "-id"], name="signin_notices"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_id}: {self.kind}"
