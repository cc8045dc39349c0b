from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """Forms already sent."""

    name = "creo.support.idempotency"
    label = "idempotency"
    default_auto_field = "django.db.models.BigAutoField"
