from django.urls import path

from koers.apps.publication.views import public

app_name = "publication"
urlpatterns = [
    path("", public.index, name="index"),
    path("<slug:slug>/", public.municipality, name="municipality"),
    path("<slug:slug>/maatregelen.csv", public.measures_csv, name="measures-csv"),
    path("<slug:slug>/<slug:priority>/", public.priority, name="priority"),
]
