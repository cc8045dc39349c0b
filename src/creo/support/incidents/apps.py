from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Security incidents, what was done about each, and whom to notify."""

    name = "creo.support.incidents"
    label = "incidents"
