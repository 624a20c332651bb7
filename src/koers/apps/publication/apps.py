from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "koers.apps.publication"
    label = "publication"
    verbose_name = "openbaar"

    def ready(self):
        from django.db.models.signals import post_delete, post_save

        from koers.apps.people.models import Municipality
        from koers.apps.publication import enrolled  # noqa: F401
        from koers.apps.publication.models import Publication
        from koers.apps.publication.services.standing import follow

        for model in (Municipality, Publication):
            for happened in (post_save, post_delete):
                happened.connect(follow, sender=model, dispatch_uid=f"standing {model.__name__}")
