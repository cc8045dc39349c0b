"""Django app that carries the templates, static files and template tags of the look."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """No tables: only templates, static files, tags and the components page."""

    name = "creo.support.ui"
    label = "ui"
