"""Learning from accepted work: what can be learned, trainings, repeating them, and what they doubt."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from apps.core.api import answer, body
from apps.core.errors import NotFound
from apps.core.pagination import paginate
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.learning import services
from apps.learning.api.documents import doubt_out, learning_out, repeat_out, training_out
from apps.learning.api.structs import (
    ClassSuggestion,
    ClassSuggestionsIn,
    ClassSuggestionsOut,
    DoubtOut,
    DoubtPage,
    LearningOut,
    ModelTrainingIn,
    ModelTrainingOut,
    ModelTrainingStarted,
    RepeatIn,
    RepeatOut,
)
from apps.learning.queries.trainings import doubt_for, doubts_of, training_for
from apps.learning.services.doubting import doubt_again, keep_label
from apps.learning.services.suggesting import suggest_classes
from apps.predictions.models import RegisteredModel
from apps.predictions.queries import model_for
from apps.projects.access import ProjectAccess, project_for
from apps.tasks.queries import task_for


class LearningView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW, "post": Action.MODELS_EDIT}

    @extend_schema(responses={200: LearningOut})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """What can be learned from the project's accepted work, and the newest trainings."""
        return answer(learning_out(project_for(self.user, project_id, Action.MODELS_VIEW).project))

    @extend_schema(request=ModelTrainingIn, responses={202: ModelTrainingStarted})
    def post(self, request: Request, project_id: int) -> HttpResponse:
        """Train a small model on accepted work, as a job. No test split of a dataset version is learned from."""
        access = project_for(self.user, project_id, Action.MODELS_EDIT)
        sent = msgspec.structs.asdict(body(request, ModelTrainingIn))
        model, base = (self._model(access, sent.pop(name)) for name in ("model", "base"))
        training = services.ask_to_train(access=access, model=model, base=base, **sent)
        assert training.job is not None
        return answer(ModelTrainingStarted(training=training_out(training), job=job_out(training.job)), status=202)

    def _model(self, access: ProjectAccess, model_id: int | None) -> RegisteredModel | None:
        if model_id is None:
            return None
        model, of = model_for(self.user, model_id, Action.MODELS_EDIT)
        if of.project.pk != access.project.pk:
            raise NotFound("There is no such model, or you may not see it.")
        return model


class ServerTrainingView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.MODELS_EDIT}

    @extend_schema(request=None, responses={202: ModelTrainingStarted})
    def post(self, request: Request, model_id: int) -> HttpResponse:
        """Send a server the accepted work to train on, as a job: `/train` of its protocol. No test split is sent."""
        model, access = model_for(self.user, model_id, Action.MODELS_EDIT)
        training = services.ask_server_to_train(access=access, model=model)
        assert training.job is not None
        return answer(ModelTrainingStarted(training=training_out(training), job=job_out(training.job)), status=202)


class TrainingView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW}

    @extend_schema(responses={200: ModelTrainingOut})
    def get(self, request: Request, training_id: int) -> HttpResponse:
        """How far it is, or what was measured."""
        training, _ = training_for(self.user, training_id, Action.MODELS_VIEW)
        return answer(training_out(training))


class DoubtsView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.MODELS_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)], responses={200: DoubtPage}
    )
    def get(self, request: Request, training_id: int) -> HttpResponse:
        """Accepted labels that the training holds for wrong, the strongest disagreement first: worth another look."""
        training, _ = training_for(self.user, training_id, Action.MODELS_VIEW)
        rows, following = paginate(request, doubts_of(training), key="place", descending=False)
        return answer(DoubtPage(results=[doubt_out(row) for row in rows], next=following))


class KeepLabelView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.TASKS_MANAGE, "delete": Action.TASKS_MANAGE}

    @extend_schema(request=None, responses={200: DoubtOut})
    def post(self, request: Request, doubt_id: int) -> HttpResponse:
        """The label is right: do not name it again from this training."""
        return answer(doubt_out(keep_label(doubt=doubt_for(self.user, doubt_id, Action.TASKS_MANAGE), user=self.user)))

    @extend_schema(request=None, responses={200: DoubtOut})
    def delete(self, request: Request, doubt_id: int) -> HttpResponse:
        """Take that back: it is listed again."""
        return answer(doubt_out(doubt_again(doubt=doubt_for(self.user, doubt_id, Action.TASKS_MANAGE))))


class RepeatView(Api):
    actions: ClassVar[dict[str, Action]] = {"put": Action.MODELS_EDIT}

    @extend_schema(request=RepeatIn, responses={200: RepeatOut})
    def put(self, request: Request, model_id: int) -> HttpResponse:
        """Train it again whenever so many more tasks were accepted; 0 ends that."""
        model, _ = model_for(self.user, model_id, Action.MODELS_EDIT)
        sent = body(request, RepeatIn)
        made = services.set_repeat(model=model, user=self.user, **msgspec.structs.asdict(sent))
        off = RepeatOut(model=model.pk, after=0, predict=sent.predict, order=sent.order, trouble="")
        return answer(off if made is None else repeat_out(made))


class ClassSuggestionsView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.ANNOTATE}

    @extend_schema(request=ClassSuggestionsIn, responses={200: ClassSuggestionsOut})
    def post(self, request: Request, task_id: int) -> HttpResponse:
        """What a region may be, by the accepted regions of the project that look like it. The first call has them looked at."""
        task, _ = task_for(self.user, task_id, Action.ANNOTATE)
        found = suggest_classes(task=task, bounds=body(request, ClassSuggestionsIn).bounds)
        classes = [ClassSuggestion(one.class_id, round(one.share, 4), one.neighbours) for one in found.classes]
        return answer(ClassSuggestionsOut(classes=classes, known=found.known))
