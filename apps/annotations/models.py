"""Answers to tasks: drafts as a base plus changed elements, revisions as immutable chunks.

A foreign key has an index of its own only where it is looked up by itself and no other index begins with it. The database
checks it only where no other key of the row implies it: a task holds its project, and with it the versions of its rules.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.core.models import Timestamped
from apps.core.packed import PackedField
from apps.projects.models import BulkChange, Project
from apps.tasks.models import Assignment, Outcome, Task


class Chunk(models.Model):
    """At most 512 elements or 1 MB of canonical bytes, shared by every revision that holds the same ones."""

    sha256 = models.BinaryField(max_length=32, primary_key=True)
    body = PackedField()  # canonical msgspec JSON array, element-id order
    elements = models.PositiveIntegerField()


class Annotation(Timestamped):
    """One answer to a task. Its document is `base` with the rows of `Element` laid over it."""

    class Kind(models.TextChoices):
        ANSWER = "answer", "Answer"
        FIX = "fix", "Fix"
        CONSENSUS = "consensus", "Consensus"
        IMPORT = "import", "Import"
        GOLD = "gold", "Gold"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        DISCARDED = "discarded", "Discarded"

    project = models.ForeignKey(Project, models.CASCADE, related_name="annotations", db_constraint=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="annotations", db_index=False)
    assignment = models.ForeignKey(Assignment, models.SET_NULL, null=True, blank=True, related_name="annotations")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="annotations")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.ANSWER)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    based_on = models.ForeignKey("Revision", models.PROTECT, null=True, blank=True, related_name="derived")
    base = models.ForeignKey("Revision", models.PROTECT, null=True, blank=True, related_name="+")
    base_version = models.PositiveBigIntegerField(default=0)  # version of base elements that have no row
    version = models.PositiveBigIntegerField(default=0)
    edited = models.BooleanField(default=False)  # any edit since it was last frozen
    active_ms = models.BigIntegerField(default=0)
    # Ids of regions that were deleted before it was last frozen: the others keep the numbers that people read.
    removed = ArrayField(models.CharField(max_length=120), default=list)

    class Meta:
        indexes = [models.Index(fields=["task", "author"], name="annotation_task")]


class Element(models.Model):
    """One element changed since the base. A deleted one keeps a tombstone."""

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="elements", db_index=False)
    element_id = models.CharField(max_length=120)  # a UUID; for answers the attribute's name
    kind = models.CharField(max_length=12)  # region | track | keyframe | answer
    version = models.PositiveBigIntegerField()
    session = models.CharField(max_length=64, blank=True)  # the editing session that wrote it last
    deleted = models.BooleanField(default=False)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    bounds = ArrayField(models.FloatField(), size=4, null=True)  # x0, y0, x1, y1 in image pixels
    body = models.BinaryField(null=True)  # canonical bytes

    class Meta:
        constraints = [models.UniqueConstraint("annotation", "kind", "element_id", name="element_once")]


class Edit(models.Model):
    """The log of acknowledged edits: a repeated id gets its first answer."""

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="edits", db_index=False)
    edit_id = models.UUIDField()
    element_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    op = models.CharField(max_length=8)
    over = models.PositiveBigIntegerField(null=True)
    version = models.PositiveBigIntegerField(null=True)  # null: it was a conflict or refused
    body = models.BinaryField(null=True)
    cut = models.BooleanField(default=False)  # stored otherwise than it was sent: cut to the image
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("annotation", "edit_id", name="edit_once")]


class EditPack(models.Model):
    """The edits of one annotation up to a submit, compressed; kept 30 days after done."""

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="edit_packs")
    edits = models.PositiveIntegerField()
    edit_ids = ArrayField(models.UUIDField(), default=list)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)


class Revision(models.Model):
    """The immutable state of an annotation, made at submit."""

    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="revisions")
    task = models.ForeignKey(Task, models.CASCADE, related_name="revisions", db_index=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    number = models.PositiveIntegerField()  # 1-based within the task
    kind = models.CharField(max_length=16, choices=Annotation.Kind)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="revisions")
    stage = models.CharField(max_length=16, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome)
    outcome_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveBigIntegerField()  # the annotation's version that was frozen
    sha256 = models.CharField(max_length=64)  # over the chunk hashes
    chunks = ArrayField(models.BinaryField(), default=list)  # sha256 of each Chunk, in order
    first_ids = ArrayField(
        models.CharField(max_length=120), default=list
    )  # of each chunk: finds an element without reading all
    element_count = models.PositiveIntegerField(default=0)
    region_count = models.PositiveIntegerField(default=0)
    class_counts = models.JSONField(default=dict)  # {"1": 5}
    answers = models.JSONField(default=dict)  # item attributes, for filters and charts
    schema_version = models.ForeignKey(
        "projects.SchemaVersion", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    guideline_version = models.ForeignKey(
        "projects.GuidelineVersion", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    workflow_version = models.ForeignKey(
        "projects.WorkflowVersion", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    active_ms = models.BigIntegerField(default=0)
    wall_ms = models.BigIntegerField(default=0)
    findings = models.PositiveIntegerField(default=0)  # what the checks still said of it at submit
    passed_reason = models.CharField(max_length=500, blank=True)  # why findings that stop a submit were passed
    recalled = models.BooleanField(
        default=False, db_default=False
    )  # its author took the submission back: it counts as none
    bulk_change_id = models.BigIntegerField(null=True, blank=True)  # the merge or bulk edit that made it
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("task", "number", name="revision_number_once")]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="revision_recent"),
            models.Index(fields=["bulk_change_id"], condition=~Q(bulk_change_id=None), name="revision_bulk_change"),
        ]


class ProjectKnowledge(models.Model):
    """What the checks know of a project's earlier work; measured by a job, read for every save."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    body = models.JSONField(default=dict)  # a domain.checks.Known
    measured_at = models.DateTimeField(auto_now=True)


