"""Addresses of the inbox and of the announcements."""

from __future__ import annotations

from django.urls import path

from creo.support.announcements import pages

app_name = "announcements"
urlpatterns = [
    path("bandeja/", pages.inbox, name="inbox"),
    path("bandeja/lista.<str:kind>", pages.export_inbox, name="export_inbox"),
    path("bandeja/<int:item_id>/", pages.item, name="item"),
    path("bandeja/<int:item_id>/decidir/", pages.decide, name="decide"),
    path("anuncios/", pages.deliveries, name="deliveries"),
    path("anuncios/lista.<str:kind>", pages.export_deliveries, name="export_deliveries"),
    path("anuncios/<int:delivery_id>/", pages.delivery, name="delivery"),
    path("anuncios/<int:delivery_id>/reintentar/", pages.retry, name="retry"),
    path("anuncios/<int:delivery_id>/descartar/", pages.drop, name="drop"),
]
