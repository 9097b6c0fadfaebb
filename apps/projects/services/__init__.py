"""Changing projects, their versions and their members."""

from __future__ import annotations

from .drafting import add_to_draft, draft_etag, drop_draft, publish_draft, read, save_draft
from .groups import change_group, make_group, set_terms
from .guidelines import add_guideline_image, image_url, write_guideline
from .lifecycle import change_project, create_project, duplicate_project, restore_project, trash_project
from .members import name_member, unname_member
from .merging import begin_bulk_change, finish_bulk_change, start_merge, start_undo
from .purging import purge_project, purge_trash
from .schemas import checked_schema, preview_schema, put_schema, undo_schema
from .workflows import checked_workflow, put_workflow, start_undo_workflow

__all__ = [
    "add_guideline_image",
    "add_to_draft",
    "begin_bulk_change",
    "change_group",
    "change_project",
    "checked_schema",
    "checked_workflow",
    "create_project",
    "draft_etag",
    "drop_draft",
    "duplicate_project",
    "finish_bulk_change",
    "image_url",
    "make_group",
    "name_member",
    "preview_schema",
    "publish_draft",
    "purge_project",
    "purge_trash",
    "put_schema",
    "put_workflow",
    "read",
    "restore_project",
    "save_draft",
    "set_terms",
    "start_merge",
    "start_undo",
    "start_undo_workflow",
    "trash_project",
    "undo_schema",
    "unname_member",
    "write_guideline",
]
