from django.urls import path

from creo.support.figures import pages

app_name = "figures"
urlpatterns = [
    path("", pages.listing, name="list"),
    path("nueva/", pages.new, name="new"),
    path("<int:number>/", pages.detail, name="release"),
    path("<int:number>/<slug:table>.csv", pages.export, name="export"),
]
