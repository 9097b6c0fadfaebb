"""Human work: tasks, the slots that need filling, and the assignments that fill them.

Claims and moves write these rows all day, so a foreign key has an index of its own only where it is looked up by itself:
not where it is the beginning of another index, and not where it names a person.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from apps.assets.models import Asset
from apps.core.models import Timestamped, Trashable
from apps.projects.models import Project


class Stage(models.TextChoices):
    ANNOTATE = "annotate", "Annotate"
    REVIEW = "review", "Review"
    ADJUDICATE = "adjudicate", "Adjudicate"
    AUDIT = "audit", "Audit"


class Outcome(models.TextChoices):
    LABELLED = "labelled", "Labelled"
    EMPTY = "empty", "Empty"
    UNUSABLE = "unusable", "Unusable"
    CANNOT_TELL = "cannot_tell", "Cannot tell"


class Batch(Timestamped):
    """Tasks handed out together. Its priority adds to theirs; of equal ones the earlier due date comes first."""

    class Order(models.TextChoices):
        NUMBER = "number", "As they are numbered"
        SHUFFLED = "shuffled", "Shuffled"
        FAIR = "fair", "At the same pace as other fair batches"

    project = models.ForeignKey(Project, models.CASCADE, related_name="batches")
    name = models.CharField(max_length=200)
    priority = models.IntegerField(default=0)
    due_on = models.DateField(null=True, blank=True)
    order = models.CharField(max_length=16, choices=Order, default=Order.NUMBER)
    # who may annotate its tasks: people with this skill or of this group; null: everybody
    skill = models.ForeignKey(
        "projects.PeopleGroup", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )


class Task(Timestamped, Trashable):
    """One unit of human work on an asset. `state` moves only by `domain.workflow`'s table."""

    ids_with_room = True  # a probe takes an id in the cell of a neighbour (ADR 0011)

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        ANNOTATING = "annotating", "Annotating"
        IN_REVIEW = "in_review", "In review"
        REWORK = "rework", "Rework"
        COMPARING = "comparing", "Comparing"
        CONFLICT = "conflict", "Conflict"
        PARKED = "parked", "Parked"
        TRIAGE = "triage", "Triage"
        DONE = "done", "Done"
        ARCHIVED = "archived", "Archived"

    class Purpose(models.TextChoices):
        WORK = "work", "Work"
        PROBE = "probe", "Probe"  # tests a person: looks like work, and is never a result (ADR 0011)
        PLANTED = "planted", "Planted fault"  # tests reviewers: nobody made it, whoever is shown (ADR 0017)
        EXAM = "exam", "Exam"  # one person's, before they get work: nobody reviews it, and it counts nowhere

    project = models.ForeignKey(Project, models.CASCADE, related_name="tasks", db_index=False)
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.WORK, db_default="work")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="tasks")
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, blank=True, related_name="tasks", db_index=False)
    number = models.PositiveBigIntegerField()  # 1-based, per project: what people call the task
    name = models.CharField(max_length=300)  # copy of the asset's, for search and sorting
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    priority = models.IntegerField(default=0)  # higher comes first
    order_key = models.BigIntegerField(default=0)  # lower comes first in the queue
    version = models.PositiveIntegerField(default=1)  # ETag
    groups = ArrayField(models.BigIntegerField(), default=list, blank=True)  # who may annotate it: people of all these
    skips = models.PositiveSmallIntegerField(default=0)
    triage_reason = models.CharField(max_length=200, blank=True)
    annotator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )  # last author
    region_count = models.PositiveIntegerField(default=0)  # of the current revision
    class_ids = models.JSONField(default=list, blank=True)  # present in the current revision
    agreement = models.FloatField(null=True, blank=True)  # how alike its answers are; null: one answer, or not known
    # the one revision that is a done task's truth; set only by the move into done
    result = models.ForeignKey("annotations.Revision", models.PROTECT, null=True, blank=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("project", "number", name="task_number_once"),
            models.CheckConstraint(condition=~Q(state="done") | ~Q(result=None), name="task_done_has_result"),
        ]
        indexes = [
            models.Index(fields=["project", "state", "number"], name="task_state"),
            models.Index(  # what waits for a decision, the oldest first
                fields=["project", "state", "updated_at"],
                condition=Q(state__in=("triage", "conflict"), trashed_at=None),
                name="task_undecided",
            ),
            models.Index(
                fields=["project", "name", "id"],
                name="task_name",
                opclasses=["int8_ops", "varchar_pattern_ops", "int8_ops"],
            ),
            models.Index(fields=["project", "-updated_at", "-id"], name="task_updated"),
            models.Index(fields=["project", "annotator"], name="task_annotator"),
            models.Index(fields=["batch", "state"], condition=~Q(batch=None), name="task_batch"),
            GinIndex(fields=["class_ids"], name="task_classes", opclasses=["jsonb_path_ops"]),
            models.Index(fields=["project", "state"], condition=~Q(purpose="work"), name="task_probe"),
        ]


