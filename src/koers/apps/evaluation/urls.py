from django.urls import path

from koers.apps.evaluation import views
from koers.apps.evaluation.views import designs, evaluations

app_name = "evaluation"
urlpatterns = [
    path("maatregel/<int:pk>/", designs.measure, name="measure"),
    path("maatregel/<int:pk>/vastleggen/", designs.fix, name="fix"),
    path("maatregel/<int:pk>/omgeving/", designs.surroundings, name="surroundings"),
    path("maatregel/<int:pk>/evalueer/", evaluations.start, name="start"),
    path("maatregel/<int:pk>/aan-te-tonen.csv", designs.power_csv, name="power-csv"),
    path("maatregel/<int:pk>/kaart.svg", designs.map_svg, name="map-svg"),
    path("maatregel/<int:pk>/kaart.csv", designs.map_csv, name="map-csv"),
    path("voorstel/<int:pk>/", views.decide, name="decide"),
    path("<int:pk>/", evaluations.evaluation, name="evaluation"),
    path("<int:pk>/stand/", evaluations.progress, name="progress"),
    path("<int:pk>/gevoeligheid.csv", evaluations.sensitivity_csv, name="sensitivity-csv"),
    path("<int:pk>/uitkomst.json", evaluations.result_json, name="result-json"),
    path("<int:pk>/<slug:chart>.svg", evaluations.chart_svg, name="chart-svg"),
    path("<int:pk>/<slug:chart>.csv", evaluations.chart_csv, name="chart-csv"),
]
