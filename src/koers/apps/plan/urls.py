from django.urls import path

from koers.apps.plan import views

app_name = "plan"
urlpatterns = [
    path("", views.index, name="index"),
]
