from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "koers.apps.intake"
    label = "intake"
    verbose_name = "cijfers"

    def ready(self):
        from koers.apps.intake import enrolled  # noqa: F401
