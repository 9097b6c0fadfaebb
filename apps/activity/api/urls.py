"""Addresses of activity. A project's own list is in `projects`."""

from __future__ import annotations

from apps.activity.api import views
from apps.core.urls import route

urlpatterns = [
    route("organisations/<int:organisation_id>/activity", views.OrganisationActivityView.as_view()),
    route("notifications", views.NotificationsView.as_view()),
    route("notifications/read", views.NotificationsReadView.as_view()),
]
