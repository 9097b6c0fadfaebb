"""Endpoints of the guideline: versions, the draft of the next one, what changed, and who has read it."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from apps.annotations.queries import older_work
from apps.core.api import answer, body, nothing
from apps.core.errors import Invalid, NotFound
from apps.core.etags import if_match
from apps.core.pagination import Page, paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.projects import queries, services
from apps.projects.access import project_for
from apps.projects.api.bodies import NUMBER, fresh
from apps.projects.api.guideline_documents import (
    changes_out,
    draft_out,
    guideline_out,
    guideline_rows,
    older_work_out,
    readers_out,
)
from apps.projects.api.guideline_structs import (
    GuidelineChanges,
    GuidelineDraftOut,
    GuidelineDraftPut,
    GuidelineImageOut,
    GuidelineOut,
    GuidelinePublishIn,
    GuidelinePut,
    GuidelineReaders,
    GuidelineReadIn,
    GuidelineUnreadOut,
    GuidelineVersionRow,
    MarkdownHtml,
    MarkdownIn,
    OlderWork,
)
from apps.projects.api.views import whole_number
from apps.projects.markdown import render
from apps.projects.services.guidelines import image_url
from apps.reviews.services import publish_guideline
from apps.tasks.queries import guideline_to_read


class GuidelineView(Api):
    actions = {"get": Action.PROJECT_VIEW, "put": Action.GUIDELINE_EDIT}

    @extend_schema(parameters=[NUMBER], responses={200: GuidelineOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """The current guideline as Markdown and as safe HTML, or an older version of it."""
        access = project_for(self.user, project_id, Action.PROJECT_VIEW)
        number = whole_number(request, "number")
        version = access.project.guideline
        if number is not None:
            version = queries.guideline_versions(access.project).filter(number=number).first()
            if version is None:
                raise NotFound("The guideline has no version of this number.")
        out = guideline_out(access, version)
        return answer(out, headers={"ETag": out.etag})

    @extend_schema(request=GuidelinePut, responses={200: GuidelineOut})
    def put(self, request: Request, project_id: int) -> HttpResponse:
        """Make the next version. `If-Match` is optional."""
        access = project_for(self.user, project_id, Action.GUIDELINE_EDIT)
        sent = body(request, GuidelinePut)
        version = services.write_guideline(
            project=access.project,
            user=self.user,
            markdown=sent.markdown,
            note=sent.note,
            must_read=sent.must_read,
            expected=if_match(request),
        )
        out = guideline_out(fresh(access), version)
        return answer(out, headers={"ETag": out.etag})


class GuidelineVersionsView(Api):
    actions = {"get": Action.PROJECT_VIEW}

    @extend_schema(responses={200: Page[GuidelineVersionRow]})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        access = project_for(self.user, project_id, Action.PROJECT_VIEW)
        rows, following = paginate(request, queries.guideline_versions(access.project))
        return answer(Page(results=guideline_rows(access, rows), next=following))


class GuidelineDraftView(Api):
    actions = {"get": Action.GUIDELINE_EDIT, "put": Action.GUIDELINE_EDIT, "delete": Action.GUIDELINE_EDIT}

    @extend_schema(responses={200: GuidelineDraftOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What becomes the next version; where there is no draft, the text of the current one to begin with."""
        access = project_for(self.user, project_id, Action.GUIDELINE_EDIT)
        out = draft_out(access, queries.guideline_draft(access.project))
        return answer(out, headers={"ETag": out.etag})

    @extend_schema(request=GuidelineDraftPut, responses={200: GuidelineDraftOut})
    def put(self, request: Request, project_id: int) -> HttpResponse:
        """Keep what is written so far. All who may write the guideline share the draft. `If-Match` is optional."""
        access = project_for(self.user, project_id, Action.GUIDELINE_EDIT)
        sent = body(request, GuidelineDraftPut)
        draft = services.save_draft(
            project=access.project,
            user=self.user,
            markdown=sent.markdown,
            links=sent.links,
            expected=if_match(request),
        )
        out = draft_out(access, draft)
        return answer(out, headers={"ETag": out.etag})

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: int) -> HttpResponse:
        """Throw the draft away. `If-Match` is optional."""
        access = project_for(self.user, project_id, Action.GUIDELINE_EDIT)
        services.drop_draft(project=access.project, expected=if_match(request))
        return nothing()


class GuidelinePublishView(Api):
    actions = {"post": Action.GUIDELINE_EDIT}

    @extend_schema(request=GuidelinePublishIn, responses={200: GuidelineOut})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Make the draft the next version. `If-Match` with the draft's ETag is optional."""
        access = project_for(self.user, project_id, Action.GUIDELINE_EDIT)
        sent = body(request, GuidelinePublishIn)
        version = publish_guideline(access=access, note=sent.note, must_read=sent.must_read, expected=if_match(request))
        out = guideline_out(fresh(access), version)
        return answer(out, headers={"ETag": out.etag})


