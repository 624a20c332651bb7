from django.urls import path

from koers.apps.people import sign_in, views

app_name = "people"
urlpatterns = [
    path("afmelden/", sign_in.SignOut.as_view(), name="sign-out"),
    path("aanmelden/wachtwoord-vergeten/", sign_in.forgotten, name="forgotten"),
    path("aanmelden/<uidb64>/<token>/", sign_in.FirstSignIn.as_view(), name="first-sign-in"),
    path("account/wachtwoord/", sign_in.ChangePassword.as_view(), name="password"),
    path("gemeente-kiezen/", views.switch_municipality, name="switch"),
    path("beheer/", views.people, name="people"),
    path("beheer/uitnodigen/", views.invite, name="invite"),
    path("beheer/huisstijl/", views.choose_style, name="house-style"),
    path("beheer/<int:pk>/intrekken/", views.withdraw, name="withdraw"),
    path("beheer/<int:pk>/nieuwe-link/", views.new_link, name="new-link"),
    path("beheer/<int:pk>/tweede-stap-weg/", views.reset_second_step, name="reset-second-step"),
]
