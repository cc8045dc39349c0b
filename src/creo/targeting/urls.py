"""Addresses of targeting, under /focalizacion/."""

from __future__ import annotations

from django.urls import path

from creo.targeting import pages

app_name = "targeting"
urlpatterns = [
    path("", pages.latest, name="latest"),
    path("corridas/", pages.runs, name="runs"),
    path("corridas/nueva/", pages.new_run, name="new_run"),
    path("comparar/", pages.compare, name="compare"),
    path("comparar/exportar.<str:kind>", pages.export_movers, name="export_movers"),
    path("intervenidos/", pages.enrolments, name="enrolments"),
    path("intervenidos/exportar.<str:kind>", pages.export_enrolments, name="export_enrolments"),
    path("inscripcion/<str:code>/", pages.enrolment, name="enrolment"),
    path("inscripcion/<str:code>/salida/", pages.end_enrolment, name="end_enrolment"),
    path("reevaluaciones/", pages.reevaluations, name="reevaluations"),
    path("reevaluaciones/exportar.<str:kind>", pages.export_reevaluations, name="export_reevaluations"),
    path("persona/", pages.find, name="find"),
    path("persona/<str:code>/", pages.person, name="person"),
    path("persona/<str:code>/inscribir/", pages.enrol, name="enrol"),
    path("persona/<str:code>/salida/", pages.end, name="end"),
    path("<int:number>/", pages.run, name="run"),
    path("<int:number>/comprobar/", pages.check, name="check"),
    path("<int:number>/personas/", pages.results, name="results"),
    path("<int:number>/personas/exportar.<str:kind>", pages.export_results, name="export_results"),
    path("<int:number>/personas/<str:code>/", pages.person_in_run, name="person_in_run"),
    path("<int:number>/falta/", pages.missing, name="missing"),
]
