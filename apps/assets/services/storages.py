"""Connecting storages to an organisation: where they are, what opens them, and whether that works."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import Organisation, User
from apps.activity.services import record
from apps.assets.errors import NoCredentials, StorageInUse, StorageNameTaken
from apps.assets.models import LinkedObject, Source, Storage
from apps.assets.storages import MEMBERS, Credentials, Driver, Options, driver
from apps.assets.storages.options import FolderOptions, HttpOptions
from apps.core.errors import Invalid
from apps.core.outgoing import parts_of
from apps.core.secrets import seal, unseal
from apps.jobs.models import Job
from apps.jobs.services import enqueue

OPENED = 32  # drivers kept by a process


def connect_storage(*, organisation: Organisation, user: User, sent: Any) -> Storage:
    """Keep where it is and what opens it, and enqueue a test of both.

    Raises:
        StorageNameTaken, NoCredentials, Invalid, FetchRefused, FolderRefused
    """
    options = _checked(sent.options)
    storage = Storage(
        organisation=organisation,
        name=_name(sent.name),
        kind=kind_of(options),
        options=msgspec.to_builtins(options),
        credentials=_sealed(options, sent.credentials),
        for_sources=sent.for_sources,
        for_exports=_writable(options, sent.for_exports),
        delivery=sent.delivery,
        created_by=user,
    )
    _save(storage)
    _told(storage, user, "storage.connected")
    return ask_to_test(storage=storage, user=user)


def change_storage(*, storage: Storage, user: User, sent: Any) -> Storage:
    """Set the members that are there. Another address or other credentials are tested anew.

    Raises:
        StorageNameTaken, NoCredentials, Invalid, FetchRefused, FolderRefused
        StorageInUse: where it is cannot change while images are read from it.
    """
    options, tested = options_of(storage), False
    if sent.options is not msgspec.UNSET and sent.options != options:
        wanted = _checked(sent.options)
        if kind_of(wanted) != storage.kind:
            raise Invalid("A storage stays of its kind. Connect another one.")
        if storage.sources.exists() and _place(wanted) != _place(options):
            raise StorageInUse(
                "Images of projects are read from there. Connect the other place as a storage of its own."
            )
        if sent.credentials is msgspec.UNSET and storage.credentials and _asked(wanted) != _asked(options):
            raise NoCredentials("Another address is sent the credentials only when they are entered again.")
        options, tested = wanted, True
        storage.options = msgspec.to_builtins(options)
    if sent.credentials is not msgspec.UNSET:
        storage.credentials, tested = _sealed(options, sent.credentials), True
    for member in ("for_sources", "delivery"):
        if getattr(sent, member) is not msgspec.UNSET:
            setattr(storage, member, getattr(sent, member))
    if sent.for_exports is not msgspec.UNSET:
        tested = tested or sent.for_exports != storage.for_exports
        storage.for_exports = _writable(options, sent.for_exports)
    if sent.name is not msgspec.UNSET:
        storage.name = _name(sent.name)
    _save(storage)
    _told(storage, user, "storage.changed")
    return ask_to_test(storage=storage, user=user) if tested else storage


@transaction.atomic
def remove_storage(*, storage: Storage, user: User) -> None:
    """Forget a storage and its credentials; nothing there is touched.

    Raises:
        StorageInUse: images of projects are read from it.
    """
    locked = Storage.objects.select_for_update().get(pk=storage.pk)
    if Source.objects.filter(storage=locked, removed_at=None).exists():
        raise StorageInUse("Projects still take images from it. Disconnect their sources first.")
    if LinkedObject.objects.filter(source__storage=locked).exclude(asset=None).exists():
        raise StorageInUse("Images of projects lie there and were never copied: without it they could not be shown.")
    Source.objects.filter(storage=locked).delete()
    _told(locked, user, "storage.removed")
    locked.delete()


@transaction.atomic
def ask_to_test(*, storage: Storage, user: User) -> Storage:
    """Enqueue the job that connects, lists, reads and, where exports go there, writes."""
    storage.job = enqueue(
        kind="assets.test_storage",
        title=f"Test the storage {storage.name}",
        organisation=storage.organisation_id,
        user=user,
        arguments={"storage": storage.pk},
    )
    storage.probe, storage.probed_at = [], None
    storage.save(update_fields=["job", "probe", "probed_at", "updated_at"])
    return storage


def keep_probe(*, storage_id: int, job: Job, checks: list[dict[str, Any]]) -> None:
    """What a test found, unless a later test has begun."""
    Storage.objects.filter(pk=storage_id, job=job).update(probe=checks, probed_at=timezone.now())


def options_of(storage: Storage) -> Options:
    return msgspec.convert(storage.options, Options)  # type: ignore[arg-type]


def kind_of(options: Options) -> str:
    return str(msgspec.to_builtins(options)["kind"])


def open_storage(storage: Storage) -> Driver:
    """What talks to it; kept by the process, with its connections.

    Raises:
        SecretUnreadable, FetchRefused, FolderRefused, StorageDenied (credentials of the wrong form)
    """
    if isinstance(options := options_of(storage), FolderOptions):
        return driver(options, Credentials())  # cheap, and whether it is allowed is asked each time
    return _opened(msgspec.json.encode(options), storage.credentials)


@lru_cache(maxsize=OPENED)
def _opened(options: bytes, sealed: str) -> Driver:
    found = msgspec.json.decode(unseal(sealed), type=Credentials) if sealed else Credentials()
    return driver(msgspec.json.decode(options, type=Options), found)


def _checked(options: Options) -> Options:
    """With a prefix as keys have it, and an address that may be asked as far as its form tells."""
    if isinstance(options, HttpOptions):
        parts_of(options.url)
        return options
    if isinstance(options, FolderOptions):
        driver(options, Credentials())
    else:
        options.endpoint = options.endpoint.strip().rstrip("/")
        if options.endpoint:
            parts_of(options.endpoint)
    options.prefix = clean_prefix(options.prefix)
    return options


def clean_prefix(prefix: str) -> str:
    """A beginning of keys: no slash before it, no step up, no control characters.

    Raises:
        Invalid
    """
    found = prefix.strip().lstrip("/")
    if any(ord(c) < 32 or ord(c) == 127 for c in found) or ".." in found.split("/"):
        raise Invalid("A prefix has no `..` and no control characters.")
    return found


def _sealed(options: Options, credentials: Credentials | None) -> str:
    """Only members that the kind has are kept."""
    kind = kind_of(options)
    given = {} if credentials is None else msgspec.to_builtins(credentials)
    kept = {name: text.strip() for name, text in given.items() if text.strip()}
    if wrong := sorted(set(kept) - set(MEMBERS[kind])):
        raise NoCredentials(f"A storage of the kind {kind} has no {wrong[0]}.")
    if any(ord(c) < 32 for name in kept if name != "service_account" for c in kept[name]):
        raise NoCredentials("Credentials are one line without control characters.")
    if kind == "s3" and len(kept) == 1:
        raise NoCredentials("S3 needs both the access key and the secret key, or neither for a public bucket.")
    if not kept:
        return ""
    found = Credentials(**kept)
    driver(options, found)  # their form: a service account's key, an account key in base64
    return seal(msgspec.json.encode(found).decode())


def _writable(options: Options, wanted: bool) -> bool:
    if wanted and isinstance(options, HttpOptions):
        raise Invalid("A list of addresses is for reading; exports cannot go there.")
    return wanted


def _place(options: Options) -> dict[str, Any]:
    """What tells where keys are: other members may change under images."""
    found = msgspec.to_builtins(options)
    return {name: found.get(name) for name in ("bucket", "container", "account", "path", "url")}


def _asked(options: Options) -> tuple[Any, ...]:
    """Who is sent the credentials."""
    found = msgspec.to_builtins(options)
    return tuple(found.get(name) for name in ("endpoint", "account", "url"))


def _name(name: str) -> str:
    if not name.strip():
        raise Invalid("A storage has a name.")
    return name.strip()


def _save(storage: Storage) -> None:
    try:
        with transaction.atomic():
            storage.save()
    except IntegrityError as error:
        raise StorageNameTaken(f"Another storage of the organisation is called {storage.name!r}.") from error


def _told(storage: Storage, user: User, verb: str) -> None:
    """In the log: which, by whom; never what opens it."""
    record(
        organisation_id=storage.organisation_id, verb=verb, actor=user, object_type="storage", object_id=storage.pk,
        details={"name": storage.name, "kind": storage.kind},
    )  # fmt: skip
