from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may sign in, and what they hold."""

    name = "creo.support.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
