"""The stages of a workflow version."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

Overlap = Annotated[int, msgspec.Meta(ge=1, le=50)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Annotate(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="annotate"):
    """Independent answers, `overlap` of them."""

    overlap: Overlap = 1


class Review(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="review"):
    """One level of review by somebody else; `sample` is the share of answers that are judged."""

    sample: Share = 1.0


class Adjudicate(
    msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="adjudicate"
):
    """One person makes the result out of several answers."""


Stage = Annotate | Review | Adjudicate


class Workflow(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """annotate → any number of review levels → perhaps adjudicate → done.

    How long work is held, and why an image may be unusable, are settings of the project, not of the workflow.
    """

    stages: list[Stage]
    skips_to_triage: Annotated[int, msgspec.Meta(ge=1, le=50)] = 2

    @property
    def overlap(self) -> int:
        return next(stage.overlap for stage in self.stages if isinstance(stage, Annotate))

    @property
    def reviews(self) -> list[Review]:
        """The review levels; level n is the n-th, from 1."""
        return [stage for stage in self.stages if isinstance(stage, Review)]

    @property
    def adjudicates(self) -> bool:
        return any(isinstance(stage, Adjudicate) for stage in self.stages)


class WorkflowError(ValueError):
    """A body that is no workflow. `pointer` is a JSON pointer, `code` stable."""

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer, self.code, self.detail = pointer, code, detail


def default() -> Workflow:
    """annotate by one → review of all by another → done."""
    return Workflow(stages=[Annotate(), Review()])


def parse(body: bytes | dict[str, Any]) -> Workflow:
    """Read and check a workflow body.

    Raises:
        WorkflowError: what is wrong and where.
    """
    try:
        workflow = (
            msgspec.json.decode(body, type=Workflow) if isinstance(body, bytes) else msgspec.convert(body, Workflow)
        )
    except msgspec.ValidationError as error:
        detail, _, place = str(error).partition(" - at `")
        raise WorkflowError(place.rstrip("`").lstrip("$").replace(".", "/"), "bad_workflow", detail) from None
    except msgspec.DecodeError as error:
        raise WorkflowError("", "malformed_json", str(error)) from None
    kinds = [type(stage) for stage in workflow.stages]
    if kinds.count(Annotate) != 1 or kinds[0] is not Annotate:
        raise WorkflowError("/stages", "bad_stages", "a workflow begins with its one annotate stage")
    if kinds.count(Adjudicate) > 1 or (Adjudicate in kinds and kinds[-1] is not Adjudicate):
        raise WorkflowError("/stages", "bad_stages", "a workflow has at most one adjudicate stage, as its last")
    if Adjudicate in kinds and workflow.overlap == 1:
        raise WorkflowError("/stages", "bad_stages", "there is nothing to adjudicate at an overlap of 1")
    return workflow
