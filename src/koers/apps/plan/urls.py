from django.urls import path

from koers.apps.plan import views
from koers.apps.plan.overviews import board, saved, timeline, tree
from koers.apps.plan.overviews import views as overviews

app_name = "plan"
urlpatterns = [
    path("", views.index, name="index"),
    path("nieuw/", views.new_plan, name="new"),
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
    # Ways to look at the plan.
    path("boom/", tree.tree, name="tree"),
    path("maatregelen/", overviews.measures, name="measures"),
    path("acties/", overviews.actions, name="actions"),
    path("tijdlijn/", timeline.timeline, name="timeline"),
    path("tijdlijn.svg", timeline.timeline_svg, name="timeline-svg"),
    path("bord/", board.board, name="board"),
    path("actie/<int:pk>/zetten/", board.move, name="move-action"),
    path("mijn-werk/", overviews.mine, name="mine"),
    path("buurt/", overviews.areas, name="areas"),
    path("buurt/<slug:code>/", overviews.area, name="area"),
    path("partner/", overviews.partners, name="partners"),
    path("partner/<int:pk>/", overviews.partner, name="partner"),
    path("weergave/", saved.save, name="save-view"),
    path("weergave/<int:pk>/hernoemen/", saved.rename, name="rename-view"),
    path("weergave/<int:pk>/weghalen/", saved.delete, name="delete-view"),
]
