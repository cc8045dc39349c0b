"""The dated offence catalogue, and the offences of each episode."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.register.models.custody import Custody


class Offence(models.Model):
    """An entry of the offence catalogue. Codes are retired (`valid_to`), never deleted.

    `family` is the present one, in force since `family_since` (null: always so); an empty text is not mapped yet.
    `edited` lists the fields that people changed: a later load of the file leaves them alone.
    """

    code = models.CharField(max_length=30, unique=True)
    law = models.CharField(max_length=30)
    article = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    family = models.CharField(max_length=40, blank=True)
    family_since = models.DateField(null=True)
    modality = models.CharField(max_length=80, blank=True)
    attempt_allowed = models.BooleanField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    aliases = models.JSONField(default=list)
    attempt_aliases = models.JSONField(default=list)
    predecessor = models.CharField(max_length=30, blank=True)
    source = models.CharField(max_length=300)
    edited = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="offence_has_words",
                condition=~Q(code="") & ~Q(law="") & ~Q(article="") & ~Q(title="") & ~Q(source=""),
            ),
            models.CheckConstraint(
                name="offence_ends_after_start",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="offence_family_since_needs_family", condition=Q(family_since=None) | ~Q(family="")
            ),
        ]

    def __str__(self) -> str:
        return self.code


class OffenceFamilyPeriod(models.Model):
    """A family that an offence had before the present one: the mapping of a past day is read from here."""

    offence = models.ForeignKey(Offence, on_delete=models.PROTECT, related_name="families")
    family = models.CharField(max_length=40)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField()
    reason = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.CheckConstraint(name="family_period_has_words", condition=~Q(family="") & ~Q(reason="")),
            models.CheckConstraint(
                name="family_period_not_ended_before_start",
                condition=Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offence_id} {self.family} -{self.valid_to}"


class CustodyOffence(models.Model):
    """An offence of an episode; null where the mandate does not say which. One of the present ones is the main one.

    `valid_from` null: since the episode began. What is no longer charged is closed (`valid_to`), never deleted; a
    correction closes what was wrong on its own first day, so that no day was ever it.
    """

    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="offences", db_index=False)
    offence = models.ForeignKey(Offence, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    is_main = models.BooleanField(default=True)
    attempt = models.BooleanField(null=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    # Bulk writers copy rows without it: the database fills it in.
    source = models.CharField(max_length=400, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="offence_one_main", fields=["custody"], condition=Q(is_main=True, valid_to=None)
            ),
            models.UniqueConstraint(
                name="offence_once_per_custody", fields=["custody", "offence"], condition=Q(valid_to=None)
            ),
            models.CheckConstraint(
                name="custody_offence_not_ended_before_start",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
        ]
        indexes = [
            models.Index(fields=["custody", "offence"], name="offence_others", condition=Q(is_main=False)),
            models.Index(fields=["custody", "valid_to"], name="offence_closed", condition=Q(valid_to__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.custody_id} {self.offence_id} {'principal' if self.is_main else ''}".strip()
