"""Addresses of jobs."""

from __future__ import annotations

from apps.core.urls import route
from apps.jobs.api import views

urlpatterns = [
    route("jobs", views.JobsView.as_view()),
    route("jobs/<int:job_id>", views.JobView.as_view()),
    route("jobs/<int:job_id>/cancel", views.JobCancelView.as_view()),
    route("jobs/<int:job_id>/events", views.JobEventsView.as_view()),
]
