"""Addresses of the territory, under /territorio/."""

from __future__ import annotations

from django.urls import path

from creo.territory import pages

app_name = "territory"
urlpatterns = [
    path("", pages.facilities, name="facilities"),
    path("exportar.<str:kind>", pages.export, name="export"),
    path("penales/<str:code>/", pages.facility, name="facility"),
    path("penales/<str:code>/capacidad/", pages.capacity, name="capacity"),
    path("penales/<str:code>/pabellones/nuevo/", pages.new_pavilion, name="new_pavilion"),
    path("penales/<str:code>/pabellones/<str:pavilion>/cerrar/", pages.close_pavilion, name="close_pavilion"),
    path("oficinas/", pages.offices, name="offices"),
    path("departamentos/<str:ubigeo>/", pages.department, name="department"),
]
