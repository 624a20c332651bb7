from django.urls import path

from koers.apps.plan import views

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
]
