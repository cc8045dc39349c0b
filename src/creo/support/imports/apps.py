from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Staged file imports."""

    name = "creo.support.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"
