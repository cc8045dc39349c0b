from django.urls import path

from creo.support.scoping import pages

app_name = "scoping"
urlpatterns = [
    path("", pages.tables, name="tables"),
    path("exportar.<str:kind>", pages.export, name="export"),
]
