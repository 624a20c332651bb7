from django.urls import path

from koers.apps.publication import views

app_name = "publication"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:slug>/", views.municipality, name="municipality"),
    path("<slug:slug>/maatregelen.csv", views.measures_csv, name="measures-csv"),
    path("<slug:slug>/<slug:priority>/", views.priority, name="priority"),
]
