"""Addresses of projects."""

from __future__ import annotations

from apps.core.urls import route
from apps.projects.api import groups, guidelines, versions, views, workflows

PROJECT = "projects/<int:project_id>"

urlpatterns = [
    route("projects", views.ProjectsView.as_view()),
    route(PROJECT, views.ProjectView.as_view()),
    route(f"{PROJECT}/restore", views.RestoreView.as_view()),
    route(f"{PROJECT}/duplicate", views.DuplicateView.as_view()),
    route(f"{PROJECT}/members", views.ProjectMembersView.as_view()),
    route(f"{PROJECT}/members/<int:user_id>", views.ProjectMemberView.as_view()),
    route(f"{PROJECT}/mentionable", views.MentionableView.as_view()),
    route(f"{PROJECT}/activity", views.ProjectActivityView.as_view()),
    route(f"{PROJECT}/jobs", views.ProjectJobsView.as_view()),
    route(f"{PROJECT}/schema", versions.SchemaView.as_view()),
    route(f"{PROJECT}/schema/versions", versions.SchemaVersionsView.as_view()),
    route(f"{PROJECT}/schema/preview", versions.SchemaPreviewView.as_view()),
    route(f"{PROJECT}/schema/undo", versions.SchemaUndoView.as_view()),
    route(f"{PROJECT}/schema/counts", versions.SchemaCountsView.as_view()),
    route(f"{PROJECT}/schema/merge", versions.MergeView.as_view()),
    route(f"{PROJECT}/schema/merge/preview", versions.MergePreviewView.as_view()),
    route(f"{PROJECT}/bulk-changes", versions.BulkChangesView.as_view()),
    route(f"{PROJECT}/bulk-changes/<int:change_id>/undo", versions.BulkChangeUndoView.as_view()),
    route(f"{PROJECT}/workflow", workflows.WorkflowView.as_view()),
    route(f"{PROJECT}/workflow/preview", workflows.WorkflowPreviewView.as_view()),
    route(f"{PROJECT}/workflow/overlap", workflows.OverlapPlanView.as_view()),
    route(f"{PROJECT}/groups", groups.GroupsView.as_view()),
    route(f"{PROJECT}/groups/<int:group_id>", groups.GroupView.as_view()),
    route(f"{PROJECT}/members/<int:user_id>/terms", groups.TermsView.as_view()),
    route(f"{PROJECT}/guidelines", guidelines.GuidelineView.as_view()),
    route(f"{PROJECT}/guidelines/versions", guidelines.GuidelineVersionsView.as_view()),
    route(f"{PROJECT}/guidelines/draft", guidelines.GuidelineDraftView.as_view()),
    route(f"{PROJECT}/guidelines/publish", guidelines.GuidelinePublishView.as_view()),
    route(f"{PROJECT}/guidelines/changes", guidelines.GuidelineChangesView.as_view()),
    route(f"{PROJECT}/guidelines/unread", guidelines.GuidelineUnreadView.as_view()),
    route(f"{PROJECT}/guidelines/read", guidelines.GuidelineReadView.as_view()),
    route(f"{PROJECT}/guidelines/readers", guidelines.GuidelineReadersView.as_view()),
    route(f"{PROJECT}/guidelines/older-work", guidelines.OlderWorkView.as_view()),
    route(f"{PROJECT}/guidelines/preview", guidelines.GuidelinePreviewView.as_view()),
    route(f"{PROJECT}/guidelines/images", guidelines.GuidelineImagesView.as_view()),
    route(f"{PROJECT}/guidelines/images/<int:image_id>", guidelines.GuidelineImageView.as_view()),
]
