"""The addresses of the house: one prefix a chapter."""

from __future__ import annotations

from django.urls import include, path

from creo.site import keys, pages, policy
from creo.site.api import api, description
from creo.support.signin.urls import door

urlpatterns = [
    path("", include("creo.overview.urls")),
    path("programa/", include("creo.programme.urls")),
    path("territorio/", include("creo.territory.urls")),
    path("personas/", include("creo.register.urls")),
    path("focalizacion/", include("creo.targeting.urls")),
    path("importaciones/", include("creo.support.imports.urls")),
    path("trabajos/", include("creo.support.jobs.urls")),
    path("calidad/", include("creo.support.quality.urls")),
    path("cifras/", include("creo.support.figures.urls")),
    path("clases-de-datos/", include("creo.support.scoping.urls")),
    path("accesos/", include("creo.support.accounts.urls")),
    path("aprobaciones/", include("creo.support.approvals.urls")),
    path("incidentes/", include("creo.support.incidents.urls")),
    path("consultas/", include("creo.support.looking.urls")),
    path("cifrado/", include("creo.support.secrets.urls")),
    path("descargas/", include("creo.support.exports.urls")),
    path("", include("creo.support.announcements.urls")),
    path("claves/", keys.listing, name="keys"),
    path("claves/nueva/", keys.new, name="key_new"),
    path("claves/<int:key_id>/", keys.detail, name="key"),
    path("api/v1/openapi.json", description, name="api_description"),
    path("api/v1/", api.urls),
    path("", include("creo.support.ui.urls")),
    path("", include("creo.support.signin.urls")),
    path("", include(door)),
    path("idioma/", include("django.conf.urls.i18n")),
    path("politica/informes/", policy.reports, name="policy_reports"),
    path("salud/", pages.health, name="health"),
]
handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
