from django.shortcuts import render

from koers.apps.people.access import allow


@allow("consultation.view_consultation")
def index(request):
    return render(request, "consultation/index.html")
