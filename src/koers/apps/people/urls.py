from django.urls import path

from koers.apps.people import account_views, joining, kept_text, sign_in, views

app_name = "people"
urlpatterns = [
    path("afmelden/", sign_in.SignOut.as_view(), name="sign-out"),
    path("aanmelden/wachtwoord-vergeten/", sign_in.forgotten, name="forgotten"),
    path("aanmelden/verder/", kept_text.resume, name="resume"),
    path("aanmelden/uitnodiging/<str:token>/", joining.join, name="invitation"),
    path("aanmelden/<uidb64>/<token>/", sign_in.NewPassword.as_view(), name="new-password"),
    path("account/wachtwoord/", sign_in.ChangePassword.as_view(), name="password"),
    path("account/adres/", sign_in.mail_own_address, name="own-address-mail"),
    path("account/adres/<str:token>/", sign_in.confirm_own_address, name="own-address"),
    path("gemeente-kiezen/", views.switch_municipality, name="switch"),
    path("beheer/", views.people, name="people"),
    path("beheer/geschiedenis/", views.history, name="history"),
    path("beheer/account/<int:pk>/", account_views.account, name="account"),
    path("beheer/account/<int:pk>/uitzetten/", account_views.switch_off, name="switch-off"),
    path("beheer/account/<int:pk>/aanzetten/", account_views.switch_on, name="switch-on"),
    path("beheer/account/<int:pk>/wissen/", account_views.erase, name="erase"),
    path("mail/<uuid:pk>/gezien/", views.mail_seen, name="mail-seen"),
    path("beheer/uitnodigen/", views.invite, name="invite"),
    path("beheer/huisstijl/", views.choose_style, name="house-style"),
    path("beheer/<int:pk>/intrekken/", views.withdraw, name="withdraw"),
    path("beheer/<int:pk>/nieuwe-link/", views.new_link, name="new-link"),
    path("beheer/<int:pk>/tweede-stap-weg/", views.reset_second_step, name="reset-second-step"),
]
