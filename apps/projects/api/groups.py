"""Endpoints of groups, skills and the terms that people work on."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body, nothing
from apps.core.errors import NotFound
from apps.core.pagination import Page
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects import queries, services
from apps.projects.access import project_for
from apps.projects.api.documents import project_members_out
from apps.projects.api.structs import GroupIn, GroupOut, GroupPatch, ProjectMemberOut, TermsPatch
from apps.projects.models import PeopleGroup
from apps.tasks.services.batches import delete_group


def group_out(group: PeopleGroup) -> GroupOut:
    members = sorted(member.user_id for member in group.members.all())
    return GroupOut(id=group.pk, name=group.name, kind=cast(Any, group.kind), members=members)


class GroupsView(Api):
    actions = {"get": Action.MEMBERS_VIEW, "post": Action.PROJECT_EDIT}

    @extend_schema(responses={200: Page[GroupOut]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Groups and skills with their people, by name."""
        access = project_for(self.user, project_id, Action.MEMBERS_VIEW)
        return answer(Page(results=[group_out(group) for group in queries.people_groups(access.project)]))

    @extend_schema(request=GroupIn, responses={201: GroupOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Make a group or a skill."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        sent = body(request, GroupIn)
        group = services.make_group(
            project=access.project, user=self.user, name=sent.name, kind=sent.kind, members=sent.members
        )
        return answer(group_out(group), status=201)


class GroupView(Api):
    actions = {"patch": Action.PROJECT_EDIT, "delete": Action.PROJECT_EDIT}

    @extend_schema(request=GroupPatch, responses={200: GroupOut})
    def patch(self, request: Request, project_id: int, group_id: int) -> HttpResponse:
        """Rename it, or set who is in it."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        values = msgspec.to_builtins(body(request, GroupPatch))
        group = services.change_group(group=queries.people_group(access.project, group_id), user=self.user, **values)
        return answer(group_out(group))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int, group_id: int) -> HttpResponse:
        """Take it away; what was for its people only is for everybody then. 409 while the workflow names it."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        delete_group(access=access, group=queries.people_group(access.project, group_id))
        return nothing()


class TermsView(Api):
    actions = {"patch": Action.PROJECT_EDIT}

    @extend_schema(request=TermsPatch, responses={200: ProjectMemberOut})
    def patch(self, request: Request, project_id: int, user_id: int) -> HttpResponse:
        """Set a person's caps, or pause them: with a reason they are handed no work, "" lets them go on."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        row = queries.members_taking_part(access.project).filter(user_id=user_id).first()
        if row is None:
            raise NotFound("This person does not take part in the project.")
        values = msgspec.to_builtins(body(request, TermsPatch))
        services.set_terms(project=access.project, user=self.user, user_id=user_id, values=values)
        return answer(project_members_out(access.project, [row])[0])
