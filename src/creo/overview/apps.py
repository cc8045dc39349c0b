from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """Pages that cross chapters; it has no tables."""

    name = "creo.overview"
    label = "overview"
