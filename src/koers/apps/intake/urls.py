from django.urls import path

from koers.apps.intake import views
from koers.apps.intake.views import held, indicators, own, runs

app_name = "intake"
urlpatterns = [
    path("", views.index, name="index"),
    path("ophalen/", runs.start, name="load"),
    path("ophalen/<int:pk>/", runs.run, name="run"),
    path("ophalen/<int:pk>/stand/", runs.progress, name="progress"),
    path("apart/", held.index, name="held"),
    path("apart/<str:identity>/", held.figures, name="held-figures"),
    path("apart/<str:identity>/gebruiken/", held.accept, name="held-accept"),
    path("apart/<str:identity>/niet/", held.reject, name="held-reject"),
    path("apart/<str:identity>/weer/", held.again, name="held-again"),
    path("eigen/nieuw/", own.new, name="new-file"),
    path("eigen/bestand/<int:pk>/", own.columns, name="columns"),
    path("eigen/bestand/<int:pk>/weg/", own.abandon, name="abandon"),
    path("eigen/indicator/nieuw/", indicators.new, name="indicator-new"),
    path("eigen/indicator/<slug:slug>/", indicators.indicator, name="indicator"),
    path("eigen/indicator/<slug:slug>/wijzigen/", indicators.edit, name="indicator-edit"),
    path("eigen/indicator/<slug:slug>/waarden/", indicators.values, name="indicator-values"),
    path("eigen/indicator/<slug:slug>/weg/", indicators.archive, name="indicator-archive"),
    path("eigen/<int:pk>/", own.table, name="own-table"),
    path("eigen/<int:pk>.csv", own.table_csv, name="own-csv"),
    path("eigen/<int:pk>/vrijgeven/", own.release, name="release"),
    path("eigen/<int:pk>/intern/", own.withdraw, name="withdraw"),
    path("eigen/<int:pk>/weg/", own.archive, name="archive"),
]
