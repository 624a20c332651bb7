"""The pages that allauth looks up by its own names."""

from django.urls import path

from koers.apps.people import sign_in

urlpatterns = [
    path("aanmelden/", sign_in.SignIn.as_view(), name="account_login"),
    path("aanmelden/code/", sign_in.Code.as_view(), name="mfa_authenticate"),
    path("aanmelden/uitgezet/", sign_in.Inactive.as_view(), name="account_inactive"),
    path("account/", sign_in.Account.as_view(), name="mfa_index"),
    path("account/bevestigen/", sign_in.Confirm.as_view(), name="account_reauthenticate"),
    path("account/bevestigen/code/", sign_in.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path("account/tweede-stap/", sign_in.ActivateSecondStep.as_view(), name="mfa_activate_totp"),
    path(
        "account/tweede-stap/uit/",
        sign_in.DeactivateSecondStep.as_view(),
        name="mfa_deactivate_totp",
    ),
    path("account/noodcodes/", sign_in.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "account/noodcodes/nieuw/",
        sign_in.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/noodcodes/bestand/",
        sign_in.DownloadRecoveryCodes.as_view(),
        name="mfa_download_recovery_codes",
    ),
]
