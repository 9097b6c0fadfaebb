"""Endpoints of webhooks and of the log of what they were sent. A webhook is looked up through the place that it belongs to."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from django.db.models import Count
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.accounts.access import organisation_for
from apps.accounts.models import User
from apps.accounts.queries import people
from apps.activity import queries
from apps.activity.api.structs import (
    DeliveryOut,
    DeliveryTryOut,
    WebhookIn,
    WebhookMade,
    WebhookOut,
    WebhookPatch,
    WebhooksOut,
)
from apps.activity.kinds import KINDS, ORGANISATION_KINDS
from apps.activity.models import Delivery, Webhook
from apps.activity.services import telling, webhooks
from apps.core.api import answer, body, nothing
from apps.core.errors import NotFound
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects.access import hidden, project_for, project_of


def webhook_for(user: User, webhook_id: int) -> Webhook:
    """A webhook of a place that the person manages.

    Raises:
        NotFound: no such webhook, or one of a place that the person does not see.
        NotAllowed: their role there does not manage it.
    """
    hook = Webhook.objects.filter(pk=webhook_id).first()
    if hook is None:
        raise hidden("webhook")
    if hook.project_id is not None:
        project_of(user, hook.project_id, "webhook", Action.WEBHOOKS_EDIT)
        return hook
    try:
        organisation_for(user, hook.organisation_id, Action.WEBHOOKS_EDIT)
    except NotFound:
        raise hidden("webhook") from None
    return hook


def delivery_for(user: User, webhook_id: int, delivery_id: int) -> Delivery:
    """A delivery of that very webhook. Raises as `webhook_for`."""
    row = queries.deliveries_of(webhook_for(user, webhook_id)).filter(pk=delivery_id).first()
    if row is None:
        raise NotFound("This webhook has no such delivery.")
    return row


def webhook_outs(rows: list[Webhook], reader: User) -> list[WebhookOut]:
    if not rows:
        return []
    waiting = dict(
        Delivery.objects.filter(webhook__in=rows, state=Delivery.State.PENDING)
        .values_list("webhook_id")
        .annotate(Count("pk"))
    )
    makers = [row.created_by_id for row in rows]
    named = people(organisation_id=rows[0].organisation_id, user_ids=makers, reader=reader, reader_role="manager")
    return [
        WebhookOut(
            id=row.pk, project=row.project_id, name=row.name, url=row.url, kinds=row.kinds, state=cast(Any, row.state),
            failures=row.failures, rests_until=row.rests_until, delivered_at=row.delivered_at,
            waiting=waiting.get(row.pk, 0), created_by=named.get(row.created_by_id), created_at=row.created_at,
        )
        for row in rows
    ]  # fmt: skip


def delivery_out(row: Delivery) -> DeliveryOut:
    tries = sorted(row.attempts.all(), key=lambda one: one.pk)
    return DeliveryOut(
        id=row.pk, key=str(row.key), kind=row.kind, state=cast(Any, row.state),
        next_try_at=row.next_try_at if row.state == Delivery.State.PENDING else None,
        created_at=row.created_at, finished_at=row.finished_at, body=row.body,
        tries=[DeliveryTryOut(one.at, one.ms, one.status, one.problem, one.answer) for one in tries],
    )  # fmt: skip


class OrganisationWebhooksView(Api):
    actions = {"get": Action.WEBHOOKS_EDIT, "post": Action.WEBHOOKS_EDIT}
    answers_secret = True

    @extend_schema(responses={200: WebhooksOut})
    def get(self, request: Request, organisation_id: int) -> HttpResponse:
        """The organisation's own webhooks, which hear of all its projects."""
        organisation_for(self.user, organisation_id, Action.WEBHOOKS_EDIT)
        rows = list(queries.webhooks_of(organisation_id=organisation_id, project_id=None).order_by("pk"))
        return answer(WebhooksOut(webhook_outs(rows, self.user), sorted(KINDS)))

    @extend_schema(request=WebhookIn, responses={201: WebhookMade})
    def post(self, request: Request, organisation_id: int) -> HttpResponse:
        """Make a webhook. Its secret is shown in this answer only."""
        organisation_for(self.user, organisation_id, Action.WEBHOOKS_EDIT)
        return made(self.user, body(request, WebhookIn), organisation_id, None)


