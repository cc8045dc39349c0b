from django.apps import AppConfig


class LookingConfig(AppConfig):
    """Looks at files: their purpose, access in an emergency, and alerts of unusual reading."""

    name = "creo.support.looking"
    label = "looking"
    default_auto_field = "django.db.models.BigAutoField"
