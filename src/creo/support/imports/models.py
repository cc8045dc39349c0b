"""Tables of the staged import: each file somebody sent with its state, and the wrong cells found in it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ImportBatch(models.Model):
    """One file on its way: uploaded, checked, applied all or nothing; or refused with its errors, or cancelled."""

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKING = "checking"
        CHECKED = "checked"
        APPLYING = "applying"
        APPLIED = "applied"
        REFUSED = "refused"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=40)
    mapping = models.CharField(max_length=60)
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    rows_total = models.IntegerField(default=0)
    rows_ok = models.IntegerField(default=0)
    errors_total = models.IntegerField(default=0)
    summary = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    uploaded_by_id = models.BigIntegerField(null=True)
    uploaded_by = models.CharField(max_length=120)
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "sha256"], name="import_by_file")]
        constraints = [
            models.CheckConstraint(
                name="import_state_known",
                condition=Q(
                    state__in=["uploaded", "checking", "checked", "applying", "applied", "refused", "cancelled"]
                ),
            ),
            models.CheckConstraint(
                name="import_rows_add_up",
                condition=Q(rows_ok__gte=0, rows_total__gte=F("rows_ok"), errors_total__gte=0, size__gt=0),
            ),
            models.CheckConstraint(
                name="import_checked_has_time",
                condition=Q(state__in=["uploaded", "checking", "cancelled"]) | Q(checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="import_applied_has_time",
                condition=Q(state="applied", applied_at__isnull=False) | (~Q(state="applied") & Q(applied_at=None)),
            ),
            models.CheckConstraint(
                name="import_applied_without_errors",
                condition=~Q(state__in=["checked", "applying", "applied"]) | Q(errors_total=0),
            ),
            models.UniqueConstraint(
                name="import_file_applied_once",
                fields=["kind", "sha256"],
                condition=Q(state="applied"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} {self.filename} {self.state}"


class SavedMapping(models.Model):
    """A version of a format of origin that somebody described. Never edited: a new version ends the one before."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    rules = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    made_by_id = models.BigIntegerField(null=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "fingerprint"], name="mapping_by_headers", condition=Q(ended_at__isnull=True))
        ]
        constraints = [
            models.UniqueConstraint(name="mapping_version_once", fields=["kind", "name", "version"]),
            models.UniqueConstraint(
                name="mapping_one_in_force", fields=["kind", "name"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="mapping_has_words", condition=~Q(name="") & ~Q(reason="") & Q(version__gte=1)),
            models.CheckConstraint(
                name="mapping_not_ended_before_made", condition=Q(ended_at=None) | Q(ended_at__gte=F("made_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.version}"


class DifferenceRow(models.Model):
    """What a file tells otherwise of somebody who is already there, shown before it is applied; kept with the batch."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="+", db_index=False)
    row = models.IntegerField(null=True)
    subject = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    field = models.CharField(max_length=80)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=7)
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "id"], name="import_difference_page"),
            models.Index(fields=["batch", "kind", "id"], name="import_difference_kind"),
        ]
        constraints = [
            models.CheckConstraint(name="import_difference_outcome", condition=Q(outcome__in=["applies", "choice"])),
            models.CheckConstraint(name="import_difference_named", condition=~Q(subject="") & ~Q(kind="")),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.subject} {self.field}"


class CellErrorRow(models.Model):
    """A wrong cell of a file: where it is, what it holds, what is expected. In the order of the file by key."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="+")
    row = models.IntegerField()
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=400)

    class Meta:
        indexes = [models.Index(fields=["batch", "id"], name="import_error_page")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.row} {self.column} {self.message}"
