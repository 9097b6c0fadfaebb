"""Google Cloud Storage by its JSON interface: https://cloud.google.com/storage/docs/json_api."""

from __future__ import annotations

import hashlib
import http.client
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from apps.assets.storages.answers import answered, read_range, size_told
from apps.assets.storages.base import Entry, Reading, StorageDenied, StorageUnreachable, range_header
from apps.assets.storages.options import Credentials, GcsOptions
from apps.core.outgoing import read_at_most
from apps.core.outgoing_calls import Caller

HOST = "https://storage.googleapis.com"
TOKENS = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
MOST_BYTES = 16 << 20  # of one page of a list
EARLY_SECONDS = 60  # a token is not used in its last minute
T = TypeVar("T")


class GcsDriver:
    ordered = True  # by the keys' UTF-8

    def __init__(self, options: GcsOptions, credentials: Credentials) -> None:
        self.options, self.caller = options, Caller()
        self.host = options.endpoint.rstrip("/") or HOST
        self.account = _account(credentials.service_account) if credentials.service_account else None
        self._token, self._until, self._lock = "", 0.0, threading.Lock()

    def entries(self, prefix: str) -> Iterator[Entry]:
        asked = {"prefix": prefix, "maxResults": "1000", "fields": "items(name,size,generation),nextPageToken"}
        while True:
            with self._call("GET", f"{self._objects()}?{urlencode(asked)}") as response:
                page = _read(response, _Page)
            for one in page.items:
                yield Entry(one.name, size_told(one.size), one.generation)
            if not page.next:
                return
            asked["pageToken"] = page.next

    @contextmanager
    def reading(self, key: str, *, etag: str = "", first: int = 0, last: int | None = None) -> Iterator[Reading]:
        asked = {"alt": "media"} | ({"ifGenerationMatch": etag} if etag else {})
        url = f"{self._objects(key)}?{urlencode(asked)}"
        with self._call("GET", url, headers=range_header(first, last), about="object") as response:
            yield read_range(response, key, response.headers.get("x-goog-generation", ""), first, last)

    def write(self, key: str, file: IO[bytes], size: int) -> None:
        """In one stream: the object is there when all of it has come."""
        url = f"{self.host}/upload/storage/v1/b/{quote(self.options.bucket, safe='')}/o"
        kind = "application/zip" if key.endswith(".zip") else "application/octet-stream"
        headers = {"Content-Length": str(size), "Content-Type": kind}
        asked = urlencode({"uploadType": "media", "name": key})
        with self._call("POST", f"{url}?{asked}", headers=headers, body=file, about="write") as response:
            read_at_most(response, MOST_BYTES)

    def remove(self, key: str) -> None:
        with self._call("DELETE", self._objects(key), about="remove") as response:
            read_at_most(response, MOST_BYTES)

    def address(self, key: str, seconds: int) -> str | None:
        """Signed by V4: https://cloud.google.com/storage/docs/authentication/signatures."""
        path = f"/{quote(self.options.bucket, safe='')}/{quote(key, safe='/~')}"
        if self.account is None:
            return self.host + path
        now = datetime.now(UTC)
        day = now.strftime("%Y%m%d")
        scope = f"{day}/auto/storage/goog4_request"
        query = {
            "X-Goog-Algorithm": "GOOG4-RSA-SHA256",
            "X-Goog-Credential": f"{self.account.client_email}/{scope}",
            "X-Goog-Date": now.strftime("%Y%m%dT%H%M%SZ"),
            "X-Goog-Expires": str(seconds),
            "X-Goog-SignedHeaders": "host",
        }
        text = urlencode(sorted(query.items()), quote_via=quote, safe="~")
        request = "\n".join(["GET", path, text, f"host:{urlsplit(self.host).netloc}", "", "host", "UNSIGNED-PAYLOAD"])
        digest = hashlib.sha256(request.encode()).hexdigest()
        signed = "\n".join(["GOOG4-RSA-SHA256", query["X-Goog-Date"], scope, digest])
        return f"{self.host}{path}?{text}&X-Goog-Signature={_signature(self.account, signed.encode()).hex()}"

    def _objects(self, key: str | None = None) -> str:
        below = "" if key is None else f"/{quote(key, safe='')}"
        return f"{self.host}/storage/v1/b/{quote(self.options.bucket, safe='')}/o{below}"

    @contextmanager
    def _call(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        body: IO[bytes] | None = None,
        about: str = "list",
    ) -> Iterator[http.client.HTTPResponse]:
        sent = dict(headers or {})
        if self.account is not None:
            sent["Authorization"] = f"Bearer {self._bearer()}"
        with self.caller.call(method, url, headers=sent, body=body) as response:
            answered(response, about)
            yield response

    def _bearer(self) -> str:
        """https://developers.google.com/identity/protocols/oauth2/service-account#httprest"""
        assert self.account is not None
        with self._lock:
            if time.time() < self._until - EARLY_SECONDS:
                return self._token
            now = int(time.time())
            claims = {
                "iss": self.account.client_email, "scope": SCOPE, "aud": self.account.token_uri, "iat": now, "exp": now + 3600,
            }  # fmt: skip
            head = _packed({"alg": "RS256", "typ": "JWT"}) + b"." + _packed(claims)
            assertion = head + b"." + urlsafe_b64encode(_signature(self.account, head)).rstrip(b"=")
            form = urlencode(
                {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion.decode()}
            ).encode()
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            with self.caller.call("POST", self.account.token_uri, headers=kind, body=form) as response:
                if response.status != 200:
                    read_at_most(response, MOST_BYTES)
                    raise StorageDenied("Google refuses this service account's key.")
                found = _read(response, _Token)
            self._token, self._until = found.access_token, now + found.expires_in
            return self._token


class _Object(msgspec.Struct):
    name: str
    size: str
    generation: str


class _Page(msgspec.Struct):
    items: list[_Object] = []
    next: str = msgspec.field(name="nextPageToken", default="")


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int


class _Account(msgspec.Struct):
    client_email: str
    private_key: str
    token_uri: str = TOKENS

    def __repr__(self) -> str:
        return "_Account(…)"


def _read(response: http.client.HTTPResponse, kind: type[T]) -> T:
    """Raises StorageUnreachable for what Google does not answer: another service is at this address."""
    try:
        return msgspec.json.decode(read_at_most(response, MOST_BYTES), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise StorageUnreachable("What is at this address does not answer as Google Cloud Storage does.") from error


def _account(text: str) -> _Account:
    """Raises StorageDenied where it is no service account's key."""
    try:
        found = msgspec.json.decode(text.encode(), type=_Account)
        _private_key(found)
    except (msgspec.DecodeError, ValueError, TypeError) as error:
        raise StorageDenied("The credentials are not the JSON file of a service account's key.") from error
    return found


def _private_key(account: _Account) -> Any:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(account.private_key.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("an RSA key is needed")
    return key


def _signature(account: _Account, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return bytes(_private_key(account).sign(data, PKCS1v15(), SHA256()))


def _packed(value: dict[str, Any]) -> bytes:
    return urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=")
