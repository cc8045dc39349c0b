"""Tables of the programme: versions of its design, and the items of each version with where they come from.

The document of a version is its truth; items, contradictions and facts are the same content as rows, written together
with it, so that lists, filters and later chapters can ask the database.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class BudgetProgramme(models.Model):
    """A budget programme (programa presupuestal)."""

    code = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.code


class DesignVersion(models.Model):
    """One version of a design. It rules from `valid_from` to the day before `valid_to`."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        IN_FORCE = "in_force"
        RETIRED = "retired"
        DISCARDED = "discarded"

    class Origin(models.TextChoices):
        FILES = "files"
        DRAFT = "draft"

    programme = models.ForeignKey(BudgetProgramme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status)
    origin = models.CharField(max_length=5, choices=Origin)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="design_number_once_per_programme", fields=["programme", "number"]),
            models.UniqueConstraint(
                name="one_design_in_force_per_programme", fields=["programme"], condition=Q(status="in_force")
            ),
            models.CheckConstraint(
                name="design_status_is_known", condition=Q(status__in=["draft", "in_force", "retired", "discarded"])
            ),
            models.CheckConstraint(name="design_origin_is_known", condition=Q(origin__in=["files", "draft"])),
            models.CheckConstraint(
                name="design_ends_after_it_starts", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="design_rules_only_with_a_start",
                condition=(Q(status__in=["in_force", "retired"]) & Q(valid_from__isnull=False))
                | (Q(status__in=["draft", "discarded"]) & Q(valid_from=None, valid_to=None)),
            ),
            models.CheckConstraint(
                name="retired_design_has_an_end", condition=~Q(status="retired") | Q(valid_to__isnull=False)
            ),
            models.CheckConstraint(
                name="draft_rules_only_when_approved",
                condition=Q(origin="files") | Q(status__in=["draft", "discarded"]) | Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="design_approval_has_who_and_when",
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="design_maker_is_not_its_checker",
                condition=Q(approved_by=None) | Q(author=None) | ~Q(approved_by=F("author")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} v{self.number} ({self.status})"


class DesignItem(models.Model):
    """One item of a version: texts as printed and as treated (parameters filled in), lines, citations, the rest."""

    version = models.ForeignKey(DesignVersion, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=130)
    parent = models.CharField(max_length=150, blank=True)
    position = models.PositiveIntegerField()
    title = models.TextField(blank=True)
    label = models.TextField(blank=True)
    printed = models.TextField(blank=True)
    treated = models.TextField(blank=True)
    origin = models.CharField(max_length=10)
    lines = models.JSONField()
    cites = models.JSONField()
    contradictions = models.JSONField()
    note = models.TextField(blank=True)
    data = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="design_item_once_per_version", fields=["version", "kind", "code"]),
        ]
        indexes = [models.Index(fields=["version", "position"], name="design_item_order")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.code}"


class Contradiction(models.Model):
    """A contradiction or gap of the source, with the treatment chosen in a version."""

    version = models.ForeignKey(DesignVersion, on_delete=models.CASCADE, related_name="contradictions")
    code = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    severity = models.CharField(max_length=1)
    lines = models.JSONField()
    statement = models.TextField()
    treatment = models.TextField()
    applies_to = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="contradiction_once_per_version", fields=["version", "code"]),
            models.CheckConstraint(name="contradiction_severity_is_known", condition=Q(severity__in=["H", "M", "L"])),
        ]

    def __str__(self) -> str:
        return self.code


class SourceFact(models.Model):
    """A fact of the source and the items of a version that represent it."""

    version = models.ForeignKey(DesignVersion, on_delete=models.CASCADE, related_name="facts")
    code = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    lines = models.JSONField()
    text = models.TextField()
    represented_by = models.JSONField()
    unbound_reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="source_fact_once_per_version", fields=["version", "code"])]

    def __str__(self) -> str:
        return self.code
