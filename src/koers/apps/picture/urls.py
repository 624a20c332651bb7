from django.urls import path

from koers.apps.picture import views

app_name = "picture"
urlpatterns = [
    path("", views.index, name="index"),
]
