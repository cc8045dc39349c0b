from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The record of acts."""

    name = "creo.support.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
