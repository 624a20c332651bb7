from django.urls import path

from koers.apps.people import views

app_name = "people"
urlpatterns = [
    path("aanmelden/", views.SignIn.as_view(), name="sign-in"),
    path("afmelden/", views.SignOut.as_view(), name="sign-out"),
    path("aanmelden/<uidb64>/<token>/", views.FirstSignIn.as_view(), name="first-sign-in"),
    path("gemeente-kiezen/", views.switch_municipality, name="switch"),
    path("beheer/", views.people, name="people"),
    path("beheer/uitnodigen/", views.invite, name="invite"),
    path("beheer/<int:pk>/intrekken/", views.withdraw, name="withdraw"),
]
