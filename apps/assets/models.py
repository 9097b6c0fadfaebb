"""Uploaded or referenced things: images now, rasters, video, volumes and clouds later."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from apps.accounts.models import Organisation
from apps.core.models import SealedField, Timestamped, Trashable
from apps.projects.models import Project


class Asset(Timestamped, Trashable):
    """One thing to label. Width and height are of the picture as displayed (EXIF orientation applied once, at ingest)."""

    ids_with_room = True  # a probe's picture takes an id in the cell of a neighbour (ADR 0011)

    class Kind(models.TextChoices):
        IMAGE = "image", "Image"

    class Origin(models.TextChoices):
        REAL = "real", "Real"
        SYNTHETIC = "synthetic", "Synthetic"
        AUGMENTED = "augmented", "Augmented"
        DERIVED = "derived", "Derived"

    project = models.ForeignKey(Project, models.CASCADE, related_name="assets", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.IMAGE)
    name = models.CharField(max_length=300)  # with its folder: "site-3/img_001.jpg"
    external_id = models.CharField(max_length=300, null=True, blank=True)  # noqa: DJ001 null is "none", unique otherwise
    group = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=16, choices=Origin, default=Origin.REAL)
    licence = models.CharField(max_length=200, blank=True)
    attribution = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(default=dict, blank=True)  # flat, typed
    sha256 = models.CharField(max_length=64)  # of the file's bytes
    likeness = models.BigIntegerField(null=True)  # 64 bits that pictures which look alike share nearly all of
    file_bytes = models.BigIntegerField()
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    orientation = models.PositiveSmallIntegerField(
        default=1
    )  # EXIF value of the stored file, already applied in width/height
    bit_depth = models.PositiveSmallIntegerField(default=8)
    page = models.PositiveIntegerField(null=True, blank=True)  # 0-based page of a TIFF or frame of a GIF, where split
    window = models.JSONField(null=True, blank=True)  # {"low", "high"}: raw values shown as black and white (16 bit)
    path = models.CharField(max_length=300)  # the original in the media storage
    # {"thumb": {"path", "width", "height"}, "preview": {...}, "display": {...}, "raw16": {...}}: what is delivered
    derivatives = models.JSONField(default=dict, blank=True)
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    # "job 7/12": which item of a job made it, so that a job that runs twice adds nothing twice
    made_by = models.CharField(max_length=60, null=True, blank=True)  # noqa: DJ001 null is "by hand", unique otherwise
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "made_by", "page"],
                condition=~Q(made_by=None),
                name="asset_made_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["project", "external_id"], condition=~Q(external_id=None), name="asset_external_id_once"
            ),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="asset_has_size"),
        ]
        indexes = [
            models.Index(fields=["project", "sha256"], name="asset_hash"),
            models.Index(fields=["project", "name"], name="asset_name", opclasses=["int8_ops", "varchar_pattern_ops"]),
            models.Index(fields=["project", "group"], name="asset_group"),
            GinIndex(fields=["metadata"], name="asset_metadata", opclasses=["jsonb_path_ops"]),
        ]


class Blob(models.Model):
    """Immutable bytes named by their hash: geometry over 16 kB."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="blobs", db_index=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "sha256"], name="blob_once")]


class Upload(Timestamped):
    """A file that comes in parts, and goes on where it stopped (tus 1.0.0). Whole when `offset` is `size`."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=300)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="upload_expiry")]


class UploadPart(models.Model):
    """What one request brought; a row with a `path`, so that the file is known to be named."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts", db_index=False)
    first = models.BigIntegerField()  # its place in the file
    size = models.BigIntegerField()
    path = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint("upload", "first", name="uploadpart_once")]


class Storage(Timestamped):
    """A bucket, folder or list elsewhere that projects of the organisation take images from, or write exports to."""

    class Delivery(models.TextChoices):
        APP = "app", "By the app"
        DIRECT = "direct", "By signed addresses, where the probe allows it"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="storages")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    options = models.JSONField()  # assets.storages.options
    credentials = SealedField(blank=True)  # "" is none; a sealed assets.storages.options.Credentials
    for_sources = models.BooleanField(default=True)
    for_exports = models.BooleanField(default=False)
    delivery = models.CharField(max_length=8, choices=Delivery, default=Delivery.APP)
    # the last test: [{"name", "ok", "code", "detail"}], and when; of these options and credentials
    probe = models.JSONField(default=list, blank=True)
    probed_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+", db_index=False)  # that tests it
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint("organisation", "name", name="storage_name_once")]


class Source(Timestamped):
    """A part of a storage whose images are a project's: what is new there becomes assets, without a copy."""

    class Vanished(models.TextChoices):
        KEEP = "keep", "Keep their items"
        TRASH = "trash", "Put their items into the trash"

    project = models.ForeignKey(Project, models.CASCADE, related_name="sources")
    storage = models.ForeignKey(Storage, models.RESTRICT, related_name="sources")
    prefix = models.CharField(max_length=1024, blank=True)  # of whole keys, the storage's own prefix in it
    pattern = models.CharField(max_length=300, blank=True)  # a glob below the prefix; "" is every picture
    vanished = models.CharField(max_length=8, choices=Vanished, default=Vanished.KEEP)
    every_minutes = models.PositiveIntegerField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+", db_index=False)  # the last sync
    removed_at = models.DateTimeField(
        null=True, blank=True
    )  # not synced any more; its images are still read from there
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "storage", "prefix", "pattern"],
                condition=Q(removed_at=None),
                name="source_once",
            )
        ]
        indexes = [models.Index(fields=["next_at"], condition=~Q(next_at=None), name="source_due")]


class LinkedObject(models.Model):
    """One object that a source has seen, and the asset whose original it is."""

    class State(models.TextChoices):
        HERE = "here", "Here"
        GONE = "gone", "Gone"
        TRASHED = "trashed", "Gone, and its item went into the trash for it"
        REFUSED = "refused", "Refused"

    source = models.ForeignKey(Source, models.CASCADE, related_name="linked", db_index=False)
    key = models.TextField(db_collation="C")  # in the order in which storages list
    etag = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=-1)
    state = models.CharField(max_length=8, choices=State)
    asset = models.ForeignKey(
        Asset, models.SET_NULL, null=True, related_name="+"
    )  # null: refused, or deleted by people
    problem = models.JSONField(null=True, blank=True)  # {"code", "detail"} of what was refused

    class Meta:
        constraints = [models.UniqueConstraint("source", "key", name="linkedobject_once")]
        indexes = [models.Index(fields=["source", "state", "id"], condition=~Q(state="here"), name="linkedobject_odd")]


class Sync(models.Model):
    """One look at a source: what was new, changed, gone and back. Counts of what was written survive a killed worker."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="syncs")
    job = models.OneToOneField("jobs.Job", models.CASCADE, related_name="+")
    counts = models.JSONField(
        default=dict
    )  # {"new", "changed", "gone", "back", "refused", "same", "ignored", "failed"}
    problems = models.JSONField(default=list)  # [{"name", "code", "detail"}], the first hundred
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
