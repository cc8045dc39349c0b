"""The components page."""

from django.urls import path

from creo.support.ui import pages

app_name = "ui"
urlpatterns = [path("estilo/", pages.style_guide, name="style_guide")]
