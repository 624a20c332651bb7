from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm

from koers.apps.people.models import Role


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "Dit e-mailadres en wachtwoord horen niet bij elkaar. Let op hoofdletters en probeer opnieuw.",
        "inactive": "Dit account is uitgezet. Vraag de beheerder van uw gemeente.",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mailadres"
        self.fields["password"].label = "Wachtwoord"


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
        self.fields["new_password1"].help_text = "Ten minste 12 tekens; een zin van een paar woorden is goed."
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
