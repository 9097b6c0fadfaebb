"""Models that help, and their answers, kept apart from people's. Answers are never edited; a later one of a model takes the
place of its earlier ones."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from apps.annotations.models import Annotation, Revision
from apps.assets.models import Asset
from apps.core.models import Timestamped
from apps.jobs.models import Job
from apps.projects.models import BulkChange, Project
from apps.tasks.models import Task


class RegisteredModel(Timestamped):
    """A model that a project uses. What is run is one of its versions."""

    class Backend(models.TextChoices):
        ONNX = "onnx", "ONNX file"
        HTTP = "http", "HTTP server"
        LABEL_STUDIO = "label_studio", "Label Studio ML back end"
        BUILTIN = "builtin", "Built in"
        TRAINED = "trained", "Trained here"

    class Kind(models.TextChoices):
        DETECT = "detect", "Boxes"
        SEGMENT = "segment", "Masks of things"
        POSE = "pose", "Skeletons"
        OBB = "obb", "Rotated boxes"
        CLASSIFY = "classify", "Answers to the whole image"
        SEMANTIC = "semantic", "Masks of classes"
        INTERACTIVE = "interactive", "Masks from clicks"
        ANY = "any", "What the server answers"

    project = models.ForeignKey(Project, models.CASCADE, related_name="registered_models", db_index=False)
    name = models.CharField(max_length=80)
    backend = models.CharField(max_length=16, choices=Backend)
    kind = models.CharField(max_length=16, choices=Kind, blank=True)  # "" until a version was checked
    description = models.TextField(blank=True)
    licence = models.CharField(max_length=300, blank=True)  # of the weights: who may use them for what
    credit = models.CharField(max_length=500, blank=True)  # who made it
    url = models.CharField(max_length=500, blank=True)  # of a server
    timeout_seconds = models.PositiveIntegerField(default=60)  # that a server may take for one call
    archived_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("project", "name", name="model_name_once"),
            models.CheckConstraint(
                condition=Q(backend__in=["http", "label_studio"]) & ~Q(url="")
                | ~Q(backend__in=["http", "label_studio"]) & Q(url=""),
                name="model_server_has_url",
            ),
        ]


class ModelVersion(Timestamped):
    """One set of weights, or one state of a server, with what its labels mean in the project."""

    class State(models.TextChoices):
        CHECKING = "checking", "Being checked"
        OK = "ok", "Ready"
        FAILED = "failed", "Cannot be used"  # it was checked and does not fit
        FAILING = "failing", "Does not answer as it should"  # it fitted, and the last run ended badly

    project = models.ForeignKey(Project, models.CASCADE, related_name="model_versions", db_index=False)
    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=60)  # the number, or what a server calls itself
    state = models.CharField(max_length=16, choices=State, default=State.CHECKING)
    reason = models.CharField(max_length=40, blank=True)  # stable code of what is wrong
    detail = models.CharField(max_length=500, blank=True)  # the same in words
    adapter = models.CharField(max_length=40, blank=True)  # of domain.inference, or of a server's protocol
    labels = models.JSONField(default=list, blank=True)  # names in the order of the model's outputs
    input_size = models.JSONField(null=True, blank=True)  # [width, height]; null: any
    given = models.JSONField(default=dict, blank=True)  # what people say of it that its file does not: Given
    spec = models.JSONField(default=dict, blank=True)  # domain.inference.Spec, once it was checked
    mapping = models.JSONField(default=dict, blank=True)  # by label: Target of domain.inference.targets, or null
    thresholds = models.JSONField(default=dict, blank=True)  # Thresholds of domain.inference.targets
    checked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("model", "number", name="modelversion_number_once"),
            models.UniqueConstraint("model", "name", name="modelversion_name_once"),
        ]
        indexes = [models.Index(fields=["project", "model", "-number"], name="modelversion_newest")]

    @property
    def source(self) -> str:
        """How predictions and accepted regions name it. The model has to be loaded."""
        return f"{self.model.name}:{self.name}"


class ModelFile(models.Model):
    """One file of weights. Immutable; the hash is looked at again before it is run."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="files", db_index=False)
    role = models.CharField(max_length=16, default="model")  # model, or encoder and decoder
    name = models.CharField(max_length=300)  # as it was uploaded
    path = models.CharField(max_length=300, db_index=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    signature = models.JSONField(default=dict, blank=True)  # domain.inference.Signature, once read
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("version", "role", name="modelfile_role_once")]


