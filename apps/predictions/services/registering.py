"""Registering models and their versions. A version is checked by a job before it can be used."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.models import User
from apps.activity.services import record
from apps.core import outgoing, storage
from apps.core.errors import Invalid, TooLarge
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.predictions.errors import NameTaken, UnknownFile
from apps.predictions.inference.files import digest
from apps.predictions.models import ModelFile, ModelVersion, RegisteredModel
from apps.projects.models import Project

CHECK = "predictions.check_version"
ROLES = ("model", "encoder", "decoder", "language", "vocabulary")
SETS = (
    ["model"],
    ["decoder", "encoder"],
    ["decoder", "encoder", "language"],
    ["decoder", "encoder", "language", "vocabulary"],
)
SERVERS = (RegisteredModel.Backend.HTTP, RegisteredModel.Backend.LABEL_STUDIO)
FOLDER_SUFFIXES = (".onnx", ".txt.gz")  # weights, and the vocabulary of a model that reads
_NAME = re.compile(r"^[^:\x00-\x1f]{1,80}$")  # the colon stands between model and version


@dataclass(frozen=True, slots=True)
class WeightFile:
    """A file of weights to register."""

    role: str
    name: str
    content: IO[bytes]
    size: int


@transaction.atomic
def register_model(
    *,
    project: Project,
    user: User,
    name: str,
    backend: str,
    description: str = "",
    licence: str = "",
    credit: str = "",
    url: str = "",
    timeout_seconds: int = 60,
) -> RegisteredModel:
    """Make a model without a version.

    Raises:
        Invalid: a name with a colon, or an address where there is none to be (or none where there is).
        NameTaken
        FetchRefused: the address can never be asked.
    """
    server = backend in SERVERS
    if server != bool(url):
        raise Invalid("A server needs its address." if server else "Only a server has an address.")
    if server:
        url = checked_url(url)
    try:
        with transaction.atomic():
            made = RegisteredModel.objects.create(
                project=project,
                name=checked_name(name),
                backend=backend,
                description=description.strip(),
                licence=licence.strip(),
                credit=credit.strip(),
                url=url,
                timeout_seconds=timeout_seconds,
                created_by=user,
            )
    except IntegrityError as error:
        raise NameTaken(f"The project has a model called {name.strip()[:80]!r} already.") from error
    _note(made, user, "model.registered")
    return made


@transaction.atomic
def change_model(*, model: RegisteredModel, user: User, changes: Mapping[str, Any]) -> RegisteredModel:
    """Change what people say of a model; `archived` hides it from new runs, its predictions stay.

    Raises:
        Invalid, NameTaken, FetchRefused: as in `register_model`.
    """
    model = RegisteredModel.objects.select_for_update().get(pk=model.pk)
    for member in ("description", "licence", "credit", "timeout_seconds"):
        if member in changes:
            setattr(model, member, changes[member])
    if "name" in changes:
        model.name = checked_name(changes["name"])
    if "url" in changes:
        if model.backend not in SERVERS or not changes["url"]:
            raise Invalid(
                "A server needs its address." if model.backend in SERVERS else "Only a server has an address."
            )
        model.url = checked_url(changes["url"])
    if "archived" in changes:
        model.archived_at = (model.archived_at or timezone.now()) if changes["archived"] else None
    try:
        with transaction.atomic():
            model.save()
    except IntegrityError as error:
        raise NameTaken(f"The project has a model called {model.name!r} already.") from error
    _note(model, user, "model.changed")
    return model


def checked_name(name: str) -> str:
    """Raises Invalid: empty, too long, or with a colon in it."""
    name = " ".join(name.split())
    if not _NAME.match(name):
        raise Invalid("A model's name has 1 to 80 characters and no colon, which stands before the version.")
    return name


def checked_url(url: str) -> str:
    """The address without a slash at its end. Raises FetchRefused: it is none that is ever asked."""
    url = url.strip().rstrip("/")
    outgoing.check_url(url)
    return url


def add_version(
    *,
    model: RegisteredModel,
    user: User,
    name: str = "",
    files: Sequence[WeightFile] = (),
    labels: Sequence[str] = (),
    given: Mapping[str, Any] | None = None,
) -> tuple[ModelVersion, Job]:
    """Store the files of a version, and enqueue the job that checks it.

    Args:
        name: how predictions call it after the model's name; "" is its number.
        labels: in the order of its outputs, where the file does not say them.
        given: members of `domain.inference.Spec` that the file does not say.

    Raises:
        Invalid: files that do not fit the back end.
        TooLarge, NameTaken
    """
    roles = sorted(one.role for one in files)
    if model.backend == RegisteredModel.Backend.ONNX:
        if roles not in SETS:
            raise Invalid(
                "An ONNX version has one file, or an encoder and a decoder, or these with a language encoder, and its vocabulary or not."
            )
    elif files:
        raise Invalid("Only ONNX models have files.")
    elif model.backend == RegisteredModel.Backend.TRAINED:
        raise Invalid("A model that is trained here gets its versions by training.")
    kept = [(one, *_stored(model.project_id, one)) for one in files]
    with transaction.atomic():
        RegisteredModel.objects.select_for_update().get(pk=model.pk)
        number = (model.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        version = _row(model, user, number, name.strip() or str(number), labels, given or {})
        ModelFile.objects.bulk_create(
            ModelFile(
                project_id=model.project_id,
                version=version,
                role=one.role,
                name=one.name[:300],
                path=path,
                sha256=sha256,
                size=one.size,
            )
            for one, path, sha256 in kept
        )
        return version, ask_to_check(version=version, user=user)


def ask_to_check(*, version: ModelVersion, user: User) -> Job:
    """Enqueue the job that looks at a version; until it ends the version is `checking`."""
    model = version.model
    with transaction.atomic():
        ModelVersion.objects.filter(pk=version.pk).update(
            state=ModelVersion.State.CHECKING, reason="", detail="", updated_at=timezone.now()
        )
        version.state, version.reason, version.detail = ModelVersion.State.CHECKING, "", ""
        return enqueue(
            kind=CHECK,
            title=f"Check of model {model.name} {version.name}",
            organisation=model.project.organisation_id,
            project=model.project_id,
            user=user,
            arguments={"version": version.pk},
        )


def _row(
    model: RegisteredModel, user: User, number: int, name: str, labels: Sequence[str], given: Mapping[str, Any]
) -> ModelVersion:
    if not _NAME.match(name) or len(name) > 60:
        raise Invalid("A version's name has 1 to 60 characters and no colon.")
    try:
        with transaction.atomic():
            return ModelVersion.objects.create(
                project_id=model.project_id,
                model=model,
                number=number,
                name=name,
                given={**given, "labels": list(labels)},
                created_by=user,
            )
    except IntegrityError as error:
        raise NameTaken(f"The model has a version called {name!r} already.") from error


def _stored(project_id: int, file: WeightFile) -> tuple[str, str]:
    """(path, hash) of a file that is now in the store. It is looked into by the job only."""
    most = settings.LABELWRIGHT_MAX_MODEL_BYTES
    if file.size > most:
        raise TooLarge(f"The file {file.name[:80]!r} has {file.size} bytes, at most {most} are taken.")
    if file.role not in ROLES:
        raise Invalid(f"A file is one of {', '.join(ROLES)}.")
    file.content.seek(0)
    sha256 = digest(file.content)
    file.content.seek(0)
    path = f"projects/{project_id}/models/{sha256[:2]}/{sha256}.onnx"
    storage.put(path, file.content)
    return path, sha256


def folder_files() -> list[tuple[str, int]]:
    """(name, size) of the files that the operator placed, by name. What is no plain file below the folder is none."""
    home = _folder()
    if home is None:
        return []
    found = (
        (path.relative_to(home).as_posix(), path)
        for path in home.rglob("*")
        if path.name.endswith(FOLDER_SUFFIXES) and path.is_file() and path.resolve().is_relative_to(home)
    )
    return sorted((name, path.stat().st_size) for name, path in found)


def from_folder(name: str, role: str = "model") -> WeightFile:
    """A file that the operator placed, to be registered; it is copied into the store.

    Raises:
        UnknownFile: there is none of this name, or it is a way out of the folder.
    """
    if name not in {known for known, _ in folder_files()}:
        raise UnknownFile(f"The operator's folder has no file {name[:120]!r}.")
    home = _folder()
    assert home is not None
    path = home / name
    return WeightFile(role=role, name=name, content=path.open("rb"), size=path.stat().st_size)


def _folder() -> Path | None:
    home = Path(settings.LABELWRIGHT_MODELS or Path(settings.LABELWRIGHT_DATA) / "models-folder")
    return home.resolve() if home.is_dir() else None


def _note(model: RegisteredModel, user: User, verb: str) -> None:
    record(
        organisation_id=model.project.organisation_id,
        project_id=model.project_id,
        verb=verb,
        actor=user,
        object_type="model",
        object_id=model.pk,
        details={"name": model.name},
    )
