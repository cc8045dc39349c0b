from __future__ import annotations

import sys

from django.apps import AppConfig


class SecretsConfig(AppConfig):
    """Keys outside the database, sealed columns and sealed files."""

    name = "creo.support.secrets"
    label = "secrets"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Production does not start without keys that it alone reads; `creo keys` may, to make them."""
        from django.conf import settings

        from creo.support.secrets import ring

        if settings.CREO_MODE == "production" and sys.argv[1:2] != ["keys"]:
            problem = ring.problem_of(ring.path())
            if problem:
                raise SystemExit(f"Configuración: CREO_KEYS: {problem}")
