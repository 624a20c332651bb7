from django.urls import path

from koers.apps.plan import library_views, views
from koers.apps.plan.exchange import views as exchange

app_name = "plan"
urlpatterns = [
    path("", views.index, name="index"),
    path("nieuw/", views.new_plan, name="new"),
    path("acties/", views.actions, name="actions"),
    path("acties.csv", views.actions_csv, name="actions-csv"),
    path("maatregelen.csv", views.measures_csv, name="measures-csv"),
    path("actie/<int:pk>/gedaan/", views.toggle_action, name="toggle-action"),
    path("prioriteit/<int:pk>/", views.priority, name="priority"),
    path("toevoegen/<slug:kind>/<int:parent>/", views.add, name="add"),
    path("bewerken/<slug:kind>/<int:pk>/", views.edit, name="edit"),
    path("vaststellen/<slug:kind>/<int:pk>/", views.adopt, name="adopt"),
    path("archiveren/<slug:kind>/<int:pk>/", views.archive, name="archive"),
    path("terugzetten/<slug:kind>/<int:pk>/", views.restore, name="restore"),
    path("geschiedenis/<slug:kind>/<int:pk>/", views.history, name="history"),
    # Tables in and out.
    path("inlezen/", exchange.new, name="import"),
    path("inlezen/<slug:token>/", exchange.columns, name="import-columns"),
    path("inlezen/<slug:token>/nakijken/", exchange.preview, name="import-check"),
    path("inlezen/<slug:token>/weggooien/", exchange.abandon, name="import-abandon"),
    path("inlezen/<slug:token>/ongedaan/", exchange.undo, name="import-undo"),
    path("meenemen/<str:form>", exchange.take_along, name="take-along-csv"),
    # The library of measures.
    path("bibliotheek/", library_views.index, name="library"),
    path("bibliotheek/<slug:slug>/", library_views.measure, name="library-measure"),
    path("bibliotheek/<slug:slug>/overnemen/", library_views.take_over, name="library-take-over"),
    path("bibliotheek/<int:pk>/ongedaan/", library_views.undo, name="library-undo"),
]
