from django.urls import path

from koers.apps.meetings import views

app_name = "meetings"
urlpatterns = [
    path("", views.index, name="index"),
]
