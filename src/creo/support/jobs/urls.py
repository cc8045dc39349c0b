from django.urls import path

from creo.support.jobs import pages

app_name = "jobs"
urlpatterns = [
    path("", pages.jobs, name="list"),
    path("<int:job_id>/", pages.job, name="detail"),
]
