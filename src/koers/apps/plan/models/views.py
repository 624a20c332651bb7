"""A way of looking at the plan that somebody keeps."""

from django.db import models

from koers.apps.people.models import Municipality, User


class SavedView(models.Model):
    """The filters and order of a page, by name; ``page`` is the name of its address, ``query`` what
    follows the "?"."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="+")
    page = models.CharField(max_length=80)
    name = models.CharField("naam", max_length=80)
    query = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "municipality", "page", "name"], name="one_saved_view_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
