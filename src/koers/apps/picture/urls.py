from django.urls import path

from koers.apps.picture import compare, definitions, snapshot_views, views

app_name = "picture"
urlpatterns = [
    path("", views.index, name="index"),
    path("signalen/", views.signals, name="signals"),
    path("signalen.csv", views.signals_csv, name="signals-csv"),
    path("clusters.csv", views.clusters_csv, name="clusters-csv"),
    path("signaal/<int:pk>/", views.signal, name="signal"),
    path("indicatoren/", definitions.index, name="indicators"),
    path("indicatoren.csv", definitions.index_csv, name="indicators-csv"),
    path("indicatoren/<slug:indicator>/", definitions.page, name="indicator"),
    path("vergelijken/", compare.peers, name="peers"),
    path("vergelijken/terug/", compare.reset, name="peers-reset"),
    path("peilmomenten/", snapshot_views.index, name="snapshots"),
    path("peilmomenten/<slug:source>/<slug:table>/", snapshot_views.table, name="snapshots-table"),
    path(
        "peilmomenten/<slug:source>/<slug:table>.csv",
        snapshot_views.table_csv,
        name="snapshots-csv",
    ),
    path("<slug:code>/", views.area, name="area"),
    path("<slug:code>/<slug:indicator>/", views.theme, name="theme"),
    path("<slug:code>/<slug:indicator>/<slug:chart>.svg", views.chart_svg, name="chart-svg"),
    path("<slug:code>/<slug:indicator>/<slug:chart>.csv", views.chart_csv, name="chart-csv"),
]
