from django.shortcuts import render

from koers.apps.people.access import allow


@allow("publication.view_publication")
def index(request):
    return render(request, "publication/index.html")
