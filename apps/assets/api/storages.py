"""Storages of an organisation: connect, test, change, forget."""

from __future__ import annotations

from typing import Any, ClassVar, cast

import msgspec
from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.accounts.access import organisation_for
from apps.assets import queries, services
from apps.assets.api.storage_structs import (
    StorageCheck,
    StorageIn,
    StorageList,
    StorageOut,
    StoragePatch,
    UsableStorage,
    UsableStorages,
)
from apps.assets.api.structs import JobStarted
from apps.assets.models import Storage
from apps.assets.services.probing import is_direct
from apps.assets.services.storages import options_of
from apps.assets.storages import Kind
from apps.core.api import answer, body, nothing
from apps.core.permissions import Action
from apps.core.views import Api
from apps.jobs.documents import job_out
from apps.projects.access import project_for


def storage_out(storage: Storage, sources: int) -> StorageOut:
    return StorageOut(
        id=storage.pk,
        organisation=storage.organisation_id,
        name=storage.name,
        kind=cast(Kind, storage.kind),
        options=options_of(storage),
        credentials="set" if storage.credentials else "none",
        for_sources=storage.for_sources,
        for_exports=storage.for_exports,
        delivery=cast(Any, storage.delivery),
        direct=is_direct(storage),
        checks=msgspec.convert(storage.probe, list[StorageCheck]),
        tested_at=storage.probed_at,
        job=job_out(storage.job) if storage.job else None,
        sources=sources,
        created_at=storage.created_at,
    )


def _one(storage: Storage) -> StorageOut:
    return storage_out(storage, storage.sources.filter(removed_at=None).count())


class StoragesView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.STORAGES_VIEW, "post": Action.STORAGES_EDIT}

    @extend_schema(responses={200: StorageList})
    def get(self, request: Request, organisation_id: int) -> HttpResponse:
        """Storages of an organisation, by name."""
        organisation_for(self.user, organisation_id, Action.STORAGES_VIEW)
        rows = queries.storages_of(organisation_id).order_by("name", "pk")
        counted = rows.annotate(in_use=Count("sources", filter=Q(sources__removed_at=None)))
        return answer(
            StorageList(
                results=[storage_out(row, row.in_use) for row in counted],
                folders=settings.LABELWRIGHT_STORAGE_FOLDERS,
                origins=settings.LABELWRIGHT_MEDIA_ORIGINS,
            )
        )

    @extend_schema(request=StorageIn, responses={201: StorageOut})
    def post(self, request: Request, organisation_id: int) -> HttpResponse:
        """Connect a storage; a job tests it at once."""
        access = organisation_for(self.user, organisation_id, Action.STORAGES_EDIT)
        sent = body(request, StorageIn)
        storage = services.connect_storage(organisation=access.organisation, user=self.user, sent=sent)
        return answer(_one(storage), status=201)


class StorageView(Api):
    actions: ClassVar[dict[str, Action]] = {
        "get": Action.STORAGES_VIEW, "patch": Action.STORAGES_EDIT, "delete": Action.STORAGES_EDIT,
    }  # fmt: skip

    @extend_schema(responses={200: StorageOut})
    def get(self, request: Request, storage_id: int) -> HttpResponse:
        return answer(_one(queries.storage_for(self.user, storage_id, Action.STORAGES_VIEW)))

    @extend_schema(request=StoragePatch, responses={200: StorageOut})
    def patch(self, request: Request, storage_id: int) -> HttpResponse:
        """Change a storage. Another address, other credentials or other use are tested anew."""
        storage = queries.storage_for(self.user, storage_id, Action.STORAGES_EDIT)
        return answer(_one(services.change_storage(storage=storage, user=self.user, sent=body(request, StoragePatch))))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, storage_id: int) -> HttpResponse:
        """Forget a storage that nothing is read from. Nothing in it is touched."""
        services.remove_storage(
            storage=queries.storage_for(self.user, storage_id, Action.STORAGES_EDIT), user=self.user
        )
        return nothing()


class TestStorageView(Api):
    actions: ClassVar[dict[str, Action]] = {"post": Action.STORAGES_EDIT}

    @extend_schema(request=None, responses={202: JobStarted})
    def post(self, request: Request, storage_id: int) -> HttpResponse:
        """Connect, list, read a file, and write one where exports go there."""
        storage = queries.storage_for(self.user, storage_id, Action.STORAGES_EDIT)
        job = services.ask_to_test(storage=storage, user=self.user).job
        assert job is not None
        return answer(JobStarted(job=job_out(job)), status=202)


class UsableStoragesView(Api):
    actions: ClassVar[dict[str, Action]] = {"get": Action.SOURCES_VIEW}

    @extend_schema(responses={200: UsableStorages})
    def get(self, request: Request, project_id: int) -> HttpResponse:
        """Storages that the project may take images from or write exports to."""
        access = project_for(self.user, project_id, Action.SOURCES_VIEW)
        rows = queries.storages_of(access.project.organisation_id).order_by("name", "pk")
        return answer(UsableStorages(results=[_usable(row) for row in rows]))


def _usable(row: Storage) -> UsableStorage:
    needed = [check for check in row.probe if check["name"] != "direct"]
    return UsableStorage(
        id=row.pk,
        name=row.name,
        kind=cast(Kind, row.kind),
        prefix=row.options.get("prefix", ""),
        for_sources=row.for_sources,
        for_exports=row.for_exports,
        failing=not all(check["ok"] for check in needed),
    )
