"""Addresses of looking."""

from __future__ import annotations

from django.urls import path

from creo.support.looking import pages

app_name = "looking"
urlpatterns = [
    path("mias/", pages.mine, name="mine"),
    path("mias/lista.<str:kind>", pages.export_mine, name="export_mine"),
    path("emergencia/", pages.open_emergency, name="open_emergency"),
    path("revision/", pages.emergencies, name="emergencies"),
    path("revision/lista.<str:kind>", pages.export_emergencies, name="export_emergencies"),
    path("revision/<int:emergency_id>/", pages.emergency, name="emergency"),
    path("revision/<int:emergency_id>/revisar/", pages.review, name="review"),
    path("alertas/", pages.alerts, name="alerts"),
    path("alertas/lista.<str:kind>", pages.export_alerts, name="export_alerts"),
    path("alertas/<int:alert_id>/", pages.alert, name="alert"),
    path("alertas/<int:alert_id>/decidir/", pages.decide, name="decide"),
    path("control/", pages.canaries, name="canaries"),
    path("control/nueva/", pages.new_canary, name="new_canary"),
    path("control/<int:canary_id>/retirar/", pages.withdraw_canary, name="withdraw_canary"),
]
