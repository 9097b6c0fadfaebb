"""The one guarded client for requests that leave the house: it connects to the address it checked.

A name is resolved once; every address must be a public one; the connection goes to that very address, and each redirect
is checked anew. Errors name the rule, never what the other side answered.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, ClassVar
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

from apps.core.errors import DomainError

Origin = tuple[str, str, int]  # scheme, host, port
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_REDIRECTS = 5
READ_BYTES = 1 << 18
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSLATED = tuple(
    map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96"))
)  # an IPv4 address in the last 32 bits


class FetchRefused(DomainError):
    code, status, title = "address_refused", 400, "This address may not be asked"


class FetchFailed(DomainError):
    code, status, title = "fetch_failed", 502, "The other server did not give the file"


class FetchTooLarge(DomainError):
    code, status, title = "too_large", 413, "The file is too large"


def is_public(address: Address) -> bool:
    """Whether an address lies in the public internet, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local or int(address) >> 112 == 0x2002 or address in ipaddress.IPv6Network("2001::/23"):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _allowed(address: Address) -> bool:
    """Public, or in a network that the operator named (LABELWRIGHT_OUTGOING_NETWORKS)."""
    networks = getattr(settings, "LABELWRIGHT_OUTGOING_NETWORKS", ())
    return is_public(address) or any(address in ipaddress.ip_network(network) for network in networks)


