"""Keeping what checks find: with each revision, over a whole project, and what people decide about it."""

from apps.quality.services.findings.deciding import decide, keep_while_drawing
from apps.quality.services.findings.handing_in import judge, submit
from apps.quality.services.findings.recording import record_revisions
from apps.quality.services.findings.running import ask_for_run, check_project, check_revisions

__all__ = [
    "ask_for_run",
    "check_project",
    "check_revisions",
    "decide",
    "judge",
    "keep_while_drawing",
    "record_revisions",
    "submit",
]