class ProjectWebhooksView(Api):
    actions = {"get": Action.WEBHOOKS_EDIT, "post": Action.WEBHOOKS_EDIT}
    answers_secret = True

    @extend_schema(responses={200: WebhooksOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """The project's own webhooks."""
        project = project_for(self.user, project_id, Action.WEBHOOKS_EDIT).project
        rows = list(queries.webhooks_of(organisation_id=project.organisation_id, project_id=project_id).order_by("pk"))
        return answer(WebhooksOut(webhook_outs(rows, self.user), sorted(KINDS - ORGANISATION_KINDS)))

    @extend_schema(request=WebhookIn, responses={201: WebhookMade})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Make a webhook. Its secret is shown in this answer only."""
        project = project_for(self.user, project_id, Action.WEBHOOKS_EDIT).project
        return made(self.user, body(request, WebhookIn), project.organisation_id, project_id)


def made(user: User, sent: WebhookIn, organisation_id: int, project_id: int | None) -> HttpResponse:
    hook, secret = webhooks.make_webhook(
        organisation_id=organisation_id,
        project_id=project_id,
        user=user,
        name=sent.name,
        url=sent.url,
        kinds=[str(kind) for kind in sent.kinds],
    )
    return answer(WebhookMade(webhook_outs([hook], user)[0], secret), status=201)


class WebhookView(Api):
    actions = {"get": Action.WEBHOOKS_EDIT, "patch": Action.WEBHOOKS_EDIT, "delete": Action.WEBHOOKS_EDIT}

    @extend_schema(responses={200: WebhookOut})
    def get(self, request: Request, webhook_id: int) -> HttpResponse:
        """One webhook, without its secret."""
        return answer(webhook_outs([webhook_for(self.user, webhook_id)], self.user)[0])

    @extend_schema(request=WebhookPatch, responses={200: WebhookOut})
    def patch(self, request: Request, webhook_id: int) -> HttpResponse:
        """Change it, pause it, or let it go on."""
        hook = webhook_for(self.user, webhook_id)
        values = msgspec.to_builtins(body(request, WebhookPatch))
        return answer(
            webhook_outs([webhooks.change_webhook(webhook=hook, user=self.user, values=values)], self.user)[0]
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, webhook_id: int) -> HttpResponse:
        """Delete it with its log."""
        webhooks.delete_webhook(webhook=webhook_for(self.user, webhook_id), user=self.user)
        return nothing()


class WebhookSecretView(Api):
    actions = {"post": Action.WEBHOOKS_EDIT}
    answers_secret = True

    @extend_schema(request=None, responses={201: WebhookMade})
    def post(self, request: Request, webhook_id: int) -> HttpResponse:
        """A new secret, shown in this answer only. The one before signs beside it for 24 hours."""
        hook, secret = webhooks.replace_secret(webhook=webhook_for(self.user, webhook_id), user=self.user)
        return answer(WebhookMade(webhook_outs([hook], self.user)[0], secret), status=201)


class WebhookPingView(Api):
    actions = {"post": Action.WEBHOOKS_EDIT}

    @extend_schema(request=None, responses={202: DeliveryOut})
    def post(self, request: Request, webhook_id: int) -> HttpResponse:
        """Send a `ping`, also to a webhook that is paused; what came back stands in its log a moment later."""
        return answer(delivery_out(telling.ping(webhook_for(self.user, webhook_id))), status=202)


class DeliveriesView(Api):
    actions = {"get": Action.WEBHOOKS_EDIT}

    @extend_schema(
        parameters=[
            OpenApiParameter("state", str, enum=list(Delivery.State.values)),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses={200: Page[DeliveryOut]},
    )
    def get(self, request: Request, webhook_id: int) -> HttpResponse:
        """What the webhook was sent, and what came back, newest first."""
        hook = webhook_for(self.user, webhook_id)
        rows, following = paginate(request, queries.deliveries_of(hook, state=request.query_params.get("state", "")))
        return answer(Page(results=[delivery_out(row) for row in rows], next=following))


class DeliveryView(Api):
    actions = {"get": Action.WEBHOOKS_EDIT}

    @extend_schema(responses={200: DeliveryOut})
    def get(self, request: Request, webhook_id: int, delivery_id: int) -> HttpResponse:
        """One delivery with its tries."""
        return answer(delivery_out(delivery_for(self.user, webhook_id, delivery_id)))


class DeliveryAgainView(Api):
    actions = {"post": Action.WEBHOOKS_EDIT}

    @extend_schema(request=None, responses={202: DeliveryOut})
    def post(self, request: Request, webhook_id: int, delivery_id: int) -> HttpResponse:
        """Send it once more under the same id. 409 while it is on its way."""
        row = webhooks.send_again(delivery=delivery_for(self.user, webhook_id, delivery_id))
        return answer(delivery_out(row), status=202)
