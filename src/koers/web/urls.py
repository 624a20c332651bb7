"""Where each page lives; the rules for opening it stand at the views."""

from django.urls import include, path

from koers.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("koers.apps.people.sign_in_urls")),
    path("", include("koers.apps.people.urls")),
    path("cijfers/", include("koers.apps.intake.urls")),
    path("beeld/", include("koers.apps.picture.urls")),
    path("plan/", include("koers.apps.plan.urls")),
    path("overleg/", include("koers.apps.meetings.urls")),
    path("effect/", include("koers.apps.evaluation.urls")),
    path("besluiten/", include("koers.apps.decisions.urls")),
    path("raadpleging/", include("koers.apps.consultation.urls")),
    path("openbaar/", include("koers.apps.publication.urls")),
]