class Slot(models.Model):
    """One needed piece of work. Overlap n is n slots; nothing is counted at claim time."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        HELD = "held", "Held"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    project = models.ForeignKey(Project, models.CASCADE, related_name="slots")
    task = models.ForeignKey(Task, models.CASCADE, related_name="slots", db_index=False)
    stage = models.CharField(max_length=16, choices=Stage)
    level = models.PositiveSmallIntegerField(default=1)  # review level
    ordinal = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    revision = models.ForeignKey(
        "annotations.Revision", models.PROTECT, null=True, blank=True, related_name="+"
    )  # to judge
    excluded_author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reserved_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    reserved_until = models.DateTimeField(null=True, blank=True)
    # the review level whose rejection this annotate slot answers (0: none) and whose it was: the resubmission goes back there
    rework_level = models.PositiveSmallIntegerField(default=0)
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    groups = ArrayField(models.BigIntegerField(), default=list, blank=True)  # only people of all these may take it
    draft = models.ForeignKey(
        "annotations.Annotation", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )  # handed on with it: who takes it goes on with this draft
    order_key = models.BigIntegerField(default=0)
    withheld = models.BooleanField(default=False)  # its task is in the trash
    # whose next piece it is while they finish another: others' claims pass it over until then (ADR 0009)
    promised_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    promised_until = models.DateTimeField(null=True, blank=True)
    # tasks with the same picture or name: who had one is not handed another (`Apart`); null for nearly all
    apart = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["project", "stage", "order_key", "id"],
                condition=Q(state="open", withheld=False),
                name="slot_open",
            ),
            models.Index(
                fields=["reserved_for", "project", "stage", "order_key", "id"],
                condition=Q(state="open", withheld=False) & ~Q(reserved_for=None),
                name="slot_reserved",
            ),
            # how much waits for a verdict and since when, without a look at the rows
            models.Index(
                fields=["project", "created_at"],
                condition=Q(stage="review", state="open", withheld=False),
                name="slot_review_since",
            ),
            models.Index(fields=["task", "stage"], name="slot_task"),
            models.Index(fields=["draft"], condition=~Q(draft=None), name="slot_draft"),
        ]


class Assignment(Timestamped):
    """A slot in one person's hands, on a lease that ends. One row a (task, stage, person); `token` fences."""

    class State(models.TextChoices):
        HELD = "held", "Held"
        PARKED = "parked", "Parked"
        STALE = "stale", "Stale"  # the lease ended with unsent edits kept
        SUBMITTED = "submitted", "Submitted"
        SKIPPED = "skipped", "Skipped"
        RELEASED = "released", "Released"  # by hand, or an unedited lapse

    project = models.ForeignKey(Project, models.CASCADE, related_name="assignments", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="assignments", db_index=False)
    stage = models.CharField(max_length=16, choices=Stage)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments")
    slot = models.ForeignKey(Slot, models.SET_NULL, null=True, blank=True, related_name="assignments")
    state = models.CharField(max_length=16, choices=State)
    token = models.BigIntegerField(default=1)
    expires_at = models.DateTimeField(null=True, blank=True)
    edited = models.BooleanField(
        default=False
    )  # the draft has edits since it was claimed: a lapse makes it stale, not released
    stale_until = models.DateTimeField(null=True, blank=True)  # then it goes to the manager's list
    claimed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    active_ms = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)  # of a skip
    judged_revision_id = models.BigIntegerField(
        null=True, blank=True
    )  # review: what was judged, so that it is not served again

    class Meta:
        constraints = [models.UniqueConstraint("task", "stage", "user", name="assignment_once")]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="assignment_lease"),
            models.Index(fields=["project", "state", "-id"], name="assignment_project"),
            models.Index(
                fields=["user", "project", "stage"],
                condition=Q(state__in=["held", "parked", "stale"]),
                name="assignment_open",
            ),
        ]


class QueueCursor(models.Model):
    """How far a person has come in a project's queue at a stage: a claim starts here, so it costs the same after 300,000 tasks."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    stage = models.CharField(max_length=16, choices=Stage)
    order_key = models.BigIntegerField(default=-(2**62))
    slot_id = models.BigIntegerField(default=0)
    empty_until = models.DateTimeField(
        null=True, blank=True
    )  # a long search found nothing; the next one waits a little
    taken = models.BigIntegerField(default=0, db_default=0)  # pieces handed out from here: the clock of `Apart`

    class Meta:
        constraints = [models.UniqueConstraint("project", "user", "stage", name="queuecursor_once")]


class Apart(models.Model):
    """What a person had lately, so that the same picture does not come to them again: asked by claims where `Slot.apart` is set.

    `key`: `Slot.apart` of what was handed out, or minus the id of its task.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    key = models.BigIntegerField()
    until = models.BigIntegerField()  # as long as `QueueCursor.taken` is under it
    slot_id = models.BigIntegerField(null=True)  # this one may come: it is the piece itself, promised or given back

    class Meta:
        constraints = [models.UniqueConstraint("user", "key", name="apart_once")]


class MovedTask(models.Model):
    """How a task stood before a change of the workflow moved it, for the undo."""

    change = models.ForeignKey("projects.BulkChange", models.CASCADE, related_name="moved_tasks", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="+")
    state = models.CharField(max_length=16, choices=Task.State)  # before
    cancelled = ArrayField(models.BigIntegerField(), default=list)  # slots
    added = ArrayField(models.BigIntegerField(), default=list)
    version = models.PositiveIntegerField()  # of the task, after
    undone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint("change", "task", name="movedtask_once")]


class SavedView(Timestamped):
    """A view of a project's data page that a person keeps, for themselves or for the team."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    shared = models.BooleanField(default=False)
    filter = models.JSONField(default=dict, blank=True)  # a TaskFilter
    sort = models.CharField(max_length=16, default="number")
    layout = models.CharField(max_length=16, default="gallery")
    columns = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("project", "owner", "name", name="savedview_once")]
