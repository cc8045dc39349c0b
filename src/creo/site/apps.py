from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The outermost layer; it has no tables."""

    name = "creo.site"
    label = "site"
