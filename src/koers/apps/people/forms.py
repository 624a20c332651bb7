from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm

from koers.apps.people import house_style
from koers.apps.people.models import Municipality, Role

PASSWORD_HELP = "Ten minste 12 tekens; een zin van een paar woorden is goed."


class SignInForm(LoginForm):
    """allauth's form in the words of Koers."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mailadres"
        self.fields["password"].label = "Wachtwoord"
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class CodeForm(AuthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"], "Code", "De zes cijfers uit uw app, of een van uw noodcodes.")


class ConfirmByCodeForm(ReauthenticateByCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"], "Code", "De zes cijfers uit uw app, of een van uw noodcodes.")


class ActivateForm(ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"], "Code uit de app", "Zes cijfers.")


def _as_code(field, label, help_text):
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["inputmode"] = "numeric"


class ConfirmForm(ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "Wachtwoord"
        self.fields["password"].widget.attrs.pop("placeholder", None)


class NewPasswordForm(PasswordChangeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Uw wachtwoord nu"
        self.fields["new_password1"].label = "Nieuw wachtwoord"
        self.fields["new_password1"].help_text = PASSWORD_HELP
        self.fields["new_password2"].label = "Nog een keer het nieuwe wachtwoord"


class ForgottenForm(forms.Form):
    email = forms.EmailField(label="E-mailadres")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"


class FirstSignInForm(SetPasswordForm):
    name = forms.CharField(label="Uw naam", max_length=100)
    email = forms.EmailField(label="E-mailadres", help_text="Hiermee meldt u zich voortaan aan.")

    field_order = ["name", "email", "new_password1", "new_password2"]

    def __init__(self, user, *args, **kwargs):
        super().__init__(user, *args, **kwargs)
        self.fields["name"].initial = user.name
        self.fields["email"].initial = "" if user.email.endswith(".invalid") else user.email
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["new_password1"].label = "Wachtwoord"
        self.fields["new_password1"].help_text = PASSWORD_HELP
        self.fields["new_password2"].label = "Nog een keer het wachtwoord"

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        others = type(self.user).objects.filter(email__iexact=email).exclude(pk=self.user.pk)
        if others.exists():
            raise forms.ValidationError("Dit e-mailadres is al in gebruik. Kies een ander.")
        return email

    def save(self, commit=True):
        self.user.name = self.cleaned_data["name"]
        self.user.email = self.cleaned_data["email"]
        return super().save(commit)


class InviteForm(forms.Form):
    name = forms.CharField(label="Naam", max_length=100)
    email = forms.EmailField(label="E-mailadres")
    role = forms.ChoiceField(label="Rol", choices=Role.choices)


class HouseStyleForm(forms.ModelForm):
    """Which of the themes of this installation the pages of a municipality wear."""

    theme = forms.ChoiceField(label="Huisstijl", required=False)

    class Meta:
        model = Municipality
        fields = ["theme"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = house_style.choices()
