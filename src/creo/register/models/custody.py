"""Episodes of custody and the movements that make them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.register.models.lists import one_of
from creo.register.models.people import Person
from creo.register.rules import EntryKind, LegalStatus, ReleaseKind


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
            one_of("custody_entry_kind_known", "entry_kind", EntryKind),
            one_of("custody_release_kind_known", "release_kind", ReleaseKind, blank=True),
            one_of("custody_legal_status_known", "legal_status", LegalStatus, blank=True),
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
