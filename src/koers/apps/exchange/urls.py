"""Under the addresses of the plan, where people look for it."""

from django.urls import path

from koers.apps.exchange import document_views, views
from koers.apps.exchange.lists import views as lists

app_name = "exchange"
urlpatterns = [
    path("inlezen/", views.new, name="new"),
    path("inlezen/<slug:token>/", views.columns, name="columns"),
    path("inlezen/<slug:token>/document/", document_views.document, name="document"),
    path("inlezen/<slug:token>/nakijken/", views.preview, name="check"),
    path("inlezen/<slug:token>/weggooien/", views.abandon, name="abandon"),
    path("inlezen/<slug:token>/ongedaan/", views.undo, name="undo"),
    path("lijst/<slug:kind>/<int:parent>/", lists.edit, name="list"),
    path("meenemen/<str:form>", views.take_along, name="take-along-csv"),
]
