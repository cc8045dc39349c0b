"""Requests of people about their own data, numbered per year without gaps."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.register.models.documents import Document
from creo.register.models.lists import one_of
from creo.register.models.people import Person
from creo.register.rules import ANSWERED, PENDING, RightAsker, RightKind, RightState
from creo.support.secrets.fields import EncryptedTextField, SealedRow, sealed_constraint


class RightsRequest(SealedRow):
    """One request, its deadline and its answer, in sealed words. `answer_entry` is the act that carried it out."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="rights_requests")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=13)
    asker = models.CharField(max_length=9)
    asker_name = EncryptedTextField(max_length=160, blank=True)
    what = EncryptedTextField(max_length=1_000)
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    received_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=9, default=RightState.RECEIVED.value)
    assigned_to = models.CharField(max_length=120, blank=True)
    answered_on = models.DateField(null=True)
    answer = EncryptedTextField(max_length=1_000, blank=True)
    answer_entry = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="right_number_once", fields=["year", "number"]),
            models.CheckConstraint(name="right_numbers_from_one", condition=Q(number__gte=1)),
            one_of("right_kind_known", "kind", RightKind),
            one_of("right_state_known", "state", RightState),
            one_of("right_asker_known", "asker", RightAsker),
            models.CheckConstraint(
                name="right_asker_named",
                condition=Q(asker="person", asker_name="") | ~Q(asker="person") & ~Q(asker_name=""),
            ),
            sealed_constraint("right_texts_sealed", "asker_name", "what", "answer"),
            models.CheckConstraint(name="right_says_what", condition=~Q(what="")),
            models.CheckConstraint(name="right_due_after_received", condition=Q(due_on__gt=F("received_on"))),
            models.CheckConstraint(
                name="right_answered_whole",
                condition=Q(state__in=list(map(str, PENDING)), answered_on=None, answer="", answer_entry=None)
                | Q(state__in=list(map(str, ANSWERED)), answered_on__isnull=False, answered_on__gte=F("received_on"))
                & ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="right_in_review_is_assigned",
                condition=Q(state="received", assigned_to="") | ~Q(state="received") & ~Q(assigned_to=""),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="right_by_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.number:04d} {self.state}"
