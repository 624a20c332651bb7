from django.urls import path

from koers.apps.meetings import afterwards, views

app_name = "meetings"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.meeting, name="meeting"),
    path("<int:pk>/acties.csv", views.actions_csv, name="actions-csv"),
    path("<int:pk>/aantekeningen/", views.save_notes, name="notes"),
    path("<int:pk>/besluit/", views.add_decision, name="add-decision"),
    path("<int:pk>/actie/", views.add_action, name="add-action"),
    path("<int:pk>/sluiten/", views.close, name="close"),
    path("besluit/<int:pk>/afgehandeld/", views.settle_decision, name="settle"),
    path("actie/<int:pk>/gedaan/", views.action_done, name="action-done"),
    path("<int:pk>/verslag.<slug:kind>", afterwards.download_minutes, name="minutes"),
    path("<int:pk>/verslag-mailen/", afterwards.mail_minutes, name="mail-minutes"),
    path("<int:pk>/overleg.ics", afterwards.meeting_ics, name="ics"),
    path("agenda/", afterwards.reminders, name="reminders"),
    path("agenda/<str:token>.ics", afterwards.feed, name="feed"),
    path("agenda/geen-mail/<str:token>/", afterwards.stop_reminders, name="stop-reminders"),
    path("antwoord/<str:token>/", afterwards.answer, name="answer"),
    path("signaal/<int:pk>/", views.triage, name="triage"),
    path("signaal/<int:pk>/terug/", views.put_back, name="put-back"),
]
