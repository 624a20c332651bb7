from django.urls import path

from koers.apps.publication import views

app_name = "publication"
urlpatterns = [
    path("", views.index, name="index"),
]
