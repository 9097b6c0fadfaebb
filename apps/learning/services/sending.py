"""Sending accepted work to a server that trains by itself, and looking whether it became another version of it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from apps.annotations.models import Revision
from apps.annotations.queries.documents import chunk_bodies
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.learning.errors import TooFewLabels, TrainingRuns
from apps.learning.models import Training
from apps.learning.queries.labels import Stock, stock_of
from apps.predictions import backends
from apps.predictions.backends import Taught
from apps.predictions.errors import NameTaken, NoTraining
from apps.predictions.models import ModelVersion, RegisteredModel
from apps.predictions.queries import spec_of
from apps.predictions.services import add_version, check_usable
from apps.predictions.services.registering import SERVERS
from apps.projects.access import ProjectAccess
from apps.tasks.models import Task

JOB = "learning.send_labels"
TARGET = "server"
MOST = 5_000  # tasks that are sent, the newest
OPEN = (Job.State.QUEUED, Job.State.RUNNING)
Report = Callable[[int, int], None]


@transaction.atomic
def ask_server_to_train(*, access: ProjectAccess, model: RegisteredModel) -> Training:
    """Enqueue the job that sends a server the project's accepted work.

    Raises:
        NoTraining: the model is no server.
        NotUsable: no version of it is ready, or it is archived.
        TooFewLabels: nothing has been accepted yet, or all of it is for testing.
        TrainingRuns: the last time is not over.
    """
    if model.backend not in SERVERS:
        raise NoTraining("Only servers are sent labels to learn from.")
    model = RegisteredModel.objects.select_for_update().get(pk=model.pk)
    check_usable(_newest(model))
    if Training.objects.filter(model=model, job__state__in=OPEN).exists():
        raise TrainingRuns("Its last training is not over yet.")
    stock = _enough(access)
    training = Training.objects.create(
        project=access.project, model=model, target=TARGET, accepted=stock.accepted, created_by=access.user
    )
    training.job = enqueue(
        kind=JOB,
        title=f"Labels for {model.name}",
        organisation=access.project.organisation_id,
        project=access.project.pk,
        user=access.user,
        arguments={"training": training.pk},
    )
    training.save(update_fields=["job", "updated_at"])
    return training


def _newest(model: RegisteredModel) -> ModelVersion:
    found = (
        ModelVersion.objects.filter(model=model).select_related("model__project__schema").order_by("-number").first()
    )
    if found is None:
        raise NoTraining("Add a version of the server first, so that it is known to answer.")
    return found


def _enough(access: ProjectAccess) -> Stock:
    stock = stock_of(access.project, most=MOST)
    if not stock.tasks:
        raise TooFewLabels("No accepted work can be learned from: there is none, or all of it is in a test split.")
    return stock


def send_labels(*, training: Training, report: Report) -> Training:
    """Send them, and note what the server said. Sent again after a worker died: a server may learn the same twice.

    Raises:
        NoTraining, ModelFails, FetchRefused, FetchFailed, FetchTooLarge, TooLarge: see `backends.teach`. The version stays as usable
            as it was.
        JobLost, JobCancelled: from `report`; not while the server is waited for.
    """
    if training.step == Training.Step.DONE:
        return training
    stock = stock_of(training.project, most=MOST)
    version = _newest(training.model)
    taught = list(_lessons(stock.tasks, report))
    told = backends.teach(version, taught)
    report(len(taught), len(taught))
    said = backends.check(version).options.get("said")
    other = said and said != spec_of(version).options.get("said")
    with transaction.atomic():
        training.labels, training.left_out, training.accepted = len(taught), dict(+stock.left_out), stock.accepted
        training.told = {"state": told.state, "detail": told.detail, "said": str(said or "")}
        training.step = Training.Step.DONE
        if other:
            training.version = _version(training, str(said))
        training.save()
    return training


def _version(training: Training, said: str) -> ModelVersion:
    """The server's new state, called as it calls itself where that is free; a job checks it like every version."""
    name = " ".join(said.replace(":", " ").split())[:60]
    try:
        with transaction.atomic():
            return add_version(model=training.model, user=training.created_by, name=name)[0]
    except NameTaken:
        return add_version(model=training.model, user=training.created_by)[0]


def _lessons(task_ids: list[int], report: Report) -> list[Taught]:
    out: list[Taught] = []
    for start in range(0, len(task_ids), 200):
        rows = Task.objects.filter(pk__in=task_ids[start : start + 200]).select_related("asset").order_by("pk")
        results = Revision.objects.in_bulk([row.result_id for row in rows if row.result_id is not None])
        for row in rows:
            revision = results.get(row.result_id or 0)
            if revision is not None:
                out.append(Taught(row.pk, row.asset, revision.outcome, list(chunk_bodies(revision.chunks))))
        report(len(out), len(task_ids))
    return out
