"""Addresses of the staff's access."""

from __future__ import annotations

from django.urls import path

from creo.support.accounts.pages import review, staff, workplace

app_name = "accounts"
urlpatterns = [
    path("", staff.listing, name="staff"),
    path("lista.<str:kind>", staff.export_staff, name="export_staff"),
    path("nueva/", staff.new, name="new"),
    path("catalogo/", staff.roles, name="roles"),
    path("lugar/", workplace.workplace, name="workplace"),
    path("revision/", review.review, name="review"),
    path("revision/lista.<str:kind>", review.export_review, name="export_review"),
    path("revision/firmar/", review.sign, name="sign"),
    path("roles/<int:grant_id>/terminar/", staff.end, name="end"),
    path("personas/<str:username>/", staff.account, name="account"),
    path("personas/<str:username>/otorgar/", staff.grant, name="grant"),
    path("personas/<str:username>/inhabilitar/", staff.disable, name="disable"),
    path("personas/<str:username>/habilitar/", staff.enable, name="enable"),
]
