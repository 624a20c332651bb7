"""Under the addresses of the plan, of which it is the text."""

from django.urls import path

from koers.apps.texts import views

app_name = "texts"
urlpatterns = [
    path("tekst/<int:pk>/", views.plan_text, name="plan"),
]
