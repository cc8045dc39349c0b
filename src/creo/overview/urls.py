"""Addresses that cross chapters."""

from __future__ import annotations

from django.urls import path

from creo.overview import pages

app_name = "overview"
urlpatterns = [
    path("", pages.today, name="today"),
    path("nacion/", pages.nation, name="nation"),
    path("buscar/", pages.search, name="search"),
    path("actos/", pages.ledger, name="ledger"),
    path("actos/<int:number>/", pages.act, name="act"),
    path("actos/descargar/<str:kind>/", pages.export_ledger, name="export_ledger"),
    path("actos/integridad/", pages.integrity, name="integrity"),
    path("actos/integridad/verificar/", pages.verify, name="verify"),
    path("actos/integridad/revisar/", pages.review, name="review_changes"),
    path("personas/<str:code>/actos/", pages.person_acts, name="person_acts"),
]
