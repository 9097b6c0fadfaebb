"""Several people's answers to the same tasks, for tests of agreement and consensus."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from apps.accounts.models import Role, User
from apps.annotations.models import Annotation, Revision
from apps.annotations.services import NewRevision
from apps.annotations.services.freeze import write_revisions
from apps.projects.models import Project
from apps.projects.services import put_workflow
from apps.tasks.models import Task
from domain.elements import encode, region_type
from domain.shapes import SHAPES
from tests.factories import Team, make_member, make_project
from tests.work import Person, region


def overlap_project(team: Team, *, overlap: int = 3, stages: Sequence[dict[str, Any]] = (), **values: Any) -> Project:
    """A project where each task is answered by so many people."""
    project = make_project(team.organisation, team.manager, **values)
    body = {"stages": [{"kind": "annotate", "overlap": overlap}, *stages]}
    put_workflow(project=project, user=team.manager, body=body, note="")
    return Project.objects.get(pk=project.pk)


def annotators(team: Team, number: int = 3) -> list[Person]:
    return [Person(make_member(team.organisation, Role.ANNOTATOR)) for _ in range(number)]


def box(class_id: int = 1, x: float = 10, y: float = 20, w: float = 30, h: float = 40, **more: Any) -> dict[str, Any]:
    return region(class_id, x, y, w, h, **more)


def write_answers(
    project: Project, rows: Sequence[tuple[Task, User, Sequence[tuple[int, float, float, float, float]]]]
) -> list[Revision]:
    """Submitted answers with boxes (class, x, y, w, h), written at once. Ids rise, so that they are read in this order."""
    member = region_type("box")
    ids = (uuid.UUID(int=number) for number in count(1))
    new = []
    for task, author, boxes in rows:
        regions = [
            member(id=next(ids), class_id=c, geometry=SHAPES["box"](x=x, y=y, w=w, h=h)) for c, x, y, w, h in boxes
        ]
        new.append(
            NewRevision(
                task=task,
                elements=[("region", encode(one)) for one in regions],
                kind=Annotation.Kind.ANSWER,
                author=author,
                outcome="labelled" if regions else "empty",
                stage="annotate",
            )
        )
    return write_revisions(project=project, new=new)


def schema_body(project: Project) -> Mapping[str, Any]:
    assert project.schema is not None
    return project.schema.body
