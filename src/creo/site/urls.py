"""The addresses of the house: one prefix a chapter."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from creo.site import pages

urlpatterns = [
    path("", include("creo.overview.urls")),
    path("programa/", include("creo.programme.urls")),
    path("territorio/", include("creo.territory.urls")),
    path("personas/", include("creo.register.urls")),
    path("focalizacion/", include("creo.targeting.urls")),
    path("importaciones/", include("creo.support.imports.urls")),
    path("trabajos/", include("creo.support.jobs.urls")),
    path("", include("creo.support.ui.urls")),
    path("entrar/", pages.SignIn.as_view(), name="sign_in"),
    path("salir/", LogoutView.as_view(next_page="/entrar/"), name="sign_out"),
    path("idioma/", include("django.conf.urls.i18n")),
    path("salud/", pages.health, name="health"),
]
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
