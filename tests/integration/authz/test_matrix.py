"""Every endpoint × every role × own and foreign objects, walked from the OpenAPI document.

What is expected comes from the one table in `core.permissions`, by the `x-action` that each operation names. Operations
without one belong to a person (their tokens, jobs, assignments) or to everybody; they are listed here, so that a new
endpoint without an action fails until somebody decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator

from apps.core.permissions import POLICY, ROLES, Action
from tests.factories import ApiClient, api
from tests.integration.authz.world import BLOB, World, example, make_world, picture, with_two_roles

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete")
NOWHERE = 987_654_321  # an id that nothing has

# Lists and forms of the person who asks: anybody who is signed in.
FOR_EVERYBODY = {
    ("get", "assignments"),
    ("get", "formats"),
    ("get", "jobs"),
    ("get", "notifications"),
    ("post", "notifications/read"),
    ("get", "organisations"),
    ("get", "projects"),
    ("get", "tokens"),
    ("post", "auth/password"),
    ("post", "organisations"),
    ("post", "tokens"),
    ("get", "schema"),
    ("get", "docs"),
}
# Objects that only their own person (and for jobs the managers) has.
OWN_OBJECTS = re.compile(r"^(assignments/\{assignment_id\}|jobs/\{job_id\}|tokens/\{token_id\})")
# The action is allowed and the very object is still not theirs: being refused is right as well.
NARROWER = {
    ("post", "projects/{project_id}/restore"): "only what lies in the trash is found",
    ("get", "exports/{export_id}/file"): "the export has not run in this test",
    ("get", "annotations/{annotation_id}"): "blind: nobody sees another's draft or answer",
    ("get", "annotations/{annotation_id}/changes"): "blind",
    ("get", "annotations/{annotation_id}/elements"): "blind",
    ("get", "annotations/{annotation_id}/revisions"): "blind",
    ("post", "annotations/{annotation_id}/edits"): "only the author writes",
    ("get", "revisions/{revision_id}"): "blind",
    ("get", "revisions/{revision_id}/elements"): "blind",
    ("get", "revisions/{revision_id}/reviews"): "blind",
    ("post", "revisions/{revision_id}/reviews"): "only who holds the review",
    ("post", "audits/judge"): "only who holds the audit",
    ("put", "views/{view_id}"): "its owner, and who manages tasks where it is shared",
    ("delete", "views/{view_id}"): "its owner, and who manages tasks where it is shared",
    ("get", "questions/{question_id}"): "who asked, and who may answer",
    ("get", "questions/{question_id}/similar"): "who asked, and who may answer",
    ("get", "reviews/{review_id}/feedback"): "whose work it was, and who may see people's figures",
    ("post", "reviews/{review_id}/dispute"): "whose work it was",
    ("post", "disputes/{dispute_id}/decide"): "who had no part in it",
    ("get", "model-versions/{model_version_id}/decoder"): "the model of this test answers no clicks",
    ("get", "tasks/{task_id}/embedding"): "no interactive model is there in this test",
    ("post", "projects/{project_id}/quality/exams/allow"): "nobody takes an exam in this test",
    **{
        (method, f"uploads/{{upload_id}}{end}"): "who began the upload"
        for method, end in (("get", ""), ("patch", ""), ("delete", ""), ("post", "/take"))
    },
}


@dataclass(frozen=True)
class Operation:
    method: str
    path: str  # below /api/v1/, without the slash at the end
    spec: Any

    @property
    def key(self) -> tuple[str, str]:
        return self.method, self.path

    @property
    def action(self) -> Action | None:
        return Action(self.spec["x-action"]) if "x-action" in self.spec else None

    @property
    def public(self) -> bool:
        return bool(self.spec.get("x-public"))

    def names(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)

    def address(self, ids: dict[str, Any]) -> str:
        return self.path.format(**{name: ids[name] for name in self.names()})


def operations() -> list[Operation]:
    document = SchemaGenerator().get_schema(request=None, public=True)
    found = [
        Operation(method, path.removeprefix("/api/v1/").strip("/"), spec)
        for path, methods in document["paths"].items()
        for method, spec in methods.items()
        if method in METHODS
    ]
    components.update(document["components"]["schemas"])
    return found


components: dict[str, Any] = {}
ALL = operations()


def call(client: ApiClient, operation: Operation, ids: dict[str, Any]) -> Any:
    """The answer; what it changed is taken back."""
    content = operation.spec.get("requestBody", {}).get("content", {})
    address = operation.address(ids)
    with transaction.atomic():
        if "application/json" in content:
            sent = example(content["application/json"]["schema"], components, ids)
            answer = getattr(client, operation.method)(address, sent)
        elif "multipart/form-data" in content:
            answer = client.upload(address, {"file": picture(), "format": "coco"})
        elif content:
            answer = client.generic(operation.method.upper(), address, BLOB, next(iter(content)))
        else:
            answer = getattr(client, operation.method)(address)
        transaction.set_rollback(True)
    return answer


@pytest.fixture(scope="module")
def worlds(django_db_setup: Any, django_db_blocker: Any) -> Iterator[tuple[World, World]]:
    """Two organisations that know nothing of each other. Made once for all the questions below."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world(), make_world()
        transaction.set_rollback(True)


