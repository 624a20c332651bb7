from django.urls import path

from koers.apps.consultation import views

app_name = "consultation"
urlpatterns = [
    path("", views.index, name="index"),
    path("suggestie/<int:decision>/", views.suggest, name="suggest"),
    path("antwoord/<int:pk>/", views.answer, name="answer"),
    path("suggesties.csv", views.suggestions_csv, name="suggestions-csv"),
    path("enquete/", views.new_survey, name="new-survey"),
    path("enquete/<int:pk>/", views.survey, name="survey"),
    path("enquete/<int:pk>.csv", views.survey_csv, name="survey-csv"),
    path("enquete/<int:pk>/themas/", views.survey_themes, name="survey-themes"),
    path("enquete/<int:pk>/archiveren/", views.archive_survey, name="archive-survey"),
]
