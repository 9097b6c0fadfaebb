"""Running a model version over tasks: asked for as a run with one item a task, and done by jobs that share its items.

An item is taken, looked at and written in one transaction, so that a worker that dies leaves nothing half done: its locks go
with its connection, and whoever comes next finds the items waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.accounts.models import User
from apps.activity.services import record
from apps.assets.services import put_blob
from apps.core.errors import DomainError, Unavailable
from apps.core.outgoing import FetchRefused
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.predictions import backends
from apps.predictions.backends import Asked, Backend, Reply
from apps.predictions.errors import ModelFails, NothingToPredict, NotUsable, NoVariants
from apps.predictions.models import ModelVersion, Prediction, PrelabelItem, PrelabelRun, RegisteredModel
from apps.predictions.queries import summary_of
from apps.predictions.services.checking import note_failing, note_well
from apps.predictions.services.keeping import NewPrediction, keep_predictions
from apps.projects.access import ProjectAccess
from apps.projects.queries import schema_of
from apps.projects.settings import settings_of
from apps.tasks.filters import TaskFilter
from apps.tasks.models import Task
from apps.tasks.queries import tasks_matching
from domain.inference.targets import Thresholds, targets_of

RUN, HELP = "predictions.prelabel", "predictions.help_prelabel"
AT_ONCE = 32  # items of one transaction, and of one call to a server
SECONDS = 2.0  # after which a transaction takes no further image
RECOUNT_SECONDS = 2.0
WAIT_SECONDS = 0.3  # for others that hold the last items
FAILURES = 3  # calls in a row; then the back end is taken for broken
OPEN = (Job.State.QUEUED, Job.State.RUNNING)
Check = Callable[[], None]
Progress = Callable[[int, int], None]


def wanted_tasks(
    access: ProjectAccess, wanted: TaskFilter, version: ModelVersion, *, again: bool, augmented: bool = False
) -> QuerySet[Task]:
    """The tasks of a filter; without `again` only those that the version said nothing of yet, of variants either where it is
    to look at them. What names the boxes of another model has nothing to say of tasks of which that one said nothing."""
    rows = tasks_matching(access, wanted)
    base = version.spec.get("options", {}).get("base")
    if base is not None:
        rows = rows.filter(Exists(Prediction.objects.filter(task_id=OuterRef("pk"), version__model=base)))
    if not again:
        said = Prediction.objects.filter(task_id=OuterRef("pk"), version_id=version.pk)
        rows = rows.exclude(Exists(said.exclude(augmented=None) if augmented else said))
    return rows


def ask_to_prelabel(
    *,
    access: ProjectAccess,
    version: ModelVersion,
    wanted: TaskFilter,
    said: dict[str, Any],
    again: bool = False,
    augmented: bool = False,
) -> PrelabelRun:
    """List the tasks, and enqueue the job that predicts them.

    Args:
        said: the request as it was sent, kept with the run.
        again: also tasks of which the version said something before.
        augmented: look at variants of each picture, too, and keep how far the answers lie apart.

    Raises:
        NotUsable: the version is not ready, or answers only clicks.
        NoVariants: it cannot be asked about variants.
        NothingToPredict: no task fits.
    """
    check_usable(version)
    if augmented and not can_vary(version.model):
        raise NoVariants("Variants of pictures are shown to files of weights and to what was trained here alone.")
    with transaction.atomic():
        run = PrelabelRun.objects.create(
            project=access.project,
            version=version,
            said=said,
            mapping=version.mapping,
            thresholds=version.thresholds,
            augmented=augmented,
            created_by=access.user,
        )
        run.total = _list(run, wanted_tasks(access, wanted, version, again=again, augmented=augmented))
        if not run.total:
            raise NothingToPredict("No task fits the filter, or the model said something of all of them already.")
        _enqueue(run, access.user)
        record(
            organisation_id=access.project.organisation_id,
            project_id=access.project.pk,
            verb="prelabel.started",
            actor=access.user,
            object_type="model",
            object_id=version.model_id,
            details={"name": version.source, "tasks": run.total},
        )
    return run


def check_usable(version: ModelVersion) -> None:
    """Raises NotUsable."""
    if version.model.archived_at is not None:
        raise NotUsable("The model is archived. Bring it back first.")
    if version.state not in (ModelVersion.State.OK, ModelVersion.State.FAILING):
        raise NotUsable(version.detail or "The version is still being checked.")
    if version.model.kind == RegisteredModel.Kind.INTERACTIVE:
        raise NotUsable("An interactive model answers clicks; it predicts nothing by itself.")
    labels, mapping = version.labels, version.mapping
    if labels and not any(mapping.get(label) for label in labels):
        raise NotUsable("None of the model's labels means anything here yet. Say which class each of them is.")


def can_vary(model: RegisteredModel) -> bool:
    """Whether variants of a picture can be shown to it: pixels, and not an address, are what it is given. Masks of classes
    have no boxes to compare."""
    if model.backend == RegisteredModel.Backend.TRAINED:  # one that names boxes finds none
        return model.kind == RegisteredModel.Kind.CLASSIFY
    return model.backend == RegisteredModel.Backend.ONNX and model.kind != RegisteredModel.Kind.SEMANTIC


def go_on(*, run: PrelabelRun, user: User) -> PrelabelRun:
    """Start a run again that was cancelled or failed: items that failed are tried once more, the rest is done.

    Raises:
        NotUsable: it is running, or the version is not ready.
        NothingToPredict: all of it is done.
    """
    check_usable(run.version)
    with transaction.atomic():
        run = PrelabelRun.objects.select_for_update(of=("self",)).select_related("job", "version__model", "project").get(pk=run.pk)  # fmt: skip
        if run.job is not None and run.job.state in OPEN:
            raise NotUsable("The run is not over yet.")
        run.items.filter(state=PrelabelItem.State.FAILED).update(state=PrelabelItem.State.WAITING, problems={})
        if not run.items.filter(state=PrelabelItem.State.WAITING).exists():
            raise NothingToPredict("All tasks of the run are done.")
        _enqueue(run, user)
    return run


def _list(run: PrelabelRun, rows: QuerySet[Task]) -> int:
    """One item a task, in the order of ids; a million take one statement."""
    sql, values = rows.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO predictions_prelabelitem (run_id, task_id, state, regions, problems) "  # noqa: S608 - Django's SQL
            f"SELECT %s, chosen.id, 'waiting', 0, '{{}}' FROM ({sql}) chosen (id) ORDER BY chosen.id",
            [run.pk, *values],
        )
        return cursor.rowcount


def _enqueue(run: PrelabelRun, user: User) -> None:
    common: dict[str, Any] = {
        "organisation": run.project.organisation_id,
        "project": run.project_id,
        "user": user,
        "arguments": {"run": run.pk},
    }
    run.job = enqueue(kind=RUN, title=f"Predictions of {run.version.source}", **common)
    run.save(update_fields=["job", "total", "updated_at"])
    for number in range(1, min(settings.LABELWRIGHT_PRELABEL_WORKERS, run.total // AT_ONCE + 1)):
        enqueue(kind=HELP, title=f"Predictions of {run.version.source}, helper {number}", **common)


class Working:
    """One process that works on a run. Raises ModelFails, Unavailable: the version cannot be made ready."""

    def __init__(self, run: PrelabelRun, user: User, check: Check) -> None:
        self.run, self.user, self.check = run, user, check
        self.backend: Backend = backends.opened(run.version)
        self.failures = 0  # calls in a row that the back end as a whole failed
        self.targets = targets_of(run.mapping)
        self.thresholds = msgspec.convert(run.thresholds, Thresholds)
        assert run.project.schema is not None
        self.schema = schema_of(run.project.schema)
        self.amodal = settings_of(run.project).amodal

    def some(self) -> int:
        """Take waiting items, look at them and write what was found; how many there were.

        Raises:
            ModelFails, FetchRefused …: the back end is broken; what was done so far stays.
        """
        broken: DomainError | None = None
        with transaction.atomic():
            items = list(
                self.run.items.filter(state=PrelabelItem.State.WAITING)
                .select_for_update(skip_locked=True, of=("self",))
                .select_related("task__asset")
                .order_by("id")[:AT_ONCE]
            )
            replies: list[Reply] = []
            begun = time.monotonic()
            while len(replies) < len(items) and (not replies or time.monotonic() - begun < SECONDS):
                part = items[len(replies) : len(replies) + self.backend.at_once]
                try:
                    replies += self._asked(part)
                except Unavailable:
                    raise
                except DomainError as error:
                    if self.failures >= FAILURES or isinstance(error, FetchRefused):
                        broken = error
                        break
                    replies += [Reply(error=error) for _ in part]
            self._write(items[: len(replies)], replies)
        if broken is not None:
            raise broken
        return len(replies)

    def _asked(self, items: Sequence[PrelabelItem]) -> list[Reply]:
        asked = [Asked(one.task_id, one.task.asset, variants=self.run.augmented) for one in items]
        try:
            found = self.backend.predict(asked, iou=self.thresholds.iou)
        except DomainError:
            self.failures += 1
            raise
        if all(isinstance(one.error, ModelFails) for one in found):
            self.failures += 1
            if self.failures >= FAILURES and (error := found[0].error) is not None:
                raise error
        else:
            self.failures = 0
        return found

    def _write(self, items: Sequence[PrelabelItem], replies: Sequence[Reply]) -> None:
        from apps.predictions.inference.steadiness import variants_apart
        from domain.inference.mapping import to_elements

        new: dict[int, NewPrediction] = {}
        for item, reply in zip(items, replies, strict=True):
            if reply.error is not None:
                item.state = PrelabelItem.State.FAILED
                item.problems = {reason_of(reply.error): 1}
                continue
            asset = item.task.asset
            made = to_elements(
                reply.answer,
                labels=reply.labels,
                targets=self.targets,
                thresholds=self.thresholds,
                schema=self.schema,
                size=(asset.width, asset.height),
                source=self.run.version.source,
                key=str(item.task_id),
                amodal=self.amodal,
            )
            for digest, data in made.blobs.items():
                put_blob(project=self.run.project, sha256=digest, data=data)
            item.state, item.regions, item.problems = PrelabelItem.State.SAME, made.regions, dict(made.problems)
            new[item.task_id] = NewPrediction(
                task=item.task,
                model=self.run.version.source,
                elements=made.elements,
                version=self.run.version,
                scores=made.scores,
                committee=reply.committee,
                augmented=variants_apart(
                    [reply.answer, *reply.variants],
                    reply.labels,
                    targets=self.targets,
                    thresholds=self.thresholds,
                    size=(asset.width, asset.height),
                    whole=self.run.version.model.kind == RegisteredModel.Kind.CLASSIFY,
                ),
            )
        kept = keep_predictions(project=self.run.project, user=self.user, new=list(new.values()))
        for item in items:
            if item.task_id in {one.task.pk for one in kept}:
                item.state = PrelabelItem.State.KEPT
        PrelabelItem.objects.bulk_update(items, ["state", "regions", "problems"])


def reason_of(error: DomainError) -> str:
    """The stable code of what went wrong with an image."""
    return str(getattr(error, "reason", "") or error.code)


def work_on(*, run: PrelabelRun, user: User, progress: Progress, check: Check, helper: bool = False) -> dict[str, Any]:
    """Do what is waiting. A helper leaves when nothing is free; the leader when nothing is left.

    Raises:
        ModelFails, FetchRefused, FetchFailed, FetchTooLarge: the back end does not answer as it should. What was done stays.
        JobLost, JobCancelled
    """
    progress(_done(run), run.total)
    try:
        working = Working(run, user, check)
        _all(working, progress, helper)
    except Unavailable:
        raise  # the job is given back
    except DomainError as error:
        note_failing(version_id=run.version_id, reason=reason_of(error), detail=error.detail)
        raise
    summary = summary_of(run)
    if not helper:
        _judge(run, summary)
    return {"run": run.pk, **{name: summary[name] for name in ("kept", "same", "failed", "regions")}}


def _all(working: Working, progress: Progress, helper: bool) -> None:
    run, counted = working.run, time.monotonic()
    done = _done(run)
    while True:
        working.check()
        some = working.some()
        done += some
        if time.monotonic() - counted > RECOUNT_SECONDS:
            done, counted = _done(run), time.monotonic()
        progress(done, run.total)
        if some:
            continue
        if helper or not run.items.filter(state=PrelabelItem.State.WAITING).exists():
            return
        time.sleep(WAIT_SECONDS)


def _done(run: PrelabelRun) -> int:
    return run.items.exclude(state=PrelabelItem.State.WAITING).count()


def _judge(run: PrelabelRun, summary: dict[str, Any]) -> None:
    """A run in which nothing worked says so on the model's page."""
    if summary["failed"] and not summary["kept"] + summary["same"]:
        reason = max(summary["problems"], key=summary["problems"].get)
        detail = f"All {summary['failed']} images of the last run failed."
        note_failing(version_id=run.version_id, reason=reason, detail=detail)
        raise ModelFails(detail, reason=reason)
    note_well(version_id=run.version_id)
