"""Making what tests need, through the services that the product uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.test import Client

from apps.accounts import services as accounts
from apps.accounts.models import Organisation, Role, User
from apps.jobs import running
from apps.projects import services as projects
from apps.projects.models import Project
from config.celery import app as celery
from domain.schema import LabelSchema, parse

PASSWORD = "corduroy-lantern-42"
_numbers = count(1)


def make_user(email: str = "", *, name: str = "", password: str = PASSWORD) -> User:
    number = next(_numbers)
    return accounts.create_user(
        email=email or f"person{number}@example.org", name=name or f"Person {number}", password=password
    )


def make_organisation(name: str = "", owner: User | None = None) -> Organisation:
    return accounts.create_organisation(name=name or f"Studio {next(_numbers)}", owner=owner or make_user())


def make_member(
    organisation: Organisation, role: str, *, email: str = "", name: str = "", password: str = PASSWORD
) -> User:
    """A new person with this role in the organisation."""
    number = next(_numbers)
    membership, _, _ = accounts.add_member(
        organisation=organisation,
        email=email or f"{role}{number}@example.org",
        name=name or f"{role.title()} {number}",
        role=role,
        password=password,
        actor=organisation.memberships.get(role=Role.OWNER, number=1).user,
    )
    return membership.user


@dataclass
class Team:
    """An organisation with one person of each role."""

    organisation: Organisation
    owner: User
    manager: User
    reviewer: User
    annotator: User
    viewer: User
    everybody: dict[str, User] = field(default_factory=dict)


def make_team(name: str = "") -> Team:
    owner = make_user()
    organisation = make_organisation(name, owner)
    people = {role: make_member(organisation, role) for role in Role.values if role != Role.OWNER}
    everybody = {Role.OWNER.value: owner, **people}
    return Team(organisation=organisation, owner=owner, everybody=everybody, **people)


def sample_schema(**changes: Any) -> LabelSchema:
    """Two classes with a child, attributes of several kinds, and two questions about the item."""
    body: dict[str, Any] = {
        "classes": [
            {
                "id": 1,
                "name": "car",
                "title": "Car",
                "color": "#3da3ff",
                "shapes": ["box", "polygon"],
                "key": "1",
                "attributes": [
                    {"name": "occlusion", "kind": "select", "options": ["none", "part", "most"], "default": "none"},
                    {"name": "parked", "kind": "boolean"},
                ],
            },
            {"id": 2, "name": "person", "title": "Person", "color": "#ffa31f", "shapes": ["box", "points"], "key": "2"},
            {"id": 3, "name": "van", "title": "Van", "color": "#c26629", "shapes": ["box"], "parent": 1},
        ],
        "item_attributes": [{"name": "weather", "kind": "select", "options": ["clear", "rain"]}],
    }
    return parse(body | changes)


def make_project(organisation: Organisation, user: User, **values: Any) -> Project:
    """An active project with `sample_schema`, unless another schema is given."""
    values = {"name": f"Project {next(_numbers)}", "schema": sample_schema()} | values
    return projects.create_project(organisation=organisation, user=user, **values)


def run_job(job_id: int) -> str | None:
    """Run a job here and now, as a worker would; the state it ended in."""
    celery.loader.import_default_modules()
    return running.run(job_id)


def token_for(user: User, *, scopes: tuple[str, ...] = ("read", "write")) -> str:
    _, secret = accounts.create_token(user=user, name="test", scopes=list(scopes), expires_in_days=1)
    return secret


def api(user: User | None = None, *, scopes: tuple[str, ...] = ("read", "write"), **defaults: Any) -> Client:
    """A REST client with a token of this person; signed out without one. Bodies are JSON."""
    headers = {"Authorization": f"Token {token_for(user, scopes=scopes)}"} if user else {}
    return ApiClient(headers=headers, **defaults)


class ApiClient(Client):
    """Django's test client that sends JSON and adds the prefix of the API."""

    def generic(
        self, method: str, path: str, data: Any = "", content_type: str = "application/json", *args: Any, **kwargs: Any
    ) -> Any:
        path = path if path.startswith("/") else f"/api/v1/{path}"
        return super().generic(method, path, data, content_type, *args, **kwargs)

    def post(self, path: str, data: Any = None, content_type: str = "application/json", **kwargs: Any) -> Any:  # type: ignore[override]
        path = path if path.startswith("/") else f"/api/v1/{path}"
        return super().post(path, {} if data is None else data, content_type, **kwargs)

    def get(self, path: str, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        path = path if path.startswith("/") else f"/api/v1/{path}"
        return super().get(path, *args, **kwargs)

    def put(self, path: str, data: Any = "", content_type: str = "application/json", **kwargs: Any) -> Any:  # type: ignore[override]
        return super().put(path, data, content_type, **kwargs)

    def patch(self, path: str, data: Any = "", content_type: str = "application/json", **kwargs: Any) -> Any:  # type: ignore[override]
        return super().patch(path, data, content_type, **kwargs)

    def upload(self, path: str, fields: dict[str, Any], **kwargs: Any) -> Any:
        """A multipart POST; files are open files or `SimpleUploadedFile`s."""
        return super().post(f"/api/v1/{path}", fields, **kwargs)
