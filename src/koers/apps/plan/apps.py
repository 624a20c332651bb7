from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "koers.apps.plan"
    label = "plan"
    verbose_name = "uitvoeringsplan"

    def ready(self):
        from koers.apps.plan import checks, enrolled  # noqa: F401