class GuidelineChangesView(Api):
    actions = {"get": Action.PROJECT_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("before", int, description="a version, 0 for nothing; without it the one before"),
            OpenApiParameter("number", int, description="a version; without it the current one"),
            OpenApiParameter("draft", bool, description="true: the draft instead of a version"),
        ],
        responses={200: GuidelineChanges},
    )
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What one version says otherwise than an earlier one, block by block."""
        drafted = request.query_params.get("draft") == "true"
        action = Action.GUIDELINE_EDIT if drafted else Action.PROJECT_VIEW
        access = project_for(self.user, project_id, action)
        number, before = whole_number(request, "number"), whole_number(request, "before")
        after = queries.guideline_draft(access.project) if drafted else access.project.guideline
        if number is not None and not drafted:
            after = queries.guideline_version(access.project, number)
        if after is None:
            return answer(GuidelineChanges(before=0, number=0, note="", changes=[], topics=[]))
        if before is None:
            current = access.project.guideline.number if access.project.guideline else 0
            before = current if drafted else after.number - 1  # type: ignore[union-attr]
        earlier = queries.guideline_version(access.project, before) if before else None
        return answer(changes_out(access, earlier, after))


class GuidelineUnreadView(Api):
    actions = {"get": Action.PROJECT_VIEW}

    @extend_schema(responses={200: GuidelineUnreadOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What the caller has to read before their next claim: the difference to what they know."""
        access = project_for(self.user, project_id, Action.PROJECT_VIEW)
        waiting = guideline_to_read(access)
        return answer(GuidelineUnreadOut(changes_out(access, waiting.known, waiting.current) if waiting else None))


class GuidelineReadView(Api):
    actions = {"post": Action.PROJECT_VIEW}

    @extend_schema(request=GuidelineReadIn, responses={204: None})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """The caller has read this version; again changes nothing."""
        access = project_for(self.user, project_id, Action.PROJECT_VIEW)
        version = queries.guideline_version(access.project, body(request, GuidelineReadIn).number)
        services.read(version=version, user=self.user)
        return nothing()


class GuidelineReadersView(Api):
    actions = {"get": Action.GUIDELINE_EDIT}

    @extend_schema(responses={200: GuidelineReaders})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Who has read the newest version that must be read, and who has not."""
        return answer(readers_out(project_for(self.user, project_id, Action.GUIDELINE_EDIT)))


class OlderWorkView(Api):
    actions = {"get": Action.TASKS_MANAGE}

    @extend_schema(parameters=[NUMBER], responses={200: OlderWork})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Accepted work that was made under older versions than the current one (or `number`), by class."""
        access = project_for(self.user, project_id, Action.TASKS_MANAGE)
        current = access.project.guideline.number if access.project.guideline else 0
        number = whole_number(request, "number") or current
        return answer(older_work_out(number, older_work(access, number)))


class GuidelinePreviewView(Api):
    actions = {"post": Action.GUIDELINE_EDIT}

    @extend_schema(request=MarkdownIn, responses={200: MarkdownHtml})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Markdown as it will be shown. Nothing is saved."""
        project_for(self.user, project_id, Action.GUIDELINE_EDIT)
        return answer(MarkdownHtml(html=render(body(request, MarkdownIn).markdown)))


class GuidelineImagesView(Api):
    actions = {"post": Action.GUIDELINE_EDIT}
    parser_classes = (MultiPartParser,)

    @extend_schema(
        request={
            "multipart/form-data": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
        responses={201: GuidelineImageOut},
    )
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Keep a picture for the guideline. It is decoded and encoded anew; the answer has the Markdown to paste."""
        access = project_for(self.user, project_id, Action.GUIDELINE_EDIT)
        file = request.FILES.get("file")
        if file is None:
            raise Invalid("Send the picture as the multipart field `file`.")
        image = services.add_guideline_image(
            project=access.project, name=file.name or "image", file=file.file, size=file.size
        )
        url = image_url(image)
        alt = image.name.rpartition(".")[0].replace("[", "").replace("]", "")
        return answer(GuidelineImageOut(id=image.pk, name=image.name, url=url, markdown=f"![{alt}]({url})"), status=201)


class GuidelineImageView(Api):
    actions = {"get": Action.PROJECT_VIEW}

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, project_id: int, image_id: int) -> HttpResponseBase:
        """A picture of the guideline."""
        access = project_for(self.user, project_id, Action.PROJECT_VIEW)
        image = queries.guideline_image(access.project, image_id)
        headers = {
            "Cache-Control": "private, max-age=86400, immutable",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return FileResponse(default_storage.open(image.path), content_type=image.content_type, headers=headers)
