from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Public figures, their releases, and pseudonyms for analysis."""

    name = "creo.support.figures"
    label = "figures"
    default_auto_field = "django.db.models.BigAutoField"
