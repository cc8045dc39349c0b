from django.urls import path

from creo.support.imports import pages

app_name = "imports"
urlpatterns = [
    path("", pages.batches, name="list"),
    path("nueva/", pages.upload, name="new"),
    path("<int:batch_id>/", pages.detail, name="detail"),
    path("<int:batch_id>/revisar/", pages.check, name="check"),
    path("<int:batch_id>/aplicar/", pages.apply, name="apply"),
    path("<int:batch_id>/anular/", pages.cancel, name="cancel"),
    path("<int:batch_id>/errores.csv", pages.errors_file, name="errors"),
]
