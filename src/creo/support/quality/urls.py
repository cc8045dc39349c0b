from django.urls import path

from creo.support.quality import pages

app_name = "quality"
urlpatterns = [
    path("", pages.board, name="board"),
    path("exportar.<str:kind>", pages.export_board, name="export_board"),
    path("revisar/", pages.start, name="start"),
    path("hallazgos/<int:finding_id>/exceptuar/", pages.grant, name="grant"),
    path("excepciones/<int:exception_id>/revocar/", pages.revoke, name="revoke"),
    path("<str:code>/", pages.check, name="check"),
    path("<str:code>/hallazgos.<str:kind>", pages.export_findings, name="export_findings"),
    path("<str:code>/limites/", pages.limits, name="limits"),
]
