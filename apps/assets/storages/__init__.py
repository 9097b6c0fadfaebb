"""Connected storages: one file a kind. `driver` opens one; boto3 and the like are imported only then."""

from __future__ import annotations

from apps.assets.storages.base import Driver, Entry, Reading, in_order
from apps.assets.storages.options import (
    MEMBERS,
    AzureOptions,
    Credentials,
    FolderOptions,
    GcsOptions,
    HttpOptions,
    Kind,
    Options,
    S3Options,
)

__all__ = ["MEMBERS", "Credentials", "Driver", "Entry", "Kind", "Options", "Reading", "driver", "in_order"]


def driver(options: Options, credentials: Credentials) -> Driver:
    """What talks to the storage. Nothing is connected to before the first call."""
    match options:
        case S3Options():
            from apps.assets.storages.s3 import S3Driver

            return S3Driver(options, credentials)
        case GcsOptions():
            from apps.assets.storages.gcs import GcsDriver

            return GcsDriver(options, credentials)
        case AzureOptions():
            from apps.assets.storages.azure import AzureDriver

            return AzureDriver(options, credentials)
        case FolderOptions():
            from apps.assets.storages.folder import FolderDriver

            return FolderDriver(options)
        case HttpOptions():
            from apps.assets.storages.listed import HttpDriver

            return HttpDriver(options, credentials)
