from django.shortcuts import render

from koers.apps.people.access import allow


@allow("meetings.view_meetings")
def index(request):
    return render(request, "meetings/index.html")
