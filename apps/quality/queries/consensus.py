"""What a task's answers say together, and what was kept of it."""

from __future__ import annotations

import zlib
from typing import Any, cast

import msgspec

from apps.accounts.models import User
from apps.annotations.services.judging import schema_of
from apps.core.permissions import Action
from apps.projects.access import ProjectAccess, found_for
from apps.quality.models import Consensus
from apps.quality.queries.answers import Case
from domain.agreement.consensus import ConsensusParams, Consolidation, Given, Opinions, consolidate, opinions_of
from domain.agreement.quorum import champion
from domain.schema import LabelSchema
from domain.workflow import Consensus as Stage

LEARNT_FROM = 500  # consensuses, the newest, from which Dawid and Skene learn how people err
LEAST_THRESHOLD = 0.01


def consolidated(case: Case, stage: Stage | None) -> Consolidation:
    """The consensus of a task's answers by the method of the workflow's stage; by majority where it has none."""
    project = case.task.project
    chosen, schema = stage or Stage(), schema_of(cast(int, project.schema_id))
    opinions = opinions_for(project.pk, schema) if chosen.method == "dawid_skene" else None
    given = [Given(who=str(one.author), elements=case.elements[one.author]) for one in case.given]
    return consolidate(given, schema, params_of(chosen, case), opinions=opinions, diagonal=case.diagonal)


def params_of(stage: Stage, case: Case) -> ConsensusParams:
    """The parameters that a method of the workflow stands for."""
    methods: dict[str, dict[str, Any]] = {
        "majority": {"boxes": "medoid", "polygons": "medoid", "masks": "vote"},
        "box_fusion": {"boxes": "fusion"},
        "medoid": {"boxes": "medoid", "polygons": "medoid", "masks": "medoid"},
        "pixel_vote": {"polygons": "vote", "masks": "vote"},
        "staple": {"polygons": "vote", "masks": "staple"},
        "dawid_skene": {"choices": "dawid_skene"},
        "champion": {},
    }
    chosen = dict(methods[stage.method])
    if stage.method == "champion":
        values = {(pair.a, pair.b): pair.value for pair in case.pairs()}
        best = champion([one.author for one in case.given], values)
        chosen["champion"] = None if best is None else str(best)
    return ConsensusParams(
        iou=max(stage.threshold, LEAST_THRESHOLD),
        class_iou={name: max(share, LEAST_THRESHOLD) for name, share in stage.by_class.items()},
        **chosen,
    )


def opinions_for(project_id: int, schema: LabelSchema) -> dict[str, Opinions]:
    """How people err in this project, by question, learnt from what they said in the newest consensuses."""
    said: dict[str, list[tuple[Any, str, Any]]] = {}
    rows = Consensus.objects.filter(project_id=project_id).exclude(state=Consensus.State.UNDONE).order_by("-pk")
    for key, packed in rows.values_list("pk", "provenance")[:LEARNT_FROM].iterator():
        for item, vote in _votes(key, kept(packed)):
            for who, value in vote["said"].items():
                said.setdefault(vote["name"], []).append((item, who, value))
    declared: dict[str, list[Any]] = {"class": [c.id for c in schema.classes]}
    for attribute in (*schema.item_attributes, *(a for c in schema.classes for a in c.attributes)):
        if attribute.kind == "select":
            declared[attribute.name] = list(attribute.options)
    return {
        name: learnt
        for name, classes in declared.items()
        if name in said and (learnt := opinions_of(said[name], classes=classes)) is not None
    }


def _votes(key: int, found: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    votes: list[tuple[Any, dict[str, Any]]] = [((key, vote["name"]), vote) for vote in found["items"]]
    for number, region in enumerate(found["regions"]):
        votes += [((key, number, vote["name"]), vote) for vote in (region["class_vote"], *region["attributes"])]
    return votes


def kept(packed: bytes | memoryview) -> dict[str, Any]:
    """The provenance of a consensus, as JSON says it."""
    found: dict[str, Any] = msgspec.json.decode(zlib.decompress(bytes(packed)))
    return found


def consensus_for(user: User, consensus_id: int, action: Action) -> tuple[Consensus, ProjectAccess]:
    """A consensus in a project where the person has `action`."""
    found = Consensus.objects.select_related("project", "task").filter(pk=consensus_id).first()
    return found_for(user, found, "consensus", action)


def standing(task_id: int) -> Consensus | None:
    return Consensus.objects.filter(task_id=task_id, state=Consensus.State.STANDS).select_related("revision").first()
