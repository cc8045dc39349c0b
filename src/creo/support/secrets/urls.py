"""Addresses of the keys."""

from __future__ import annotations

from django.urls import path

from creo.support.secrets import pages

app_name = "secrets"
urlpatterns = [
    path("", pages.listing, name="keys"),
    path("cambiar/", pages.rotate, name="rotate"),
    path("<str:key_id>/destruir/", pages.retire, name="retire"),
]
