"""Pairs of records that may be one person, with what people decided; and merges, which can be undone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from creo.register.models.lists import one_of
from creo.register.models.people import Person
from creo.register.rules import PairState


class DuplicatePair(models.Model):
    """Two records that may be of one person, `first` before `second`. A decision survives later searches.

    `clause` is the heaviest one met. `evidence` digests what was compared: a pair decided distinct is asked again only
    when it changes. `proposed_by` names the person who put the pair on the list; empty when the search found it.
    """

    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField()
    clause = models.CharField(max_length=20, blank=True)
    reasons = models.JSONField(default=list)
    evidence = models.CharField(max_length=64)
    found_on = models.DateField()
    proposed_by = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, default=PairState.OPEN.value)
    decided_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="duplicatepair_once", fields=["first", "second"]),
            models.CheckConstraint(name="duplicatepair_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(name="duplicatepair_score_to_100", condition=Q(score__lte=100)),
            one_of("duplicatepair_state_known", "state", PairState),
            models.CheckConstraint(
                name="duplicatepair_decided_has_author",
                condition=Q(state="open", decided_on=None, decided_by="")
                | ~Q(state="open") & Q(decided_on__isnull=False) & ~Q(decided_by=""),
            ),
            models.CheckConstraint(
                name="duplicatepair_distinct_has_reason", condition=~Q(state="distinct") | ~Q(reason="")
            ),
        ]
        indexes = [
            # The list to review: the likeliest first.
            models.Index(fields=["state", "-score", "-id"], name="duplicatepair_list"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} = {self.second_id}? {self.score} {self.state}"


class Merge(models.Model):
    """A duplicate joined into the record that goes on. `memory` tells what moved, to give it back exactly."""

    duplicate = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    into = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    on = models.DateField()
    reason = models.CharField(max_length=400)
    memory = models.JSONField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undone_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="merge_once_while_it_lasts", fields=["duplicate"], condition=Q(undone_at=None)
            ),
            models.CheckConstraint(name="merge_not_into_self", condition=~Q(duplicate=F("into"))),
            models.CheckConstraint(name="merge_has_author_and_reason", condition=~Q(by="") & ~Q(reason="")),
            models.CheckConstraint(
                name="merge_undone_whole",
                condition=Q(undone_at=None, undone_by="", undone_reason="")
                | Q(undone_at__isnull=False) & ~Q(undone_by="") & ~Q(undone_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["duplicate"], name="merge_of")]

    def __str__(self) -> str:
        return f"{self.duplicate_id} -> {self.into_id}"
