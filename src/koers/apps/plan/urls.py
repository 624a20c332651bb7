from django.urls import path

from koers.apps.plan import library_views
from koers.apps.plan.exchange import views as exchange
from koers.apps.plan.overviews import board, saved, timeline, tree
from koers.apps.plan.overviews import views as overviews
from koers.apps.plan.views import (
    actions,
    adjustments,
    editing,
    goals,
    history,
    matrix,
    measures,
    pages,
    shared,
    versions,
)

app_name = "plan"
urlpatterns = [
    path("", pages.index, name="index"),
    path("nieuw/", pages.new_plan, name="new"),
    path("acties.csv", actions.actions_csv, name="actions-csv"),
    path("maatregelen.csv", actions.measures_csv, name="measures-csv"),
    path("prioriteit/<int:pk>/", pages.priority, name="priority"),
    path("toevoegen/<slug:kind>/<int:parent>/", editing.add, name="add"),
    path("bewerken/<slug:kind>/<int:pk>/", editing.edit, name="edit"),
    path("vaststellen/<slug:kind>/<int:pk>/", editing.adopt, name="adopt"),
    path("archiveren/<slug:kind>/<int:pk>/", editing.archive, name="archive"),
    path("terugzetten/<slug:kind>/<int:pk>/", editing.restore, name="restore"),
    path("geschiedenis/<slug:kind>/<int:pk>/", history.history, name="history"),
    # What is shared, measured and adopted: goals, measures, frameworks, versions, adjustments.
    path("toevoegen/<slug:kind>/", editing.add_loose, name="add-loose"),
    path("voorstel/<slug:what>/<slug:kind>/<int:pk>/", editing.propose, name="propose"),
    path("geschiedenis/<slug:kind>/<int:pk>/<int:record>/", history.undo, name="undo"),
    path("archief/", history.archived, name="archived"),
    path("doel/<int:pk>/", goals.goal, name="goal"),
    path("doel/<int:pk>/verwachting.svg", goals.forecast_svg, name="goal-svg"),
    path("doel/<int:pk>/verwachting.csv", goals.forecast_csv, name="goal-csv"),
    path("maatregel/<int:pk>/", measures.measure, name="measure"),
    path("kaders/", matrix.matrix, name="frameworks"),
    path("gedeeld/", shared.index, name="shared"),
    path("gedeeld/plan/<int:pk>/", shared.plan, name="shared-plan"),
    path("gedeeld/maatregel/<int:pk>/", shared.measure, name="shared-measure"),
    path("versies/<int:pk>/", versions.index, name="versions"),
    path("versies/<int:pk>/vaststellen/", versions.adopt, name="adopt-plan"),
    path("versies/<int:pk>/verschil/", versions.difference, name="difference"),
    path("versies/<int:pk>/<int:number>/", versions.version, name="version"),
    path("aanpassingen/", adjustments.index, name="adjustments"),
    path("aanpassing/<int:pk>/", adjustments.adjustment, name="adjustment"),
    path("aanpassing/<int:pk>/besluit/", adjustments.decide, name="decide-adjustment"),
    path("aanpassing/<int:pk>/intrekken/", adjustments.withdraw, name="withdraw-adjustment"),
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
    # Ways to look at the plan.
    path("boom/", tree.tree, name="tree"),
    path("maatregelen/", overviews.measures, name="measures"),
    path("acties/", overviews.actions, name="actions"),
    path("tijdlijn/", timeline.timeline, name="timeline"),
    path("tijdlijn.svg", timeline.timeline_svg, name="timeline-svg"),
    path("bord/", board.board, name="board"),
    path("bord/zetten/", board.move_chosen, name="move-chosen"),
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
