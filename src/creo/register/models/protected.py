"""Protected facts of a person, and references to their biometrics elsewhere. Own access class; never in lists."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.register.models.lists import one_of
from creo.register.models.people import Person
from creo.register.rules import BIOMETRIC_WORDS, ProtectedKind, ProtectedValue, protected_read, protected_told
from creo.support.secrets.fields import EncryptedTextField, SealedRow, sealed_constraint
from creo.support.secrets.hiding import remember


class ProtectedFact(SealedRow):
    """What a person answered to one protected question, during a period. No row: nobody asked.

    `kind` is the question and stays clear: one open answer to each is the database's to keep, and merges ask for it.
    The whole answer, even whether it was yes, is the sealed `said`; read and written as `fact`.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="protected_facts", db_index=False)
    kind = models.CharField(max_length=15)
    said = EncryptedTextField(max_length=1200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = EncryptedTextField(max_length=200)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    annulled_reason = EncryptedTextField(max_length=400, blank=True)

    class Meta:
        constraints = [
            one_of("protected_kind_known", "kind", ProtectedKind),
            models.CheckConstraint(name="protected_says_something", condition=~Q(said="")),
            models.CheckConstraint(name="protected_has_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="protected_not_ended_before_start", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="protected_annulled_is_closed", condition=Q(annulled_reason="") | Q(valid_to__isnull=False)
            ),
            sealed_constraint("protected_texts_sealed", "said", "source", "annulled_reason"),
            models.UniqueConstraint(name="protected_one_open", fields=["person", "kind"], condition=Q(valid_to=None)),
        ]
        indexes = [models.Index(fields=["person", "kind"], name="protected_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"

    @property
    def fact(self) -> ProtectedValue:
        """The answer, opened."""
        item = protected_read(self.kind, self.said)
        for text in (item.value, item.needs):
            remember(text)
        return item

    @fact.setter
    def fact(self, item: ProtectedValue) -> None:
        """Question and answer. ValueError for an answer that cannot be: sealed, the database does not see it."""
        self.kind, self.said = str(item.kind), protected_told(item)
        for text in (item.value, item.needs):
            remember(text)


class BiometricReference(models.Model):
    """The code under which another system keeps a fingerprint, a photograph or a chart: never the image itself."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="biometrics")
    system = models.CharField(max_length=60)
    kind = models.CharField(max_length=14)
    reference = models.CharField(max_length=39)
    taken_on = models.DateField(null=True)
    quality = models.PositiveSmallIntegerField(null=True)
    recorded_by = models.CharField(max_length=120)
    recorded_at = models.DateTimeField()
    annulled_on = models.DateField(null=True)
    annulled_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            one_of("biometric_kind_known", "kind", BIOMETRIC_WORDS),
            models.CheckConstraint(name="biometric_has_words", condition=~Q(system="") & ~Q(reference="")),
            models.CheckConstraint(
                name="biometric_quality_is_a_share", condition=Q(quality=None) | Q(quality__lte=100)
            ),
            models.CheckConstraint(
                name="biometric_annulled_with_reason",
                condition=Q(annulled_on=None, annulled_reason="")
                | Q(annulled_on__isnull=False) & ~Q(annulled_reason=""),
            ),
            models.UniqueConstraint(
                name="biometric_reference_once",
                fields=["system", "kind", "reference"],
                condition=Q(annulled_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.system} {self.kind}"
