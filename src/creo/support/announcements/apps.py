from django.apps import AppConfig


class AnnouncementsConfig(AppConfig):
    """Announcements and the inbox."""

    name = "creo.support.announcements"
    label = "announcements"
    default_auto_field = "django.db.models.BigAutoField"
