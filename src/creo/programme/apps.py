"""The chapter of the programme."""

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """Designs and their versions."""

    name = "creo.programme"
    label = "programme"
    default_auto_field = "django.db.models.BigAutoField"
