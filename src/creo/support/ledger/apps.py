from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The record of acts, its seals and the database's own guards."""

    name = "creo.support.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connections learn the functions of the triggers; migrations make the triggers again."""
        from django.db.backends.signals import connection_created
        from django.db.models.signals import post_migrate, pre_migrate

        from creo.support.ledger import running, triggers

        connection_created.connect(running.teach, dispatch_uid="creo.ledger.teach")
        pre_migrate.connect(triggers.before_migrations, sender=self, dispatch_uid="creo.ledger.lift")
        post_migrate.connect(triggers.after_migrations, sender=self, dispatch_uid="creo.ledger.guard")
