from django.shortcuts import render

from koers.apps.people.access import allow


@allow("plan.view_plan")
def index(request):
    return render(request, "plan/index.html")
