"""Many answers of three people, written straight into the database of a running stack: `manage.py shell` runs it."""

from __future__ import annotations

import random
import uuid

from apps.accounts.models import User
from apps.annotations.models import Annotation
from apps.annotations.services import NewRevision, write_revisions
from apps.assets.models import Asset
from apps.projects.models import Project
from apps.tasks.services import create_for_assets
from domain.elements import encode, region_type
from domain.shapes import SHAPES

AT_ONCE = 500
MISSED, MISNAMED = 0.05, 0.05  # shares of regions
CLASSES = 5


def answer_all(project_id: int, *, tasks: int, boxes: int, people: int = 3) -> None:
    """So many tasks on assets without files, each answered by as many people with boxes that differ a little."""
    project = Project.objects.select_related("schema", "workflow").get(pk=project_id)
    authors = list(User.objects.order_by("pk")[:people])
    assert len(authors) == people, "the first start makes enough people"
    draw, member = random.Random(7), region_type("box")

    def answered() -> list[tuple[str, bytes]]:
        found = []
        for class_id, x, y, w, h in base:
            if draw.random() < MISSED:
                continue
            named = draw.randint(1, CLASSES) if draw.random() < MISNAMED else class_id
            shape = SHAPES["box"](x=x + draw.random() * 3, y=y + draw.random() * 3, w=w, h=h)
            found.append(
                ("region", encode(member(id=uuid.UUID(int=draw.getrandbits(128)), class_id=named, geometry=shape)))
            )
        return found

    for first in range(0, tasks, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, tasks))
        assets = Asset.objects.bulk_create(
            Asset(
                project=project, name=f"{n}.jpg", sha256=f"{n:064x}", file_bytes=1, content_type="image/jpeg",
                width=640, height=480, path=f"none/{n}.jpg", created_by=authors[0],
            )
            for n in numbers
        )  # fmt: skip
        new = []
        for task in create_for_assets(project=project, assets=assets, user=authors[0]):
            base = [
                (draw.randint(1, CLASSES), draw.random() * 560, draw.random() * 400, 20 + draw.random() * 50, 20 + draw.random() * 50)
                for _ in range(boxes)
            ]  # fmt: skip
            new += [
                NewRevision(
                    task=task, elements=answered(), kind=Annotation.Kind.ANSWER, author=author, stage="annotate"
                )
                for author in authors
            ]
        write_revisions(project=project, new=new)
