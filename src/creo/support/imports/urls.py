from django.urls import path

from creo.support.imports import difference_pages, mapping_pages, pages

app_name = "imports"
urlpatterns = [
    path("", pages.batches, name="list"),
    path("nueva/", pages.upload, name="new"),
    path("<int:batch_id>/", pages.detail, name="detail"),
    path("<int:batch_id>/revisar/", pages.check, name="check"),
    path("<int:batch_id>/aplicar/", pages.apply, name="apply"),
    path("<int:batch_id>/anular/", pages.cancel, name="cancel"),
    path("<int:batch_id>/errores.csv", pages.errors_file, name="errors"),
    path("<int:batch_id>/diferencias/", difference_pages.differences, name="differences"),
    path("<int:batch_id>/diferencias.csv", difference_pages.differences_file, name="differences_file"),
    path("<int:batch_id>/columnas/", mapping_pages.map_columns, name="columns"),
    path("formatos/", mapping_pages.formats_list, name="formats"),
    path("formatos/<str:kind>/<int:number>/retirar/", mapping_pages.end_format, name="format_end"),
]
