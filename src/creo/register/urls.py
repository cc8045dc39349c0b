"""Addresses of the register, under /personas/."""

from __future__ import annotations

from django.urls import path

from creo.register import pages

app_name = "register"
urlpatterns = [
    path("", pages.people, name="people"),
    path("exportar.<str:kind>", pages.export, name="export"),
    path("plantilla.csv", pages.import_template, name="import_template"),
    path("ingreso/", pages.admit, name="admit"),
    path("<str:code>/", pages.person, name="person"),
    path("<str:code>/identidad/corregir/", pages.correct_identity, name="correct_identity"),
    path("<str:code>/identidad/confirmar/", pages.confirm_identity, name="confirm_identity"),
    path("<str:code>/nacimiento/", pages.birth_date, name="birth_date"),
    path("<str:code>/delito/", pages.main_offence, name="main_offence"),
    path("<str:code>/situacion-juridica/", pages.legal_status, name="legal_status"),
    path("<str:code>/seguridad/", pages.security_facts, name="security_facts"),
    path("<str:code>/traslado/", pages.transfer, name="transfer"),
    path("<str:code>/egreso/", pages.release, name="release"),
]
