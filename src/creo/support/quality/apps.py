from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Data checks, their runs, findings, exceptions and limits."""

    name = "creo.support.quality"
    label = "quality"
    default_auto_field = "django.db.models.BigAutoField"
