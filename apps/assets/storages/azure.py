"""Azure Blob Storage by its REST interface: https://learn.microsoft.com/rest/api/storageservices."""

from __future__ import annotations

import hashlib
import hmac
import http.client
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import IO
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

from apps.assets.storages.answers import answered, read_range, size_told
from apps.assets.storages.base import Entry, Reading, StorageDenied, StorageUnreachable, range_header
from apps.assets.storages.options import AzureOptions, Credentials
from apps.core.outgoing import read_at_most
from apps.core.outgoing_calls import Caller

VERSION = "2021-08-06"
MOST_BYTES = 16 << 20
BLOCK_BYTES = 16 << 20  # 50,000 of them at most
_SIGNED = ("Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range")  # fmt: skip


class AzureDriver:
    ordered = False  # accounts with a hierarchical namespace list folder by folder

    def __init__(self, options: AzureOptions, credentials: Credentials) -> None:
        self.options, self.caller = options, Caller()
        self.host = options.endpoint.rstrip("/") or f"https://{options.account}.blob.core.windows.net"
        self.sas = credentials.sas_token.strip().lstrip("?")
        try:
            self.key = b64decode(credentials.account_key.strip(), validate=True) if not self.sas else b""
        except ValueError as error:
            raise StorageDenied("The account key is not in base64 as Azure shows it.") from error

    def entries(self, prefix: str) -> Iterator[Entry]:
        asked = {"restype": "container", "comp": "list", "prefix": prefix, "maxresults": "1000"}
        while True:
            with self._call("GET", "", asked) as response:
                page = _parsed(read_at_most(response, MOST_BYTES))
            for blob in page.iter("Blob"):
                told = blob.find("Properties")
                if told is not None:
                    size, etag = told.findtext("Content-Length") or "", told.findtext("Etag") or ""
                    yield Entry(blob.findtext("Name") or "", size_told(size), etag.strip('"'))
            marker = page.findtext("NextMarker")
            if not marker:
                return
            asked["marker"] = marker

    @contextmanager
    def reading(self, key: str, *, etag: str = "", first: int = 0, last: int | None = None) -> Iterator[Reading]:
        headers = ({"If-Match": f'"{etag}"'} if etag else {}) | range_header(first, last)
        with self._call("GET", key, headers=headers, about="object") as response:
            yield read_range(response, key, response.headers.get("ETag", "").strip('"'), first, last)

    def write(self, key: str, file: IO[bytes], size: int) -> None:
        """In blocks, which become the blob by the list of them."""
        names: list[str] = []
        while data := file.read(max(BLOCK_BYTES, size // 40_000)):
            name = b64encode(f"{len(names):08d}".encode()).decode()
            self._put(key, {"comp": "block", "blockid": name}, data, {})
            names.append(name)
        body = "".join(f"<Latest>{name}</Latest>" for name in names)
        kind = "application/zip" if key.endswith(".zip") else "application/octet-stream"
        listed = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{body}</BlockList>'.encode()
        self._put(key, {"comp": "blocklist"}, listed, {"x-ms-blob-content-type": kind})

    def _put(self, key: str, asked: dict[str, str], body: bytes, headers: dict[str, str]) -> None:
        sent = headers | {"Content-Length": str(len(body))}
        with self._call("PUT", key, asked, headers=sent, body=body, about="write") as response:
            read_at_most(response, MOST_BYTES)

    def remove(self, key: str) -> None:
        with self._call("DELETE", key, about="remove") as response:
            read_at_most(response, MOST_BYTES)

    def address(self, key: str, seconds: int) -> str | None:
        """A service SAS for reading one blob; a given SAS is a secret and is not handed on."""
        if not self.key:
            return None if self.sas else self.host + self._path(key)
        until = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        resource = f"/blob/{self.options.account}/{self.options.container}/{key}"
        fields = ["r", "", until, resource, "", "", "", VERSION, "b", "", "", "", "", "", "", ""]
        query = {"sp": "r", "se": until, "sv": VERSION, "sr": "b", "sig": self._signature("\n".join(fields))}
        return f"{self.host}{self._path(key)}?{urlencode(query)}"

    def _path(self, key: str) -> str:
        return f"/{self.options.container}" + (f"/{quote(key, safe='/~')}" if key else "")

    @contextmanager
    def _call(
        self,
        method: str,
        key: str,
        asked: dict[str, str] | None = None,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        about: str = "list",
    ) -> Iterator[http.client.HTTPResponse]:
        now = format_datetime(datetime.now(UTC), usegmt=True)
        sent = {"x-ms-version": VERSION, "x-ms-date": now} | (headers or {})
        url = self.host + self._path(key)
        query = urlencode(asked or {}, quote_via=quote)
        if self.sas:
            query = "&".join(part for part in (query, self.sas) if part)
        elif self.key:
            sent["Authorization"] = self._shared_key(method, url, asked or {}, sent)
        with self.caller.call(method, url + (f"?{query}" if query else ""), headers=sent, body=body) as response:
            answered(response, about)
            yield response

    def _shared_key(self, method: str, url: str, asked: dict[str, str], headers: dict[str, str]) -> str:
        """https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key"""
        plain = [headers.get(name, "") for name in _SIGNED]
        plain[2] = "" if plain[2] == "0" else plain[2]
        own = sorted((name.lower(), value) for name, value in headers.items() if name.lower().startswith("x-ms-"))
        resource = f"/{self.options.account}{urlsplit(url).path}"
        resource += "".join(f"\n{name.lower()}:{value}" for name, value in sorted(asked.items()))
        text = "\n".join([method, *plain, *(f"{name}:{value}" for name, value in own), resource])
        return f"SharedKey {self.options.account}:{self._signature(text)}"

    def _signature(self, text: str) -> str:
        return b64encode(hmac.new(self.key, text.encode(), hashlib.sha256).digest()).decode()


def _parsed(data: bytes) -> ElementTree.Element:
    """Raises StorageUnreachable for what is no list. A list has no document type, so nothing can expand."""
    try:
        text = data.decode("utf-8-sig")
        if "<!" in text:
            raise StorageUnreachable("The storage's answer is not a list.")
        return ElementTree.fromstring(text)  # noqa: S314 nothing is declared in it, see above
    except (ElementTree.ParseError, UnicodeDecodeError) as error:
        raise StorageUnreachable("The storage's answer is not a list.") from error
