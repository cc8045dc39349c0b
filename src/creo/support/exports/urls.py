"""Addresses of downloads."""

from __future__ import annotations

from django.urls import path

from creo.support.exports import pages

app_name = "exports"
urlpatterns = [
    path("", pages.own, name="own"),
    path("origen/", pages.origin, name="origin"),
    path("<str:number>/", pages.fetch, name="fetch"),
]
