"""Addresses of activity. A project's own list is in `projects`."""

from __future__ import annotations

from apps.activity.api import views, webhooks
from apps.core.urls import route

HOOK, DELIVERY = "webhooks/<int:webhook_id>", "webhooks/<int:webhook_id>/deliveries/<int:delivery_id>"

urlpatterns = [
    route("organisations/<int:organisation_id>/activity", views.OrganisationActivityView.as_view()),
    route("notifications", views.NotificationsView.as_view()),
    route("notifications/read", views.NotificationsReadView.as_view()),
    route("organisations/<int:organisation_id>/webhooks", webhooks.OrganisationWebhooksView.as_view()),
    route("projects/<int:project_id>/webhooks", webhooks.ProjectWebhooksView.as_view()),
    route(HOOK, webhooks.WebhookView.as_view()),
    route(f"{HOOK}/secret", webhooks.WebhookSecretView.as_view()),
    route(f"{HOOK}/ping", webhooks.WebhookPingView.as_view()),
    route(f"{HOOK}/deliveries", webhooks.DeliveriesView.as_view()),
    route(DELIVERY, webhooks.DeliveryView.as_view()),
    route(f"{DELIVERY}/again", webhooks.DeliveryAgainView.as_view()),
]
