"""The chapter of places."""

from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    """Departments to pavilions."""

    name = "creo.territory"
    label = "territory"
    default_auto_field = "django.db.models.BigAutoField"
