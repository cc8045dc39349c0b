"""Tables of the register. What is not recorded is null or an empty text: unknown, never a guess.

A person is not an identity (it may change and be confirmed) and not an episode of custody (there may be several).
Periods are half-open: `valid_to` and `released_on` are the first day outside, null while they last.
Foreign keys without an index of their own are served by a constraint or an index that begins with them, or by none on
purpose: a national register writes half a million movements, and nobody lists them by prison.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact, GreaterThanOrEqual

from creo.register.rules import DocumentKind, EntryKind, IdentityStatus, LegalStatus, ReleaseKind, Sex


def _one_of(name: str, field: str, values: object, *, blank: bool = False) -> models.CheckConstraint:
    """A closed list; `blank` lets an empty text pass, as unknown."""
    listed = sorted(str(value) for value in values)  # type: ignore[attr-defined]
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": ["", *listed] if blank else listed}))


class Person(models.Model):
    """Somebody who is or was in custody. A duplicate that was merged points to the record that goes on."""

    code = models.CharField(max_length=12, unique=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    died_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="person_code_form", condition=Q(code__startswith="P-") & Q(GreaterThanOrEqual(Length("code"), 9))
            ),
            models.CheckConstraint(
                name="person_not_merged_into_self", condition=Q(merged_into=None) | ~Q(merged_into=F("id"))
            ),
        ]
        indexes = [
            models.Index(fields=["merged_into"], name="person_merged", condition=Q(merged_into__isnull=False)),
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
    search_name = models.CharField(max_length=300, blank=True)
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
            _one_of("identity_sex_known", "sex", Sex, blank=True),
            _one_of("identity_status_known", "status", IdentityStatus),
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
            models.CheckConstraint(
                name="identity_search_name_follows_names",
                condition=Q(search_name="", given_names="", first_surname="", second_surname="")
                | ~Q(search_name="") & ~Q(given_names="", first_surname="", second_surname=""),
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
            # Search reads names, present and earlier, from here alone: a narrow index instead of the whole table.
            models.Index(fields=["search_name", "person"], name="identity_search"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.first_surname} {self.status}".strip()


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


class Custody(models.Model):
    """An episode in custody: from an admission to its release, whatever transfers lie between."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="custodies", db_index=False)
    number = models.PositiveSmallIntegerField()
    entry_kind = models.CharField(max_length=10, default=EntryKind.MANDATE.value)
    mandate = models.CharField(max_length=200, blank=True)
    admitted_on = models.DateField()
    admitted_on_known = models.BooleanField(default=True)  # False: admitted before that day, nobody recorded when
    released_on = models.DateField(null=True)
    release_kind = models.CharField(max_length=30, blank=True)
    facility = models.ForeignKey(
        "territory.Facility", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    legal_status = models.CharField(max_length=11, blank=True)
    legal_status_on = models.DateField(null=True)
    next_hearing_on = models.DateField(null=True)
    organised_crime = models.BooleanField(null=True)
    extreme_security = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="custody_number_once", fields=["person", "number"]),
            models.UniqueConstraint(name="custody_one_open", fields=["person"], condition=Q(released_on=None)),
            models.CheckConstraint(name="custody_numbers_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="custody_not_released_before_admission",
                condition=Q(released_on=None) | Q(released_on__gte=F("admitted_on")),
            ),
            models.CheckConstraint(
                name="custody_release_kind_needs_release", condition=Q(release_kind="") | Q(released_on__isnull=False)
            ),
            models.CheckConstraint(
                name="custody_status_date_needs_status", condition=Q(legal_status_on=None) | ~Q(legal_status="")
            ),
            _one_of("custody_entry_kind_known", "entry_kind", EntryKind),
            _one_of("custody_release_kind_known", "release_kind", ReleaseKind, blank=True),
            _one_of("custody_legal_status_known", "legal_status", LegalStatus, blank=True),
        ]
        indexes = [
            # Who is held: the list of a prison in the order of its pages.
            models.Index(fields=["facility", "person"], name="custody_held", condition=Q(released_on=None)),
            # Admissions are counted from here alone.
            models.Index(fields=["person", "admitted_on", "entry_kind"], name="custody_admissions"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}/{self.number}"


class Movement(models.Model):
    """An admission, a transfer or a release of an episode, in order. Append-only."""

    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="movements", db_index=False)
    sequence = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9)
    on = models.DateField()
    from_facility = models.ForeignKey(
        "territory.Facility", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_facility = models.ForeignKey(
        "territory.Facility", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="movement_sequence_once", fields=["custody", "sequence"]),
            models.CheckConstraint(
                name="movement_begins_with_admission",
                condition=Q(sequence=1, kind="admission") | Q(sequence__gte=2, kind__in=["transfer", "release"]),
            ),
            models.CheckConstraint(
                name="movement_places_fit_its_kind",
                condition=Q(kind="admission", from_facility=None)
                | Q(kind="release", to_facility=None)
                | Q(kind="transfer")
                & (Q(from_facility=None) | Q(to_facility=None) | ~Q(from_facility=F("to_facility"))),
            ),
            models.UniqueConstraint(name="movement_one_release", fields=["custody"], condition=Q(kind="release")),
        ]
        indexes = [
            models.Index(fields=["on", "custody"], name="movement_transfers", condition=Q(kind="transfer")),
        ]

    def __str__(self) -> str:
        return f"{self.custody_id}.{self.sequence} {self.kind}"


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
