from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "koers.apps.decisions"
    label = "decisions"
    verbose_name = "besluiten"
