"""Tables of access: users, the roles they hold at a place during a period, and the looks of the six-monthly review."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from creo.support import clock
from creo.support.accounts.rules import GrantState, grant_state


class UserManager(BaseUserManager["User"]):
    """Makes users; a user without a usable password cannot sign in."""

    def create_user(self, username: str, name: str, password: str | None = None) -> User:
        """A new user with the password hashed."""
        user = self.model(username=self.model.normalize_username(username), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody of the staff who signs in; what they may do comes from their grants alone."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="user_by_name")]

    def __str__(self) -> str:
        return self.username


class RoleGrant(models.Model):
    """A role held by a user at a place (nation, regional office or prison) from a day until another.

    `ended_on` is an end before its day, from which it gives nothing. `reviewed_on`: when somebody last decided that it
    stays; granting it is such a decision. Rows written without it count from their first day.
    """

    class Scope(models.TextChoices):
        NATION = "nation"
        REGION = "region"
        FACILITY = "facility"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    scope_kind = models.CharField(max_length=10, choices=Scope)
    scope_code = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    resolution = models.CharField(max_length=80, blank=True, default="", db_default="")
    granted_by = models.CharField(max_length=120, blank=True, default="", db_default="")
    granted_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_by = models.CharField(max_length=120, blank=True, default="", db_default="")
    end_reason = models.CharField(max_length=300, blank=True, default="", db_default="")
    reviewed_on = models.DateField(null=True, blank=True, default=clock.today)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_ends_after_it_starts",
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="grant_names_its_place",
                condition=(Q(scope_kind="nation") & Q(scope_code=""))
                | (Q(scope_kind__in=["region", "facility"]) & ~Q(scope_code="")),
            ),
            models.CheckConstraint(
                name="grant_end_says_why",
                condition=Q(ended_on=None, ended_by="", end_reason="")
                | (Q(ended_on__isnull=False) & ~Q(ended_by="") & ~Q(end_reason="")),
            ),
            models.UniqueConstraint(
                name="one_live_grant_per_user_role_place",
                fields=["user", "role", "scope_kind", "scope_code"],
                condition=Q(valid_to=None, ended_on=None),
            ),
        ]
        indexes = [
            models.Index(fields=["scope_kind", "scope_code", "id"], condition=Q(ended_on=None), name="grant_open_place")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} @ {self.scope_kind} {self.scope_code}".strip()

    @property
    def counted_from(self) -> date:
        """The day from which the six months to the next review run."""
        return self.reviewed_on or self.valid_from

    def state(self, on: date) -> GrantState:
        """How it stands on a day."""
        return grant_state(
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            ended_on=self.ended_on,
            reviewed=self.counted_from,
            on=on,
        )


class GrantReview(models.Model):
    """One look at one grant: it stays, or it ended; who decided, when and why. Rows are only added."""

    class Decision(models.TextChoices):
        KEEP = "keep"
        END = "end"

    grant = models.ForeignKey(RoleGrant, on_delete=models.PROTECT, related_name="reviews")
    on = models.DateField()
    decision = models.CharField(max_length=4, choices=Decision)
    reason = models.CharField(max_length=300)
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="review_decides", condition=Q(decision__in=["keep", "end"])),
            models.CheckConstraint(name="review_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id}: {self.decision} {self.on}"


class AccessReview(models.Model):
    """The signature under the review of a place: every access there was looked at; how many stay, how many ended since
    the signature before. Rows are only added."""

    scope_kind = models.CharField(max_length=10, choices=RoleGrant.Scope)
    scope_code = models.CharField(max_length=40, blank=True)
    on = models.DateField()
    signed_at = models.DateTimeField()
    signer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kept = models.PositiveIntegerField()
    ended = models.PositiveIntegerField()
    note = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="signature_names_its_place",
                condition=(Q(scope_kind="nation") & Q(scope_code=""))
                | (Q(scope_kind__in=["region", "facility"]) & ~Q(scope_code="")),
            ),
            models.CheckConstraint(name="signature_says_what", condition=~Q(note="")),
            models.UniqueConstraint(name="one_signature_a_day", fields=["scope_kind", "scope_code", "on"]),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.scope_kind} {self.scope_code}".strip()
