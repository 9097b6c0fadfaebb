"""Projects: the list of cards, one project, its states, its people and what happened in it."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.accounts.access import organisation_for
from apps.accounts.models import Organisation
from apps.accounts.queries import memberships_of, people
from apps.activity.api.documents import event_outs
from apps.activity.api.structs import EventOut
from apps.activity.queries import events_of_project
from apps.core.api import answer, body, nothing
from apps.core.errors import Invalid, NotFound
from apps.core.etags import if_match
from apps.core.numbers import whole
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.api.views import shown
from apps.jobs.documents import JobOut
from apps.jobs.models import Job
from apps.projects import queries, services
from apps.projects.access import ProjectAccess, project_for
from apps.projects.api.cards import project_cards
from apps.projects.api.documents import project_members_out, project_out
from apps.projects.api.structs import (
    DuplicateIn,
    Mentionable,
    ProjectCard,
    ProjectIn,
    ProjectMemberIn,
    ProjectMemberOut,
    ProjectMemberPatch,
    ProjectOut,
    ProjectPatch,
)
from apps.projects.models import Project
from apps.projects.queries.projects import DEFAULT_SORT, SORTS
from apps.projects.settings import settings_of
from domain import schema as label_schema


def with_etag(access: ProjectAccess, *, status: int = 200) -> HttpResponse:
    shown = project_out(access)
    return answer(shown, status=status, headers={"ETag": shown.etag})


def whole_number(request: Request, name: str) -> int | None:
    """An id in the query. Raises Invalid for anything else."""
    text = request.query_params.get(name)
    return whole(name, text, "an id") if text else None


class ProjectsView(Api):
    actions = {"post": Action.PROJECT_CREATE}

    @extend_schema(
        parameters=[
            OpenApiParameter("search", str, description="start of the name or of a word in it"),
            OpenApiParameter("state", str, enum=Project.State.values, description="without it all but archived ones"),
            OpenApiParameter("person", int, description="projects that this person can work in"),
            OpenApiParameter("organisation", int),
            OpenApiParameter("sort", str, enum=list(SORTS), default=DEFAULT_SORT),
            OpenApiParameter("trashed", bool, description="those in the trash that I may bring back"),
        ],
        responses={200: Page[ProjectCard]},
    )
    def get(self, request: Request) -> HttpResponse:
        """Cards of the projects I may see."""
        sort = request.query_params.get("sort", DEFAULT_SORT)
        if sort not in SORTS:
            raise Invalid(f"`sort` must be one of {', '.join(SORTS)}.")
        key, descending = SORTS[sort]
        rows = queries.projects_page(
            self.user,
            search=request.query_params.get("search", ""),
            state=request.query_params.get("state") or None,
            person=whole_number(request, "person"),
            organisation=whole_number(request, "organisation"),
            trashed=request.query_params.get("trashed", "").lower() in ("1", "true"),
        )
        found, following = paginate(request, rows, key=key, descending=descending)
        return answer(Page(results=project_cards(found, reader=self.user), next=following))

    @extend_schema(request=ProjectIn, responses={201: ProjectOut})
    def post(self, request: Request) -> HttpResponse:
        """Make a project. It is active at once, with an empty schema and "one annotates, another reviews"."""
        sent = body(request, ProjectIn)
        organisation, role = self._organisation(sent.organisation)
        project = services.create_project(
            organisation=organisation,
            user=self.user,
            name=sent.name,
            description=sent.description,
            state=sent.state,
            restricted=sent.restricted,
            blind=sent.blind,
            settings=sent.settings,
            schema=self._schema(sent),
        )
        return with_etag(ProjectAccess(project=project, role=role, user=self.user), status=201)

    def _organisation(self, organisation_id: int | None) -> tuple[Organisation, str]:
        if organisation_id is None:
            own = list(memberships_of(self.user)[:2])
            if len(own) != 1:
                fault = {"pointer": "/organisation", "code": "missing", "detail": "say in which organisation"}
                raise Invalid("`organisation` is needed: you are not a member of exactly one.", fields=[fault])
            organisation_id = own[0].organisation_id
        access = organisation_for(self.user, organisation_id, Action.PROJECT_CREATE)
        return access.organisation, access.role

    @staticmethod
    def _schema(sent: ProjectIn) -> label_schema.LabelSchema | None:
        if sent.schema is not None:
            return services.checked_schema(sent.schema)
        return label_schema.starter() if sent.starter_schema else None


class ProjectView(Api):
    actions = {"get": Action.PROJECT_VIEW, "patch": Action.PROJECT_EDIT, "delete": Action.PROJECT_DELETE}

    @extend_schema(responses={200: ProjectOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        return with_etag(project_for(self.user, project_id, Action.PROJECT_VIEW))

    @extend_schema(request=ProjectPatch, responses={200: ProjectOut})
    def patch(self, request: Request, project_id: int) -> HttpResponse:
        """Change what is sent, also the state. `If-Match` is optional; a stale one is 412."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        values: dict[str, Any] = msgspec.to_builtins(body(request, ProjectPatch))
        project = services.change_project(
            project=access.project, user=self.user, values=values, expected=if_match(request)
        )
        return with_etag(ProjectAccess(project=project, role=access.role, user=self.user))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int) -> HttpResponse:
        """Put the project into the trash, from where it can come back for 30 days."""
        access = project_for(self.user, project_id, Action.PROJECT_DELETE)
        services.trash_project(project=access.project, user=self.user, expected=if_match(request))
        return nothing()