def test_every_endpoint_names_its_action_or_is_known_to_need_none():
    unknown = [
        op.key
        for op in ALL
        if op.action is None and not op.public and op.key not in FOR_EVERYBODY and not OWN_OBJECTS.match(op.path)
    ]
    assert unknown == []


def test_the_world_has_an_object_for_every_name_in_a_path(worlds):
    world, _ = worlds
    assert {name for op in ALL for name in op.names()} <= set(world.ids)


def test_signed_out_nothing_but_the_public_endpoints_answers(worlds):
    world, _ = worlds
    open_doors = [
        (op.key, answer.status_code)
        for op in ALL
        if not op.public and op.key not in {("get", "schema"), ("get", "docs")}
        for answer in [call(ApiClient(), op, world.ids)]
        if answer.status_code != 401
    ]
    assert open_doors == []


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_table_says_and_nothing_else(worlds, role):
    world, _ = worlds
    wrong = []
    for op in ALL:
        if op.action is None:
            continue
        status = call(world.clients[role], op, world.ids).status_code
        allowed = role in POLICY[op.action]
        hidden = status in (403, 404) and op.key in NARROWER
        fits = (status not in (401, 403, 404) or hidden) if allowed else (status == 403 or hidden)
        if not fits:
            wrong.append((op.key, str(op.action), "allowed" if allowed else "refused", status))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_another_organisation_is_a_404_everywhere(worlds, role):
    """Own ids replaced one by one: a foreign id among own ones is as unknown as a foreign address."""
    own, foreign = worlds
    leaks = []
    for op in ALL:
        if op.public or not op.names() or (op.action is not None and role not in POLICY[op.action]):
            continue
        for name in op.names():
            if name == "sha256":  # content addresses are the same everywhere; what counts is whose project is named
                continue
            answer = call(own.clients[role], op, own.ids | {name: foreign.ids[name]})
            if answer.status_code != 404:
                leaks.append((op.key, name, answer.status_code))
    assert leaks == []


def test_a_foreign_id_and_one_that_nothing_has_look_the_same(worlds):
    own, foreign = worlds
    different = []
    for op in ALL:
        for name in op.names():
            if op.public or name == "sha256":
                continue
            told = call(own.clients["owner"], op, own.ids | {name: foreign.ids[name]}).json()
            missing = call(own.clients["owner"], op, own.ids | {name: NOWHERE}).json()
            if (told.get("code"), told.get("detail")) != (missing.get("code"), missing.get("detail")):
                different.append((op.key, name, told, missing))
    assert different == []


def test_what_belongs_to_one_person_is_nobody_elses(worlds):
    world, _ = worlds
    holder = {"assignments": "annotator", "jobs": "manager", "tokens": "manager"}
    wrong = []
    for op in ALL:
        if not OWN_OBJECTS.match(op.path) or op.action is not None:
            continue
        for role in ROLES:
            status = call(world.clients[role], op, world.ids).status_code
            mine = holder[op.path.split("/")[0]] == role
            if op.path.startswith("jobs") and role in POLICY[Action.JOBS_VIEW]:
                continue  # managers see all jobs of the organisation
            if (status in (403, 404)) is mine or status in (401, 500):
                wrong.append((op.key, role, status))
    assert wrong == []


def test_a_person_has_in_each_project_the_role_they_have_there(worlds):
    world, _ = worlds
    person, projects = with_two_roles(world)
    client = api(person)
    wrong = []
    for role, project in projects.items():
        ids = world.ids | {"project_id": project.pk}
        for op in ALL:
            if op.names() != ["project_id"] or op.action is None or op.key in NARROWER:
                continue
            status = call(client, op, ids).status_code
            allowed = role in POLICY[op.action]
            if op.path.endswith("/duplicate") and allowed:
                allowed = False  # a new project is made in the organisation, where they are an annotator
            if (status not in (401, 403, 404)) is not allowed:
                wrong.append((op.key, role, status))
    assert wrong == []


def test_a_read_token_changes_nothing_anywhere(worlds):
    world, _ = worlds
    client = api(world.team.owner, scopes=("read",))
    changed = [
        (op.key, answer.status_code)
        for op in ALL
        if op.method != "get" and not op.public
        for answer in [call(client, op, world.ids)]
        if answer.status_code != 403
    ]
    assert changed == []


def test_nothing_of_this_ends_in_a_fault_of_the_server(worlds):
    world, _ = worlds
    faults = [
        (op.key, role, answer.status_code)
        for role in ROLES
        for op in ALL
        if not op.public
        for answer in [call(world.clients[role], op, world.ids)]
        if answer.status_code >= 500
    ]
    assert faults == []
