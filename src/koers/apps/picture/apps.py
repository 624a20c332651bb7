from django.apps import AppConfig


class PictureConfig(AppConfig):
    name = "koers.apps.picture"
    label = "picture"
    verbose_name = "veiligheidsbeeld"

    def ready(self):
        from koers.apps.picture import enrolled  # noqa: F401