class Prediction(models.Model):
    """What one model says of one task, in chunks as revisions have them."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="predictions")
    task = models.ForeignKey(Task, models.CASCADE, related_name="predictions", db_index=False)
    model = models.CharField(max_length=120)  # "model:version", or "import:<name>"
    # null: brought in, and the model is not registered here
    version = models.ForeignKey(ModelVersion, models.PROTECT, null=True, blank=True, related_name="predictions")
    sha256 = models.CharField(max_length=64)  # over the chunk hashes
    chunks = ArrayField(models.BinaryField(), default=list)
    region_count = models.PositiveIntegerField(default=0)
    class_counts = models.JSONField(default=dict)
    scores = models.JSONField(default=dict, db_default={})  # domain.inference.mapping.Scores
    # how far the answers of a committee, or to variants of the picture, lie apart (domain.sampling.disagreement); null: not asked
    committee = models.FloatField(null=True)
    augmented = models.FloatField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["task", "model", "-id"], name="prediction_latest")]


class PictureFeatures(models.Model):
    """What a picture looks like in numbers (domain.learning.features), so that it is read once however often is trained."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=20)  # of the features
    vector = models.BinaryField()  # float16, little-endian

    class Meta:
        constraints = [models.UniqueConstraint("asset", "name", name="picturefeatures_once")]


class PrelabelRun(Timestamped):
    """One run of a model version over tasks, which were listed when it was asked for."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="prelabel_runs", db_index=False)
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="runs")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    said = models.JSONField(default=dict, blank=True)  # the filter and options, as they were sent
    mapping = models.JSONField(default=dict, blank=True)  # of the version, as it was then
    thresholds = models.JSONField(default=dict, blank=True)
    augmented = models.BooleanField(default=False, db_default=False)  # variants of each picture are looked at, too
    total = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="prelabelrun_newest")]


class PrelabelItem(models.Model):
    """One task of a run. Written in the transaction that keeps its prediction, so that a run goes on where it was."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        KEPT = "kept", "Predicted"  # something new was kept
        SAME = "same", "Unchanged"  # the model said so before
        FAILED = "failed", "Failed"

    run = models.ForeignKey(PrelabelRun, models.CASCADE, related_name="items", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    regions = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=dict, blank=True)  # {code: how often}: what was cleaned, or why it failed

    class Meta:
        constraints = [models.UniqueConstraint("run", "task", name="prelabelitem_once")]
        indexes = [
            models.Index(fields=["run", "id"], condition=Q(state="waiting"), name="prelabelitem_waiting"),
            models.Index(fields=["run", "state"], name="prelabelitem_state"),
            models.Index(fields=["task"], name="prelabelitem_task"),
        ]


class PredictionWatch(models.Model):
    """How far the tasks of a project were compared with what models had said of them."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    # tasks that moved at or before this place in (updated_at, id) were looked at
    moved_at = models.DateTimeField()
    task_id = models.BigIntegerField(default=0)
    prediction_id = models.BigIntegerField(default=0)  # and so were predictions up to this one


class PredictionUse(models.Model):
    """What became of one prediction in a task's result: counts that add up over tasks.

    Of regions by class (0: there are none); of answers about the whole image by question and value, their class is 0.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    prediction = models.ForeignKey(Prediction, models.CASCADE, related_name="uses", db_index=False)
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+", db_index=False)
    model = models.CharField(max_length=120)
    class_id = models.BigIntegerField()
    attribute = models.CharField(max_length=120, default="", db_default="")  # an item attribute; "": regions
    value = models.CharField(max_length=120, default="", db_default="")  # as domain.inference.mapping.Scores names it
    shown = models.BooleanField()  # to who annotated
    accepted = models.PositiveIntegerField(default=0)
    edited = models.PositiveIntegerField(default=0)
    redrawn = models.PositiveIntegerField(default=0)
    reclassed = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)
    likeness_sum = models.FloatField(default=0)  # of the edited ones, with what they were
    scores = ArrayField(models.FloatField(), default=list)  # of what was offered with one
    correct = ArrayField(models.BooleanField(), default=list)  # whether each of them was right

    class Meta:
        constraints = [
            models.UniqueConstraint("prediction", "class_id", "attribute", "value", name="predictionuse_once")
        ]
        indexes = [models.Index(fields=["project", "model", "class_id"], name="predictionuse_model")]


