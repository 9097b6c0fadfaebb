"""`manage.py demo`: a project with a dozen real photos, as a small team would have left it yesterday.

Everything goes through the services, as the people of the organisation: nothing here writes a row by itself.
"""

import uuid
from functools import partial
from pathlib import Path
from typing import IO, Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import Membership, Organisation, Role, User
from apps.annotations import services as annotations
from apps.annotations.models import Annotation, Revision
from apps.assets import services as assets
from apps.predictions import services as predictions
from apps.projects import services as projects
from apps.projects.models import Project
from apps.reviews import services as reviews
from apps.reviews.services.marks import GivenMark
from apps.tasks import services as tasks
from domain import schema as label_schema

FOLDER = Path(settings.BASE_DIR) / "demo"
DETECTOR = FOLDER / "models" / "detector.onnx"
VEHICLES = ("bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat")
SESSION = "demo"


class Region(msgspec.Struct, rename={"class_name": "class"}):
    class_name: str
    shape: str
    geometry: dict[str, Any]
    attributes: dict[str, Any] = {}


class DemoMark(msgspec.Struct):
    """On a region, by its place in the list, or at a point."""

    kind: str
    note: str = ""
    region: int | None = None
    at: tuple[float, float] | None = None


class Photo(msgspec.Struct):
    """The regions of one that waits are not in the project: the machine's help is tried on it, and measured against them."""

    state: str  # waiting, in_review, rework or done
    regions: list[Region] = []
    answers: dict[str, Any] = {}
    outcome: str | None = None
    reason: str = ""
    marks: list[DemoMark] = []


class DemoProject(msgspec.Struct):
    name: str
    description: str


class Demo(msgspec.Struct):
    project: DemoProject
    schema: dict[str, Any]
    photos: dict[str, Photo]


class Command(BaseCommand):
    help = "Make the demo project in the only organisation, if it has no project yet."

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.order_by("id").first()
        if organisation is None:
            raise CommandError("There is no organisation yet. Run `manage.py firststart` first.")
        if Project.objects.filter(organisation=organisation).exists():
            self.stdout.write("There are projects already; nothing was made.")
            return
        demo = msgspec.json.decode((FOLDER / "demo.json").read_bytes(), type=Demo)
        project = _make_project(organisation, demo)
        self.stdout.write(f"Demo project: {project.name}, {len(demo.photos)} photos.")


def _person(organisation: Organisation, role: Role) -> User:
    membership = (
        Membership.objects.filter(organisation=organisation, role=role, state=Membership.State.ACTIVE)
        .order_by("id")
        .first()
    )
    if membership is None:
        raise CommandError(f"The demo needs somebody with the role {role}.")
    return membership.user


def _make_project(organisation: Organisation, demo: Demo) -> Project:
    manager = _person(organisation, Role.MANAGER)
    project = projects.create_project(
        organisation=organisation,
        user=manager,
        name=demo.project.name,
        description=demo.project.description,
        schema=label_schema.parse(demo.schema),
    )
    projects.write_guideline(project=project, user=manager, markdown=(FOLDER / "guideline.md").read_text())
    _upload(project, manager, demo)
    _models(project, manager, demo)
    _annotate(project, _person(organisation, Role.ANNOTATOR), demo)
    _review(project, _person(organisation, Role.REVIEWER), demo)
    return project


def _upload(project: Project, manager: User, demo: Demo) -> None:
    files = [
        assets.Incoming(name=path.name, size=path.stat().st_size, open=partial(_opened, path))
        for path in (FOLDER / "photos" / name for name in demo.photos)
    ]
    taken, refused = assets.prepare(project=project, files=files)
    if refused:
        raise CommandError(f"{refused[0].name}: {refused[0].detail}")
    added, _ = assets.add_assets(project=project, items=taken, user=manager)
    tasks.create_for_assets(project=project, assets=[one.asset for one in added], user=manager)


