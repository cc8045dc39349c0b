"""The addresses these tests need: the look must not wait for the chapters above it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from creo.support.ui import samples
from creo.support.ui.parts import Group, Link


def with_menu(request: HttpRequest) -> HttpResponse:
    """The fullest page inside the fullest shell."""
    menu = [
        Group("", [Link("Hoy", "/con-menu/")]),
        Group("Programa", [Link("Cadena", "/x/"), Link("Contradicciones", "/y/", badge=54)]),
        Group("Personas", [Link("Registro", "/con-menu/", active=True)]),
    ]
    bottom = [Link("Hoy", "/x/", icon="home"), Link("Registro", "/con-menu/", active=True, badge=3, icon="people")]
    return render(
        request, "ui/estilo.html", {**samples.context(), "menu": menu, "bottom_menu": bottom, "jobs_count": 1200}
    )


urlpatterns = [
    path("", include("creo.support.ui.urls")),
    path("con-menu/", with_menu),
    path("idioma/", include("django.conf.urls.i18n")),
]
