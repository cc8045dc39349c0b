"""Who may try: asked before any password is weighed."""

from __future__ import annotations

from typing import Any

from axes.backends import AxesBackend
from django.http import HttpRequest

from creo.support.accounts.backends import WithGrants


class LockOut(AxesBackend, WithGrants):  # type: ignore[misc]  # axes has no types
    """Stops a name that was tried too often here. It lets nobody in: the next backend weighs the password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> None:
        """Raises axes' PermissionDenied while the name waits; without a request (command line) there is no address."""
        if request is not None:
            super().authenticate(request, username=username, password=password, **kwargs)
