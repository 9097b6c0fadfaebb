"""The log of what happened in an organisation, and the caller's own notifications."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.accounts.access import organisation_for
from apps.accounts.queries import memberships_of
from apps.activity import queries, services
from apps.activity.api.documents import Reading, event_outs, notification_outs
from apps.activity.api.structs import EventOut, NotificationPage, NotificationsReadIn, NotificationsUnread
from apps.core.api import answer, body
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects.access import visible_projects
from apps.projects.settings import settings_of


class OrganisationActivityView(Api):
    actions = {"get": Action.ACTIVITY_VIEW}

    @extend_schema(responses={200: Page[EventOut]})
    def get(self, request: Request, organisation_id: int) -> HttpResponse:
        """What happened in the organisation, newest first."""
        access = organisation_for(self.user, organisation_id, Action.ACTIVITY_VIEW)
        rows, following = paginate(request, queries.events_of_organisation(organisation_id))
        return answer(Page(results=event_outs(rows, reader=self.user, role=access.role), next=following))


class NotificationsView(Api):
    @extend_schema(
        parameters=[
            OpenApiParameter("unread", bool, description="true: only those that were not read"),
            OpenApiParameter("about", str, description="the first part of the verb: review, issue, question, …"),
            OpenApiParameter("project", int),
            OpenApiParameter("cursor", str),
            OpenApiParameter("limit", int),
        ],
        responses={200: NotificationPage},
    )
    def get(self, request: Request) -> HttpResponse:
        """The caller's own notifications, newest first, from places that they may still see."""
        organisations = {row.organisation_id: Reading(row.role) for row in memberships_of(self.user)}
        mine = queries.notifications_of(
            self.user.pk, organisation_ids=organisations, project_ids=visible_projects(self.user).values("pk")
        )
        unread = mine.filter(read_at=None)
        wanted = unread if request.query_params.get("unread") == "true" else mine
        rows, following = paginate(request, queries.narrowed(wanted, request.query_params))
        named = visible_projects(self.user).filter(pk__in={row.event.project_id for row in rows})
        projects = {row.pk: Reading(str(vars(row)["member_role"]), settings_of(row).pseudonyms) for row in named}
        shown = notification_outs(rows, reader=self.user, organisations=organisations, projects=projects)
        return answer(NotificationPage(results=shown, unread=unread.count(), next=following))


class NotificationsReadView(Api):
    @extend_schema(request=NotificationsReadIn, responses={200: NotificationsUnread})
    def post(self, request: Request) -> HttpResponse:
        """Mark notifications as read: those of `ids`, or all."""
        asked = body(request, NotificationsReadIn)
        services.mark_read(user_id=self.user.pk, ids=asked.ids)
        organisations = [row.organisation_id for row in memberships_of(self.user)]
        mine = queries.notifications_of(
            self.user.pk, organisation_ids=organisations, project_ids=visible_projects(self.user).values("pk")
        )
        return answer(NotificationsUnread(unread=mine.filter(read_at=None).count()))