class TopUp(Timestamped):
    """Regions of accepted work that are asked one new thing: an attribute that was added, or which of its parts a class is.

    Tasks stay done; each answered one gets a fix that names `change`, and all of them are undone as one.
    """

    class State(models.TextChoices):
        PREPARING = "preparing", "Preparing"
        OPEN = "open", "Open"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    project = models.ForeignKey(Project, models.CASCADE, related_name="top_ups")
    change = models.OneToOneField(BulkChange, models.CASCADE, related_name="top_up")
    state = models.CharField(max_length=16, choices=State, default=State.PREPARING)
    class_id = models.BigIntegerField()
    attribute = models.CharField(max_length=120, blank=True)  # empty: the class is split
    into = ArrayField(models.BigIntegerField(), default=list, blank=True)  # classes that it is split into
    review = models.BooleanField(default=True)  # each task waits for a verdict when its regions are answered


class TopUpPiece(models.Model):
    """The regions of one task in a top-up, answered by one person at a time."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        HELD = "held", "Held"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"  # cancelled, or its task is no longer done

    top_up = models.ForeignKey(TopUp, models.CASCADE, related_name="pieces", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    regions = models.PositiveIntegerField()  # that lacked the answer when it began
    answered = models.PositiveIntegerField(default=0)  # in revisions
    answers = models.JSONField(default=dict, blank=True)  # {element: answer; null: cannot tell}, not in a revision yet
    passed = ArrayField(models.CharField(max_length=120), default=list)  # stay as they are: said to, or cannot tell
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    held_until = models.DateTimeField(null=True, blank=True)
    # of a task that was sent to review: the slot, and when it had been done, for the undo
    slot_id = models.BigIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("top_up", "task", name="topuppiece_once")]
        indexes = [models.Index(fields=["top_up", "state", "id"], name="topuppiece_next")]


class RegionIndex(models.Model):
    """One row a region of each current revision: for search, charts and outliers. Can be rebuilt; exports never read it.

    Hash-partitioned by project, so the table is made by hand in its migration and only written by COPY.
    """

    pk = models.CompositePrimaryKey("project_id", "revision_id", "ordinal")
    project_id = models.BigIntegerField()
    revision_id = models.BigIntegerField()
    ordinal = models.IntegerField()
    task_id = models.BigIntegerField()
    element_id = models.CharField(max_length=120)
    class_id = models.BigIntegerField()
    shape = models.CharField(max_length=24)
    x0 = models.FloatField(null=True)
    y0 = models.FloatField(null=True)
    x1 = models.FloatField(null=True)
    y1 = models.FloatField(null=True)
    area = models.FloatField()
    source = models.CharField(max_length=120, null=True)  # noqa: DJ001 null is a person's own work
    score = models.FloatField(null=True)
    flags = ArrayField(models.CharField(max_length=16), default=list)
    maker_id = models.BigIntegerField(null=True)
    editor_id = models.BigIntegerField(null=True)
    attributes = models.JSONField(default=dict)
    aspect = models.FloatField(null=True)  # width over height, by the database

    class Meta:
        managed = False
        db_table = "annotations_regionindex"
