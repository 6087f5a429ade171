"""A storage with signed links, as the API or a bucket is for the handler: GET, PUT, and what goes wrong there."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass
class Storage:
    """Objects by name, over HTTP on a port of this machine."""

    objects: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    """The content type of each object that was uploaded."""
    order: list[str] = field(default_factory=list)
    """Names, in the order of the uploads."""
    requests: Counter[str] = field(default_factory=Counter)
    """By method and name, for example `PUT out`."""
    refusals: dict[str, list[int]] = field(default_factory=dict)
    """By name: statuses for the next requests. The last one stays."""
    on_put: Callable[[str], None] = lambda _: None
    """Called with the name before an upload is answered."""

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, name: str) -> str:
        """A signed link."""
        return f"http://127.0.0.1:{self._server.server_port}/{name}?signature=secret-of-{name}"

    def add(self, name: str, data: bytes) -> tuple[str, str]:
        """Stores an object. Returns its link and its SHA-256."""
        self.objects[name] = data
        return self.url(name), hashlib.sha256(data).hexdigest()

    def refusal(self, name: str) -> int | None:
        """Returns the status for this request, if it is to fail."""
        statuses = self.refusals.get(name, [])
        status = (statuses.pop(0) if len(statuses) > 1 else statuses[0]) if statuses else 0
        return status or None


def _handler_of(storage: Storage) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET", storage.objects.get)

        def do_PUT(self) -> None:
            data = self.rfile.read(int(self.headers["content-length"]))

            def store(name: str) -> bytes:
                storage.on_put(name)
                storage.objects[name] = data
                storage.types[name] = self.headers["content-type"]
                storage.order.append(name)
                return b""

            self._answer("PUT", store)

        def _answer(self, method: str, act: Callable[[str], bytes | None]) -> None:
            name = self.path[1:].split("?")[0]
            storage.requests[f"{method} {name}"] += 1
            status = storage.refusal(name)
            body = None if status else act(name)
            self.send_response(status or (404 if body is None else 200))
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    return Handler
