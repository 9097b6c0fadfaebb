"""What can go wrong with projects, and what to do then."""

from __future__ import annotations

from collections.abc import Iterable

from apps.core.errors import Conflict, Invalid
from domain.schema import SchemaProblem


class BadSchema(Invalid):
    code, title = "bad_schema", "This label schema cannot be used"


class BadWorkflow(Invalid):
    code, title = "bad_workflow", "This workflow cannot be used"


class BadMove(Conflict):
    code, title = "illegal_move", "The project cannot go into this state"


class NothingToUndo(Conflict):
    code, title = "nothing_to_undo", "There is nothing to undo"


class BadImage(Invalid):
    code, title = "bad_image", "This file cannot be shown in a guideline"


def bad_schema(problems: Iterable[SchemaProblem]) -> BadSchema:
    """The error with each fault and its place in the body."""
    fields = [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in problems]
    first = fields[0]["detail"] if fields else "It cannot be used."
    more = f" And {len(fields) - 1} more." if len(fields) > 1 else ""
    return BadSchema(f"{first[:1].upper()}{first[1:]}.{more} Nothing was saved.", fields=fields)


class NoDraft(Conflict):
    code, title = "no_draft", "There is no draft of the guideline"


class GuidelineUnread(Conflict):
    code, title = "guideline_unread", "The guideline has changed"
