from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Downloads, their numbers, and the ones that wait to be fetched."""

    name = "creo.support.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"
