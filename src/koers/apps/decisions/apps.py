from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "koers.apps.decisions"
    label = "decisions"
    verbose_name = "besluiten"

    def ready(self):
        from koers.apps.decisions import enrolled, from_meetings  # noqa: F401
