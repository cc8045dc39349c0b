"""Addresses of the incidents."""

from __future__ import annotations

from django.urls import path

from creo.support.incidents import pages

app_name = "incidents"
urlpatterns = [
    path("", pages.listing, name="list"),
    path("lista.<str:kind>", pages.export, name="export"),
    path("nuevo/", pages.report, name="report"),
    path("contactos/", pages.contacts, name="contacts"),
    path("contactos/<str:slot>/", pages.set_contact, name="set_contact"),
    path("<str:code>/", pages.incident, name="incident"),
    path("<str:code>/evaluar/", pages.assess, name="assess"),
    path("<str:code>/medida/", pages.measure, name="measure"),
    path("<str:code>/evidencia/", pages.evidence, name="evidence"),
    path("<str:code>/aviso/<str:whom>/", pages.notice, name="notice"),
    path("<str:code>/corregir/", pages.correct, name="correct"),
    path("<str:code>/cerrar/", pages.close, name="close"),
    path("<str:code>/anular/<int:event_id>/", pages.annul, name="annul"),
    path("<str:code>/notificacion.<str:kind>", pages.notification, name="notification"),
]
