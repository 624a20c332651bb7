from django.urls import path

from koers.apps.decisions import views

app_name = "decisions"
urlpatterns = [
    path("", views.index, name="index"),
]
