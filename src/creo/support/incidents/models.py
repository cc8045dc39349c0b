"""Tables of incidents: one row each with what its story says now, the story itself, and whom to notify."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from creo.support.incidents.rules import ANSWER_WORDS, KIND_WORDS, SEVERITY_WORDS, SLOT_WORDS, State, What


class Incident(models.Model):
    """A security incident. Numbered without gaps in its year.

    Below `known_at` stands what the living events say: kept here for lists, told anew from the story at every act.
    Unknown is empty or null, never no.
    """

    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=160)
    description = models.TextField()
    place = models.CharField(max_length=40, blank=True)
    detected_at = models.DateTimeField()
    known_at = models.DateTimeField()
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=State.REPORTED)
    severity = models.CharField(max_length=10, blank=True)
    personal_data = models.CharField(max_length=10, default="unknown")
    digital = models.CharField(max_length=10, default="unknown")
    data_kinds = models.JSONField(default=list)
    people = models.PositiveIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    digital_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="incident_number_once", fields=["year", "number"]),
            models.CheckConstraint(name="incident_known_after_detected", condition=Q(known_at__gte=F("detected_at"))),
            models.CheckConstraint(name="incident_state_known", condition=Q(state__in=[s.value for s in State])),
            models.CheckConstraint(name="incident_kind_known", condition=Q(kind__in=list(KIND_WORDS))),
            models.CheckConstraint(name="incident_severity_known", condition=Q(severity__in=["", *SEVERITY_WORDS])),
            models.CheckConstraint(
                name="incident_answers_known",
                condition=Q(personal_data__in=list(ANSWER_WORDS)) & Q(digital__in=list(ANSWER_WORDS)),
            ),
            models.CheckConstraint(
                name="incident_closed_has_time",
                condition=Q(state="closed", closed_at__isnull=False) | ~Q(state="closed") & Q(closed_at=None),
            ),
            models.CheckConstraint(
                name="incident_says_what", condition=~Q(title="") & ~Q(description="") & Q(number__gte=1)
            ),
        ]
        indexes = [
            models.Index(fields=["place", "-id"], name="incident_place"),
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="incident_running"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """How people call it: «INC-2026-0007»."""
        return f"INC-{self.year}-{self.number:04d}"


class IncidentEvent(models.Model):
    """One act of an incident's story: when it happened, when and by whom it was written. Never changed: annulled."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=10)
    at = models.DateTimeField()
    text = models.TextField()
    data = models.JSONField(default=dict)
    annuls = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="annulled_by")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="incident_event_known", condition=Q(what__in=[w.value for w in What])),
            models.CheckConstraint(name="incident_event_says_what", condition=~Q(text="")),
            models.CheckConstraint(name="incident_event_in_the_past", condition=Q(at__lte=F("recorded_at"))),
            models.CheckConstraint(
                name="incident_event_annuls_one",
                condition=Q(what="annulled", annuls__isnull=False) | ~Q(what="annulled") & Q(annuls=None),
            ),
            models.UniqueConstraint(name="incident_reported_once", fields=["incident"], condition=Q(what="reported")),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.what}"


class IncidentContact(models.Model):
    """Who fills a post that notices need, from a day until the next one. Given by the office, never invented."""

    slot = models.CharField(max_length=12)
    name = models.CharField(max_length=160)
    detail = models.CharField(max_length=400)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="incident_contact_slot_known", condition=Q(slot__in=list(SLOT_WORDS))),
            models.CheckConstraint(
                name="incident_contact_whole", condition=~Q(name="") & ~Q(detail="") & ~Q(source="")
            ),
            models.CheckConstraint(
                name="incident_contact_ends", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
            models.UniqueConstraint(name="incident_contact_one_now", fields=["slot"], condition=Q(valid_to=None)),
        ]

    def __str__(self) -> str:
        return f"{self.slot}: {self.name}"
