"""Projects, their label schema, guideline and workflow versions, and who takes part in them."""

from __future__ import annotations

from django.db import models

from apps.accounts.models import Organisation, Role
from apps.core.models import Timestamped, Trashable


class Project(Timestamped, Trashable):
    """One labelling aim."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        DONE = "done", "Done"
        ARCHIVED = "archived", "Archived"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="projects")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    restricted = models.BooleanField(default=False)  # only named members see it
    blind = models.BooleanField(default=True)  # nobody sees another's answer before the task is done
    # lease_seconds, hold_hours, amodal, pseudonyms, reject_reasons, unusable_reasons, … validated by ProjectSettings
    settings = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    # the current versions; null only inside the transaction that makes the project
    schema = models.ForeignKey("SchemaVersion", models.PROTECT, null=True, related_name="+")
    guideline = models.ForeignKey("GuidelineVersion", models.PROTECT, null=True, blank=True, related_name="+")
    workflow = models.ForeignKey("WorkflowVersion", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "-updated_at"], name="project_organisation")]

    def __str__(self) -> str:
        return self.name


class ProjectVersion(models.Model):
    """What a schema, guideline or workflow version has in common: immutable, numbered within its project."""

    number = models.PositiveIntegerField()
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=500, blank=True)  # what changed, in words

    class Meta:
        abstract = True


class SchemaVersion(ProjectVersion):
    project = models.ForeignKey(Project, models.CASCADE, related_name="schema_versions")
    body = models.JSONField()
    # {"merge": {"3": 1}}: classes of older versions mapped when work is read; keys are permanent
    class_map = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("project", "number", name="schemaversion_once")]


class GuidelineVersion(ProjectVersion):
    project = models.ForeignKey(Project, models.CASCADE, related_name="guideline_versions")
    markdown = models.TextField()
    # {"class:3": anchor of a section, "finding:tiny": …, "reason:Loose outline": …}: beside those that its title names
    links = models.JSONField(default=dict, blank=True)
    must_read = models.BooleanField(default=True)  # whoever works here reads it before their next claim

    class Meta:
        constraints = [models.UniqueConstraint("project", "number", name="guidelineversion_once")]


class GuidelineDraft(Timestamped):
    """What becomes the next version: one a project, that all who may write it share."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="guideline_draft")
    markdown = models.TextField(blank=True)
    links = models.JSONField(default=dict, blank=True)
    base_number = models.PositiveIntegerField(default=0)  # the version that it was begun from
    version = models.PositiveIntegerField(default=1)  # ETag
    updated_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")


class GuidelineRead(models.Model):
    """Somebody has read a version, or what it changed. Never withdrawn."""

    version = models.ForeignKey(GuidelineVersion, models.CASCADE, related_name="reads")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("version", "user", name="guidelineread_once")]


class WorkflowVersion(ProjectVersion):
    project = models.ForeignKey(Project, models.CASCADE, related_name="workflow_versions")
    body = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint("project", "number", name="workflowversion_once")]


class ProjectMember(Timestamped):
    """A person named in a project: required where it is restricted, and able to give another role."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="members")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="project_memberships")
    role = models.CharField(max_length=16, choices=Role, blank=True)  # "" is the organisation's role

    class Meta:
        constraints = [models.UniqueConstraint("project", "user", name="projectmember_once")]


class PeopleGroup(Timestamped):
    """People of a project who are given work together, or who share a skill that some work needs."""

    class Kind(models.TextChoices):
        GROUP = "group", "Group"
        SKILL = "skill", "Skill"

    project = models.ForeignKey(Project, models.CASCADE, related_name="people_groups")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.GROUP)

    class Meta:
        constraints = [models.UniqueConstraint("project", "name", name="peoplegroup_name_once")]


class PeopleGroupMember(models.Model):
    group = models.ForeignKey(PeopleGroup, models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint("group", "user", name="peoplegroup_member_once")]


class MemberTerms(Timestamped):
    """How one person works in one project. No row: as the project's settings say."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="member_terms", db_index=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    cap_open = models.PositiveIntegerField(null=True, blank=True)  # pieces of work in their hands at a time
    cap_day = models.PositiveIntegerField(null=True, blank=True)  # submits a day (UTC)
    paused = models.CharField(max_length=500, blank=True)  # why they are handed no work; empty: they are
    # probation: the guideline version that it last began with, and how many of their answers had been judged by then
    passed_guideline = models.PositiveIntegerField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    judged_before = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint("project", "user", name="memberterms_once")]


class GuidelineImage(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="guideline_images")
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=300)  # in the media storage; re-encoded at upload
    content_type = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)


class BulkChange(Timestamped):
    """One change to many results (a merge of classes), made by new revisions that name it and undone as one."""

    class Kind(models.TextChoices):
        MERGE_CLASSES = "merge_classes", "Merge of classes"
        REGIONS = "regions", "Change of regions"
        WORKFLOW = "workflow", "Workflow"
        TOP_UP = "top_up", "Top-up"
        RESTORE = "restore", "Restored to a dataset version"
        AUTOMATIC = "automatic", "Automatic labelling"
        ORDER = "order", "Order of the queue"

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        UNDOING = "undoing", "Undoing"
        UNDONE = "undone", "Undone"
        FAILED = "failed", "Failed"

    project = models.ForeignKey(Project, models.CASCADE, related_name="bulk_changes")
    kind = models.CharField(max_length=32, choices=Kind)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=16, choices=State, default=State.RUNNING)
    # regions: {"change": {…}, "up_to": the newest revision when it was asked for}; a workflow: {"before": 1, "after": 2}
    # a merge: {"mapping": {"3": 1}, "schema_before": 4, "schema_after": 5}
    arguments = models.JSONField(default=dict)
    tasks = models.PositiveIntegerField(default=0)
    regions = models.PositiveIntegerField(default=0)
    job_id = models.BigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
