from django.urls import path

from koers.apps.publication.views import publishing

app_name = "publishing"
urlpatterns = [
    path("", publishing.index, name="index"),
    path("versie/<int:pk>/", publishing.version, name="version"),
    path("<int:pk>/intrekken/", publishing.withdraw, name="withdraw"),
]