class RestoreView(Api):
    actions = {"post": Action.PROJECT_DELETE}

    @extend_schema(request=None, responses={200: ProjectOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Bring a project back from the trash."""
        access = queries.trashed_project_for(self.user, project_id)
        project = services.restore_project(project=access.project, user=self.user)
        return with_etag(ProjectAccess(project=project, role=access.role, user=self.user))


class DuplicateView(Api):
    actions = {"post": Action.PROJECT_EDIT}

    @extend_schema(request=DuplicateIn, responses={201: ProjectOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """A copy with schema, guideline, workflow, settings and named members, without data."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        organisation = organisation_for(self.user, access.project.organisation_id, Action.PROJECT_CREATE)
        copy = services.duplicate_project(project=access.project, user=self.user, name=body(request, DuplicateIn).name)
        return with_etag(ProjectAccess(project=copy, role=organisation.role, user=self.user), status=201)


class ProjectMembersView(Api):
    actions = {"get": Action.MEMBERS_VIEW, "post": Action.PROJECT_EDIT}

    @extend_schema(responses={200: Page[ProjectMemberOut]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Everybody who takes part, with the role that counts here."""
        access = project_for(self.user, project_id, Action.MEMBERS_VIEW)
        rows, following = paginate(request, queries.members_taking_part(access.project), descending=False)
        return answer(Page(results=project_members_out(access.project, rows), next=following))

    @extend_schema(request=ProjectMemberIn, responses={201: ProjectMemberOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Name a person in the project, with the organisation's role or another one."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        sent = body(request, ProjectMemberIn)
        return self._name(access, sent.user_id, sent.role, status=201)

    def _name(self, access: ProjectAccess, user_id: int, role: str | None, *, status: int) -> HttpResponse:
        services.name_member(
            project=access.project, user_id=user_id, role=role, actor=self.user, actor_role=access.role
        )
        row = queries.members_taking_part(access.project).get(user_id=user_id)
        return answer(project_members_out(access.project, [row])[0], status=status)


class ProjectMemberView(ProjectMembersView):
    actions = {"patch": Action.PROJECT_EDIT, "delete": Action.PROJECT_EDIT}
    http_method_names = ["patch", "delete", "options"]

    @extend_schema(request=ProjectMemberPatch, responses={200: ProjectMemberOut})
    def patch(self, request: Request, project_id: int, user_id: int) -> HttpResponse:
        """Change the role a person has here; null is the organisation's role."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        if not queries.members_taking_part(access.project).filter(user_id=user_id).exists():
            raise NotFound("This person does not take part in the project.")
        return self._name(access, user_id, body(request, ProjectMemberPatch).role, status=200)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int, user_id: int) -> HttpResponse:
        """Take the name out again: the organisation's role holds."""
        access = project_for(self.user, project_id, Action.PROJECT_EDIT)
        services.unname_member(project=access.project, user_id=user_id, actor=self.user)
        return nothing()


class MentionableView(Api):
    actions = {"get": Action.COMMENT}

    @extend_schema(responses={200: Page[Mentionable]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Who may see the project, other than the caller: to complete an `@` in a comment, named as the caller sees them."""
        access = project_for(self.user, project_id, Action.COMMENT)
        rows, following = paginate(
            request, queries.members_taking_part(access.project).exclude(user_id=self.user.pk), descending=False
        )
        named = people(
            organisation_id=access.project.organisation_id,
            user_ids=[row.user_id for row in rows],
            reader=self.user,
            reader_role=access.role,
            pseudonyms=settings_of(access.project).pseudonyms,
        )
        found = [Mentionable(number=row.number, name=named[row.user_id].name) for row in rows]
        return answer(Page(results=found, next=following))


class ProjectActivityView(Api):
    actions = {"get": Action.ACTIVITY_VIEW}

    @extend_schema(responses={200: Page[EventOut]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What happened in the project, newest first."""
        access = project_for(self.user, project_id, Action.ACTIVITY_VIEW)
        rows, following = paginate(request, events_of_project(project_id))
        return answer(Page(results=event_outs(rows, reader=self.user, role=access.role), next=following))


class ProjectJobsView(Api):
    actions = {"get": Action.JOBS_VIEW}

    @extend_schema(responses={200: Page[JobOut]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """The project's jobs, newest first."""
        project_for(self.user, project_id, Action.JOBS_VIEW)
        rows, following = paginate(request, Job.objects.filter(project_id=project_id).select_related("created_by"))
        return answer(Page(results=[shown(row) for row in rows], next=following))
