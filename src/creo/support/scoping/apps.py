from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate, pre_migrate


class ScopingConfig(AppConfig):
    """Declarations of protection, and the second wall in the database."""

    name = "creo.support.scoping"
    label = "scoping"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """`check --deploy` (and a test) checks the declarations; every migration rebuilds the wall."""
        from creo.support.scoping.checks import every_table_is_declared
        from creo.support.scoping.wall import lower, raise_again

        register(every_table_is_declared, deploy=True)
        pre_migrate.connect(lower, sender=self, dispatch_uid="scoping.lower")
        post_migrate.connect(raise_again, sender=self, dispatch_uid="scoping.raise")
