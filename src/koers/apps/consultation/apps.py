from django.apps import AppConfig


class ConsultationConfig(AppConfig):
    name = "koers.apps.consultation"
    label = "consultation"
    verbose_name = "raadpleging"

    def ready(self):
        from koers.apps.consultation import enrolled  # noqa: F401