def checked_address(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them allowed.

    Raises:
        FetchRefused: one of them is not, so that a name with a public and a private address is no way in.
        FetchFailed: the name is unknown.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed("The host name is not known.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not addresses or not all(_allowed(ipaddress.ip_address(text)) for text in addresses):
        raise FetchRefused("The address belongs to a private or reserved network. Ask the operator to allow it.")
    return addresses


class _Http(http.client.HTTPConnection):
    """Connects to a checked address while the request names the host."""

    addresses: ClassVar[list[str]] = []

    def connect(self) -> None:
        last: OSError | None = None
        for address in self.addresses:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
                return
            except OSError as error:
                last = error
        raise last or OSError("no address")


class _Https(_Http):
    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = _tls().wrap_socket(self.sock, server_hostname=self.host)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Read once: loading the certificates costs more than a call."""
    return ssl.create_default_context()


def parts_of(url: str) -> SplitResult:
    """The parts of an address, as far as its form tells that it may be asked. Raises FetchRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchRefused("This is no valid address.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchRefused("Only http:// and https:// addresses are fetched.")
    if parts.username is not None or parts.password is not None:
        raise FetchRefused("An address with a user name or password in it is not fetched.")
    if port == 0 or any(ord(c) < 33 or ord(c) == 127 for c in url):
        raise FetchRefused("This is no valid address.")
    return parts


def check_url(url: str) -> None:
    """Whether a text could be asked at all; its host is looked up and checked when it is.

    Raises:
        FetchRefused: it is no address of http or https, or has a password in it.
    """
    parts = parts_of(url)
    if not url.isascii():
        raise FetchRefused("The address has characters that must be percent-encoded.")
    with suppress(ValueError):
        if not _allowed(ipaddress.ip_address(str(parts.hostname))):
            raise FetchRefused("The address belongs to a private or reserved network. Ask the operator to allow it.")


def origin_of(parts: SplitResult) -> Origin:
    return parts.scheme, str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)


def target_of(parts: SplitResult) -> str:
    """What a request names. Raises UnicodeEncodeError, which `in_our_words` turns."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target.encode("ascii")
    return target


def connection_to(origin: Origin, *, seconds: float) -> http.client.HTTPConnection:
    """A connection that will go to one of the addresses that are checked now; `seconds` is for each wait on the line.

    Raises:
        FetchRefused, FetchFailed: as `checked_address`.
    """
    scheme, host, port = origin
    connection = (_Https if scheme == "https" else _Http)(host, port, timeout=seconds)
    connection.addresses = checked_address(host, port)  # type: ignore[misc]
    return connection


@contextmanager
def in_our_words() -> Iterator[None]:
    """What goes wrong with a request as FetchRefused or FetchFailed, which tell nothing of the other side's answer."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise FetchRefused("The address has characters that must be percent-encoded.") from error
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed("The other server did not answer as expected.") from error


ASKING = {"User-Agent": "Labelwright", "Accept-Encoding": "identity"}


@contextmanager
def _asked(
    url: str,
    *,
    timeout: float,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] = {},
    whole: bool = False,
) -> Iterator[http.client.HTTPResponse]:
    """One request. `timeout` is for each wait on the line or, where `whole`, for all of it together."""
    parts = parts_of(url)
    connection = connection_to(origin_of(parts), seconds=timeout)
    watch = threading.Timer(timeout, _hang_up, [connection]) if whole else None
    try:
        with in_our_words():
            target = target_of(parts)
            if watch is not None:
                watch.start()
            connection.request(method, target, body=body, headers=ASKING | {"Accept": "*/*"} | dict(headers))
            yield connection.getresponse()
    finally:
        if watch is not None:
            watch.cancel()
        connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """Ends what a side that answers a byte at a time would draw out for hours."""
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the other side said to a `post`: its status, and the beginning of its body."""

    status: int
    start: bytes


def post(url: str, body: bytes, *, headers: Mapping[str, str], seconds: float, read_bytes: int) -> Answered:
    """Send `body` to `url`, and take at most `seconds` for all of it. A redirect is an answer and is never followed.

    Raises:
        FetchRefused, FetchFailed: with a text that tells nothing of the other side's answer.
    """
    with (
        _in_time(seconds),
        _asked(url, timeout=seconds, method="POST", body=body, headers=headers, whole=True) as response,
    ):
        start = b""
        while len(start) < read_bytes and (data := response.read1(read_bytes - len(start))):
            start += data
        return Answered(response.status, start)


def ask_json(url: str, sent: bytes | None = None, *, max_bytes: int, seconds: float) -> bytes:
    """Ask a server in JSON: GET, or POST where something is sent. Redirects are not followed, since a server that is asked
    with data has one address.

    Returns:
        The bytes of the answer; whether they are JSON is for the caller to see.

    Raises:
        FetchRefused, FetchFailed, FetchTooLarge
    """
    method, headers = ("GET", {}) if sent is None else ("POST", {"Content-Type": "application/json"})
    with (
        _in_time(seconds),
        _asked(url, timeout=seconds, method=method, body=sent, headers=headers, whole=True) as response,
    ):
        if not 200 <= response.status < 300:
            raise FetchFailed(f"The other server answered {response.status}.")
        return read_at_most(response, max_bytes, seconds=seconds)


@contextmanager
def _in_time(seconds: float) -> Iterator[None]:
    """A failure at the end of the time says that it was too late."""
    end = time.monotonic() + seconds
    try:
        yield
    except FetchFailed as error:
        if time.monotonic() >= end - 0.05 and error.__cause__ is not None:
            raise FetchFailed(f"There was no whole answer within {seconds:g} seconds.") from error
        raise


def fetch(url: str, out: IO[bytes], *, max_bytes: int, seconds: float | None = None) -> str:
    """Write what is at `url` into `out`; returns the address it came from in the end.

    Raises:
        FetchRefused, FetchFailed, FetchTooLarge: with a text that tells nothing of the other side's answer.
    """
    deadline = time.monotonic() + (seconds or settings.LABELWRIGHT_FETCH_TIMEOUT_SECONDS)
    for _ in range(MAX_REDIRECTS + 1):
        left = deadline - time.monotonic()
        if left <= 0:
            raise FetchFailed("The other server took too long.")
        with _asked(url, timeout=min(10.0, left)) as response:
            if response.status in REDIRECTS and (where := response.headers.get("Location")):
                url = urljoin(url, where)
                continue
            if response.status != 200:
                raise FetchFailed(f"The other server answered {response.status}.")
            if response.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise FetchFailed("The other server sent a packed answer that was not asked for.")
            _copy(response, out, max_bytes=max_bytes, deadline=deadline)
            return url
    raise FetchFailed(f"More than {MAX_REDIRECTS} redirects.")


def _copy(response: http.client.HTTPResponse, out: IO[bytes], *, max_bytes: int, deadline: float | None) -> None:
    expected = response.length
    if expected is not None and expected > max_bytes:
        raise FetchTooLarge(f"The file has {expected} bytes, at most {max_bytes} are taken.")
    total = 0
    for data in chunks(response, deadline=deadline):
        total += len(data)
        if total > max_bytes:
            raise FetchTooLarge(f"The file has more than {max_bytes} bytes.")
        out.write(data)


def chunks(response: http.client.HTTPResponse, *, deadline: float | None = None) -> Iterator[bytes]:
    """The body, piece by piece. Raises FetchFailed where it ends early or goes on beyond `deadline` (`time.monotonic`)."""
    left = response.length
    while data := response.read1(READ_BYTES):
        left = None if left is None else left - len(data)
        if deadline is not None and time.monotonic() > deadline:
            raise FetchFailed("The other server took too long.")
        yield data
    if left:
        raise FetchFailed("The other server ended before the file did.")


def read_at_most(response: http.client.HTTPResponse, most: int, *, seconds: float | None = None) -> bytes:
    """The whole body. Raises FetchTooLarge, FetchFailed."""
    out = io.BytesIO()
    _copy(response, out, max_bytes=most, deadline=time.monotonic() + seconds if seconds else None)
    return out.getvalue()
