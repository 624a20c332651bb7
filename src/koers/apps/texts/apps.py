from django.apps import AppConfig


class TextsConfig(AppConfig):
    name = "koers.apps.texts"
    label = "texts"
    verbose_name = "teksten"

    def ready(self):
        from koers.apps.texts import enrolled  # noqa: F401
