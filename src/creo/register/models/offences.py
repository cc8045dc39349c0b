"""The dated offence catalogue, and the offences of each episode."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.register.models.custody import Custody


class Offence(models.Model):
    """An entry of the offence catalogue. Codes are retired (`valid_to`), never deleted."""

    code = models.CharField(max_length=30, unique=True)
    law = models.CharField(max_length=30)
    article = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    family = models.CharField(max_length=40)
    modality = models.CharField(max_length=80, blank=True)
    attempt_allowed = models.BooleanField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    aliases = models.JSONField(default=list)
    attempt_aliases = models.JSONField(default=list)
    predecessor = models.CharField(max_length=30, blank=True)
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="offence_has_words",
                condition=~Q(code="") & ~Q(law="") & ~Q(article="") & ~Q(title="") & ~Q(family="") & ~Q(source=""),
            ),
            models.CheckConstraint(
                name="offence_ends_after_start",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CustodyOffence(models.Model):
    """An offence of an episode; null where the mandate does not say which. One is the main one."""

    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="offences", db_index=False)
    offence = models.ForeignKey(Offence, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    is_main = models.BooleanField(default=True)
    attempt = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="offence_one_main", fields=["custody"], condition=Q(is_main=True)),
            models.UniqueConstraint(name="offence_once_per_custody", fields=["custody", "offence"]),
        ]

    def __str__(self) -> str:
        return f"{self.custody_id} {self.offence_id} {'principal' if self.is_main else ''}".strip()
