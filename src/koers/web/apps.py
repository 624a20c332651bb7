from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "koers.web"
    label = "web"
    verbose_name = "de site"

    def ready(self):
        from koers.web import checks  # noqa: F401
