from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """People, their identities and their episodes of custody."""

    name = "creo.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"
