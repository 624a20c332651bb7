from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm

from koers.apps.people import house_style
from koers.apps.people.models import Municipality, Role, User
from koers.apps.people.second_step import spend
from koers.apps.whole import apart

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


class _OnceForm:
    """A form for a code that works once, whatever comes of the request."""

    def clean_code(self):
        with apart():
            code = super().clean_code()
            if not spend(self.user, self.cleaned_data["code"]):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OnceForm, AuthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _as_code(self.fields["code"], "Code", "De zes cijfers uit uw app, of een van uw noodcodes.")


class ConfirmByCodeForm(_OnceForm, ReauthenticateByCodeForm):
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


class PasswordForm(SetPasswordForm):
    """A new password behind a one-time link."""

    def __init__(self, user, *args, **kwargs):
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].label = "Wachtwoord"
        self.fields["new_password1"].help_text = PASSWORD_HELP
        self.fields["new_password2"].label = "Nog een keer het wachtwoord"


class JoinForm(PasswordForm):
    """Who takes up an invitation: a name and a password; the address is that of the invitation."""

    name = forms.CharField(label="Uw naam", max_length=100)
    field_order = ["municipality", "name", "email", "new_password1", "new_password2"]

    def __init__(self, invitation, *args, **kwargs):
        super().__init__(User(email=invitation.email), *args, **kwargs)
        self.fields["name"].initial = invitation.name
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def save(self, commit=True):
        self.user.name = self.cleaned_data["name"]
        return super().save(commit)


class SetUpForm(JoinForm):
    """The first administrator, who also says with which address, and of which municipality."""

    email = forms.EmailField(label="E-mailadres", help_text="Hiermee meldt u zich voortaan aan.")
    municipality = forms.ModelChoiceField(
        label="Uw gemeente",
        queryset=Municipality.objects.none(),
        required=False,
        empty_label=None,
        help_text="U wordt beheerder en adviseur van deze gemeente, en van geen andere.",
    )

    def __init__(self, invitation, municipalities, *args, **kwargs):
        super().__init__(invitation, *args, **kwargs)
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        codes = [m.pk for m in municipalities]
        field = self.fields["municipality"]
        field.queryset = Municipality.objects.filter(pk__in=codes)
        # The one for which Koers was started stands first.
        field.initial = codes[0]
        # There is always one: the list has no empty line, so it may not be left empty either.
        field.required = len(codes) > 1
        if len(codes) == 1:
            field.widget = forms.HiddenInput()

    def clean_municipality(self):
        return self.cleaned_data["municipality"] or self.fields["municipality"].queryset.first()

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(
                "Er is al een account met dit e-mailadres. Meld u daarmee aan en open de link dan"
                " opnieuw."
            )
        self.user.email = email
        return email


class InviteForm(forms.Form):
    name = forms.CharField(label="Naam", max_length=100)
    email = forms.EmailField(label="E-mailadres")
    role = forms.ChoiceField(label="Rol", choices=[("", "Kies een rol"), *Role.choices])


class HouseStyleForm(forms.ModelForm):
    """Which of the themes of this installation the pages of a municipality wear."""

    theme = forms.ChoiceField(label="Huisstijl", required=False)

    class Meta:
        model = Municipality
        fields = ["theme"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = house_style.choices()
