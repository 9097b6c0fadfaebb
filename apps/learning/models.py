"""Trainings on accepted work, what they doubt in it, and which of them are repeated."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from apps.annotations.models import Revision
from apps.core.models import Timestamped
from apps.jobs.models import Job
from apps.predictions.models import ModelVersion, PrelabelRun, RegisteredModel
from apps.projects.models import Project
from apps.tasks.models import Task


class Training(Timestamped):
    """One training of a head, and what was measured of it on labels that it had not seen."""

    class Step(models.TextChoices):
        TRAINING = "training", "Training"
        PREDICTING = "predicting", "Looking at what waits"
        DONE = "done", "Done"

    project = models.ForeignKey(Project, models.CASCADE, related_name="trainings", db_index=False)
    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="trainings")
    version = models.OneToOneField(ModelVersion, models.CASCADE, null=True, related_name="training")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    step = models.CharField(max_length=12, choices=Step, default=Step.TRAINING)
    target = models.CharField(
        max_length=140
    )  # "tags", "question:<name>", "regions", or "server": what it learns is its own affair
    # of a training on regions: whose boxes the head is to name
    base = models.ForeignKey(RegisteredModel, models.CASCADE, null=True, related_name="+", db_index=False)
    features = models.CharField(max_length=20, blank=True)
    seed = models.CharField(max_length=64, blank=True)  # by which labels were dealt into folds
    accepted = models.PositiveIntegerField(default=0)  # accepted tasks that there were
    labels = models.PositiveIntegerField(default=0)  # of them learned from
    left_out = models.JSONField(default=dict, blank=True)  # {reason: tasks}
    told = models.JSONField(default=dict, blank=True)  # what a server said: state, detail, said (its version)
    measured = models.JSONField(default=dict, blank=True)  # domain.learning.held_out.Measures
    predict = models.BooleanField(default=False)  # look at all that waits afterwards
    order = models.BooleanField(default=False)  # and then put the queue into order
    run = models.ForeignKey(PrelabelRun, models.SET_NULL, null=True, related_name="+", db_index=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="training_newest"),
            models.Index(fields=["step"], condition=models.Q(step="predicting"), name="training_goes_on"),
        ]


class Repeat(Timestamped):
    """A model that is trained again by itself."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    model = models.OneToOneField(RegisteredModel, models.CASCADE, related_name="repeat")
    after = models.PositiveIntegerField()  # newly accepted tasks
    predict = models.BooleanField(default=True)
    order = models.BooleanField(default=False)
    trouble = models.CharField(
        max_length=40, blank=True
    )  # why it could not be trained again; it is not tried until set anew
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)


class Doubt(models.Model):
    """A label that a head, which had not seen it, holds for wrong."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="doubts", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    result = models.ForeignKey(Revision, models.CASCADE, related_name="+", db_index=False)  # that was doubted
    label = models.CharField(max_length=120)  # of people
    instead = models.CharField(max_length=120)
    score = models.FloatField()
    place = models.PositiveIntegerField()  # 0-based, the strongest first
    # who says that the label is right all the same
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint("training", "place", name="doubt_place_once")]


class Crop(models.Model):
    """What an accepted region looks like, in few numbers. Rewritten when its task gets another result."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    asset_sha256 = models.CharField(max_length=64)  # of the same picture nothing is suggested: a test shows it again
    class_id = models.BigIntegerField()
    vector = models.BinaryField()  # domain.learning.neighbours, float16, little-endian

    class Meta:
        indexes = [models.Index(fields=["project", "class_id", "-id"], name="crop_of_class")]


class CropWatch(models.Model):
    """How far the accepted work of a project was cut into crops. Made when somebody first asks what something is."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    # tasks that moved at or before this place in (updated_at, id) were looked at
    moved_at = models.DateTimeField()
    task_id = models.BigIntegerField(default=0)
