"""A world with one object of every kind that an address can name, and bodies for every endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.accounts.models import Invitation, User
from apps.datasets.models import DatasetVersion
from apps.learning.models import Doubt, Training
from apps.predictions.models import RegisteredModel
from apps.predictions.services import add_version, register_model
from apps.projects.models import BulkChange, Project
from apps.quality.models import Consequence, WorkAlarm
from apps.quality.queries.answers import case_of
from apps.quality.queries.consensus import consolidated
from apps.quality.services.consensus import keep
from apps.tasks.models import Task
from tests.factories import ApiClient, Team, api, make_member, make_project, make_team, run_job
from tests.work import Person, make_tasks, region

BLOB = b"\x01\x02blob"


@dataclass
class World:
    """One organisation. `ids` holds a value for each name that stands in a path."""

    team: Team
    project: Project
    ids: dict[str, Any]
    clients: dict[str, ApiClient] = field(default_factory=dict)


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "PNG")
    return SimpleUploadedFile("tiny.png", out.getvalue(), content_type="image/png")


def make_world() -> World:
    team = make_team()
    project = make_project(team.organisation, team.manager)
    ids = {"organisation_id": team.organisation.pk, "project_id": project.pk}
    ids |= _people(team)
    manager = api(team.manager)
    assert manager.post(f"projects/{project.pk}/members", {"user_id": ids["user_id"]}).status_code == 201
    ids |= _work(team, project)
    ids |= _data(team, project)
    return World(
        team=team, project=project, ids=ids, clients={role: api(user) for role, user in team.everybody.items()}
    )


def _people(team: Team) -> dict[str, Any]:
    manager, organisation = api(team.manager), team.organisation.pk
    other = make_member(team.organisation, "annotator")
    invited = manager.post(f"organisations/{organisation}/invitations", {"role": "viewer"}).json()
    token = manager.post("tokens/", {"name": "x"}).json()["token"]["id"]
    assert Invitation.objects.filter(pk=invited["invitation"]["id"]).exists()
    return {
        "user_id": other.pk,
        "invitation_id": invited["invitation"]["id"],
        "token": invited["token"],
        "token_id": token,
    }


def _work(team: Team, project: Project) -> dict[str, Any]:
    """A task that is done, so that viewers may see its revision; held work and a question of the annotator."""
    make_tasks(project, team.manager, 4)
    annotator, reviewer = Person(team.annotator), Person(team.reviewer)
    claim, submitted = annotator.label(project, region())
    reviewer.claim(project, "review")
    reviewer.judge(submitted["revision"]["id"], "accept")
    parked = annotator.claim(project)
    asked = annotator.http.post(f"assignments/{parked['assignment']['id']}/park", {"question": "Is this a car?"})
    assert asked.status_code == 201, asked.content
    _, wrong = annotator.label(project, region())
    reviewer.claim(project, "review")
    judged = reviewer.judge(wrong["revision"]["id"], "reject", reason="Loose")
    disputed = annotator.http.post(f"reviews/{judged['id']}/dispute", {"text": "It is not."})
    assert disputed.status_code == 201, disputed.content
    held = annotator.claim(project)
    issue = annotator.http.post("issues", {"task": claim["task"]["id"], "text": "Look here"})
    assert issue.status_code == 201, issue.content
    task = Task.objects.select_related("project", "asset").get(pk=claim["task"]["id"])
    case = case_of(task)
    return {
        "consensus_id": keep(case, consolidated(case, None)).pk,
        "task_id": claim["task"]["id"],
        "asset_id": claim["asset"]["id"],
        "annotation_id": claim["annotation"]["id"],
        "revision_id": submitted["revision"]["id"],
        "assignment_id": held["assignment"]["id"],
        "question_id": asked.json()["id"],
        "issue_id": issue.json()["id"],
        "review_id": judged["id"],
        "dispute_id": disputed.json()["id"],
    }


def _data(team: Team, project: Project) -> dict[str, Any]:
    manager, url = api(team.manager), f"projects/{project.pk}"
    assert manager.put(f"{url}/guidelines", {"markdown": "# Aim"}).status_code == 200
    image = manager.upload(f"{url}/guidelines/images", {"file": picture()}).json()
    digest = sha256(BLOB).hexdigest()
    put = manager.put(f"{url}/blobs/{digest}", BLOB, "application/octet-stream")
    assert put.status_code in (200, 201), put.content
    exported = manager.post(f"{url}/exports", {"format": "coco"})
    assert exported.status_code == 202, exported.content
    imported = manager.upload(f"{url}/imports", {"file": SimpleUploadedFile("a.json", b"{}"), "format": "coco"})
    assert imported.status_code == 202, imported.content
    version = manager.post(f"{url}/versions", {"name": "v1", "splits": {"shares": {"train": 1}}})
    assert version.status_code in (201, 202), version.content
    item = manager.get(f"versions/{version.json()['id']}/items").json()["results"][0]
    moved = manager.post(f"versions/{version.json()['id']}/moves", {"task": item["task"], "split": "train"})
    assert moved.status_code == 201, moved.content
    run = manager.post(f"versions/{version.json()['id']}/runs", {"model": "m", "metrics": {"f1": 0.5}})
    assert run.status_code == 201, run.content
    change = BulkChange.objects.create(
        project=project, kind="merge_classes", title="Merge", state="done", created_by=team.manager,
        arguments={"mapping": {"3": 1}, "schema_before": 1, "schema_after": 1},
    )  # fmt: skip
    view = manager.post(f"{url}/views", {"name": "Everything", "shared": True})
    assert view.status_code == 201, view.content
    told = {"HTTP_UPLOAD_LENGTH": "9", "HTTP_UPLOAD_METADATA": "filename YS5qcGc="}
    begun = manager.generic("POST", f"{url}/uploads", b"", **told)
    assert begun.status_code == 201, begun.content
    options = {"kind": "s3", "bucket": "pictures", "region": "eu-central-1"}
    storage = manager.post(f"organisations/{team.organisation.pk}/storages", {"name": "Bucket", "options": options})
    assert storage.status_code == 201, storage.content
    source = manager.post(f"{url}/sources", {"storage": storage.json()["id"]})
    assert source.status_code == 201, source.content
    batch = manager.post(f"{url}/batches", {"name": "First"})
    group = manager.post(f"{url}/groups", {"name": "Seniors"})
    assert (batch.status_code, group.status_code) == (201, 201), (batch.content, group.content)
    hooked = manager.post(f"{url}/webhooks", {"url": "https://hooks.example.org/", "kinds": ["task.done"]})
    assert hooked.status_code == 201, hooked.content
    webhook = hooked.json()["webhook"]["id"]
    pinged = manager.post(f"webhooks/{webhook}/ping")
    assert pinged.status_code == 202, pinged.content
    return {
        "webhook_id": webhook,
        "delivery_id": pinged.json()["id"],
        **_models(team, project),
        **_gold(team, project),
        **_top_up(team, project),
        "storage_id": storage.json()["id"],
        "source_id": source.json()["id"],
        "batch_id": batch.json()["id"],
        "group_id": group.json()["id"],
        "view_id": view.json()["id"],
        "image_id": image["id"],
        "sha256": digest,
        "export_id": exported.json()["export"]["id"],
        "upload_id": begun.json()["id"],
        "import_id": imported.json()["import"]["id"],
        "job_id": exported.json()["job"]["id"],
        "run_id": run.json()["id"],
        "moved_id": moved.json()["id"],
        "version_id": DatasetVersion.objects.filter(project=project).latest("pk").pk,
        "change_id": change.pk,
    }


def _models(team: Team, project: Project) -> dict[str, Any]:
    """A model that needs no file, with a version that is ready."""
    model = register_model(project=project, user=team.manager, name="Foreground", backend="builtin")
    version, job = add_version(model=model, user=team.manager)
    assert run_job(job.pk) == "succeeded"
    meaning = {"mapping": {"object": {"class": 1}}}
    assert api(team.manager).patch(f"model-versions/{version.pk}", meaning).status_code == 200
    begun = api(team.manager).post(f"projects/{project.pk}/prelabel", {"model_version": version.pk})
    assert begun.status_code == 202, begun.content
    trained = RegisteredModel.objects.create(
        project=project, name="Trained", backend="trained", created_by=team.manager
    )
    training = Training.objects.create(
        project=project, model=trained, target="question:weather", seed="s", created_by=team.manager
    )
    task = project.tasks.exclude(result=None).first()
    assert task is not None
    doubt = Doubt.objects.create(
        training=training, task=task, result=task.result, label="rain", instead="clear", score=0.9, place=0
    )
    return {
        "model_id": model.pk,
        "model_version_id": version.pk,
        "prelabel_run_id": begun.json()["run"]["id"],
        "training_id": training.pk,
        "doubt_id": doubt.pk,
    }


def _gold(team: Team, project: Project) -> dict[str, Any]:
    """A reference for the second task, and a consequence against the annotator that lets them go on."""
    task = project.tasks.order_by("number")[1]
    made = api(team.manager).post(f"projects/{project.pk}/quality/gold", {"task": task.pk, "regions": [region()]})
    assert made.status_code == 201, made.content
    evidence = {"value": 0.5, "low": 0.3, "high": 0.7, "n": 20, "target": 0.8, "method": "", "scores": [], "faults": {}}
    alarm = WorkAlarm.objects.create(
        project=project, user=team.annotator, question="class", kind="careless", items=30, evidence=8.0
    )
    told = Consequence.objects.create(project=project, user=team.annotator, kind="notify", evidence=evidence)
    audit = api(team.manager).post(f"projects/{project.pk}/audits", {"share": 0.5})
    assert audit.status_code == 201, audit.content
    return {
        "gold_id": made.json()["id"],
        "consequence_id": told.pk,
        "audit_id": audit.json()["id"],
        "alarm_id": alarm.pk,
    }


def _top_up(team: Team, project: Project) -> dict[str, Any]:
    """A question to the regions of the done task, which the annotator has in hand."""
    begun = api(team.manager).post(f"projects/{project.pk}/top-ups", {"class_id": 1, "attribute": "occlusion"})
    assert begun.status_code == 202, begun.content
    assert run_job(begun.json()["job"]["id"]) == "succeeded"
    top_up = begun.json()["top_up"]["id"]
    held = api(team.annotator).post(f"top-ups/{top_up}/claim")
    assert held.status_code == 200, held.content
    return {"top_up_id": top_up, "piece_id": held.json()["piece"]}


def with_two_roles(world: World) -> tuple[User, dict[str, Project]]:
    """A person who is an annotator in the organisation, a manager in one project and a viewer in another."""
    person = make_member(world.team.organisation, "annotator")
    projects = {"annotator": make_project(world.team.organisation, world.team.manager)}
    for role in ("manager", "viewer"):
        projects[role] = make_project(world.team.organisation, world.team.manager)
        url = f"projects/{projects[role].pk}/members"
        api(world.team.manager).post(url, {"user_id": person.pk, "role": role})
    for project in projects.values():
        api(world.team.manager).put(f"projects/{project.pk}/guidelines", {"markdown": "# Aim"})
    return person, projects


def example(schema: dict[str, Any], components: dict[str, Any], ids: dict[str, Any]) -> Any:
    """The smallest body that fits a schema: required members only, those that name an object with its id."""
    if "$ref" in schema:
        return example(components[schema["$ref"].rsplit("/", 1)[1]], components, ids)
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return example(schema[several][0], components, ids)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        properties = schema.get("properties", {})
        return {
            name: _id(name, properties[name], ids) or example(properties[name], components, ids)
            for name in schema.get("required", [])
        }
    if kind == "array" and "prefixItems" in schema:
        return [example(one, components, ids) for one in schema["prefixItems"]]
    if kind == "array":
        return [example(schema["items"], components, ids) for _ in range(schema.get("minItems", 0))]
    plain = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1.0), "boolean": False, "null": None}
    return plain.get(kind, "x" * max(5, schema.get("minLength", 0)))


def _id(name: str, schema: dict[str, Any], ids: dict[str, Any]) -> Any:
    """The id that a member like `user_id` or `task` asks for."""
    return ids.get(name, ids.get(f"{name}_id")) if schema.get("type") == "integer" else None
