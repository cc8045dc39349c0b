"""The documents of a personal file: rows here, bytes in `creo.support.files` under their hash."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from creo.register.models.custody import Custody
from creo.register.models.lists import one_of
from creo.register.models.people import Person
from creo.register.rules import DocumentAccess, document_kinds
from creo.support.secrets.fields import EncryptedTextField, SealedRow, sealed_constraint


class Document(SealedRow):
    """One version of one document. A correction is a new version that replaces it; a withdrawn one stays, with why.

    What it is called tells what it says («Informe de VIH.pdf»): title, file name and reason are sealed.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="documents", db_index=False)
    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, null=True, related_name="documents")
    kind = models.CharField(max_length=30)
    access = models.CharField(max_length=10)
    title = EncryptedTextField(max_length=160)
    dated_on = models.DateField(null=True)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    corrects = EncryptedTextField(max_length=400, blank=True)  # why it replaced the version before
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    media = models.CharField(max_length=4)
    label = EncryptedTextField(max_length=110)
    place = models.CharField(max_length=40, blank=True)
    uploaded_by_id = models.BigIntegerField(null=True)
    uploaded_by = models.CharField(max_length=120)
    uploaded_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True)
    withdrawn_reason = EncryptedTextField(max_length=400, blank=True)

    class Meta:
        constraints = [
            one_of("document_kind_known", "kind", document_kinds()),
            one_of("document_access_known", "access", DocumentAccess),
            one_of("document_media_known", "media", ("pdf", "jpeg", "png")),
            models.CheckConstraint(
                name="document_medical_and_evaluations_apart",
                condition=Q(kind="medical_report", access="medical")
                | Q(kind="evaluations", access="evaluation")
                | ~Q(kind__in=["medical_report", "evaluations"]) & Q(access="general"),
            ),
            models.CheckConstraint(name="document_has_title", condition=~Q(title="")),
            sealed_constraint("document_texts_sealed", "title", "label", "corrects", "withdrawn_reason"),
            models.CheckConstraint(name="document_hash_form", condition=Q(Exact(Length("sha256"), 64))),
            models.CheckConstraint(name="document_not_empty", condition=Q(size__gte=1)),
            models.CheckConstraint(
                name="document_first_version_replaces_nothing",
                condition=Q(version=1, replaces=None) | Q(version__gte=2, replaces__isnull=False),
            ),
            models.CheckConstraint(name="document_replaces_another", condition=Q(replaces=None) | ~Q(replaces=F("id"))),
            models.CheckConstraint(
                name="document_withdrawn_with_reason",
                condition=Q(withdrawn_on=None, withdrawn_reason="")
                | Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "kind"], name="document_of_person"),
            models.Index(fields=["uploaded_by_id", "uploaded_at"], name="document_quota"),
            models.Index(fields=["sha256"], name="document_hash"),
            models.Index(fields=["place", "-id"], name="document_by_place"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} v{self.version}"
