"""Addresses of the programme, under /programa/."""

from __future__ import annotations

from django.urls import path

from creo.programme import pages

app_name = "programme"
urlpatterns = [
    path("", pages.chain, name="chain"),
    path("productos/<str:code>/", pages.product, name="product"),
    path("actividades/<str:code>/", pages.activity, name="activity"),
    path("poblacion/", pages.population, name="population"),
    path("modelos/", pages.models, name="models"),
    path("articulacion/", pages.articulation, name="articulation"),
    path("indicadores/", pages.indicators, name="indicators"),
    path("metas/", pages.targets, name="targets"),
    path("contradicciones/", pages.contradictions, name="contradictions"),
    path("fuente/", pages.source, name="source"),
    path("tablas/", pages.tables, name="tables"),
    path("tablas/documento.<str:kind>", pages.document, name="document"),
    path("tablas/<str:code>/", pages.table, name="table"),
    path("tablas/<str:code>/archivo.<str:kind>", pages.table_file, name="table_file"),
    path("versiones/", pages.versions, name="versions"),
    path("versiones/comparar/", pages.compare, name="compare"),
    path("versiones/nueva/", pages.new_draft, name="new_draft"),
    path("versiones/<int:number>/", pages.version, name="version"),
    path("versiones/<int:number>/editar/", pages.edit, name="edit"),
    path("versiones/<int:number>/editar/<str:kind>/<str:code>/", pages.edit_item, name="edit_item"),
    path("versiones/<int:number>/vigencia/", pages.put_in_force, name="put_in_force"),
    path("versiones/<int:number>/retirar/", pages.retire, name="retire"),
    path("versiones/<int:number>/descartar/", pages.discard, name="discard"),
]
