"""Addresses of the approvals."""

from __future__ import annotations

from django.urls import path

from creo.support.approvals import pages

app_name = "approvals"
urlpatterns = [
    path("", pages.listing, name="list"),
    path("lista.<str:kind>", pages.export, name="export"),
    path("delegaciones/", pages.delegations, name="delegations"),
    path("delegaciones/nueva/", pages.new_delegation, name="delegate"),
    path("delegaciones/<int:delegation_id>/terminar/", pages.end_delegation, name="end_delegation"),
    path("<int:proposal_id>/", pages.proposal, name="proposal"),
    path("<int:proposal_id>/corregir/", pages.revise, name="revise"),
    path("<int:proposal_id>/retirar/", pages.withdraw, name="withdraw"),
]
