"""Writing: one verb a function."""

from apps.datasets.services.alike import ask_for_alike, find_alike
from apps.datasets.services.asking import (
    ENTRIES,
    IMPORT_MODES,
    ImportOptions,
    ask_for_export,
    ask_for_import,
    ask_to_undo_import,
    go_on_with_export,
    go_on_with_import,
    source_of,
)
from apps.datasets.services.describing import datasheet_of, say_of_version
from apps.datasets.services.examples import example_copies
from apps.datasets.services.exporting import preview_export, write_export
from apps.datasets.services.freezing import describe_version, freeze, freeze_version
from apps.datasets.services.importing import read_import
from apps.datasets.services.leaking import ask_for_leaks, find_leaks
from apps.datasets.services.looking import look_into_import
from apps.datasets.services.planning import move_group, plan_version, unmove_group
from apps.datasets.services.sending import send_to_storage
from apps.datasets.services.tidying import tidy_media, tidy_scratch
from apps.datasets.services.training import record_run, remove_run
from apps.datasets.services.undoing import undo_import

__all__ = [
    "ENTRIES",
    "IMPORT_MODES",
    "ImportOptions",
    "ask_for_alike",
    "ask_for_export",
    "ask_for_import",
    "ask_for_leaks",
    "ask_to_undo_import",
    "datasheet_of",
    "describe_version",
    "example_copies",
    "find_alike",
    "find_leaks",
    "freeze",
    "freeze_version",
    "go_on_with_export",
    "go_on_with_import",
    "look_into_import",
    "move_group",
    "plan_version",
    "preview_export",
    "read_import",
    "record_run",
    "remove_run",
    "say_of_version",
    "send_to_storage",
    "source_of",
    "tidy_media",
    "tidy_scratch",
    "undo_import",
    "unmove_group",
    "write_export",
]
