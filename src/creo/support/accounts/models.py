"""Tables of access: users, and the roles they hold at a place during a period."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


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

    def __str__(self) -> str:
        return self.username


class RoleGrant(models.Model):
    """A role held by a user at a place (nation, regional office or prison) from a day until another."""

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

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_ends_after_it_starts",
                condition=models.Q(valid_to=None) | models.Q(valid_to__gt=models.F("valid_from")),
            ),
            models.CheckConstraint(
                name="grant_names_its_place",
                condition=(models.Q(scope_kind="nation") & models.Q(scope_code=""))
                | (models.Q(scope_kind__in=["region", "facility"]) & ~models.Q(scope_code="")),
            ),
            models.UniqueConstraint(
                name="one_live_grant_per_user_role_place",
                fields=["user", "role", "scope_kind", "scope_code"],
                condition=models.Q(valid_to=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role} @ {self.scope_kind} {self.scope_code}".strip()
