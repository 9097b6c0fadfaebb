"""Amazon S3 and what speaks its language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from threading import Lock
from typing import IO, Any

from apps.assets.storages.base import (
    BucketMissing,
    CannotWrite,
    Entry,
    ObjectChanged,
    ObjectGone,
    Reading,
    StorageDenied,
    StorageUnreachable,
    range_header,
)
from apps.assets.storages.options import Credentials, S3Options
from apps.core.errors import DomainError
from apps.core.outgoing import FetchRefused, parts_of

CONNECT_SECONDS, READ_SECONDS = 5, 30
READ_BYTES = 1 << 18
PART_BYTES = 16 << 20  # 10,000 of them at most: 160 GB
_lock = Lock()
_DENIED = frozenset({"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AuthorizationHeaderMalformed", "AllAccessDisabled", "401", "403", "Forbidden"})  # fmt: skip


class S3Driver:
    ordered = True  # as the service promises for keys in UTF-8

    def __init__(self, options: S3Options, credentials: Credentials) -> None:
        self.options = options
        self.client = _client(options, credentials)

    def entries(self, prefix: str) -> Iterator[Entry]:
        more: dict[str, str] = {}
        while True:
            with _told():
                page = self.client.list_objects_v2(Bucket=self.options.bucket, Prefix=prefix, **more)
            for found in page.get("Contents", ()):
                yield Entry(found["Key"], found["Size"], found["ETag"].strip('"'))
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    @contextmanager
    def reading(self, key: str, *, etag: str = "", first: int = 0, last: int | None = None) -> Iterator[Reading]:
        asked = ({"IfMatch": f'"{etag}"'} if etag else {}) | range_header(first, last)
        with _told():
            found = self.client.get_object(Bucket=self.options.bucket, Key=key, **asked)
        size = int(found["ContentRange"].rpartition("/")[2]) if "ContentRange" in found else found["ContentLength"]
        body = found["Body"]
        try:
            yield Reading(Entry(key, size, found["ETag"].strip('"')), _chunks(body))
        finally:
            body.close()

    def write(self, key: str, file: IO[bytes], size: int) -> None:
        """In parts, which become the object all at once; what a killed run left of it is given up first."""
        from boto3.s3.transfer import TransferConfig

        self._give_up_parts(key)
        with _told(writes=True):
            self.client.upload_fileobj(
                file,
                self.options.bucket,
                key,
                ExtraArgs={"ContentType": "application/zip"} if key.endswith(".zip") else {},
                Config=TransferConfig(
                    multipart_threshold=PART_BYTES,
                    multipart_chunksize=max(PART_BYTES, size // 9_000),
                    use_threads=False,
                ),
            )

    def _give_up_parts(self, key: str) -> None:
        """Best effort: the right to see such parts is often not given."""
        with suppress(DomainError), _told():
            left = self.client.list_multipart_uploads(Bucket=self.options.bucket, Prefix=key)
            for one in left.get("Uploads", ()):
                if one["Key"] == key:
                    self.client.abort_multipart_upload(Bucket=self.options.bucket, Key=key, UploadId=one["UploadId"])

    def remove(self, key: str) -> None:
        with _told(writes=True):
            self.client.delete_object(Bucket=self.options.bucket, Key=key)

    def address(self, key: str, seconds: int) -> str | None:
        asked = {"Bucket": self.options.bucket, "Key": key}
        return str(self.client.generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds))


@lru_cache(maxsize=1)
def _session() -> Any:
    """It reads the description of the service, which costs more than a call; it knows no credentials."""
    import boto3

    return boto3.session.Session()


def _client(options: S3Options, credentials: Credentials) -> Any:
    from botocore import UNSIGNED
    from botocore.config import Config

    from apps.assets.storages.guarded_boto import GuardedSession

    if options.endpoint:
        parts_of(options.endpoint)
    anonymous = not credentials.access_key_id
    addressing = "path" if options.endpoint and options.addressing == "auto" else options.addressing
    config = Config(
        signature_version=UNSIGNED if anonymous else "s3v4",
        s3={"addressing_style": addressing},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "max_attempts": 3},
        proxies={},
        ignore_configured_endpoint_urls=True,
        request_checksum_calculation="when_required",  # compatibles do not know the newer check sums
        response_checksum_validation="when_required",
    )
    with _told(), _lock:  # making clients is not safe in threads; using them is
        client = _session().client(
            "s3",
            endpoint_url=options.endpoint or None,
            config=config,
            region_name=options.region or "us-east-1",
            # always given, so that the server's own are never looked for
            aws_access_key_id=credentials.access_key_id or "anonymous",
            aws_secret_access_key=credentials.secret_access_key or "anonymous",
        )
    client._endpoint.http_session = GuardedSession(timeout=(CONNECT_SECONDS, READ_SECONDS), max_pool_connections=10)
    return client


def _chunks(body: Any) -> Iterator[bytes]:
    while True:
        with _told():
            data = body.read(READ_BYTES)
        if not data:
            return
        yield data


@contextmanager
def _told(*, writes: bool = False) -> Iterator[None]:
    """Turns what botocore says into our errors, which quote nothing of the answer."""
    from boto3.exceptions import S3UploadFailedError
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except S3UploadFailedError as error:
        inner = error.__context__
        raise (_of(inner, writes=writes) if isinstance(inner, ClientError) else StorageUnreachable()) from None
    except ClientError as error:
        raise _of(error, writes=writes) from None
    except BotoCoreError:
        raise StorageUnreachable("The storage does not answer at its address, or ends the connection.") from None
    except ValueError as error:  # a name that can be no host
        raise FetchRefused("This is no valid address of a storage.") from error


def _of(error: Any, *, writes: bool) -> DomainError:
    code, status = error.response["Error"].get("Code", ""), error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
    if code in ("NoSuchBucket", "PermanentRedirect", "IllegalLocationConstraintException"):
        where = "" if code == "NoSuchBucket" else " It may lie in another region."
        return BucketMissing(f"There is no bucket of this name at this address.{where}")
    if code == "NoSuchKey":
        return ObjectGone()
    if code in ("PreconditionFailed", "412"):
        return ObjectChanged()
    if code in _DENIED or status in (401, 403):
        if writes:
            return CannotWrite("The credentials may not write there.")
        return StorageDenied("The storage refuses these credentials, or they may not list and read this bucket.")
    if status == 404:
        return BucketMissing("There is no bucket of this name at this address.")
    if status == 501 or code == "NotImplemented":
        return StorageUnreachable("The service at this address does not know a call that S3 has.")
    return StorageUnreachable(f"The storage answered {status or 'with an error'}.")