def _models(project: Project, manager: User, demo: Demo) -> None:
    """The detector that the build made, where it could, and the model without weights. The worker checks them once it runs."""
    if DETECTOR.exists():
        detector = predictions.register_model(
            project=project,
            user=manager,
            name="CenterNet COCO",
            backend="onnx",
            description="Finds 80 everyday things of the COCO data set: fast on a CPU, and far from perfect.",
            licence="MIT, as part of the package @vladmandic/human",
            credit="MobileNetV3 CenterNet (github.com/610265158/mobilenetv3_centernet), by way of Vladimir Mandic's @vladmandic/human",
        )
        with DETECTOR.open("rb") as content:
            file = predictions.WeightFile("model", DETECTOR.name, content, DETECTOR.stat().st_size)
            version, _ = predictions.add_version(model=detector, user=manager, files=[file])
        numbers = {one["name"]: one["id"] for one in demo.schema["classes"]}
        meaning = {
            label: {"class": numbers["vehicle"]} for label in VEHICLES
        }  # names that are alike are found by themselves
        predictions.change_version(version=version, user=manager, mapping=meaning, thresholds={"score": 0.3})
    foreground = predictions.register_model(
        project=project,
        user=manager,
        name="Foreground",
        backend="builtin",
        description="Outlines what stands out from an even ground, such as coins. It cannot tell what it is.",
    )
    predictions.add_version(model=foreground, user=manager)


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _annotate(project: Project, annotator: User, demo: Demo) -> None:
    """Tasks come in the order of the upload, so the photos that still wait stand last in the file."""
    numbers = {one["name"]: one["id"] for one in demo.schema["classes"]}
    for photo in demo.photos.values():
        if photo.state == "waiting":
            return
        work = annotations.claim_work(user=annotator, project_id=project.pk, stage="annotate")
        if work is None:
            raise CommandError("The queue is empty before the demo is labelled.")
        _draw(work.annotation, annotator, demo.photos[work.task.name], numbers)
        annotations.submit(
            user=annotator, assignment_id=work.assignment.pk, outcome=demo.photos[work.task.name].outcome
        )


def _draw(annotation: Annotation, annotator: User, photo: Photo, numbers: dict[str, int]) -> None:
    edits = [_put(f"{annotation.task_id}.{index}", region, numbers) for index, region in enumerate(photo.regions)]
    edits += [_answer(name, value) for name, value in photo.answers.items()]
    if not edits:
        return
    saved = annotations.save_edits(
        user=annotator, annotation_id=annotation.pk, data=msgspec.json.encode({"session": SESSION, "edits": edits})
    )
    if saved.rejected or saved.conflicts:
        raise CommandError(f"The demo does not fit its schema: {saved.rejected or saved.conflicts}")


def _put(place: str, region: Region, numbers: dict[str, int]) -> dict[str, Any]:
    element = {
        "id": str(_element_id(place)),
        "class": numbers[region.class_name],
        "shape": region.shape,
        "geometry": region.geometry,
        "attributes": region.attributes,
    }
    return {"id": str(uuid.uuid4()), "op": "put", "over": None, "region": element}


def _element_id(place: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"labelwright.demo.{place}")


def _answer(name: str, value: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "op": "put",
        "kind": "answer",
        "over": None,
        "answer": {"id": name, "value": value},
    }


def _review(project: Project, reviewer: User, demo: Demo) -> None:
    verdicts = {"done": "accept", "rework": "reject"}
    for revision in Revision.objects.filter(project=project).select_related("task").order_by("id"):
        photo = demo.photos[revision.task.name]
        if photo.state not in verdicts:
            continue
        reviews.submit_review(
            user=reviewer,
            revision_id=revision.pk,
            verdict=verdicts[photo.state],
            reason=photo.reason,
            marks=[_mark(revision, mark) for mark in photo.marks],
        )


def _mark(revision: Revision, mark: DemoMark) -> GivenMark:
    element = "" if mark.region is None else str(_element_id(f"{revision.task_id}.{mark.region}"))
    return GivenMark(kind=mark.kind, element_id=element, point=mark.at, severity="minor", note=mark.note)