class WorkUpheld(models.Model):
    """Who says of a result that it is right where a model is sure of something else. Another result is looked at anew."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="+", db_index=False)  # the result
    model = models.CharField(max_length=120)
    class_id = models.BigIntegerField()
    upheld_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("revision", "model", "class_id", name="workupheld_once")]


class MissThreshold(models.Model):
    """From which score on regions of a class are hinted at before a submit where nothing is drawn, and what people said to that."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    model = models.CharField(max_length=120)
    class_id = models.BigIntegerField()
    score = models.FloatField(null=True)  # as domain.sampling.thresholds.Threshold has it
    n = models.PositiveIntegerField()
    right = models.PositiveIntegerField()
    low = models.FloatField()
    # of PossibleMiss, so that a claim counts nothing
    added = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("project", "model", "class_id", name="missthreshold_once")]


class PossibleMiss(Timestamped):
    """A hint at a region that nothing was drawn on, and what who annotated said to it last."""

    class Said(models.TextChoices):
        ADDED = "added", "It was missing"
        REFUSED = "refused", "Nothing is there"
        KEPT = "kept", "Left as it is"  # decides nothing

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, models.CASCADE, related_name="+", db_index=False)
    annotation = models.ForeignKey(Annotation, models.CASCADE, related_name="+", db_index=False)
    prediction = models.ForeignKey(Prediction, models.CASCADE, related_name="+")
    element_id = models.CharField(max_length=120)  # of the prediction
    model = models.CharField(max_length=120)
    class_id = models.BigIntegerField()
    score = models.FloatField()
    said = models.CharField(max_length=8, choices=Said)

    class Meta:
        constraints = [models.UniqueConstraint("annotation", "prediction", "element_id", name="possiblemiss_once")]
        indexes = [
            models.Index(fields=["project", "model", "class_id", "said"], name="possiblemiss_class"),
            models.Index(fields=["task"], name="possiblemiss_task"),
        ]


class TaskPlace(models.Model):
    """Why a task stands where an order of the queue put it, and where it stood."""

    class Why(models.TextChoices):
        RANDOM = "random", "By chance"
        DIVERSE = "diverse", "Unlike all others"  # by likeness
        CORE_SET = "core_set", "Unlike all others, by features"
        RARE = "rare", "A rare class"
        UNCERTAIN = "uncertain", "The model is unsure"
        COMMITTEE = "committee", "A committee disagrees"
        AUGMENTED = "augmented", "Variants of the picture are answered otherwise"
        UNKNOWN = "unknown", "The model has said nothing"
        UNMEASURED = "unmeasured", "What was asked for was not measured"

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    task = models.OneToOneField(Task, models.CASCADE, related_name="queue_place")
    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveIntegerField()  # 1-based in the order that was made
    before = models.BigIntegerField()  # order keys
    after = models.BigIntegerField()
    why = models.CharField(max_length=12, choices=Why)
    value = models.FloatField(null=True)  # as in domain.sampling.ordering.Placed
    class_id = models.BigIntegerField(null=True)
    seconds = models.FloatField(null=True)  # that it may take, where its place follows from that, too

    class Meta:
        indexes = [
            models.Index(fields=["project", "after"], name="taskplace_next"),
            models.Index(fields=["change"], name="taskplace_change"),
        ]
