from django.apps import AppConfig


class PictureConfig(AppConfig):
    name = "koers.apps.picture"
    label = "picture"
    verbose_name = "veiligheidsbeeld"

    def ready(self):
        from koers.apps.intake.events import figures_changed
        from koers.apps.picture import enrolled  # noqa: F401
        from koers.apps.picture.services.screening import screen_everyone

        figures_changed.connect(screen_everyone)
