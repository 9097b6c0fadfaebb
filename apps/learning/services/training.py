"""Training a head on accepted work: asked for here, done by a job, kept as a version with what was measured of it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from django.db import transaction

from apps.activity.services import record
from apps.core.seeds import seed_of
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.learning.errors import BadBase, NothingHeldOut, NotTrainedHere, OneClass, TooFewLabels, TrainingRuns
from apps.learning.models import Doubt, Training
from apps.learning.queries.labels import REGIONS, LabelSet, labels_of, meaning_of
from apps.learning.queries.trainings import bases_of
from apps.learning.services.material import material_of
from apps.predictions.models import RegisteredModel
from apps.predictions.services import register_model
from apps.predictions.services.trained import keep_head
from apps.projects.access import ProjectAccess
from apps.projects.queries import schema_of
from domain.sampling import sampling_number

JOB = "learning.train"
LEAST = 10  # labels
OPEN = (Job.State.QUEUED, Job.State.RUNNING)
Report = Callable[[int, int], None]


@transaction.atomic
def ask_to_train(
    *,
    access: ProjectAccess,
    target: str,
    model: RegisteredModel | None = None,
    name: str = "",
    predict: bool = True,
    order: bool = False,
    base: RegisteredModel | None = None,
) -> Training:
    """Enqueue a training; its result is the next version of `model`, or the first of a new one called `name`.

    Args:
        target: "tags", "question:<name>", or "regions".
        base: of regions, whose boxes it is to name; without one, as at the model's last training.
        predict: afterwards, let the version look at all tasks that wait; order: and then put the queue into order by it.

    Raises:
        UnknownTarget, TooFewLabels, OneClass, NothingHeldOut: nothing can be learned.
        BadBase: it finds nothing, or is needed and missing.
        NotTrainedHere: the model is an uploaded file or a server.
        TrainingRuns: its last training is not over.
        Invalid, NameTaken: of a new model's name.
    """
    project = access.project
    found = labels_of(project, target)
    check_enough(found)
    if model is None:
        model = register_model(project=project, user=access.user, name=name, backend=RegisteredModel.Backend.TRAINED)
    model = RegisteredModel.objects.select_for_update().get(pk=model.pk)
    if model.backend != RegisteredModel.Backend.TRAINED:
        raise NotTrainedHere(f"{model.name} gets its versions from a file or a server.")
    if Training.objects.filter(model=model, job__state__in=OPEN).exists():
        raise TrainingRuns("Its last training is not over yet.")
    training = Training.objects.create(
        project=project,
        model=model,
        target=target,
        base=_base(model, target, base),
        features="",
        seed=seed_of(project.pk, "held out"),
        accepted=found.accepted,
        predict=predict or order,
        order=order,
        created_by=access.user,
    )
    training.job = enqueue(
        kind=JOB,
        title=f"Training of {model.name}",
        organisation=project.organisation_id,
        project=project.pk,
        user=access.user,
        arguments={"training": training.pk},
    )
    training.save(update_fields=["job", "updated_at"])
    return training


def _base(model: RegisteredModel, target: str, base: RegisteredModel | None) -> RegisteredModel | None:
    if target != REGIONS:
        return None
    if base is None:
        last = Training.objects.filter(model=model, target=REGIONS).exclude(base=None).order_by("-pk").first()
        base = last.base if last is not None else None
    if base is None or not bases_of(model.project).filter(pk=base.pk).exists():
        raise BadBase("Say which model's boxes it is to name: one of this project that finds things.")
    return base


def check_enough(found: LabelSet) -> None:
    """Raises TooFewLabels, OneClass, NothingHeldOut."""
    if len(found.labels) < LEAST:
        raise TooFewLabels(f"{len(found.labels)} accepted labels can be learned from, {LEAST} are the least.")
    if len(found.names) < 2:
        raise OneClass(f"All {len(found.labels)} labels are {found.names[0]!r}: there is nothing to tell apart.")
    groups = {name: {one.group for one in found.labels if one.label == name} for name in found.names}
    lone = [name for name in found.names if len(groups[name]) < 2]
    if len(found.names) - len(lone) < 2:
        raise NothingHeldOut(
            f"All pictures of {lone[0]!r} belong to one group, so none can be held out to measure what was learned."
        )


def train(*, training: Training, report: Report, check: Callable[[], None]) -> Training:
    """Do it. A second start finds the features that the first one kept; one that comes too late finds it done.

    Raises:
        UnknownTarget, TooFewLabels, OneClass, NothingHeldOut: work was taken back since it was asked for.
        JobLost, JobCancelled: from `report` and `check`.
    """
    import numpy as np

    from domain.learning.committee import committee_of
    from domain.learning.head import fit
    from domain.learning.held_out import CannotHoldOut, dealt, doubts, hold_out, measured

    if training.version_id is not None:
        return training
    project = training.project
    check_enough(labels_of(project, training.target))
    found, features, kind_of_features = material_of(training, report)
    check_enough(found)
    kept, names = found.labels, found.names
    number = {name: place for place, name in enumerate(names)}
    labels = np.array([number[one.label] for one in kept], dtype=np.int64)
    try:
        folds = dealt(labels.tolist(), [one.group for one in kept], seed=training.seed)
        held = hold_out(
            features, labels, folds, classes=len(names), check=check, report=lambda done, total: report(len(kept) + done, len(kept) + total + 1)
        )  # fmt: skip
    except CannotHoldOut as error:
        raise NothingHeldOut(str(error)) from error
    head = fit(features, labels, classes=len(names), decay=held.decay, check=check)
    committee = committee_of(
        features, labels, classes=len(names), decay=held.decay, seed=int(1e9 * sampling_number(training.seed)), check=check
    )  # fmt: skip
    wrong = [(kept[row], names[instead], score) for row, instead, score in doubts(held.scores, labels)]
    assert project.schema is not None
    meaning = meaning_of(schema_of(project.schema), training.target)
    with transaction.atomic():
        this = Training.objects.select_for_update(of=("self",)).select_related("model").get(pk=training.pk)
        if this.version_id is not None:
            return this
        this.version = keep_head(
            model=this.model, user=this.created_by, data=head.onnx(names, features=kind_of_features, committee=committee), labels=names, meaning=meaning, features=kind_of_features,
            base=this.base_id,
        )  # fmt: skip
        this.accepted, this.labels, this.left_out = found.accepted, len(kept), dict(+found.left_out)
        this.features, this.measured = kind_of_features, msgspec.to_builtins(measured(held, labels, names))
        this.step = Training.Step.PREDICTING if this.predict else Training.Step.DONE
        this.save()
        Doubt.objects.filter(training__model=this.model).delete()
        Doubt.objects.bulk_create(
            Doubt(training=this, task_id=one.task_id, result_id=one.result_id, label=one.label, instead=instead, score=score, place=place)
            for place, (one, instead, score) in enumerate(wrong)
        )  # fmt: skip
        record(
            organisation_id=project.organisation_id,
            project_id=project.pk,
            verb="model.trained",
            actor=this.created_by,
            object_type="model",
            object_id=this.model_id,
            details={"name": this.version.source, "labels": len(kept)},
        )
    return this
