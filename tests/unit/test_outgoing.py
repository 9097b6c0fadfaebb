"""The guarded client: nothing private is ever connected to, whatever an address is written as."""

from __future__ import annotations

import io
import ipaddress
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from apps.core import outgoing
from apps.core.errors import DomainError
from apps.core.outgoing import FetchFailed, FetchRefused, FetchTooLarge, fetch, is_public

PRIVATE = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.1.2.3", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::7f00:1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1",
    "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]
SPELLINGS = [
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/",
    "http://0177.0.0.1/", "http://017700000001/", "http://0/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:a9fe:a9fe]/", "http://169.254.169.254/latest/meta-data/", "http://localhost/", "http://LOCALHOST/",
    "http://localhost./", "https://127.0.0.1/", "http://[64:ff9b::7f00:1]/", "http://[fe80::1%25lo]/", "http://127.0.0.1:6379/", "http://10.0.0.8/",
    "http://192.168.1.1:8080/", "http://172.17.0.1/", "http://[fd00::1]/", "http://[2002:7f00:1::]/", "http://0.0.0.0:80/", "http://①②⑦.⓪.⓪.①/",
]  # fmt: skip
WRONG = [
    "file:///etc/passwd", "ftp://example.org/x", "gopher://127.0.0.1:6379/_x", "dict://127.0.0.1/", "data:text/plain,x", "javascript:1", "//127.0.0.1/x",
    "http:///x", "http://", "http://user:secret@8.8.8.8/", "http://8.8.8.8@127.0.0.1/", "http://example.org:99999/", "http://exa mple.org/", "http://example.org/a\r\nHost: x",
    "http://[::1/", "unix:///run/x.sock", "",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_reserved_ranges_are_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.fixture
def no_connections(monkeypatch):
    """Any attempt to connect fails the test."""
    tried = []
    monkeypatch.setattr(
        socket, "create_connection", lambda *a, **k: tried.append(a) or pytest.fail(f"connected to {a}")
    )
    return tried


@pytest.mark.parametrize("url", SPELLINGS + WRONG)
def test_no_spelling_of_a_private_or_odd_address_is_connected_to(url, no_connections):
    with pytest.raises((FetchRefused, FetchFailed)):
        fetch(url, io.BytesIO(), max_bytes=1000)
    assert no_connections == []


def names(monkeypatch, table: dict[str, list[list[str]]]) -> list[str]:
    """A resolver whose answers to a name come one after the other."""
    asked = []

    def resolve(host, port, *args, **options):
        asked.append(host)
        answers = table[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch, no_connections):
    names(monkeypatch, {"two.example": [["8.8.8.8", "127.0.0.1"]]})
    with pytest.raises(FetchRefused):
        fetch("http://two.example/", io.BytesIO(), max_bytes=1000)


def test_a_rebinding_name_is_resolved_once_and_connected_at_the_checked_address(monkeypatch):
    asked = names(monkeypatch, {"rebind.example": [["8.8.8.8"], ["127.0.0.1"]]})
    tried = []

    def connect(address, *args, **options):
        tried.append(address)
        raise OSError("not reachable in a test")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FetchFailed):
        fetch("http://rebind.example/x", io.BytesIO(), max_bytes=1000)
    assert asked == ["rebind.example"]
    assert tried == [("8.8.8.8", 80)]


class Sink(BaseHTTPRequestHandler):
    """Answers by path; the server remembers what was asked."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        status, headers, body = self.server.answers.get(self.path, (404, {}, b"secret words of the inside"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(settings):
    """A web server on loopback that the operator allowed."""
    settings.LABELWRIGHT_OUTGOING_NETWORKS = ["127.0.0.1/32"]
    sink = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    sink.asked, sink.answers = [], {}
    thread = threading.Thread(target=sink.serve_forever, daemon=True)
    thread.start()
    yield sink
    sink.shutdown()
    sink.server_close()


def at(server, path: str) -> str:
    return f"http://127.0.0.1:{server.server_port}{path}"


def test_a_file_is_fetched_from_an_allowed_network(server):
    server.answers["/a.jpg"] = (200, {}, b"x" * 5000)
    out = io.BytesIO()
    fetch(at(server, "/a.jpg"), out, max_bytes=10_000)
    assert out.getvalue() == b"x" * 5000
    assert server.asked == [("/a.jpg", f"127.0.0.1:{server.server_port}")]


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/", "http://127.0.0.2:80/", "http://[::1]/", "file:///etc/passwd", "http://10.0.0.1/"],
)
def test_each_redirect_is_checked_anew(server, target):
    server.answers["/"] = (302, {"Location": target}, b"")
    with pytest.raises(FetchRefused):
        fetch(at(server, "/"), io.BytesIO(), max_bytes=1000)


def test_redirects_are_followed_a_few_times_only(server):
    server.answers["/loop"] = (302, {"Location": "/loop"}, b"")
    server.answers["/once"] = (307, {"Location": "/a"}, b"")
    server.answers["/a"] = (200, {}, b"ok")
    out = io.BytesIO()
    assert fetch(at(server, "/once"), out, max_bytes=100) == at(server, "/a")
    assert out.getvalue() == b"ok"
    with pytest.raises(FetchFailed):
        fetch(at(server, "/loop"), io.BytesIO(), max_bytes=100)


def test_errors_carry_nothing_of_the_answer(server):
    with pytest.raises(FetchFailed) as failed:
        fetch(at(server, "/missing"), io.BytesIO(), max_bytes=1000)
    assert "secret" not in str(failed.value.problem())


def test_a_file_over_the_limit_is_not_read_to_its_end(server):
    server.answers["/big"] = (200, {}, b"x" * 5000)
    out = io.BytesIO()
    with pytest.raises(FetchTooLarge):
        fetch(at(server, "/big"), out, max_bytes=1000)
    assert out.getvalue() == b""


def test_an_answer_that_is_shorter_than_it_said_is_a_failure(server):
    server.answers["/short"] = (200, {"Content-Length": "9000"}, b"x" * 50)
    with pytest.raises(FetchFailed):
        fetch(at(server, "/short"), io.BytesIO(), max_bytes=10_000, seconds=3)


def test_a_packed_answer_is_not_taken(server):
    server.answers["/gz"] = (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b")
    with pytest.raises(FetchFailed):
        fetch(at(server, "/gz"), io.BytesIO(), max_bytes=1000)


def test_a_slow_drip_ends_at_the_deadline(server, monkeypatch):
    clock = iter(range(0, 10_000, 20))
    monkeypatch.setattr(outgoing.time, "monotonic", lambda: float(next(clock)))
    server.answers["/slow"] = (200, {}, b"x" * 200_000)
    with pytest.raises(DomainError) as failed:
        fetch(at(server, "/slow"), io.BytesIO(), max_bytes=10**6, seconds=30)
    assert failed.value.code == "fetch_failed"
