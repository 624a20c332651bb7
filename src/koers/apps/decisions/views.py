from django.shortcuts import render

from koers.apps.people.access import allow


@allow("decisions.view_decisions")
def index(request):
    return render(request, "decisions/index.html")
