"""Tables of approvals. Nothing is overwritten: a change is a new revision, a decision is a row, all stay.

What constraints cannot say across tables, and that rows are only added, the triggers of `database_guards.py` say.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from creo.support.approvals.rules import OPEN, Kind, State

_CLOSED = [state.value for state in State if state not in OPEN]


class Proposal(models.Model):
    """An act that waits for another person. Its content is in the revision of the same number; `digest` is that one's.

    `due_on` is the last day to decide (proposed) or to correct (returned). `place` is a prison, or empty.
    """

    act = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=80)
    place = models.CharField(max_length=40, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=State.PROPOSED)
    revision = models.PositiveSmallIntegerField(default=1)
    tier = models.PositiveSmallIntegerField(default=1)
    tiers = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    due_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    close_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="proposal_state_known", condition=Q(state__in=[s.value for s in State])),
            models.CheckConstraint(
                name="proposal_closed_has_time",
                condition=Q(state__in=[s.value for s in OPEN], closed_at=None)
                | Q(state__in=_CLOSED, closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_tier_exists", condition=Q(tier__gte=1) & Q(tier__lte=F("tiers")) & Q(revision__gte=1)
            ),
            models.CheckConstraint(
                name="proposal_approved_at_its_last_tier", condition=~Q(state="approved") | Q(tier=F("tiers"))
            ),
            models.CheckConstraint(
                name="proposal_says_what", condition=~Q(act="") & ~Q(subject_kind="") & ~Q(subject_code="")
            ),
            models.UniqueConstraint(name="proposal_open_once", fields=["digest"], condition=Q(closed_at=None)),
        ]
        indexes = [
            models.Index(
                fields=["act", "tier", "place", "-id"], condition=Q(state="proposed"), name="proposal_waiting"
            ),
            models.Index(fields=["made_by", "-id"], name="proposal_made_by"),
            models.Index(fields=["due_on"], condition=Q(closed_at=None), name="proposal_due"),
            models.Index(fields=["subject_kind", "subject_code"], name="proposal_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.act} {self.subject_code} {self.state}"


class Revision(models.Model):
    """What was proposed, word by word: what the handler gets, how it was shown, and the fingerprint of both."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="revisions", db_index=False)
    number = models.PositiveSmallIntegerField()
    payload = models.JSONField()
    rows = models.JSONField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="revision_once", fields=["proposal", "number"]),
            models.CheckConstraint(name="revision_numbered", condition=Q(number__gte=1)),
            models.CheckConstraint(name="revision_says_why", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} r{self.number}"


class Decision(models.Model):
    """One person's decision at one tier of one revision. The maker stands in the row so that the database compares.

    `on_behalf_of` is who delegated: neither may be the maker, and nobody decides, or is decided for, twice.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    tier = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    digest = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_maker_is_not_checker", condition=~Q(decided_by=F("made_by"))),
            models.CheckConstraint(
                name="decision_not_for_the_maker", condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("made_by"))
            ),
            models.CheckConstraint(
                name="decision_for_somebody_else", condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("decided_by"))
            ),
            models.CheckConstraint(name="decision_kind_known", condition=Q(kind__in=[kind.value for kind in Kind])),
            models.CheckConstraint(name="decision_no_has_reason", condition=Q(kind="approved") | ~Q(reason="")),
            models.UniqueConstraint(name="decision_once_a_tier", fields=["revision", "tier"]),
            models.UniqueConstraint(name="decision_once_a_person", fields=["revision", "decided_by"]),
            models.UniqueConstraint(
                "revision", Coalesce("on_behalf_of", "decided_by"), name="decision_once_an_authority"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} n{self.tier}: {self.kind}"


class Delegation(models.Model):
    """Who decides a tier of an act in somebody's place, from a day until another (exclusive), and why."""

    act = models.CharField(max_length=80)
    tier = models.PositiveSmallIntegerField()
    delegator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField()
    reason = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="delegation_to_another", condition=~Q(delegator=F("delegate"))),
            models.CheckConstraint(name="delegation_ends", condition=Q(valid_to__gt=F("valid_from"))),
            models.CheckConstraint(name="delegation_has_reason", condition=~Q(reason="") & ~Q(act="") & Q(tier__gte=1)),
            models.CheckConstraint(
                name="delegation_ended_whole",
                condition=Q(ended_on=None, end_reason="") | Q(ended_on__isnull=False) & ~Q(end_reason=""),
            ),
        ]
        indexes = [models.Index(fields=["delegate", "valid_to"], name="delegation_of_delegate")]

    def __str__(self) -> str:
        return f"{self.act} {self.tier}: {self.delegator_id} -> {self.delegate_id} hasta {self.valid_to}"
