"""The addresses of the house: one prefix a chapter."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from creo.site import keys, pages
from creo.site.api import api, description

urlpatterns = [
    path("", include("creo.overview.urls")),
    path("programa/", include("creo.programme.urls")),
    path("territorio/", include("creo.territory.urls")),
    path("personas/", include("creo.register.urls")),
    path("focalizacion/", include("creo.targeting.urls")),
    path("importaciones/", include("creo.support.imports.urls")),
    path("trabajos/", include("creo.support.jobs.urls")),
    path("calidad/", include("creo.support.quality.urls")),
    path("", include("creo.support.announcements.urls")),
    path("claves/", keys.listing, name="keys"),
    path("claves/nueva/", keys.new, name="key_new"),
    path("claves/<int:key_id>/", keys.detail, name="key"),
    path("api/v1/openapi.json", description, name="api_description"),
    path("api/v1/", api.urls),
    path("", include("creo.support.ui.urls")),
    path("entrar/", pages.SignIn.as_view(), name="sign_in"),
    path("salir/", LogoutView.as_view(next_page="/entrar/"), name="sign_out"),
    path("idioma/", include("django.conf.urls.i18n")),
    path("salud/", pages.health, name="health"),
]
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
