from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "koers.apps.evaluation"
    label = "evaluation"
    verbose_name = "effect van maatregelen"

    def ready(self):
        from koers.apps.evaluation import enrolled  # noqa: F401
