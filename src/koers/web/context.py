"""What the base template needs on every page."""

from django.urls import reverse

from koers.apps.people.house_style import house_style
from koers.apps.people.kept_text import mark_of
from koers.apps.people.places import FIGURES_AS_OF, FIGURES_OLD

_PAGES = (
    ("Vandaag", "home", "people.use_koers"),
    ("Veiligheidsbeeld", "picture:index", "picture.view_picture"),
    ("Cijfers", "intake:index", "intake.view_figures"),
    ("Plan", "plan:index", "plan.view_plan"),
    ("Overleg", "meetings:index", "meetings.view_meetings"),
    ("Raadpleging", "consultation:index", "consultation.view_consultation"),
    ("Besluiten", "decisions:index", "decisions.view_decisions"),
    ("Openbare pagina", "publication:index", "public"),
    ("Beheer", "people:people", "people.manage_people"),
)


def site(request) -> dict:
    """Theme, navigation by what this person may open, the municipality at hand and the age of the
    figures.

    Worked out once for a request and the person and municipality that it is for: each panel on a
    page asks for it again.
    """
    municipality = getattr(request, "municipality", None)
    whose = (getattr(getattr(request, "user", None), "pk", None), municipality)
    kept = request.__dict__.get("koers_site")
    if kept is None or kept[0] != whose:
        kept = request.__dict__["koers_site"] = (whose, _site(request, municipality))
    return dict(kept[1])


def _site(request, municipality) -> dict:
    return {
        "house_style": house_style(municipality),
        "brand_name": "Koers",
        "form_mark": mark_of(getattr(request, "user", None)),
        "municipality": municipality,
        "municipalities": getattr(request, "municipalities", []),
        "navigation": _navigation(request, municipality),
        "figures_as_of": FIGURES_AS_OF.ask(request) or "",
        "figures_old": FIGURES_OLD.ask(request) or "",
        "example_banner": bool(municipality and municipality.fictitious),
    }


def _navigation(request, municipality) -> list[dict]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return [{"label": "Openbare pagina", "url": reverse("publication:index"), "current": True}]
    return [
        {"label": label, "url": (url := reverse(name)), "current": _is_current(request.path, url)}
        for label, name, permission in _PAGES
        if permission == "public" or user.has_perm(permission, municipality)
    ]


def _is_current(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
