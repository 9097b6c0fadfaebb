"""Dataset versions that never change, and runs of formats in and out."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from apps.assets.models import Asset
from apps.core.models import Timestamped
from apps.jobs.models import Job
from apps.projects.models import Project


class DatasetVersion(models.Model):
    """A frozen, hashed list of (asset hash, task, revision, split)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="dataset_versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)  # "" is an unnamed one, made by an export
    filter = models.JSONField(default=dict, blank=True)
    splits = models.JSONField(default=dict, blank=True)  # SplitShares; once frozen with counts, held_back and leaving
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")  # that freezes it, where it is large
    schema_version = models.ForeignKey("projects.SchemaVersion", models.PROTECT, related_name="+")
    guideline_version = models.ForeignKey("projects.GuidelineVersion", models.PROTECT, null=True, related_name="+")
    notes = models.TextField(blank=True)
    tags = models.JSONField(default=list, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # over the pictures and labels of the split "test": trainings with the same one can be compared
    test_sha256 = models.CharField(max_length=64, blank=True, db_default="")
    leaks = models.JSONField(default=dict, blank=True)  # within, job, counts, compared, unseen: the last look for leaks
    datasheet = models.JSONField(null=True, blank=True)  # what was counted when it was frozen
    said = models.JSONField(default=dict, blank=True)  # {"purpose": …}: what people say in its datasheet
    item_count = models.PositiveIntegerField(default=0)
    region_count = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=16, default="freezing")  # freezing | frozen
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("project", "number", name="datasetversion_once")]


class VersionItem(models.Model):
    # The revision holds its asset, and who writes items holds the version: the database checks neither once more.
    version = models.ForeignKey(
        DatasetVersion, models.CASCADE, related_name="items", db_index=False, db_constraint=False
    )
    ordinal = models.PositiveIntegerField()
    asset = models.ForeignKey("assets.Asset", models.PROTECT, related_name="+", db_constraint=False)
    asset_sha256 = models.CharField(max_length=64)
    task_id = models.BigIntegerField()
    revision = models.ForeignKey("annotations.Revision", models.PROTECT, related_name="+")
    split = models.CharField(max_length=32, blank=True)
    group = models.CharField(max_length=300, blank=True, db_default="")  # of the asset, as it was then

    class Meta:
        constraints = [models.UniqueConstraint("version", "ordinal", name="versionitem_once")]


class Leak(models.Model):
    """Two items of a version that stand in different splits and should not."""

    class Kind(models.TextChoices):
        SAME_FILE = "same_file", "Same file"
        SAME_GROUP = "same_group", "Same group"
        LOOK_ALIKE = "look_alike", "Look alike"

    version = models.ForeignKey(DatasetVersion, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    first = models.PositiveIntegerField()  # ordinals
    second = models.PositiveIntegerField()
    distance = models.PositiveSmallIntegerField(null=True)  # bits of 64


class AlikeSearch(models.Model):
    """The last look for pictures of a project that are the same or look alike."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    within = models.PositiveSmallIntegerField()  # bits of 64
    compared = models.PositiveIntegerField(null=True)  # pictures; null: not done yet
    unseen = models.PositiveIntegerField(default=0)  # whose files could not be read
    found_at = models.DateTimeField(null=True)


class AlikeGroup(models.Model):
    """Pictures of a project of which each is the same as, or looks like, another one of the group."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    same_file = models.BooleanField()  # all of them are one file

    class Meta:
        indexes = [models.Index(fields=["project", "id"], name="alikegroup_page")]


class AlikePicture(models.Model):
    """One picture of a group."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    group = models.ForeignKey(AlikeGroup, models.CASCADE, related_name="pictures", db_index=False)
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="alike")
    place = models.PositiveSmallIntegerField()  # in the group; 0 is the one to keep
    bits = models.PositiveSmallIntegerField()  # of 64, in which it differs from the first

    class Meta:
        constraints = [models.UniqueConstraint("group", "place", name="alikepicture_place")]


class TrainingRun(models.Model):
    """A training that used a version, and what it measured."""

    version = models.ForeignKey(DatasetVersion, models.CASCADE, related_name="runs")
    model = models.CharField(max_length=200)
    metrics = models.JSONField(default=dict)  # {"mAP50": 0.71}
    per_class = models.JSONField(default=dict, blank=True)  # {"car": {"mAP50": 0.8}}
    notes = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)


class RestoredResult(models.Model):
    """The result that a task had before its project was restored to a version, for the undo."""

    change = models.ForeignKey("projects.BulkChange", models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey("tasks.Task", models.CASCADE, related_name="+")
    before = models.ForeignKey("annotations.Revision", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint("change", "task", name="restoredresult_once")]


class GroupSplit(models.Model):
    """The split that named versions gave a group with a seed. Later ones keep it.

    `key` is the asset's group, or the hash of the picture where it has none: copies of a file stay together.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    seed = models.CharField(max_length=40)
    key = models.CharField(max_length=300)
    split = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint("project", "seed", "key", name="groupsplit_once")]


