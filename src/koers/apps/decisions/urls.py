from django.urls import path

from koers.apps.decisions import views

app_name = "decisions"
urlpatterns = [
    path("", views.index, name="index"),
    path("nieuw/<int:plan>/", views.new, name="new"),
    path("<int:pk>/", views.decision, name="decision"),
    path("<int:pk>/bewerken/", views.edit, name="edit"),
    path("<int:pk>/opnieuw-vullen/", views.refill, name="refill"),
    path("<int:pk>/bevestigen/", views.confirm, name="confirm"),
    path("<int:pk>/versies/", views.versions, name="versions"),
    path("<int:pk>/versies/<int:number>/terugzetten/", views.put_back, name="put-back"),
    path("<int:pk>/stap/", views.move, name="move"),
    path("<int:pk>/collegebesluit.pdf", views.pdf, name="pdf"),
]
