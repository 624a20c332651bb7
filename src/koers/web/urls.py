"""Where each page lives; the rules for opening it stand at the views."""

from django.urls import include, path

from koers.web import health, status, views

handler400 = "koers.web.views.bad_request"
handler500 = "koers.web.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("beheer/werking/", status.status, name="status"),
    path("beheer/werking/opnieuw/<str:kind>/<int:pk>/", status.again, name="run-again"),
    path("beheer/werking/mail/<uuid:pk>/", status.mail_again, name="mail-again"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics_page, name="metrics"),
    path("", include("koers.apps.people.sign_in_urls")),
    path("", include("koers.apps.people.urls")),
    path("cijfers/", include("koers.apps.intake.urls")),
    path("beeld/", include("koers.apps.picture.urls")),
    path("plan/", include("koers.apps.plan.urls")),
    path("plan/", include("koers.apps.exchange.urls")),
    path("plan/", include("koers.apps.texts.urls")),
    path("overleg/", include("koers.apps.meetings.urls")),
    path("effect/", include("koers.apps.evaluation.urls")),
    path("besluiten/", include("koers.apps.decisions.urls")),
    path("raadpleging/", include("koers.apps.consultation.urls")),
    path("publiceren/", include("koers.apps.publication.publishing_urls")),
    path("openbaar/", include("koers.apps.publication.urls")),
]
