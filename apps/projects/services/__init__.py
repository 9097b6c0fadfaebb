"""Changing projects, their versions and their members."""

from __future__ import annotations

from .guidelines import add_guideline_image, write_guideline
from .lifecycle import change_project, create_project, duplicate_project, restore_project, trash_project
from .members import name_member, unname_member
from .merging import finish_bulk_change, start_merge, start_undo
from .purging import purge_project, purge_trash
from .schemas import checked_schema, preview_schema, put_schema, undo_schema
from .workflows import put_workflow

__all__ = [
    "add_guideline_image",
    "change_project",
    "checked_schema",
    "create_project",
    "duplicate_project",
    "finish_bulk_change",
    "name_member",
    "preview_schema",
    "purge_project",
    "purge_trash",
    "put_schema",
    "put_workflow",
    "restore_project",
    "start_merge",
    "start_undo",
    "trash_project",
    "undo_schema",
    "unname_member",
    "write_guideline",
]
