"""The chapter of targeting."""

from django.apps import AppConfig


class TargetingConfig(AppConfig):
    """Runs, results and enrolments."""

    name = "creo.targeting"
    label = "targeting"
    default_auto_field = "django.db.models.BigAutoField"
