"""The log of what happened in an organisation."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.accounts.access import organisation_for
from apps.activity import queries
from apps.activity.api.documents import event_outs
from apps.activity.api.structs import EventOut
from apps.core.api import answer
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api


class OrganisationActivityView(Api):
    actions = {"get": Action.ACTIVITY_VIEW}

    @extend_schema(responses={200: Page[EventOut]})
    def get(self, request: Request, organisation_id: int) -> HttpResponse:
        """What happened in the organisation, newest first."""
        access = organisation_for(self.user, organisation_id, Action.ACTIVITY_VIEW)
        rows, following = paginate(request, queries.events_of_organisation(organisation_id))
        return answer(Page(results=event_outs(rows, reader=self.user, role=access.role), next=following))
