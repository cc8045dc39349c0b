"""What was published, as it was published: hidden numbers are nowhere in these tables."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact


class Release(models.Model):
    """One publication of the public figures, numbered without gaps. It never changes; a later one follows it."""

    number = models.PositiveIntegerField(unique=True)
    as_of = models.DateField(unique=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=120)
    published_by_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300)
    least = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(name="release_numbers_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="release_says_who_and_why", condition=~Q(published_by="") & ~Q(reason="") & Q(least__gte=2)
            ),
            models.CheckConstraint(name="release_digest_form", condition=Q(Exact(Length("digest"), 64))),
        ]

    def __str__(self) -> str:
        return f"publicación {self.number} al {self.as_of}"


class ReleasedTable(models.Model):
    """One table of a release: its axes and its cells ([number or null, why hidden, rounded]), totals last."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="tables", db_index=False)
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    rows = models.JSONField()
    columns = models.JSONField()
    cells = models.JSONField()
    source = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="released_table_once", fields=["release", "code"]),
            models.CheckConstraint(name="released_table_named", condition=~Q(code="") & ~Q(title="")),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.code}"
