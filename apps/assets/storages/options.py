"""Where a storage is, by kind, and what opens it. The first is shown to who may see storages, the second to nobody."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
Address = Annotated[str, msgspec.Meta(max_length=500)]
Below = Annotated[str, msgspec.Meta(max_length=500)]


class S3Options(msgspec.Struct, tag_field="kind", tag="s3", kw_only=True, forbid_unknown_fields=True):
    """Amazon S3, or a service that speaks its language: then with its `endpoint`."""

    bucket: Name
    region: Annotated[str, msgspec.Meta(max_length=60)] = ""
    endpoint: Address = ""
    addressing: Literal["auto", "path", "virtual"] = "auto"
    prefix: Below = ""


class GcsOptions(msgspec.Struct, tag_field="kind", tag="gcs", kw_only=True, forbid_unknown_fields=True):
    """Google Cloud Storage; the credentials are a service account's key."""

    bucket: Name
    endpoint: Address = ""
    prefix: Below = ""


class AzureOptions(msgspec.Struct, tag_field="kind", tag="azure", kw_only=True, forbid_unknown_fields=True):
    """Azure Blob Storage; the credentials are an account key or a shared access signature."""

    account: Annotated[str, msgspec.Meta(pattern="^[a-z0-9]{3,24}$")]
    container: Annotated[str, msgspec.Meta(pattern="^[a-z0-9$][a-z0-9-]{0,62}$")]
    endpoint: Address = ""
    prefix: Below = ""


class FolderOptions(msgspec.Struct, tag_field="kind", tag="folder", kw_only=True, forbid_unknown_fields=True):
    """A folder that web and worker see, below one that the operator allows."""

    path: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    prefix: Below = ""


class HttpOptions(msgspec.Struct, tag_field="kind", tag="http", kw_only=True, forbid_unknown_fields=True):
    """A list of addresses: a line each, or a JSON array."""

    url: Annotated[str, msgspec.Meta(min_length=8, max_length=2000)]


Options = S3Options | GcsOptions | AzureOptions | FolderOptions | HttpOptions
Kind = Literal["s3", "gcs", "azure", "folder", "http"]
Secret = Annotated[str, msgspec.Meta(max_length=20_000)]


class Credentials(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Taken, never answered. Which members count depends on the kind."""

    access_key_id: Secret = ""
    secret_access_key: Secret = ""
    service_account: Secret = ""  # the JSON file of the key
    account_key: Secret = ""
    sas_token: Secret = ""
    authorization: Secret = ""  # the header that an HTTP list and its files ask for

    def __repr__(self) -> str:
        return "Credentials(…)"  # so that no log shows them


MEMBERS: dict[str, tuple[str, ...]] = {
    "s3": ("access_key_id", "secret_access_key"),
    "gcs": ("service_account",),
    "azure": ("account_key", "sas_token"),
    "folder": (),
    "http": ("authorization",),
}
