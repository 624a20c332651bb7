from django.shortcuts import render

from koers.apps.people.access import allow


@allow("picture.view_picture")
def index(request):
    return render(request, "picture/index.html")
