from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Keys and remembered calls of the HTTP API."""

    name = "creo.support.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