class MovedGroup(models.Model):
    """A group that a person put into another split: every version that is frozen from now on, whatever its seed."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="moved_groups", db_index=False)
    key = models.CharField(max_length=300)
    split = models.CharField(max_length=32)
    asset = models.ForeignKey("assets.Asset", models.CASCADE, related_name="+", db_index=False)  # by which it was named
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("project", "key", name="movedgroup_once")]


class Export(Timestamped):
    project = models.ForeignKey(Project, models.CASCADE, related_name="exports")
    version = models.ForeignKey(DatasetVersion, models.PROTECT, related_name="exports")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    format = models.CharField(max_length=32)
    options = models.JSONField(default=dict, blank=True)
    path = models.CharField(max_length=300, blank=True)
    size = models.BigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # over (path, sha256 of contents)
    # a connected storage that it is written to, instead of being kept here: below its prefix, and under which key it is there
    target = models.ForeignKey("assets.Storage", models.SET_NULL, null=True, related_name="+")
    target_folder = models.CharField(max_length=500, blank=True, db_default="")
    stored_as = models.CharField(max_length=1100, blank=True, db_default="")
    preview = models.JSONField(null=True, blank=True)  # the report, where somebody asked before it was written
    report = models.JSONField(null=True, blank=True)  # what the format could not hold
    # what people said of the version when the export was asked for: written again, it is the same bytes
    said = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


class Import(Timestamped):
    project = models.ForeignKey(Project, models.CASCADE, related_name="imports")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    format = models.CharField(max_length=32, default="auto")
    mode = models.CharField(max_length=32, default="append")  # append | merge | replace | predictions | gold
    enter = models.CharField(max_length=16, default="accepted")  # accepted | review | draft; of the first three modes
    name = models.CharField(max_length=300)
    path = models.CharField(max_length=300)
    options = models.JSONField(
        default=dict, blank=True
    )  # read: of the format; classes: name in the file → id, or null to leave out; source: whose regions these are
    preview = models.JSONField(
        null=True, blank=True
    )  # what is in the file, where somebody looked before bringing it in
    trial = models.JSONField(null=True, blank=True)  # the report of the last dry run
    report = models.JSONField(null=True, blank=True)
    undone = models.JSONField(null=True, blank=True)  # what taking it back did
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")


class ImportedItem(models.Model):
    """One task that an import wrote to: what it made, and what stood there before."""

    run = models.ForeignKey(Import, models.CASCADE, related_name="written", db_index=False)
    task = models.ForeignKey("tasks.Task", models.CASCADE, related_name="+")
    made_id = models.BigIntegerField()  # a revision; as predictions, a prediction
    before_id = models.BigIntegerField(null=True, blank=True)  # the revision that it took the place of
    was_done = models.BooleanField(default=False)  # the task was done before; else it waited

    class Meta:
        constraints = [models.UniqueConstraint("run", "task", name="importeditem_once")]
