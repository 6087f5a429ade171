"""The worker side of RunPod's queue, as much of it as the SDK 1.12.0 uses (read in its sources).

`GET job-take` and `GET job-stop` are held open until there is something to answer, `POST job-done` carries progress and
results, `GET ping` the heartbeats. apps/runpod-emulator has the whole of it, for people who run Timbre.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlparse

HOLD_SECONDS = 0.5
PING_MS = 1000


@dataclass
class RunPodQueue:
    """One endpoint with one worker."""

    jobs: list[dict[str, Any]] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    progress: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    pings: list[float] = field(default_factory=list)
    """When each heartbeat came, by `time.monotonic`."""
    keys: set[str] = field(default_factory=set)
    """The `Authorization` headers that came."""

    def __post_init__(self) -> None:
        self.changed = threading.Condition()

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which RunPod tells the SDK where its queue is."""
        base = f"http://127.0.0.1:{self._server.server_port}/v2/endpoint"
        return {
            "RUNPOD_POD_ID": "worker",
            "RUNPOD_ENDPOINT_ID": "endpoint",
            "RUNPOD_AI_API_KEY": "worker-key",
            "RUNPOD_WEBHOOK_GET_JOB": f"{base}/job-take/$ID?gpu=cpu",
            "RUNPOD_WEBHOOK_POST_OUTPUT": f"{base}/job-done/$RUNPOD_POD_ID/$ID?gpu=cpu",
            "RUNPOD_WEBHOOK_PING": f"{base}/ping/$RUNPOD_POD_ID",
            "RUNPOD_PING_INTERVAL": str(PING_MS),
            "RUNPOD_SKIP_AUTO_SYSTEM_CHECKS": "true",
            "RUNPOD_SKIP_GPU_CHECK": "true",
        }

    def add(self, name: str, value: dict[str, Any]) -> None:
        """Puts a job into the queue."""
        with self.changed:
            self.jobs.append({"id": name, "input": value})
            self.changed.notify_all()

    def stop(self, name: str) -> None:
        """Cancels a job that was taken."""
        with self.changed:
            self.stops.append(name)
            self.changed.notify_all()

    def until(self, condition: Callable[[], bool], seconds: float = 120) -> None:
        """Waits until something that the worker sent makes a condition true.

        Raises:
            TimeoutError: long after that should have happened.
        """
        with self.changed:
            if not self.changed.wait_for(condition, seconds):
                raise TimeoutError(f"done: {self.done}, progress: {self.progress}")

    def answer(self, path: list[str], query: dict[str, list[str]], body: str) -> object:
        """Returns the JSON of an answer, or None for 204."""
        with self.changed:
            kind = path[2]
            if kind == "job-take":
                self.changed.wait_for(lambda: bool(self.jobs), HOLD_SECONDS)
                return self.jobs.pop(0) if self.jobs else None
            if kind == "job-stop":
                self.changed.wait_for(lambda: bool(self.stops), HOLD_SECONDS)
                stops, self.stops = self.stops, []
                return {"jobsToStop": stops} if stops else None
            if kind == "job-done":
                result = json.loads(body)
                if result.get("status") == "IN_PROGRESS":
                    self.progress.append((path[4], result["output"]))
                else:
                    self.done[path[4]] = result
            if kind == "ping":
                self.pings.append(time.monotonic())
                assert "runpod_version" in query
            self.changed.notify_all()
            return {}


def _handler_of(queue: RunPodQueue) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["content-length"])).decode())

        def _answer(self, body: str) -> None:
            url = urlparse(self.path)
            queue.keys.add(self.headers["authorization"])
            answer = queue.answer(url.path.strip("/").split("/"), parse_qs(url.query), body)
            data = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(204 if answer is None else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
