"""A machine learning back end as people write them for Label Studio: a class with `setup` and `predict`, and the routes that
its server gives them. It knows nothing of Labelwright."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree


class ColourModel:
    """Finds one box in every image, in the first class that is drawn as a rectangle."""

    model_version = "colour-1"

    def __init__(self) -> None:
        self.label_config = ""
        self.asked: list[str] = []

    def setup(self, label_config: str) -> None:
        self.label_config = label_config
        tag = ElementTree.fromstring(label_config).find(".//RectangleLabels")
        assert tag is not None
        self.from_name, self.to_name = tag.attrib["name"], tag.attrib["toName"]
        self.label = tag.findall("Label")[0].attrib["value"]

    def predict(self, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.asked += [task["data"]["image"] for task in tasks]
        return [
            {
                "model_version": self.model_version,
                "score": 0.75,
                "result": [
                    {
                        "from_name": self.from_name,
                        "to_name": self.to_name,
                        "type": "rectanglelabels",
                        "value": {"rectanglelabels": [self.label], "x": 10, "y": 20, "width": 50, "height": 25},
                        "score": 0.75,
                    }
                ],
            }
            for _ in tasks
        ]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    model: ColourModel
    gate: threading.Event | None = None  # `/predict` waits for it
    calls_before_gate: int = 0
    came: threading.Semaphore
    answers: dict[str, bytes]  # instead of the model's
    status: int = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Routes(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path in ("/health", "/"):
            self._answer({"status": "UP", "model_class": type(self.server.model).__name__})
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/setup":
            self.server.model.setup(sent["schema"])
            self._answer({"model_version": self.server.model.model_version})
        elif self.path == "/predict":
            self.server.came.release()
            self.server.calls_before_gate -= 1
            if self.server.gate is not None and self.server.calls_before_gate < 0:
                self.server.gate.wait(60)
            spoilt = "/predict" in self.server.answers
            self._answer({} if spoilt else {"results": self.server.model.predict(sent["tasks"])})
        else:
            self.send_error(404)

    def _answer(self, said: dict[str, Any]) -> None:
        data = self.server.answers.get(self.path) or json.dumps(said).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def studio_backend() -> Iterator[Server]:
    """Served on loopback while it is asked."""
    server = Server(("127.0.0.1", 0), Routes)
    server.model, server.came, server.answers = ColourModel(), threading.Semaphore(0), {}
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        if server.gate is not None:
            server.gate.set()
        server.shutdown()
        server.server_close()
        thread.join()
