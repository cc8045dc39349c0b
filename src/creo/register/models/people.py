"""Who is known: people, their references elsewhere, what sources say of them, and their identities over time."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact, GreaterThanOrEqual

from creo.register.models.lists import one_of
from creo.register.rules import DocumentKind, IdentityStatus, Sex


class Person(models.Model):
    """Somebody who is or was in custody. A duplicate that was merged points to the record that goes on."""

    code = models.CharField(max_length=12)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    died_on = models.DateField(null=True)

    class Meta:
        constraints = [
            # Not `unique=True`: on PostgreSQL that makes a second index, for prefixes nobody asks for.
            models.UniqueConstraint(fields=["code"], name="person_code_once"),
            models.CheckConstraint(
                name="person_code_form", condition=Q(code__startswith="P-") & Q(GreaterThanOrEqual(Length("code"), 9))
            ),
            models.CheckConstraint(
                name="person_not_merged_into_self", condition=Q(merged_into=None) | ~Q(merged_into=F("id"))
            ),
        ]
        indexes = [
            models.Index(fields=["merged_into"], name="person_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["id"], name="person_died", condition=Q(died_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.code


class PersonReference(models.Model):
    """The same person in somebody else's records: lets a second import recognise who came in the first."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="references")
    source = models.CharField(max_length=60)
    reference = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reference_once_per_source", fields=["source", "reference"]),
            models.CheckConstraint(name="reference_not_empty", condition=~Q(source="") & ~Q(reference="")),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.reference}"


class Statement(models.Model):
    """Something a source says about a person that the register does not take as true: evidence to look at, no fact."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="statements", db_index=False)
    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    answer = models.CharField(max_length=80)
    on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="statement_once", fields=["person", "source", "kind"]),
            models.CheckConstraint(name="statement_not_empty", condition=~Q(source="") & ~Q(kind="") & ~Q(answer="")),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.source} {self.kind}: {self.answer}"


class Identity(models.Model):
    """Who a person is during a period, as far as known. The open one is the present one; earlier ones stay."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identities")
    given_names = models.CharField(max_length=120, blank=True)
    first_surname = models.CharField(max_length=80, blank=True)
    second_surname = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=6, blank=True)
    document_kind = models.CharField(max_length=7, default=DocumentKind.UNKNOWN.value)
    document_number = models.CharField(max_length=20, blank=True)
    nationality = models.CharField(max_length=2, blank=True)
    status = models.CharField(max_length=11, default=IdentityStatus.PROVISIONAL.value)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            one_of("identity_sex_known", "sex", Sex, blank=True),
            one_of("identity_status_known", "status", IdentityStatus),
            models.CheckConstraint(
                name="identity_document_fits_its_kind",
                condition=Q(document_kind__in=["none", "unknown"], document_number="")
                | Q(document_kind="foreign") & ~Q(document_number="")
                | Q(document_kind="dni") & Q(Exact(Length("document_number"), 8)),
            ),
            models.CheckConstraint(
                name="identity_not_ended_before_start", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="identity_confirmed_has_names",
                condition=Q(status="provisional") | ~Q(given_names="") & ~Q(first_surname=""),
            ),
            models.UniqueConstraint(name="identity_one_current", fields=["person"], condition=Q(valid_to=None)),
            models.UniqueConstraint(
                name="identity_confirmed_dni_once",
                fields=["document_number"],
                condition=Q(valid_to=None, status="confirmed", document_kind="dni"),
            ),
            models.UniqueConstraint(
                name="identity_confirmed_foreign_once",
                fields=["document_number", "nationality"],
                condition=Q(valid_to=None, status="confirmed", document_kind="foreign"),
            ),
        ]
        indexes = [
            models.Index(fields=["document_number"], name="identity_document", condition=~Q(document_number="")),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.first_surname} {self.status}".strip()
