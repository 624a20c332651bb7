from django.urls import path

from koers.apps.consultation import views

app_name = "consultation"
urlpatterns = [
    path("", views.index, name="index"),
]
