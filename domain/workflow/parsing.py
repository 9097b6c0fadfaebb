"""Reading a workflow's body, and refusing one that does not lead to done."""

from __future__ import annotations

from typing import Any

import msgspec

from .stages import DONE, TRIAGE, Adjudicate, Annotate, Consensus, Quorum, Review, Workflow


class WorkflowError(ValueError):
    """A body that is no workflow. `pointer` is a JSON pointer, `code` stable."""

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer, self.code, self.detail = pointer, code, detail


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
        raise WorkflowError(_pointer(place.rstrip("`")), "bad_workflow", detail) from None
    except msgspec.DecodeError as error:
        raise WorkflowError("", "malformed_json", str(error)) from None
    _check_order(workflow)
    _check_answers(workflow)
    _check_routes(workflow)
    return workflow


def _pointer(place: str) -> str:
    """A JSON pointer of msgspec's `$.stages[0].overlap`."""
    return place.lstrip("$").replace("[", "/").replace("]", "").replace(".", "/")


def _check_order(workflow: Workflow) -> None:
    kinds = [type(stage) for stage in workflow.stages]
    if kinds.count(Annotate) != 1 or kinds[0] is not Annotate:
        raise WorkflowError("/stages", "bad_stages", "a workflow begins with its one annotate stage")
    for kind, word in ((Consensus, "consensus"), (Adjudicate, "adjudicate")):
        if kinds.count(kind) > 1:
            second = [i for i, found in enumerate(kinds) if found is kind][1]
            raise WorkflowError(f"/stages/{second}", "bad_stages", f"a workflow has at most one {word} stage")
    if Consensus in kinds and Adjudicate in kinds and kinds.index(Adjudicate) != kinds.index(Consensus) + 1:
        raise WorkflowError(
            f"/stages/{kinds.index(Adjudicate)}",
            "bad_stages",
            "adjudicate follows the consensus at once: it settles what the consensus left open",
        )


def _check_answers(workflow: Workflow) -> None:
    annotate, highest = workflow.annotate, workflow.annotate.highest
    if annotate.most is not None and annotate.most < annotate.overlap:
        raise WorkflowError(
            "/stages/0/most", "most_below_overlap", f"at most {annotate.most} answers, but {annotate.overlap} at first"
        )
    if annotate.most is not None and annotate.most > annotate.overlap and annotate.stop is None:
        raise WorkflowError(
            "/stages/0/stop", "stop_missing", "more answers than at first need a rule that says when to stop"
        )
    if annotate.stop is not None and highest < 2:
        raise WorkflowError(
            "/stages/0/stop", "nothing_to_compare", "a stop rule compares answers: it needs an overlap over 1"
        )
    if isinstance(annotate.stop, Quorum) and annotate.stop.agree > highest:
        raise WorkflowError(
            "/stages/0/stop/agree",
            "quorum_too_large",
            f"{annotate.stop.agree} answers cannot agree where a task gets at most {highest}",
        )
    if annotate.share is not None and annotate.share.overlap <= annotate.overlap:
        raise WorkflowError(
            "/stages/0/share/overlap", "share_adds_nothing", f"every task gets {annotate.overlap} answers already"
        )
    for place, stage in enumerate(workflow.stages):
        if isinstance(stage, Consensus | Adjudicate) and highest < 2:
            what = "adjudicate" if isinstance(stage, Adjudicate) else "merge"
            raise WorkflowError(f"/stages/{place}", "bad_stages", f"there is nothing to {what} at an overlap of 1")


def _check_routes(workflow: Workflow) -> None:
    names: dict[str, int] = {}
    for place in range(len(workflow.stages)):
        name = workflow.name(place)
        if name in names or name in (DONE, TRIAGE):
            raise WorkflowError(
                f"/stages/{place}/name", "name_taken", f"{name!r} is the name of something else already"
            )
        names[name] = place
    for place, stage in enumerate(workflow.stages):
        for i, route in enumerate(stage.routes):
            pointer = f"/stages/{place}/routes/{i}/to"
            if route.to in (DONE, TRIAGE):
                continue
            if route.to not in names:
                known = ", ".join([*list(names)[place + 1 :], DONE, TRIAGE])
                raise WorkflowError(
                    pointer, "unknown_stage", f"there is no stage {route.to!r}; from here it goes to {known}"
                )
            if names[route.to] <= place:
                raise WorkflowError(
                    pointer,
                    "cannot_reach_done",
                    f"it leads back to {route.to!r}, so that a task may never be done; a rejection sends work back by itself",
                )
            if _jumps_out_of_merge(workflow, place, names[route.to]):
                raise WorkflowError(
                    pointer,
                    "cannot_reach_done",
                    f"several answers cannot go to {route.to!r} before one was made of them",
                )


def _jumps_out_of_merge(workflow: Workflow, place: int, to: int) -> bool:
    """A route past the merge into a review of what was merged, where tasks have several answers."""
    return place < workflow.merge_at < to and isinstance(workflow.stages[to], Review)
