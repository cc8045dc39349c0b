"""Episodes of custody and the movements that make them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.register.models.lists import one_of
from creo.register.models.people import Person
from creo.register.rules import ABSENCES, EntryKind, LegalStatus, MovementKind, ReleaseKind

EXITS = ("release", "escape")
# How an episode ends without a release order: an escape is a movement of its own, an annulled admission has none.
NO_RELEASE = (ReleaseKind.ESCAPE, ReleaseKind.ANNULLED)
LEAVES = ("release", "escape", *sorted(str(kind) for kind in ABSENCES))


class Custody(models.Model):
    """An episode in custody: from an admission to its release, whatever transfers and absences lie between.

    `entry_kind`, `admitted_on`, `facility`, `absence`, `absent_since`, `released_on` and `release_kind` are caches of
    what the episode's movements add up to (`rules.stays`): every command derives them again after it writes one.
    An admission annulled by a counter-entry leaves an episode of no length, released as `annulled`.
    """

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
    absence = models.CharField(max_length=11, blank=True, default="", db_default="")  # away, and still on the roll
    absent_since = models.DateField(null=True)
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
            models.CheckConstraint(
                name="custody_absence_fits_its_day",
                condition=Q(absence="", absent_since=None)
                | ~Q(absence="") & Q(released_on=None, absent_since__isnull=False, absent_since__gte=F("admitted_on")),
            ),
            models.CheckConstraint(
                name="custody_annulled_has_no_length",
                condition=~Q(release_kind="annulled") | Q(released_on=F("admitted_on")),
            ),
            one_of("custody_absence_known", "absence", ABSENCES, blank=True),
            one_of("custody_entry_kind_known", "entry_kind", EntryKind),
            one_of("custody_release_kind_known", "release_kind", ReleaseKind, blank=True),
            one_of("custody_legal_status_known", "legal_status", LegalStatus, blank=True),
        ]
        indexes = [
            # Who is held: the list of a prison in the order of its pages.
            models.Index(fields=["facility", "person"], name="custody_held", condition=Q(released_on=None)),
            # Who is away today: few among all who are held.
            models.Index(fields=["person"], name="custody_absent", condition=Q(released_on=None) & ~Q(absence="")),
            # Admissions are counted from here alone.
            models.Index(fields=["person", "admitted_on", "entry_kind", "release_kind"], name="custody_admissions"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}/{self.number}"


class Movement(models.Model):
    """A step of an episode, in order: into prison, between prisons, away and back, or out.

    Nothing is deleted: a mistake is `annulled` with its reason and stays in sight. `detail` says how the episode began
    (admission) or ended (release). `late` was recorded after a movement of a later day. `source_key` is the movement's
    key in the system it came from: the same movement twice is stored once.
    """

    custody = models.ForeignKey(Custody, on_delete=models.PROTECT, related_name="movements", db_index=False)
    sequence = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=11)
    on = models.DateField()
    at = models.TimeField(null=True)
    from_facility = models.ForeignKey(
        "territory.Facility", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_facility = models.ForeignKey(
        "territory.Facility", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Bulk writers copy rows without these columns: the database fills them in.
    detail = models.CharField(max_length=30, blank=True, default="", db_default="")
    destination = models.CharField(max_length=200, blank=True, default="", db_default="")
    hours = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=300, blank=True, default="", db_default="")
    source_key = models.CharField(max_length=120, blank=True, default="", db_default="")
    late = models.BooleanField(default=False, db_default=False)
    annulled = models.BooleanField(default=False, db_default=False)
    annul_reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            one_of("movement_kind_known", "kind", MovementKind),
            models.UniqueConstraint(name="movement_sequence_once", fields=["custody", "sequence"]),
            models.UniqueConstraint(
                name="movement_source_key_once", fields=["source_key"], condition=~Q(source_key="")
            ),
            models.UniqueConstraint(
                name="movement_one_exit", fields=["custody"], condition=Q(kind__in=EXITS, annulled=False)
            ),
            models.CheckConstraint(
                name="movement_begins_with_admission",
                condition=Q(sequence=1, kind="admission") | Q(sequence__gte=2) & ~Q(kind="admission"),
            ),
            # A place that is not recorded is null: unknown, never a contradiction.
            models.CheckConstraint(
                name="movement_places_fit_its_kind",
                condition=Q(kind__in=["admission", "return"], from_facility=None)
                | Q(kind__in=LEAVES, to_facility=None)
                | Q(kind="transfer")
                & (Q(from_facility=None) | Q(to_facility=None) | ~Q(from_facility=F("to_facility"))),
            ),
            models.CheckConstraint(
                name="movement_detail_fits_its_kind",
                condition=Q(detail="")
                | Q(kind="admission", detail__in=sorted(str(kind) for kind in EntryKind))
                | Q(kind="release", detail__in=sorted(str(kind) for kind in ReleaseKind if kind not in NO_RELEASE)),
            ),
            models.CheckConstraint(
                name="movement_destination_only_outside",
                condition=Q(destination="") | Q(kind__in=sorted(str(kind) for kind in ABSENCES)),
            ),
            models.CheckConstraint(
                name="movement_hours_only_of_permits", condition=Q(hours=None) | Q(kind="exit_permit", hours__gte=1)
            ),
            models.CheckConstraint(
                name="movement_annulled_with_reason",
                condition=Q(annulled=False, annul_reason="") | Q(annulled=True) & ~Q(annul_reason=""),
            ),
        ]
        indexes = [
            # The list of movements reads its order, its prison and its kind from here alone.
            models.Index(fields=["on", "id", "kind", "from_facility", "to_facility", "annulled"], name="movement_days"),
            # Where people were on a past day: the transfers made since.
            models.Index(fields=["on", "custody"], name="movement_transfers", condition=Q(kind="transfer")),
        ]

    def __str__(self) -> str:
        return f"{self.custody_id}.{self.sequence} {self.kind}"
