"""A list of addresses that anybody can write: a line each, or a JSON array of addresses or {"url", "etag"?, "size"?}."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import Message
from itertools import islice
from typing import IO, Annotated
from urllib.parse import quote, urldefrag, urljoin, urlsplit

import msgspec

from apps.assets.storages.answers import answered, read_range, size_of_whole, size_told
from apps.assets.storages.base import CannotWrite, Entry, ListUnreadable, ObjectChanged, Reading, range_header
from apps.assets.storages.options import Credentials, HttpOptions
from apps.core.errors import DomainError
from apps.core.outgoing import chunks, parts_of, read_at_most
from apps.core.outgoing_calls import Caller

MOST_BYTES = 64 << 20  # of the list
MOST = 500_000  # addresses in it
THREADS, AT_ONCE = 8, 500
SECONDS = 300.0  # for the list


class _Listed(msgspec.Struct):
    url: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    etag: str = ""
    size: int = -1


class HttpDriver:
    ordered = True  # sorted here

    def __init__(self, options: HttpOptions, credentials: Credentials) -> None:
        self.url, self.caller, self.secret = options.url, Caller(), credentials.authorization.strip()
        parts_of(self.url)

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Each address that still answers; what changes is asked of the server where the list does not say it."""
        found = {one.url: one for one in self._listed() if one.url.startswith(prefix)}
        urls = iter(sorted(found, key=str.encode))
        with ThreadPoolExecutor(THREADS) as pool:
            while some := list(islice(urls, AT_ONCE)):
                for entry in pool.map(lambda url: self._looked_at(found[url]), some):
                    if entry is not None:
                        yield entry

    def _listed(self) -> list[_Listed]:
        with self.caller.call("GET", self.url, headers=self._headers(self.url), follow=True) as response:
            answered(response, "list")
            data = read_at_most(response, MOST_BYTES, seconds=SECONDS)
        try:
            if data.lstrip()[:1] == b"[":
                sent = msgspec.json.decode(data, type=list[str | _Listed])
                found = [_Listed(url=one) if isinstance(one, str) else one for one in sent]
            else:
                lines = (line.strip() for line in data.decode("utf-8-sig").splitlines())
                found = [_Listed(url=line) for line in lines if line and not line.startswith("#")]
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ListUnreadable(f"A line each, or a JSON array of addresses: {error}") from error
        if len(found) > MOST:
            raise ListUnreadable(f"The list has {len(found)} addresses, at most {MOST} are taken.")
        for number, one in enumerate(found, 1):
            one.url = quote(urldefrag(urljoin(self.url, one.url))[0], safe="/:?#[]@!$&'()*+,;=%~")
            try:
                parts_of(one.url)
            except DomainError as error:
                raise ListUnreadable(f"Address {number} of the list: {error.detail}") from error
        return found

    def _looked_at(self, one: _Listed) -> Entry | None:
        if one.etag:
            return Entry(one.url, one.size, one.etag)
        try:
            with self.caller.call("HEAD", one.url, headers=self._headers(one.url), follow=True) as response:
                response.read()
                if response.status in (404, 410):
                    return None
                if response.status != 200:
                    return Entry(one.url, one.size, "")
                size = size_told(response.headers.get("Content-Length", ""), one.size)
                return Entry(one.url, size, _etag(response.headers))
        except DomainError:
            return Entry(one.url, one.size, "")  # reading it will tell why

    @contextmanager
    def reading(self, key: str, *, etag: str = "", first: int = 0, last: int | None = None) -> Iterator[Reading]:
        ranged = range_header(first, last)
        headers = self._headers(key) | ranged
        with self.caller.call("GET", key, headers=headers, follow=True) as response:
            answered(response, "object")
            reading = read_range(response, key, _etag(response.headers), 0, None)
            if etag and reading.entry.etag != etag:
                raise ObjectChanged()
            if response.status == 206:
                reading.entry = Entry(key, size_of_whole(response), reading.entry.etag)
            elif ranged:  # a server without ranges: cut it out
                reading.chunks = _cut(chunks(response), first, last)
            yield reading

    def write(self, key: str, file: IO[bytes], size: int) -> None:
        raise CannotWrite("A list of addresses is for reading.")

    def remove(self, key: str) -> None:
        raise CannotWrite("A list of addresses is for reading.")

    def address(self, key: str, seconds: int) -> str | None:
        return None if self.secret else key

    def _headers(self, url: str) -> dict[str, str]:
        """The secret goes to the list's own origin and to no other."""
        here, there = urlsplit(self.url), urlsplit(url)
        same = (here.scheme, here.netloc) == (there.scheme, there.netloc)
        return {"Authorization": self.secret} if self.secret and same else {}


def _etag(headers: Message) -> str:
    return str(headers.get("ETag") or headers.get("Last-Modified") or "").strip()[:200]


def _cut(pieces: Iterator[bytes], first: int, last: int | None) -> Iterator[bytes]:
    at = 0
    for piece in pieces:
        end = len(piece) if last is None else min(len(piece), last + 1 - at)
        if end > max(0, first - at):
            yield piece[max(0, first - at) : end]
        at += len(piece)
        if last is not None and at > last:
            return
